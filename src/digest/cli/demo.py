"""The demo: from seeds to mailboxes on embedded defaults, then where to look."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.demo_view import Shown, demo_fields, show_demo
from digest.cli.options import JsonOption
from digest.cli.output import print_json
from digest.errors import Refused

if TYPE_CHECKING:
    from digest.actions.app import App

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
    with _step("Taking its picture", quiet=json):
        picture = _picture(shown.files, root / "proof" / "edition.png")
    seconds = time.monotonic() - began
    if json:
        print_json(demo_fields(shown, picture, seconds))
    else:
        show_demo(shown, picture, seconds)


def _new_home(home: Path | None) -> Path:
    if home is None:
        return Path(tempfile.mkdtemp(prefix="digest-demo-"))
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Refused("the demo wants a new or empty folder", where=str(home), hint="leave --home out")
    return home.absolute()


def _furnish(root: Path, port: int) -> None:
    """Make a home out of the seeds."""
    from digest.actions.upkeep.homes import make_home
    from digest.paths import Home, resource

    home, seeds = Home(root=root), resource("seeds", None)
    shutil.copytree(seeds / "digests", home.config / "digests")
    shutil.copyfile(seeds / "sources.yaml", home.config / "sources.yaml")
    text = CONFIG.format(media=home.media.as_uri(), port=port)
    (home.config / "digest.yaml").write_text(text, encoding="utf-8")
    make_home(home, shipped_config=home.config)


def _run(app: App, *, quiet: bool) -> Shown:
    """Go the whole way, telling each step as it is done."""
    from digest.actions.content.ingest import ingest
    from digest.actions.editing.reasons import decisions
    from digest.actions.mailing.sending import SendOptions, send
    from digest.actions.making.build import build
    from digest.actions.printing.preview import preview
    from digest.actions.readers.importing import import_csv
    from digest.cli.progress import showing
    from digest.paths import resource

    seeds = resource("seeds", None)
    with _step("Collecting the seeds", quiet=quiet):
        ingested = ingest(app, [seeds])
    with _step("Signing up readers", quiet=quiet):
        imported = import_csv(app, seeds / "subscribers.csv", DIGEST, consent="import:seeds", by="demo")
    with _step("Building the edition", quiet=quiet):
        report = build(app, DIGEST)
    edition_id = report.edition_id or 0
    with _step("Writing the preview", quiet=quiet):
        files = preview(app, edition_id, app.home.root / "proof", email=READER)
    with showing(edition_id) as show:
        books = send(app, edition_id, SendOptions(by="demo", progress=show))
    return Shown(
        home=app.home.root,
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
