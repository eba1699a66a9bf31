"""Take in articles that another program sends; each is answered for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.actions.app import App
from digest.actions.content.ingest import cleaning_context
from digest.collect import Cleaner, Document
from digest.errors import DocumentError
from digest.model import ArticleContent, HistoryEntry, Source
from digest.store import Put

MOST = 100  #: articles of one push


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What became of one article."""

    title: str | None  #: None: it is no article
    put: Put | None  #: None: it was not taken, for the reason
    reason: str | None = None


def push(app: App, document: Document, *, source: Source | None) -> tuple[Pushed, ...]:
    """Clean and store the articles of a document; a bad one costs itself.

    The same article again, by its address or identifier, changes nothing, or becomes a revision.

    Args:
        app: The installation.
        document: With the articles.
        source: Whose they are, whatever they say; None: as they say.

    Returns:
        One for each article or entry of the document, in its order; at least one.

    Raises:
        DocumentError: It holds more than 100; nothing was taken.
        StoreError: The database cannot be written.
    """
    pushed = take(app, document, source=source)
    _record(app, pushed)
    return pushed


def take(app: App, document: Document, *, source: Source | None) -> tuple[Pushed, ...]:
    """Do what `push` does, without a line in the history."""
    found = Cleaner(replace(cleaning_context(app), source=source), app.workers).clean(document)
    if len(found) > MOST:
        raise DocumentError(f"more than {MOST} articles", hint="send them in parts")
    contents = [one for one in found if isinstance(one, ArticleContent)]
    stored = iter(_stored(app, contents))
    return tuple(
        next(stored) if isinstance(one, ArticleContent) else Pushed(title=None, put=None, reason=one.reason)
        for one in found
    )


def _stored(app: App, contents: Sequence[ArticleContent]) -> list[Pushed]:
    """Store articles at once; when one of them cannot be stored, each by itself."""
    try:
        with app.store.writing() as tx:
            tx.sources.put(app.sources)
            puts = tx.articles.put(contents, app.clock())
    except DocumentError as error:
        if len(contents) == 1:
            return [Pushed(title=contents[0].title, put=None, reason=error.message)]
        return [pushed for one in contents for pushed in _stored(app, [one])]
    return [Pushed(title=one.title, put=put) for one, put in zip(contents, puts, strict=True)]


def _record(app: App, pushed: Sequence[Pushed]) -> None:
    outcomes = [one.put.outcome if one.put else "failed" for one in pushed]
    counts = {name: outcomes.count(name) for name in ("new", "revised", "failed")}
    if any(counts.values()):
        line = HistoryEntry(
            at=app.clock(), by="service", event="collect", outcome="ok", note="pushed", counts=counts
        )
        with app.store.writing() as tx:
            tx.history.add(line)
