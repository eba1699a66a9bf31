"""What the demo shows: for people on a terminal, as fields for programs."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.output import print_grid, say

if TYPE_CHECKING:
    from digest.actions.content.ingest import Ingested
    from digest.actions.making.build import BuildReport
    from digest.actions.readers.importing import Imported
    from digest.model import Article, Books, Decision

_NAMES = {".html": "HTML", ".txt": "text", ".eml": "message", ".mjml": "MJML"}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the demo did, step by step."""

    home: Path
    ingested: Ingested
    imported: Imported
    report: BuildReport
    left_out: tuple[tuple[Decision, Article], ...]
    books: Books
    mails: tuple[Path, ...]
    files: tuple[Path, ...]


def demo_fields(shown: Shown, picture: Path | None, seconds: float) -> dict[str, object]:
    """Return what `digest demo --json` prints."""
    from digest.cli.deliveries import books_fields
    from digest.cli.edition_view import build_fields

    edition_id = shown.report.edition_id or 0
    return {
        "home": str(shown.home),
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


def show_demo(shown: Shown, picture: Path | None, seconds: float) -> None:
    """Tell a person what came in, what the edition holds, what it left out, and where to look."""
    from digest.cli.deliveries import show_books
    from digest.cli.edition_view import show_sections

    _show_refused(shown.ingested)
    edition = shown.report.edition
    say(f"\n{edition.subject}", "bold")
    say(edition.preheader, "dim")
    show_sections(edition)
    _show_left_out(shown)
    say("")
    show_books(shown.report.edition_id or 0, shown.books)
    say(f"\nWhere to look, {seconds:.0f} seconds later", "bold")
    for name, path in _places(shown, picture):
        say(f"  {name:<9} {path}")
    say("\nGo on", "bold")
    for words, command in _next_steps(shown):
        say(f"  {words}\n    {command}")


def _show_refused(ingested: Ingested) -> None:
    taken, failed = ingested.taken, ingested.failed
    say(f"{taken} articles taken in; {len(failed)} hostile documents refused, each alone:", "bold")
    print_grid([(one.name, one.reason) for one in failed], styles=("yellow", "dim"))


def _show_left_out(shown: Shown) -> None:
    """Give each reason once, with its count and one article as the example."""
    report = shown.report
    say(f"{report.kept} kept; {report.dropped} left out, each with its reason on record:", "bold")
    rows = []
    for rule, count in Counter(decision.rule for decision, _ in shown.left_out).most_common():
        decision, article = next(pair for pair in shown.left_out if pair[0].rule is rule)
        rows.append((f"{count} by {rule.value.replace('_', ' ')}", _sentence(decision, article)))
    print_grid(rows, styles=("yellow", "dim"))


def _sentence(decision: Decision, article: Article) -> str:
    from digest.pick import explain

    return explain(decision, article.title)


def _places(shown: Shown, picture: Path | None) -> list[tuple[str, Path]]:
    places = [(_NAMES[file.suffix], file) for file in shown.files]
    if picture is not None:
        places.insert(0, ("picture", picture))
    return [*places, (f"{len(shown.mails)} mails", shown.home / "mail"), ("home", shown.home)]


def _next_steps(shown: Shown) -> list[tuple[str, str]]:
    program = _program()
    asked = shown.left_out[0][1].id if shown.left_out else 1
    home = shlex.quote(str(shown.home))
    why = f"{program} editions why {shown.report.edition_id} {asked} --home {home}"
    return [
        ("Ask why an article is in or out:", why),
        ("Make a home of your own; README.md goes on from there:", f"{program} init"),
    ]


def _program() -> str:
    """Return how this program is called from here: by name where that finds it, else by its path."""
    called, here = Path(sys.argv[0]).absolute(), Path.cwd()
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m digest"
    if shutil.which(called.name) == str(called):
        return called.name
    return shlex.quote(str(called.relative_to(here) if called.is_relative_to(here) else called))
