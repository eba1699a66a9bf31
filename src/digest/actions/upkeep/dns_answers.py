"""What the DNS said of the senders' domains when somebody last asked: on demand, within a time, kept."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.upkeep.doctor import DomainReport, reports
from digest.deliver.dns.resolver import DnsResolver, Resolver
from digest.errors import Unanswered
from digest.settings import LoadedSettings

WITHIN_S = 20.0  #: all questions together may take so long
_QUESTION_S = 4.0  #: and one of them


@dataclass(frozen=True, kw_only=True)
class DnsReport:
    """What to publish, and what is there."""

    domains: tuple[DomainReport, ...]
    asked_at: datetime | None  #: when the name servers were asked; None: nobody has asked them


class DnsAnswers:
    """Keeps what name servers said, for one process. Safe for any number of threads.

    Args:
        resolver: Whom to ask.
    """

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver or DnsResolver(timeout_s=_QUESTION_S)
        self._asking = threading.Lock()
        self._last: DnsReport | None = None

    def report(self, app: App) -> DnsReport:
        """Return the last answers; before anybody has asked, what to publish. Asks nobody.

        Raises:
            NotFound: There is no digest, so no sender.
            SettingsError: A key cannot be used.
        """
        return self._last or DnsReport(domains=_examined(app, None), asked_at=None)

    def ask(self, app: App) -> DnsReport:
        """Ask the name servers; who comes while somebody is asking waits for that answer.

        Raises:
            NotFound: There is no digest, so no sender.
            SettingsError: A key cannot be used.
        """
        before = self._last
        with self._asking:
            if self._last is not before and self._last is not None:
                return self._last
            resolver = _Hurried(self._resolver, time.monotonic() + WITHIN_S)
            self._last = DnsReport(domains=_examined(app, resolver), asked_at=app.clock())
            return self._last


def _examined(app: App, resolver: Resolver | None) -> tuple[DomainReport, ...]:
    settings = LoadedSettings(system=app.system, digests=app.digests)
    return reports(settings, app.home.root, resolver)


@dataclass(frozen=True)
class _Hurried:
    """Asks nothing more once the time for all questions is over."""

    resolver: Resolver
    ends: float  #: on the monotonic clock

    def txt(self, name: str) -> tuple[str, ...]:
        self._check(name)
        return self.resolver.txt(name)

    def mx(self, name: str) -> tuple[str, ...]:
        self._check(name)
        return self.resolver.mx(name)

    def _check(self, name: str) -> None:
        if time.monotonic() > self.ends:
            raise Unanswered(f"not asked: all questions together may take {WITHIN_S:g} s", where=name)
