"""Further pages of a listing: read when its first one shows that entries may have gone by unseen."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.content.rounds.hosts import Hosts, gap_of, host_of
from digest.actions.content.rounds.reading import Reading, as_listing
from digest.actions.content.rounds.rhythm import MOST_RETRY
from digest.actions.content.rounds.walked import MOST_ARTICLES, News, Walked
from digest.collect import Format, Listing
from digest.errors import DigestError
from digest.fetch import Fetched
from digest.model import MOST_FURTHER, ArticleContent, Source, SourceKind
from digest.store import PageNote

LISTINGS_S = 60.0  #: no further listing is begun after so long
_WISHED_S = (
    120.0  #: the same when a person wants them, of the whole look; a lease outlasts it, a last turn and page
)
_PAUSES = (timedelta(minutes=15), timedelta(hours=2), timedelta(days=1))  #: after tries in a row that failed
_LATER = "a further page of it could not be read; it is tried again within a day"


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """What the further pages of a listing brought."""

    listings: tuple[Listing, ...] = ()  #: in their order
    was_open: bool = False  #: an earlier look has left some of them undone
    tries: int = 0  #: tries in a row, with this one, at which a page could not be had; 0: none failed
    again_at: datetime | None = None  #: when that page is tried again
    not_before: datetime | None = None  #: when the server wants to be asked again
    is_cut: bool = False  #: it ended because so much is new; the next look goes on
    notice: str | None = None  #: what was left out
    is_past: bool = False  #: a person wanted it

    @property
    def is_open(self) -> bool:
        """Tell whether something is left for a later look."""
        return self.is_cut or self._fails

    @property
    def _fails(self) -> bool:
        return 0 < self.tries <= len(_PAUSES)

    def note(self, source: Source, *, waits: bool) -> tuple[PageNote, ...]:
        """Return what to remember of it, if anything: that it has to be done again, or no more.

        Args:
            source: Whose listing it is.
            waits: Pages of articles that were named still have to be fetched.
        """
        if self._fails:
            return (PageNote(url=_mark(source), modified_at=self.again_at, tries=self.tries),)
        tries = int(self.is_cut or (waits and bool(self.listings)))
        if not (tries or self.was_open or self.listings):
            return ()
        return (PageNote(url=_mark(source), modified_at=None, tries=tries),)


NO_WALK = Walk()


@dataclass(frozen=True, kw_only=True)
class Further:
    """Reads the further pages of one source's listing.

    Args:
        app: The installation.
        source: The source.
        reading: Reads its documents.
        hosts: Who is polite for all.
        begun: When the look began, by `time.monotonic`.
        wished: So many pages because a person wants them, known or not; None: as few as there must be.
    """

    app: App
    source: Source
    reading: Reading
    hosts: Hosts
    begun: float
    wished: int | None = None

    def walk(self, first: Listing, got: Fetched, *, asked: str, is_new: bool) -> Walk:
        """Read on from the first page, where that is called for.

        Pages are read until the last entry of one is known, since from there on nothing is missing; known
        ones above it may be pinned there. After a look that left some undone, known ones are gone through to
        get there.

        Args:
            first: The first page, as it was read.
            got: As it was fetched.
            asked: Its address, as it was asked for.
            is_new: Nobody has read this source yet.
        """
        note, now = self._note(), self.app.clock()
        was_open = note is not None and note.tries > 0
        again_at = note.modified_at if was_open and note is not None else None
        tries = note.tries if again_at is not None and note is not None else 0
        is_due = again_at is None or again_at <= now
        walk = Walk(was_open=was_open, is_past=self.wished is not None)
        if first.onward is None:
            return walk
        news = self._news(first)
        if self.wished is None and not (was_open and is_due) and (is_new or not news.last):
            later = replace(walk, tries=tries, again_at=again_at, notice=_LATER)
            return walk if is_due else later
        walked = Walked(asked=asked, got=got, listing=first, new=news.many)
        try:
            notice = self._go(walked, was_open=was_open)
        except _Failed as error:
            tries += is_due
            if is_due:
                again_at = now + _PAUSES[min(tries, len(_PAUSES)) - 1]
            if error.not_before is not None and again_at is not None:
                again_at = max(again_at, min(error.not_before, now + MOST_RETRY))
            walk = replace(walk, tries=tries, again_at=again_at, not_before=error.not_before)
            notice = f"a further page of it cannot be read: {error.message}"
            if not walk.is_open:
                notice += f"; given up after {tries} tries, {self._way_out()} tries once more"
        return replace(walk, listings=tuple(walked.listings), notice=notice, is_cut=walked.is_cut)

    def _go(self, walked: Walked, *, was_open: bool) -> str | None:
        """Read pages; return what was left out because there are too many.

        Raises:
            _Failed: One cannot be had; those before it are taken in.
        """
        most = self._most()
        ends = time.monotonic() + LISTINGS_S if self.wished is None else self.begun + _WISHED_S
        saw_news = False
        while (url := walked.next_url()) is not None:
            if len(walked.listings) >= most:
                return self._left_out() if self.wished is None else None
            if walked.new >= MOST_ARTICLES:
                walked.is_cut = True
                return None
            if time.monotonic() > ends:
                raise _Failed("they take too long")
            found = self._page(url, walked)
            if found is None or not walked.takes(*found):
                return None
            news = self._news(walked.listing)
            walked.count(news)
            if self.wished is None and news.last is False and (saw_news or not was_open):
                return None
            saw_news = saw_news or news.many > 0
        return None

    def _page(self, url: str, walked: Walked) -> tuple[Fetched, Listing] | None:
        """Fetch and read a page; None when there is none.

        Raises:
            _Failed: It cannot be had.
        """
        try:
            with self.hosts.turn(host_of(url, self.app.fetcher), gap_of(self.app)):
                got = self.app.fetcher.get(url, stays=self.source.kind is SourceKind.GHOST)
            is_feed = isinstance(walked.listing.onward, str)
            # WordPress answers so beyond the last page (rest_post_invalid_page_number).
            if got.status == 400 and not is_feed:
                return None
            if not walked.is_home(got.url):
                raise _Failed("it has moved to another host")
            if got.is_content:
                # Where a page of the site answers instead, its text is no article of the source.
                document = as_listing(self.source, got)
                if not is_feed and document.format is not Format.JSON:
                    raise _Failed("it is no answer of the API")
                return got, self.reading.listing(document, SourceKind.FEED if is_feed else None)
        except _Failed:
            raise
        except DigestError as error:
            raise _Failed(error.message) from error
        raise _Failed(f"its server answers {got.said}", got.retry_at(self.app.clock()))

    def _note(self) -> PageNote | None:
        mark = _mark(self.source)
        with self.app.store.reading() as tx:
            return tx.source_states.known_pages(self.source.key, [mark]).get(mark)

    def _news(self, listing: Listing) -> News:
        """Tell what of a page is new."""
        entries: list[tuple[str | None, ArticleContent | None]] = [
            (one.url, one) for one in listing.found if isinstance(one, ArticleContent)
        ]
        entries += [(page.url, page.thin) for page in listing.pages]
        many = len(entries)
        entries += [] if listing.last is None else [(listing.last.url, listing.last)]
        articles = [one for _, one in entries if one is not None]
        with self.app.store.reading() as tx:
            fetched = tx.source_states.known_pages(self.source.key, [url for url, _ in entries if url])
            known = zip(map(id, articles), tx.articles.are_known(articles), strict=True)
        stored = {one for one, is_known in known if is_known}
        are_new = [url not in fetched and id(one) not in stored for url, one in entries]
        return News(
            many=sum(are_new[:many]),
            last=None if listing.last is None else are_new[-1],
            unknown=replace(listing, found=tuple(one for one in listing.found if id(one) not in stored)),
        )

    def _most(self) -> int:
        return self.app.system.collect.further_pages if self.wished is None else self.wished

    def _left_out(self) -> str:
        return (
            f"it brought more than its first page and {self._most():,} further ones hold; "
            f"{self._way_out()} reads on"
        )

    def _way_out(self) -> str:
        return f"`digest sources fetch {self.source.key} --further {min(4 * self._most(), MOST_FURTHER)}`"


class _Failed(DigestError):
    """A further page cannot be had."""

    def __init__(self, message: str, not_before: datetime | None = None) -> None:
        super().__init__(message)
        self.not_before = not_before


def _mark(source: Source) -> str:
    """Name the note of a source that further pages of its listing are to be read again."""
    return f"{source.url}#further-pages"
