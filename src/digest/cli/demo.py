"""The demo: from seeds to mailboxes on embedded defaults, then where to look."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import JsonOption
from digest.cli.output import print_json, say
from digest.errors import Refused

if TYPE_CHECKING:
    from digest.actions.app import App
    from digest.actions.build import BuildReport
    from digest.actions.importing import Imported
    from digest.actions.ingest import Ingested
    from digest.model import Article, Books, Decision

NOW = datetime.fromisoformat("2026-11-19T07:00:00+01:00")  #: the morning that the seeds lead up to
DIGEST = "morning"
READER = "ingrid.solberg@example.org"
CONFIG = """\
# Written by `digest demo`: everything on this machine, nothing leaves it.
database: sqlite:///var/digest.db
site:
  base_url: https://news.example.org
  media_url: {media}
  postal_address: Estuary Digest, 14 Quay Street, Vellmouth VM1 2QS
relays:
  - {{name: mailbox, url: "smtp://127.0.0.1:{port}", tls: none}}
"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the demo did, step by step."""

    ingested: Ingested
    imported: Imported
    report: BuildReport
    left_out: tuple[tuple[Decision, Article], ...]
    books: Books
    mails: tuple[Path, ...]
    files: tuple[Path, ...]


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command(epilog="Example: digest demo --home ./demo-home")(demo)


def demo(
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIR", help="Where to work; a new temporary folder when left out."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Do the main job once: seeds, an edition, a real SMTP hand-off to an embedded mailbox.

    The calendar stands still at 19 November 2026, 07:00, the morning that the seeds lead up to.
    """
    from digest.bootstrap import open_app
    from digest.deliver.mailbox import Mailbox

    began = time.monotonic()
    root = _new_home(home)
    with Mailbox(root / "mail") as mailbox:
        _furnish(root, mailbox.port)
        with open_app(root, clock=lambda: NOW) as app:
            shown = _run(app, quiet=json)
    picture = _picture(shown.files, root / "proof" / "edition.png")
    seconds = time.monotonic() - began
    if json:
        print_json(_fields(root, shown, picture, seconds))
    else:
        _where_to_look(root, shown, picture, seconds)


def _new_home(home: Path | None) -> Path:
    if home is None:
        return Path(tempfile.mkdtemp(prefix="digest-demo-"))
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Refused("the demo wants a new or empty folder", where=str(home), hint="leave --home out")
    return home.absolute()


def _furnish(root: Path, port: int) -> None:
    """Make a home out of the seeds."""
    from digest.actions.homes import make_home
    from digest.paths import Home, resource

    home, seeds = Home(root=root), resource("seeds", None)
    shutil.copytree(seeds / "digests", home.config / "digests")
    shutil.copyfile(seeds / "sources.yaml", home.config / "sources.yaml")
    text = CONFIG.format(media=home.media.as_uri(), port=port)
    (home.config / "digest.yaml").write_text(text, encoding="utf-8")
    make_home(home, shipped_config=home.config)


def _run(app: App, *, quiet: bool) -> Shown:
    """Go the whole way, telling each step as it is done."""
    from digest.actions.build import build
    from digest.actions.editions import decisions
    from digest.actions.importing import import_csv
    from digest.actions.ingest import ingest
    from digest.actions.preview import preview
    from digest.actions.sending import SendOptions, send
    from digest.cli.deliveries import progress_bar
    from digest.paths import resource

    seeds = resource("seeds", None)
    with _step("Collecting the seeds", quiet=quiet):
        ingested = ingest(app, [seeds])
    with _step("Signing up readers", quiet=quiet):
        imported = import_csv(app, seeds / "subscribers.csv", DIGEST, consent="import:seeds")
    with _step("Building the edition", quiet=quiet):
        report = build(app, DIGEST)
    edition_id = report.edition_id or 0
    files = preview(app, edition_id, app.home.root / "proof", email=READER)
    with progress_bar(shown=not quiet) as progress:
        books = send(app, edition_id, SendOptions(by="demo", progress=progress))
    return Shown(
        ingested=ingested,
        imported=imported,
        report=report,
        left_out=tuple(pair for pair in decisions(app, edition_id) if not pair[0].kept),
        books=books,
        mails=tuple(sorted((app.home.root / "mail").glob("*.eml"))),
        files=files,
    )


@contextmanager
def _step(words: str, *, quiet: bool) -> Iterator[None]:
    from digest.cli.output import console

    if quiet:
        yield
        return
    with console(stderr=True).status(f"{words} ..."):
        yield


def _picture(files: tuple[Path, ...], target: Path) -> Path | None:
    from digest.cli.picture import take_picture

    page = next(file for file in files if file.suffix == ".html")
    return target if take_picture(page, target) else None


def _fields(root: Path, shown: Shown, picture: Path | None, seconds: float) -> dict[str, object]:
    from digest.cli.deliveries import books_fields
    from digest.cli.edition_view import build_fields

    edition_id = shown.report.edition_id or 0
    return {
        "home": str(root),
        "articles": shown.ingested.taken,
        "refused": [{"document": one.name, "reason": one.reason} for one in shown.ingested.failed],
        "subscribers": shown.imported.new,
        "build": build_fields(shown.report),
        "deliveries": books_fields(edition_id, shown.books),
        "mails": [str(mail) for mail in shown.mails],
        "files": [str(file) for file in shown.files],
        "picture": str(picture) if picture else None,
        "seconds": round(seconds, 2),
    }


def _where_to_look(root: Path, shown: Shown, picture: Path | None, seconds: float) -> None:
    from digest.cli.deliveries import show_books
    from digest.cli.edition_view import show_sections
    from digest.pick import explain

    ingested, report = shown.ingested, shown.report
    say(f"{ingested.taken} articles collected, {len(ingested.failed)} documents refused", "bold")
    for one in ingested.failed:
        say(f"  ✗ {one.name}: {one.reason}", "yellow")
    say(f"\n{report.edition.subject}", "bold")
    say(f"{report.edition.preheader}", "dim")
    show_sections(report.edition)
    say(f"{report.kept} kept, {report.dropped} left out, each with its reason:", "bold")
    counts = Counter(decision.rule for decision, _ in shown.left_out)
    for rule, count in counts.most_common():
        first = next(pair for pair in shown.left_out if pair[0].rule is rule)
        more = f"  (and {count - 1} more)" if count > 1 else ""
        say(f"  - {explain(first[0], first[1].title)}{more}", "dim")
    say("")
    show_books(report.edition_id or 0, shown.books)
    say(f"\nWhere to look ({seconds:.1f} s)", "bold")
    for name, path in _places(root, shown, picture):
        say(f"  {name:<10}{path}")
    say(
        "\nYour own: digest init, then digest ingest FOLDER, digest build daily, digest preview 1 --out proof"
    )


def _places(root: Path, shown: Shown, picture: Path | None) -> list[tuple[str, Path]]:
    names = {".html": "HTML", ".txt": "text", ".eml": "message", ".mjml": "MJML"}
    places = [(names[file.suffix], file) for file in shown.files]
    if picture is not None:
        places.insert(0, ("picture", picture))
    return [*places, (f"{len(shown.mails)} mails", root / "mail"), ("home", root)]
