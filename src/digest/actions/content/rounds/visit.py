"""A visit to one source: its listing, then its pages, each written down as it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.actions.content.rounds.desk import Brought, Desk
from digest.actions.content.rounds.further import Walk
from digest.actions.content.rounds.hosts import Hosts, host_of
from digest.actions.content.rounds.look import Found, Look, address_of, look
from digest.actions.content.rounds.pages import Batch, Choice, PageFetching, choose
from digest.actions.content.rounds.rhythm import Pace
from digest.actions.content.rounds.verdict import Counts, after_listing, counted, unfinished
from digest.actions.content.rounds.wishes import Wish, WishRead, open_wish
from digest.model import SourceState

LEASE = timedelta(minutes=5)  #: renewed with each batch of pages; a killed process keeps a source so long


@dataclass(frozen=True, kw_only=True, slots=True)
class Visited:
    """What a visit brought."""

    source: str  #: key
    new: int = 0
    revised: int = 0
    pages: int = 0  #: that were fetched or tried
    left: int = 0  #: pages that wait for another round
    unreadable: int = 0  #: entries that are no articles
    error: str | None = None  #: why it failed, in plain words
    notice: str | None = None  #: what was odd


class Visit:
    """One source that is in our hands, from its listing to its last page.

    Args:
        desk: Writes for the source.
        hosts: Who is polite for all.
        stopped: True when nothing more is to be begun.
        fetched: Called once its document has come, with its bytes.
        walks: Further pages that people want are read, which may take minutes; else another look reads them.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        hosts: Hosts,
        stopped: Callable[[], bool],
        fetched: Callable[[int], None],
        walks: bool = True,
    ) -> None:
        self._app = desk.app
        self._source = desk.source
        self._desk = desk
        self._hosts = hosts
        self._stopped = stopped
        self._fetched = fetched
        self._walks = walks
        self._wish: Wish | None = None
        collect = desk.app.system.collect
        self._pace = Pace(shortest=collect.shortest, longest=collect.longest)

    def listing(self, before: SourceState) -> tuple[Visited, Callable[[], Visited] | None]:
        """Look at the listing and write down what it brought.

        Returns:
            What it brought, and what fetches the pages that it named; None when there are none.

        Raises:
            NotOurs: Another process has the source by now.
            StoreError: The database cannot be read or written.
        """
        seen = look(self._app, self._source, before, self._hosts, self._fetched, self._wished())
        choice = self._choose(before, seen)
        waits = bool(choice.wanted or choice.left)
        now = self._app.clock()
        whole: list[SourceState] = []

        def after(counts: Counts) -> SourceState:
            fetching = self._source.fetching
            state = after_listing(before, seen, counts, now=now, fetching=fetching, pace=self._pace)
            whole[:] = [state]
            is_done = not waits and not seen.walk.is_open
            return state if is_done else self._unfinished(state, seen.walk, waits=waits)

        self._desk.pass_over(choice.passed)
        notes = seen.walk.note(self._source, waits=waits)
        notes += seen.marks if seen.found is Found.CONTENT else ()
        brought = Brought(
            before=before,
            after=after,
            articles=seen.articles,
            notes=notes,
            lease=LEASE if choice.wanted else None,
            read=self._read(seen.walk, left=choice.left),
        )
        counts, state = self._desk.write(brought)
        visited = Visited(
            source=self._source.key,
            new=counts.new,
            revised=counts.revised,
            left=choice.left + len(choice.wanted),
            unreadable=seen.unreadable,
            error=seen.error,
            notice=state.notice,
        )
        if not choice.wanted:
            return visited, None
        return visited, lambda: self._pages(before, whole[0], choice, visited, seen.walk)

    def _wished(self) -> int | None:
        """Tell how many further pages somebody wants; None when nobody does, or this look reads none."""
        if self._walks:
            with self._app.store.reading() as tx:
                self._wish = open_wish(tx, self._source)
        return self._wish.pages if self._wish else None

    def _unfinished(
        self, state: SourceState, walk: Walk, *, waits: bool, tired_until: datetime | None = None
    ) -> SourceState:
        now = self._app.clock()
        again_at = tired_until if waits else walk.again_at
        again_at = None if walk.is_cut else again_at
        return unfinished(state, now=now, pace=self._pace, again_at=again_at, not_before=walk.not_before)

    def _choose(self, before: SourceState, seen: Look) -> Choice:
        if not seen.pages:
            return Choice()
        with self._app.store.reading() as tx:
            known = tx.source_states.known_pages(self._source.key, [page.url for page in seen.pages])
        most = self._app.system.collect.pages
        is_first = before.succeeded_at is None and self._wish is None
        return choose(known, seen.pages, most=most, is_first=is_first)

    def _pages(
        self, before: SourceState, whole: SourceState, choice: Choice, visited: Visited, walk: Walk
    ) -> Visited:
        """Fetch the pages; the version of the listing counts as read once all of them are done with."""
        fetching = PageFetching(app=self._app, source=self._source, hosts=self._hosts, stopped=self._stopped)
        again = 0
        for batch in fetching.batches(choice):
            again += sum(note.tries > 0 for note in batch.notes)
            visited = self._write(before, whole, batch, visited)
        waits = bool(again or visited.left)
        now = self._app.clock()
        state = counted(whole, before, visited.new, now, is_past=self._wish is not None)
        if waits or walk.is_open:
            # Only the listing's own host can put it off; pages elsewhere wait for a look at its usual time.
            own = fetching.tired.get(host_of(address_of(self._source, whole), self._app.fetcher))
            later = replace(walk, not_before=max(filter(None, (own, walk.not_before)), default=None))
            tired_until = min(fetching.tired.values(), default=None)
            state = self._unfinished(state, later, waits=waits, tired_until=tired_until)
        notes = walk.note(self._source, waits=waits)
        # Whoever stops in the middle leaves the wish to the next look.
        read = None if self._stopped() else self._read(walk, left=visited.left)
        read = read and replace(read, new=visited.new, revised=visited.revised)
        self._desk.write(Brought(before=state, after=lambda _: state, notes=notes, read=read))
        return visited

    def _read(self, walk: Walk, *, left: int) -> WishRead | None:
        """Say what was read of a wish, if there was one."""
        if self._wish is None:
            return None
        return WishRead(wish=self._wish, pages=len(walk.listings), left=left)

    def _write(self, before: SourceState, whole: SourceState, batch: Batch, visited: Visited) -> Visited:
        now = self._app.clock()

        def after(counts: Counts) -> SourceState:
            new = visited.new + counts.new
            state = counted(whole, before, new, now, is_past=self._wish is not None)
            return unfinished(state, now=now, pace=self._pace)

        brought = Brought(before=whole, after=after, articles=batch.articles, notes=batch.notes, lease=LEASE)
        counts, _ = self._desk.write(brought)
        done = len(batch.notes)
        return replace(
            visited,
            new=visited.new + counts.new,
            revised=visited.revised + counts.revised,
            pages=visited.pages + done,
            left=visited.left - done,
        )
