"""One look at a source: what its server says, and what is listed there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from operator import itemgetter

from digest.actions.app import App
from digest.actions.content.fetching import refusal_of, words_of
from digest.actions.content.rounds.further import NO_WALK, Further, Walk
from digest.actions.content.rounds.hosts import Hosts, gap_of, host_of
from digest.actions.content.rounds.lanes import QUICK_S
from digest.actions.content.rounds.named import Named, read_named
from digest.actions.content.rounds.reading import Reading, as_listing
from digest.actions.content.rounds.walked import MOST_ARTICLES
from digest.collect import Format, Listing, PageRef, Unreadable, explain, first_url, newest_first
from digest.errors import DigestError, DocumentError, FetchError
from digest.fetch import ALL, NOTHING_KNOWN, Fetched, Validators
from digest.log import get_logger
from digest.model import ArticleContent, FullText, Source, SourceKind, SourceState
from digest.settings import read_key
from digest.store import PageNote

_SHUT = "robots.txt of its site shuts programs out of this page; `robots: false` is for sites of your own"

_NO_LIST = "`digest sources add URL` finds the feed of a page, `kind: page` takes it as an article"
_NO_KEY = "its key_file cannot be read; `digest check` says why"

log = get_logger()


class Found(StrEnum):
    """How a look ended."""

    CONTENT = "content"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"  #: 410


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one look at a source found."""

    found: Found
    error: str | None = None  #: in plain words; None unless it failed or is gone
    validators: Validators = NOTHING_KNOWN
    body_hash: bytes | None = None
    moved_to: str | None = None  #: for good
    not_before: datetime | None = None  #: when the server wants to be asked again
    rest: timedelta | None = None  #: how long the server wants to be left alone
    articles: tuple[ArticleContent, ...] = ()
    pages: tuple[PageRef, ...] = ()  #: to be fetched unless they are known, the newest first
    unreadable: int = 0  #: entries that are no articles
    notice: str | None = None  #: what is odd; None: nothing
    is_slow: bool = False  #: its server took long to answer
    walk: Walk = NO_WALK  #: what its further pages brought, which is in the above
    marks: tuple[PageNote, ...] = ()  #: what to remember of what it is


def look(
    app: App,
    source: Source,
    state: SourceState,
    hosts: Hosts,
    fetched: Callable[[int], None] = lambda _size: None,
    further: int | None = None,
) -> Look:
    """Look at a source; never raises for what is found there.

    Args:
        app: The installation.
        source: The source.
        state: How it was doing.
        hosts: Who is polite for all.
        fetched: Called once its document has come, with its bytes.
        further: So many further pages are read because a person wants them; None: as few as there must be.
    """
    try:
        return _Looker(app=app, source=source, state=state, hosts=hosts, further=further).look(fetched)
    except FetchError as error:
        return Look(found=Found.FAILED, error=words_of(error), is_slow=not error.permanent)
    except DigestError as error:
        return Look(found=Found.FAILED, error=f"cannot be read: {words_of(error)}")
    except (OSError, ValueError):
        # What a stranger wrote costs its source alone, also where nobody thought of it.
        log.exception("look_failed", source=source.key)
        return Look(found=Found.FAILED, error="cannot be read, for a reason that the log tells")


def address_of(source: Source, state: SourceState) -> str:
    """Return the address that is asked first, without any key: where the source has moved to, if it has."""
    return state.moved_to or first_url(source)


