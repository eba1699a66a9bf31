"""Pages for everybody, made once and kept in memory; and browsers that ask whether theirs still holds."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request
from fastapi.responses import Response

from digest.actions.app import App
from digest.clock import aware
from digest.web.frame import look_of
from digest.web.packing import is_packed

MOST_BYTES = 64_000_000  #: of pages that a process keeps
_ASK_S = 1.0  #: between two questions to the store whether an edition has moved on
#: Templates may change, and a step may come late in the order of the log: no page is kept for longer.
_HOLDS_S = 60.0
_PUBLIC = "public, max-age=300"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A page as it goes out."""

    body: bytes
    fields: Mapping[str, str]  #: of the header, its name among them
    since: datetime  #: these very bytes were first made here
    app: App  #: the settings that it was made under
    mark: int  #: the newest step of any edition before it was made
    made_s: float  #: on the monotonic clock


class KeptPages:
    """The pages of the archive. Safe for any number of threads.

    A page holds until an edition of any digest moves on or changes, other settings come into force, or a
    minute has passed; the store is asked at most once a second.

    Args:
        clock: Seconds that never go back.
        most_bytes: Of bodies; those that nobody has asked for the longest go first.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_bytes: int = MOST_BYTES) -> None:
        self._clock = clock
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self.bytes = 0  #: of the bodies that are kept
        self._mark = 0
        self._asked_s = float("-inf")

    def answer(self, request: Request, app: App, name: Hashable, make: Callable[[], Response]) -> Response:
        """Answer with a page that is the same for everybody who sees it in the same light, packed or not.

        Args:
            request: What asked for it.
            app: The installation under the settings in force.
            name: Of the page.
            make: Makes it; what it raises is kept by nobody.

        Raises:
            StoreError: The database cannot be read.
        """
        key = name, look_of(request), is_packed(request)
        mark = self._newest(app)
        with self._lock:
            kept = self._pages.get(key)
            if kept is not None:
                self._pages.move_to_end(key)
        if kept is None or not self._holds(kept, app, mark):
            kept = self._keep(key, app, mark, make())
        return answered(request, kept.body, kept.fields, since=kept.since)

    def _holds(self, kept: Kept, app: App, mark: int) -> bool:
        return kept.app is app and kept.mark == mark and self._clock() - kept.made_s < _HOLDS_S

    def _newest(self, app: App) -> int:
        """Return the newest step of any edition, as it was a second ago at most."""
        now = self._clock()
        if now - self._asked_s < _ASK_S:
            return self._mark
        with app.store.reading() as tx:
            found = tx.editions.newest_step()
        with self._lock:
            self._mark, self._asked_s = max(self._mark, found), now
            return self._mark

    def _keep(self, key: Hashable, app: App, mark: int, made: Response) -> Kept:
        body = bytes(made.body)
        fields = {
            **{each: made.headers[each] for each in made.headers if each not in _OWN},
            "ETag": name_of(body),
            "Cache-Control": _PUBLIC,
            "Vary": "Accept-Encoding, Cookie",  # of the light
        }
        with self._lock:
            old = self._pages.pop(key, None)
            is_same = old is not None and old.body == body
            kept = Kept(
                body=body,
                fields=fields,
                since=old.since if old is not None and is_same else app.clock(),
                app=app,
                mark=mark,
                made_s=self._clock(),
            )
            self.bytes += len(body) - (0 if old is None else len(old.body))
            self._pages[key] = kept
            while self.bytes > self._most_bytes:
                self.bytes -= len(self._pages.popitem(last=False)[1].body)
        return kept


#: What a page's own header does not bring along: written anew here, or, as cookies, one person's.
_OWN = frozenset({"content-length", "set-cookie", "vary"})


def name_of(body: bytes) -> str:
    """Return the name of very bytes, as an ETag."""
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def answered(
    request: Request, body: bytes, fields: Mapping[str, str], *, since: datetime | None = None
) -> Response:
    """Answer with a page, or with 304 when the browser has it (RFC 9110, section 13).

    Args:
        request: What asked for it.
        body: The page.
        fields: Its header, with ETag and Content-Type.
        since: When it last changed, if that is known.
    """
    told = dict(fields)
    if since is not None:
        told["Last-Modified"] = format_datetime(aware(since).replace(microsecond=0), usegmt=True)
    if _has_it(request, told["ETag"], since):
        return Response(status_code=304, headers={key: told[key] for key in told if key.lower() in _STAY})
    return Response(body, headers=told)


#: What a 304 tells again (RFC 9110, section 15.4.5).
_STAY = frozenset({"etag", "cache-control", "vary", "last-modified", "x-robots-tag"})


def _has_it(request: Request, name: str, since: datetime | None) -> bool:
    """Tell whether the browser has the page; the name decides, the time only where no name came."""
    names = request.headers.get("if-none-match")
    if names is not None:
        # What packs answers on the way makes names weak ones, by W/ in front.
        known = {each.strip().removeprefix("W/") for each in names[:2_000].split(",")}
        return name in known or "*" in known
    seen = request.headers.get("if-modified-since")
    if seen is None or since is None:
        return False
    try:
        return since.replace(microsecond=0) <= aware(parsedate_to_datetime(seen[:60]))
    except (ValueError, OverflowError):
        return False
