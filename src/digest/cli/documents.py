"""Commands on documents: ingest, extract, summarise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path
from digest.cli.output import print_json, print_table, say
from digest.errors import DigestError, DocumentError, NotFound

if TYPE_CHECKING:
    from digest.collect import Document
    from digest.model import ArticleContent

UNREADABLE = "an article needs a title and a text; docs/reference/collect.md lists the formats"

PathArgument = Annotated[str, typer.Argument(metavar="PATH|-", help="A file, or - for standard input.")]
PlaceArgument = Annotated[
    str, typer.Argument(metavar="PATH|URL|-", help="A file, a web address, or - for standard input.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    app.command(epilog="Example: digest ingest inbox/ https://wire.example.org/feed.xml")(ingest)
    app.command(epilog="Example: digest extract page.html --json")(extract)
    app.command(epilog="Example: digest summarise page.txt --sentences 3")(summarise)


def ingest(
    places: Annotated[
        list[str],
        typer.Argument(metavar="PATH|URL...", help="Files, folders and web addresses of documents."),
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Take articles in: HTML, pasted pages, Markdown, JSON, JSON Lines, RSS, Atom, JSON Feed, folders.

    Web addresses are fetched once; closed networks only when fetch.allow_private says so.

    A document that cannot be read costs itself: the rest goes in, the failures are listed, and the
    exit status is 1.
    """
    from digest.actions.content.ingest import ingest as run  # heavy: the content libraries
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        result = run(opened, [place if is_web(place) else Path(place) for place in places])
    if json:
        print_json(
            {
                "new": result.new,
                "revised": result.revised,
                "same": result.same,
                "untagged": result.untagged,
                "unlisted": result.unlisted,
                "failed": [{"document": one.name, "reason": one.reason} for one in result.failed],
            }
        )
    else:
        say(f"{result.new} new, {result.revised} revised, {result.same} known already", "bold")
        if result.unlisted:
            say(
                f"{result.unlisted} of sources that config/sources.yaml does not list: they weigh 1",
                "dim",
            )
        if result.untagged:
            say(f"{result.untagged} without a tag: only the last section takes them", "dim")
        if result.failed:
            rows = [(one.name, one.reason) for one in result.failed]
            print_table(f"{len(rows)} could not be taken", ("Document", "Why"), rows)
    if result.failed:
        raise typer.Exit(1)


def extract(place: PlaceArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show what the cleaner makes of one document; nothing is stored.

    Works without a home; where there is one, its settings hold for fetching.
    """
    content = _clean(_fetched(place, home) if is_web(place) else _document(place))
    if json:
        from digest.actions.making.analyse_records import extracted

        print_json(extracted(content))
        return
    say(content.title, "bold")
    facts = {
        "By": content.byline,
        "Published": content.published,
        "Language": content.language,
        "Section": content.section,
        "Tags": ", ".join(tag.name for tag in content.tags) or None,
        "Image": content.image.url if content.image else None,
    }
    for name, value in facts.items():
        say(f"{name + ':':<11}{value if value is not None else 'unknown'}", "dim")
    for paragraph in content.paragraphs:
        say(f"\n{paragraph}")


def summarise(
    path: PathArgument,
    sentences: Annotated[int, typer.Option(min=1, max=10, help="How many sentences at the most.")] = 3,
    json: JsonOption = False,
) -> None:
    """Summarise one document in its own sentences, each with its place in the source text."""
    from digest.summarise import summarise as run

    text, title, language = _text(path)
    summary = run(text, title=title, language=language, sentences=sentences)
    if json:
        print_json(
            {
                "method": summary.method,
                "note": summary.note,
                "sentences": [
                    {"text": one.text, "start": one.start, "end": one.end, "terms": dict(one.terms)}
                    for one in summary.sentences
                ],
            }
        )
        return
    for one in summary.sentences:
        say(one.text)
        terms = "  ".join(f"{name} {value:+.2f}" for name, value in one.terms)
        say(f"  characters {one.start} to {one.end}   {terms}", "dim")
    say(f"method: {summary.method}" + (f" ({summary.note})" if summary.note else ""), "dim")


def is_web(place: str) -> bool:
    """Tell a web address, or one of another scheme that fetching will refuse, from a path."""
    return "://" in place


def _text(path: str) -> tuple[str, str, str | None]:
    """Return text, title and language of a document; plain prose is taken whole, without a title."""
    from digest.collect.prose import read_prose  # heavy: the content libraries
    from digest.settings import LimitSettings

    document = _document(path)
    prose = read_prose(document, LimitSettings().article_chars)
    if prose is not None:
        return prose.text, "", prose.language
    content = _clean(document)
    return content.text, content.title, content.language


def _clean(document: Document) -> ArticleContent:
    """Clean the first article of the document."""
    from digest.actions.content.ingest import extract_one  # heavy: the content libraries
    from digest.collect import Unreadable
    from digest.settings import LimitSettings

    found = extract_one((), document, LimitSettings().article_chars)
    if isinstance(found, Unreadable):
        raise DocumentError(found.reason, where=found.name, hint=UNREADABLE)
    return found


def _fetched(url: str, home: Path | None) -> Document:
    from digest.actions.content.fetching import fetch_document  # heavy: the content libraries
    from digest.bootstrap import open_fetcher

    root = home_path(home)
    return fetch_document(open_fetcher(root if home or (root / "config").is_dir() else None), url)


def _document(path: str) -> Document:
    from digest.actions.content.ingest import stdin_document
    from digest.collect import Unreadable, read_documents
    from digest.settings import LimitSettings

    if path == "-":
        return stdin_document(LimitSettings().document_bytes)
    if is_web(path):
        raise DigestError("is a web address", where=path, hint="`digest extract URL` fetches the text")
    file = Path(path)
    if not file.is_file():
        raise NotFound("no such file", where=path, hint="for a folder use `digest ingest`")
    document = next(iter(read_documents(file, LimitSettings())))
    if isinstance(document, Unreadable):
        raise DocumentError(document.reason, where=document.name, hint=UNREADABLE)
    return document
