"""Writing down what a source brought: its articles and its state in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.content.rounds.tell import tell
from digest.actions.content.rounds.verdict import RESTLESS_LOOKS, Counts
from digest.actions.content.rounds.wishes import WishRead, end_wish
from digest.collect import site_of
from digest.errors import DigestError, DocumentError
from digest.log import get_logger
from digest.model import ArticleContent, Source, SourceState
from digest.store import PageNote, Transaction

_MANY = 2_000  #: notes of one transaction

log = get_logger()


class NotOurs(DigestError):
    """Another process has the source in hand by now: what we found there is not wanted."""


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What is to be written down of a source."""

    before: SourceState  #: how it was doing
    after: Callable[[Counts], SourceState]  #: says how it is doing, from what became of the articles
    articles: Sequence[ArticleContent] = ()
    notes: Sequence[PageNote] = ()  #: what became of its pages
    lease: timedelta | None = None  #: it stays in our hands for so long; None lets go
    read: WishRead | None = None  #: what of its past was wanted and has been read by now


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Writes for one source that is in our hands.

    A process that is killed leaves either all of a transaction or nothing, and what is read again is
    known by its identity: so nothing is lost and nothing comes twice.
    """

    app: App
    source: Source
    worker: str  #: who has it in hand
    due_at: datetime  #: when it was due as it came into these hands; another moment is a person's wish since
    by: str = "service"  #: the same as people know them

    def write(self, brought: Brought) -> tuple[Counts, SourceState]:
        """Store articles, and how the source is doing with them.

        Returns:
            What became of the articles, and the state that was written.

        Raises:
            NotOurs: Nothing was written.
        """
        try:
            return self._write(brought)
        except DocumentError:
            good = [one for one in brought.articles if self._fits(one)]
            return self._write(replace(brought, articles=good))

    def pass_over(self, notes: Sequence[PageNote]) -> None:
        """Note pages that nobody will fetch, a few thousand at once: others want to write, too."""
        for start in range(0, len(notes), _MANY):
            with self.app.store.writing() as tx:
                some = notes[start : start + _MANY]
                tx.source_states.note_pages(self.source.key, some, at=self.app.clock())

    def _write(self, brought: Brought) -> tuple[Counts, SourceState]:
        now = self.app.clock()
        is_restless = brought.before.restless >= RESTLESS_LOOKS
        with self.app.store.writing() as tx:
            counts = self._put(tx, brought.articles, now, is_restless=is_restless)
            state = self._as_wished(tx, brought, counts, brought.after(counts), now)
            until = None if brought.lease is None else tx.shared_now(now) + brought.lease
            if not tx.source_states.settle(state, self.worker, lease_until=until):
                raise NotOurs("another process looks at this source", where=self.source.key)
            tx.source_states.note_pages(self.source.key, brought.notes, at=now)
            dead_after = self.app.system.collect.dead_after
            tell(tx, self.source, brought.before, state, now=now, dead_after=dead_after)
        return counts, state

    def _as_wished(
        self, tx: Transaction, brought: Brought, counts: Counts, state: SourceState, now: datetime
    ) -> SourceState:
        """Let a source be due at once when a person wanted a look, or its past, while it was in hand."""
        stored = tx.source_states.get(self.source.key)
        since = stored.due_at if stored else self.due_at
        if brought.lease is not None:
            return replace(state, due_at=since)
        is_wanted = self._is_wanted(tx, brought.read, counts, state, now)
        return replace(state, due_at=now) if is_wanted or since != self.due_at else state

    def _is_wanted(
        self, tx: Transaction, read: WishRead | None, counts: Counts, state: SourceState, now: datetime
    ) -> bool:
        """End the wish that was read; tell whether somebody wants of its past what was not."""
        if read is not None:
            read = replace(read, new=read.new + counts.new, revised=read.revised + counts.revised)
        return end_wish(tx, self.source, read, state, at=now, by=self.by)

    def _put(
        self, tx: Transaction, articles: Sequence[ArticleContent], now: datetime, *, is_restless: bool
    ) -> Counts:
        if not articles:
            return Counts()
        strangers = 0

        def revise(content: ArticleContent, owner: str) -> bool:
            nonlocal strangers
            if self._may_revise(content, owner):
                return not is_restless
            strangers += 1
            return False

        puts = tx.articles.put(articles, now, revise=revise)
        new, revised, kept, same = (
            sum(put.outcome == name for put in puts) for name in ("new", "revised", "kept", "same")
        )
        # That another source owns an article is no unrest of this one.
        return Counts(new=new, revised=revised, kept=kept - strangers, same=same + strangers)

    def _may_revise(self, content: ArticleContent, owner: str) -> bool:
        """Tell whether our words for an article count, when it came from a source before.

        Its own source may, and the one whose site it is on when a source of elsewhere passed it on: any
        other feed could put words into its mouth.
        """
        if owner == self.source.key:
            return True
        listed = next((one for one in self.app.sources if one.key == owner), None)
        site = site_of(content.url or "")
        return site in _sites(self.source) and (listed is None or site not in _sites(listed))

    def _fits(self, content: ArticleContent) -> bool:
        """Tell whether a database takes an article."""
        try:
            with self.app.store.writing() as tx:
                tx.articles.put([content], self.app.clock())
        except DocumentError as error:
            log.warning("article_failed", source=self.source.key, reason=error.message)
            return False
        return True


def _sites(source: Source) -> set[str | None]:
    return {site_of(url) for url in (source.url, source.homepage) if url}