@dataclass(frozen=True, kw_only=True)
class _Looker:
    """Looks at one source."""

    app: App
    source: Source
    state: SourceState
    hosts: Hosts
    further: int | None
    begun: float = field(default_factory=time.monotonic)

    def look(self, fetched: Callable[[int], None]) -> Look:
        app, source, state = self.app, self.source, self.state
        url = address_of(source, state)
        if source.fetching.key_file is not None:
            try:
                key = read_key(app.home.root / source.fetching.key_file)
            except (OSError, ValueError):
                return Look(found=Found.FAILED, error=_NO_KEY)
            url = first_url(source, key)
        if source.kind is SourceKind.PAGE and not may_read(app, source, url, self.hosts):
            return Look(found=Found.FAILED, error=_SHUT)
        known = Validators(etag=state.etag, last_modified=state.last_modified)
        is_wanted_anew = self.further is not None
        with self.hosts.turn(host_of(url, app.fetcher), gap_of(app)):
            begun = time.monotonic()
            asked_for = NOTHING_KNOWN if is_wanted_anew else known
            got = app.fetcher.get(url, conditions=asked_for, stays=source.kind is SourceKind.GHOST)
            is_slow = time.monotonic() - begun > QUICK_S
        fetched(len(got.body))
        said = Look(
            found=Found.UNCHANGED,
            is_slow=is_slow,
            validators=got.validators,
            body_hash=state.body_hash,
            # The address of an API is made anew each time, and may hold a key.
            moved_to=got.moved_to if source.kind not in {SourceKind.WORDPRESS, SourceKind.GHOST} else None,
            not_before=got.retry_at(app.clock()),
            rest=got.fresh_for,
        )
        if got.status == 304:
            kept = got.validators if got.validators != NOTHING_KNOWN else known
            return replace(said, validators=kept)
        if not got.is_content:
            return _refusal(said, got, source)
        digest = blake2b(got.body, digest_size=16).digest()
        if digest == state.body_hash and not is_wanted_anew:
            return said
        return self._read(got, replace(said, body_hash=digest), url)

    def _read(self, got: Fetched, said: Look, asked: str) -> Look:
        reading = Reading(self.app, self.source, failed=self.state.failures > 0)
        document = as_listing(self.source, got)
        if document.format is Format.HTML and not may_read(self.app, self.source, got.url, self.hosts):
            return replace(said, found=Found.FAILED, error=_SHUT)
        first = reading.listing(document)
        mark = self._new_mark()
        if first.is_page and self.source.kind is SourceKind.AUTO and mark is None:
            raise DocumentError("a page answers where a list of articles was", hint=_NO_LIST)
        further = Further(
            app=self.app,
            source=self.source,
            reading=reading,
            hosts=self.hosts,
            begun=self.begun,
            wished=self.further,
        )
        walk = further.walk(first, got, asked=asked, is_new=self.state.succeeded_at is None)
        named = read_named(self.app, first, got.url, reading, self.hosts)
        if named.failed or not all(one.tells_all for one in (first, *named.listings)):
            # Only the first listing is known by its version, and that says nothing of those below it.
            said = replace(said, validators=NOTHING_KNOWN, body_hash=None)
        later = max(filter(None, (said.not_before, walk.not_before)), default=None)
        if mark is not None and not first.is_page:
            said = replace(said, marks=(mark,))
        return self._taken([first, *walk.listings], named, replace(said, walk=walk, not_before=later))

    def _new_mark(self) -> PageNote | None:
        """Make the note that a list of articles was there; None where it is noted, or its kind says so."""
        if self.source.kind is not SourceKind.AUTO:
            return None
        mark = PageNote(url=f"{self.source.url}#list-of-articles", modified_at=None)
        with self.app.store.reading() as tx:
            return None if tx.source_states.known_pages(self.source.key, [mark.url]) else mark

    def _taken(self, own: list[Listing], named: Named, said: Look) -> Look:
        listings = [*own, *named.listings]
        found = [one for each in listings for one in each.found]
        articles = [one for one in found if isinstance(one, ArticleContent)]
        bad = [one for one in found if isinstance(one, Unreadable)]
        articles, pages = _sorted_out(
            self.source, articles, [page for each in listings for page in each.pages]
        )
        if bad and not articles and not pages:
            return replace(said, found=Found.FAILED, error=f"nothing in it can be read: {bad[0].reason}")
        if named.failed and not named.listings:
            return replace(said, found=Found.FAILED, error=named.notice)
        articles, is_cut = self._at_once(articles)
        walk = replace(said.walk, is_cut=said.walk.is_cut or is_cut)
        return replace(
            said,
            found=Found.CONTENT,
            rest=max(filter(None, (said.rest, listings[0].every)), default=None),
            articles=tuple(articles),
            pages=newest_first(pages),
            unreadable=len(bad),
            notice=walk.notice or named.notice or _notice(walk, bad),
            walk=walk,
        )

    def _at_once(self, articles: list[ArticleContent]) -> tuple[list[ArticleContent], bool]:
        """Keep to what one look may take, known ones last; tell whether new ones are beyond."""
        if len(articles) <= MOST_ARTICLES:
            return articles, False
        with self.app.store.reading() as tx:
            known = tx.articles.are_known(articles)
        pairs = sorted(zip(known, articles, strict=True), key=itemgetter(0))
        return [one for _, one in pairs[:MOST_ARTICLES]], known.count(False) > MOST_ARTICLES


def may_read(app: App, source: Source, url: str, hosts: Hosts) -> bool:
    """Tell whether robots.txt lets us read a page, where it is to be asked.

    Raises:
        FetchError: It cannot be read now; another time it may.
    """
    rules = hosts.robots(url, app.fetcher, gap_of(app)) if source.fetching.robots else ALL
    if not rules.is_read:
        raise FetchError("the robots.txt of its site cannot be read now", permanent=False)
    return rules.allows(url)


def _refusal(said: Look, got: Fetched, source: Source) -> Look:
    if got.status == 410:
        return replace(said, found=Found.GONE, error="its server says that it is gone for good (410)")
    return replace(said, found=Found.FAILED, error=explain(source.kind, got.status) or refusal_of(got))


def _sorted_out(
    source: Source, articles: list[ArticleContent], pages: list[PageRef]
) -> tuple[list[ArticleContent], list[PageRef]]:
    """Decide what is taken from the listing and what from pages, as the operator says."""
    match source.fetching.full_text:
        case FullText.FEED:
            thin = [page.thin for page in pages if page.thin is not None and page.thin.paragraphs]
            rest = [page for page in pages if page.thin is None or not page.thin.paragraphs]
            return articles + thin, rest
        case FullText.PAGE if source.kind is not SourceKind.PAGE:
            whole = [
                PageRef(url=one.url, modified=one.published, title=one.title, thin=one)
                for one in articles
                if one.url is not None
            ]
            return [one for one in articles if one.url is None], whole + pages
        case _:
            return articles, pages


def _notice(walk: Walk, bad: list[Unreadable]) -> str | None:
    if walk.is_cut:
        then = "wanting them again takes more" if walk.is_past else "the next looks take the others"
        return f"it lists more than {MOST_ARTICLES:,} new articles, which one look takes at most; {then}"
    if not bad:
        return None
    such = "" if len(bad) == 1 else f"{len(bad):,} entries cannot be read, such as "
    return f"{such}{bad[0].name}{'' if such else ' cannot be read'}: {bad[0].reason}"
