"""Further pages of a listing: read when its first one shows that entries may have gone by unseen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.actions.app import App
from digest.actions.rounds.hosts import Hosts, gap_of, host_of
from digest.actions.rounds.reading import Reading, as_listing
from digest.collect import Format, Listing, further_url
from digest.errors import DigestError
from digest.fetch import Fetched
from digest.model import ArticleContent, Source, SourceKind
from digest.store import PageNote

LISTINGS_S = 60.0  #: no further listing is begun after so long
MOST_ARTICLES = 1_000  #: of one look
_WISHED_S = 180.0  #: the same when a person wants them; a lease is longer
_MOST_TRIES = 3  #: looks in a row at which a further page could not be had


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """What the further pages of a listing brought."""

    listings: tuple[Listing, ...] = ()  #: in their order
    was_open: bool = False  #: an earlier look has left some of them undone
    tries: int = 0  #: looks in a row, with this one, at which a page could not be had; 0: none failed now
    not_before: datetime | None = None  #: when the server wants to be asked again
    notice: str | None = None  #: what was left out
    is_past: bool = False  #: a person wanted it

    @property
    def is_open(self) -> bool:
        """Tell whether a page is to be tried again."""
        return 0 < self.tries < _MOST_TRIES

    def note(self, source: Source, *, waits: bool) -> tuple[PageNote, ...]:
        """Return what to remember of it, if anything: that it has to be done again, or no more.

        Args:
            source: Whose listing it is.
            waits: Pages of articles that were named still have to be fetched.
        """
        tries = self.tries if self.is_open else int(waits and bool(self.listings))
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
        wished: So many pages because a person wants them, known or not; None: as few as there must be.
    """

    app: App
    source: Source
    reading: Reading
    hosts: Hosts
    wished: int | None = None

    def walk(self, first: Listing, got: Fetched, *, asked: str, is_new: bool) -> Walk:
        """Read on from the first page, where that is called for.

        Pages are read until one holds what is known, since from there on nothing is missing. After a look
        that left some undone, known ones are gone through to get there.

        Args:
            first: The first page, as it was read.
            got: As it was fetched.
            asked: Its address, as it was asked for.
            is_new: Nobody has read this source yet.
        """
        tries = self._tries()
        walk = Walk(was_open=tries > 0, is_past=self.wished is not None)
        is_called_for = (
            self.wished is not None or walk.was_open or (not is_new and self._news(first) == {True})
        )
        if first.onward is None or not is_called_for:
            return walk
        walked = _Walked(asked=asked, got=got, listing=first)
        try:
            notice = self._go(walked, was_open=walk.was_open)
        except _Failed as error:
            walk = replace(walk, tries=tries + 1, not_before=error.not_before)
            notice = f"a further page of it cannot be read: {error.message}"
        return replace(walk, listings=tuple(walked.listings), notice=notice)

    def _go(self, walked: _Walked, *, was_open: bool) -> str | None:
        """Read pages; return what was left out because there are too many.

        Raises:
            _Failed: One cannot be had; those before it are taken in.
        """
        most = self.app.system.collect.further_pages if self.wished is None else self.wished
        ends = time.monotonic() + (LISTINGS_S if self.wished is None else _WISHED_S)
        saw_news = False
        while (url := walked.next_url()) is not None:
            if len(walked.listings) >= most or walked.articles() >= MOST_ARTICLES:
                return _left_out(self.source, most) if self.wished is None else None
            if time.monotonic() > ends:
                raise _Failed("they take too long")
            found = self._page(url, walked.listing)
            if found is None or not walked.takes(*found):
                return None
            news = self._news(walked.listing)
            if self.wished is None and False in news and (saw_news or not was_open):
                return None
            saw_news = saw_news or True in news
        return None

    def _page(self, url: str, before: Listing) -> tuple[Fetched, Listing] | None:
        """Fetch and read a page; None when there is none.

        Raises:
            _Failed: It cannot be had.
        """
        try:
            with self.hosts.turn(host_of(url, self.app.fetcher), gap_of(self.app)):
                got = self.app.fetcher.get(url)
            # WordPress answers so beyond the last page (rest_post_invalid_page_number).
            if got.status == 400 and isinstance(before.onward, int):
                return None
            if got.is_content:
                # Where a page of the site answers instead, its text is no article of the source.
                document = as_listing(self.source, got)
                is_feed = isinstance(before.onward, str)
                if not is_feed and document.format is not Format.JSON:
                    raise _Failed("it is no answer of the API")
                return got, self.reading.listing(document, SourceKind.FEED if is_feed else None)
        except _Failed:
            raise
        except DigestError as error:
            raise _Failed(error.message) from error
        raise _Failed(f"its server answers {got.said}", got.retry_at(self.app.clock()))

    def _tries(self) -> int:
        mark = _mark(self.source)
        with self.app.store.reading() as tx:
            note = tx.source_states.known_pages(self.source.key, [mark]).get(mark)
        return 0 if note is None else note.tries

    def _news(self, listing: Listing) -> set[bool]:
        """Tell whether a page holds what is new (True), what is known (False), both, or nothing."""
        articles = [one for one in listing.found if isinstance(one, ArticleContent)]
        entries: list[tuple[str | None, ArticleContent | None]] = [(one.url, one) for one in articles]
        entries += [(page.url, page.thin) for page in listing.pages]
        articles = [one for _, one in entries if one is not None]
        with self.app.store.reading() as tx:
            fetched = tx.source_states.known_pages(self.source.key, [url for url, _ in entries if url])
            known = zip(map(id, articles), tx.articles.are_known(articles), strict=True)
        stored = {one for one, is_known in known if is_known}
        return {url not in fetched and id(one) not in stored for url, one in entries}


class _Failed(DigestError):
    """A further page cannot be had."""

    def __init__(self, message: str, not_before: datetime | None = None) -> None:
        super().__init__(message)
        self.not_before = not_before


@dataclass(kw_only=True, slots=True)
class _Walked:
    """How far a walk has come."""

    asked: str  #: the address of the first page, as it was asked for
    got: Fetched  #: the last page
    listing: Listing  #: the last page, read
    listings: list[Listing] = field(default_factory=list)
    urls: set[str] = field(default_factory=set)
    entries: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.urls |= {self.asked, self.got.url}
        self.entries |= _names(self.listing)

    def next_url(self) -> str | None:
        """Return where to go next; None when nowhere, back, or to another host."""
        onward = self.listing.onward
        url = None if onward is None else further_url(onward, asked=self.asked, found=self.got.url)
        if url is None or url in self.urls:
            return None
        self.urls.add(url)
        return url

    def articles(self) -> int:
        """Count what was found beyond the first page."""
        return sum(len(one.found) + len(one.pages) for one in self.listings)

    def takes(self, got: Fetched, page: Listing) -> bool:
        """Take a page in; False when it only repeats what the pages before it said."""
        names = _names(page)
        if names <= self.entries:
            return False
        self.entries |= names
        self.got, self.listing = got, page
        self.listings.append(page)
        return True


def _left_out(source: Source, most: int) -> str:
    return (
        f"it brought more than its first page and {most:,} further ones hold; "
        f"`digest sources fetch {source.key} --further {min(4 * most, 50)}` reads on"
    )


def _names(listing: Listing) -> set[str]:
    articles = (one for one in listing.found if isinstance(one, ArticleContent))
    return {one.url or one.guid or one.title for one in articles} | {page.url for page in listing.pages}


def _mark(source: Source) -> str:
    """Name the note of a source that further pages of its listing are to be read again."""
    return f"{source.url}#further-pages"
