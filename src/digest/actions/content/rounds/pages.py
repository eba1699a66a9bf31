"""The pages that a listing named: those that are not known are fetched, a few a round."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.content.fetching import document_of
from digest.actions.content.rounds.hosts import HostBusy, Hosts, gap_of, host_of
from digest.actions.content.rounds.look import may_read
from digest.actions.content.rounds.reading import Reading
from digest.actions.content.rounds.rhythm import MOST_RETRY
from digest.collect import Document, PageRef
from digest.errors import DigestError, FetchError
from digest.model import ArticleContent, Source
from digest.store import PageNote

_MANY_CHANGED = 10  #: known pages of a listing that may have changed whatever the others did
MOST_TRIES = 3  #: of a page that cannot be had
_BATCH = 10  #: pages that are written down together
_BATCH_S = 60.0  #: or those of so long, which renews the lease
_REST = timedelta(minutes=15)  #: of a host that wants fewer requests and does not say until when
_SECONDS = 120.0  #: no further page is begun after so long


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which pages of a listing are wanted."""

    wanted: tuple[PageRef, ...] = ()  #: to be fetched in this round
    left: int = 0  #: that wait for another round
    passed: tuple[PageNote, ...] = ()  #: that nobody will fetch: they were there when we came first
    tries: Mapping[str, int] = field(default_factory=dict)  #: how often pages could not be had, by address


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What a few pages brought."""

    articles: tuple[ArticleContent, ...]
    notes: tuple[PageNote, ...]  #: of those that were asked for


class _Unasked(DigestError):
    """A page is not asked for, since its host wants fewer requests."""


def choose(known: Mapping[str, PageNote], pages: Sequence[PageRef], *, most: int, is_first: bool) -> Choice:
    """Choose the pages that are new, have changed, or could not be had yet; in their order, the newest first.

    Some sites date all their pages anew whenever somebody asks: where most would have changed, none has.

    Args:
        known: What is known of them, by address.
        pages: As they are listed.
        most: How many a round.
        is_first: Nothing is known of the source yet: what is beyond `most` is of the past, and passed over.
    """
    changed = {page.url for page in pages if _has_changed(page, known.get(page.url))}
    if len(changed) > _MANY_CHANGED and 2 * len(changed) > len(known):
        changed = set()
    open_ones = [page for page in pages if page.url in changed or _is_open(known.get(page.url))]
    rest = open_ones[most:]
    passed = tuple(PageNote(url=page.url, modified_at=page.modified) for page in rest) if is_first else ()
    return Choice(
        wanted=tuple(open_ones[:most]),
        left=0 if is_first else len(rest),
        passed=passed,
        tries={url: note.tries for url, note in known.items() if note.tries},
    )


def _is_open(known: PageNote | None) -> bool:
    return known is None or 0 < known.tries < MOST_TRIES


def _has_changed(page: PageRef, known: PageNote | None) -> bool:
    if known is None or _is_open(known) or page.modified is None:
        return False
    return known.modified_at is None or page.modified > known.modified_at


@dataclass(frozen=True, kw_only=True)
class PageFetching:
    """Fetches chosen pages of one source."""

    app: App
    source: Source
    hosts: Hosts
    stopped: Callable[[], bool]
    tired: dict[str, datetime] = field(default_factory=dict)  #: hosts of them that want rest, until when

    def batches(self, choice: Choice) -> Iterator[Batch]:
        """Fetch pages; give them in batches, in their order, those last that failed before.

        What there was no time for is missing. Where a host wants fewer requests, the page that was asked for
        has failed, and the others wait.
        """
        begun = written = time.monotonic()
        reading = Reading(self.app, self.source)
        articles: list[ArticleContent] = []
        notes: list[PageNote] = []
        for page in sorted(choice.wanted, key=lambda page: choice.tries.get(page.url, 0)):
            if self.stopped() or time.monotonic() - begun > _SECONDS:
                break
            try:
                found, tries = self._fetch(page, choice.tries.get(page.url, 0), reading)
            except HostBusy:
                break
            if found is not None:
                articles.append(found)
            if tries is not None:
                notes.append(PageNote(url=page.url, modified_at=page.modified, tries=tries))
            if len(notes) >= _BATCH or time.monotonic() - written > _BATCH_S:
                yield Batch(articles=tuple(articles), notes=tuple(notes))
                articles, notes, written = [], [], time.monotonic()
        if notes or articles:
            yield Batch(articles=tuple(articles), notes=tuple(notes))

    def _fetch(self, page: PageRef, tries: int, reading: Reading) -> tuple[ArticleContent | None, int | None]:
        """Fetch a page; return its article, and how often it could not be had: 0 when it is done with.

        That is None when it was not asked for. One that cannot be had leaves what its listing said.

        Raises:
            HostBusy: Its host is asked by so many that there was no turn for us.
        """
        listed = page.thin if page.thin is not None and page.thin.paragraphs else None
        try:
            if not may_read(self.app, self.source, page.url, self.hosts):
                return listed, 0
            document = self._document(page.url)
            # Links that count their readers lead to another site, whose own rules nobody asked yet.
            if not may_read(self.app, self.source, document.url or page.url, self.hosts):
                return listed, 0
            found = reading.page(document, page.thin)
        except HostBusy:
            raise
        except _Unasked:
            return listed, None
        except FetchError as error:
            return listed, 0 if error.permanent else tries + 1
        except DigestError:
            return listed, tries + 1
        return (found if isinstance(found, ArticleContent) else listed), 0

    def _document(self, url: str) -> Document:
        """Fetch a document, unless its host has said that it wants fewer requests.

        Raises:
            DigestError: It cannot be had.
        """
        host = host_of(url, self.app.fetcher)
        until = self.tired.get(host) or self.hosts.tired_until(host, self.app.clock())
        if until is not None:
            self.tired[host] = until
            raise _Unasked("its server wants fewer requests")
        with self.hosts.turn(host, gap_of(self.app)):
            got = self.app.fetcher.get(url)
        now = self.app.clock()
        if got.status == 429 or (got.status == 503 and got.retry_after is not None):
            self.tired[host] = min(got.retry_at(now) or now + _REST, now + MOST_RETRY)
            self.hosts.tire(host, until=self.tired[host], now=now)
        return document_of(got)
