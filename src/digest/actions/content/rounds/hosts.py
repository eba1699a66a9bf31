"""Politeness: one request at a time to a host, with a rest between two, and what its robots.txt says."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from digest.actions.app import App
from digest.errors import DigestError, FetchError
from digest.fetch import ALL, NOTHING, UNREAD, Fetcher, Robots, read_robots

MOST_DELAY = timedelta(seconds=30)  #: that a Crawl-delay counts for
_ROBOTS_S = 86_400.0  #: rules are read again after so long (RFC 9309, 2.4)
_UNREACHED_S = 900.0  #: and after so long when they could not be read
_MOST = 5_000  #: hosts that are remembered
_PATIENCE_S = 60.0  #: that one request waits for its turn


class HostBusy(DigestError):
    """So many wait for a host that our turn did not come: another time."""


@dataclass(slots=True)
class _Host:
    busy: bool = False
    free_at: float = 0.0  #: monotonic
    gap_s: float = 0.0  #: beyond the usual


class Hosts:
    """Remembers hosts and their rules. Safe for any number of threads; one for a process."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Host] = OrderedDict()
        self._robots: OrderedDict[str, tuple[float, Robots]] = OrderedDict()
        self._tired: dict[str, datetime] = {}
        self._changed = threading.Condition()

    def is_free(self, host: str) -> bool:
        """Tell whether a request to a host would not have to wait."""
        with self._changed:
            known = self._known.get(host)
            return known is None or (not known.busy and known.free_at <= time.monotonic())

    def tire(self, host: str, *, until: datetime, now: datetime) -> None:
        """Remember until when a host wants fewer requests; the operator's own are not told apart."""
        if not host:
            return
        with self._changed:
            self._tired = {name: end for name, end in self._tired.items() if end > now} | {host: until}

    def tired_until(self, host: str, now: datetime) -> datetime | None:
        """Tell until when a host wants to be asked for no page; None: it does not mind."""
        with self._changed:
            until = self._tired.get(host)
        return until if until is not None and until > now else None

    @contextmanager
    def turn(self, host: str, gap: timedelta) -> Iterator[None]:
        """Wait for the turn at a host; it ends with the block, and the host then rests for a while.

        Args:
            host: As `host_of` names it; '' is the operator's own, which needs no rest.
            gap: How long it rests at least.

        Raises:
            HostBusy: The turn did not come within a minute.
        """
        if not host:
            yield
            return
        ends = time.monotonic() + _PATIENCE_S
        with self._changed:
            while not self._take(host):
                known, left = self._known[host], ends - time.monotonic()
                if left <= 0:
                    raise HostBusy("many wait for this host", where=host)
                rest = left if known.busy else min(left, known.free_at - time.monotonic())
                self._changed.wait(max(0.001, rest))
        try:
            yield
        finally:
            with self._changed:
                known = self._known[host]
                known.busy = False
                known.free_at = time.monotonic() + max(known.gap_s, gap.total_seconds())
                self._changed.notify_all()

    def robots(self, url: str, fetcher: Fetcher, gap: timedelta) -> Robots:
        """Return the rules of an address's site, read again once a day; its Crawl-delay holds from then on.

        A site without the file allows all; one that cannot say allows nothing for a while.

        Source: RFC 9309, 2.3.1.
        """
        place = urljoin(url, "/robots.txt")
        with self._changed:
            until, known = self._robots.get(place, (0.0, ALL))
        if time.monotonic() < until:
            return known
        host = host_of(place, fetcher)
        with self.turn(host, gap):
            found, keep_s = _read(place, fetcher)
        with self._changed:
            self._robots[place] = (time.monotonic() + keep_s, found)
            while len(self._robots) > _MOST:
                self._robots.popitem(last=False)
            if found.delay is not None and host in self._known:
                self._known[host].gap_s = min(found.delay, MOST_DELAY).total_seconds()
        return found

    def _take(self, host: str) -> bool:
        """Take the turn when it is free; under the lock."""
        known = self._known.setdefault(host, _Host())
        self._known.move_to_end(host)
        if known.busy or known.free_at > time.monotonic():
            return False
        known.busy = True
        if len(self._known) > _MOST:
            self._forget()
        return True

    def _forget(self) -> None:
        now = time.monotonic()
        idle = [name for name, one in self._known.items() if not one.busy and one.free_at <= now]
        for name in idle[: _MOST // 2]:
            del self._known[name]


def gap_of(app: App) -> timedelta:
    """Return how long a host rests between two requests."""
    gap = app.system.collect.host_gap
    return gap if gap != "off" else timedelta()


def host_of(url: str, fetcher: Fetcher) -> str:
    """Name the host of an address, to be polite to; '' when it is the operator's own, or none."""
    if fetcher.is_own(url):
        return ""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _read(place: str, fetcher: Fetcher) -> tuple[Robots, float]:
    try:
        got = fetcher.get(place)
    except FetchError as error:
        # A door that stays shut keeps the pages out all the same.
        return (NOTHING, _ROBOTS_S) if error.permanent else (UNREAD, _UNREACHED_S)
    if got.is_content:
        return read_robots(got.body, fetcher.agent), _ROBOTS_S
    if got.status == 429 or got.status >= 500:
        return UNREAD, _UNREACHED_S
    return ALL, _ROBOTS_S
