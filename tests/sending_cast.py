"""A ledger and a journal in memory, and routes to relays on loopback, for tests of sending."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.deliver import (
    Allotments,
    Connected,
    Heard,
    Limits,
    LocalAllotments,
    Look,
    Office,
    Route,
    SendingRules,
    Tally,
    Watch,
    deliver_edition,
)
from digest.deliver.journal.group import Mark
from digest.deliver.smtp.attempt import Attempt
from digest.deliver.smtp.dial import dialled
from digest.deliver.smtp.talk import take_socket
from digest.model import Books, Delivery, DeliveryState, Outcome, Settlement, Subscriber
from digest.settings.system import RelaySettings

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MESSAGE = b"From: a\r\nTo: b\r\nSubject: c\r\nDate: d\r\nMessage-ID: e\r\nMIME-Version: 1.0\r\n\r\nbody\r\n"


@dataclass
class MemoryLedger:
    """The books in memory, with the rules of the real ones."""

    emails: Sequence[str]
    attempt: int = 0  #: so often everybody was put off before
    barred: dict[int, str] = field(default_factory=dict)
    halted: str | None = None
    let_go_until: datetime | None = None  #: a person's word
    due_s: float | None = None  #: after how many seconds deferred ones are due
    rows: dict[int, Delivery] = field(init=False)
    outcomes: dict[int, Outcome] = field(init=False, default_factory=dict)
    claims: list[int] = field(init=False, default_factory=list)
    answers: list[Heard] = field(init=False, default_factory=list)
    outages: list[tuple[str, int, str]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.rows = {
            n: Delivery(
                id=n,
                edition_id=7,
                subscriber=Subscriber(id=n, uid=f"u{n}", email=email),
                sections=(),
                state=DeliveryState.PENDING,
                attempt=self.attempt,
                reason="450 4.2.0 not now" if self.attempt else None,
            )
            for n, email in enumerate(self.emails, 1)
        }

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        self.claims.append(limit)
        waiting = (
            {DeliveryState.PENDING, DeliveryState.DEFERRED} if self.due_s == 0 else {DeliveryState.PENDING}
        )
        due = [row for row in self.rows.values() if row.state in waiting][:limit]
        return self._take(due)

    def claim_early(self, limit: int, words: Sequence[str]) -> tuple[Delivery, ...]:
        put_off = [row for row in self.rows.values() if row.state is DeliveryState.DEFERRED]
        found = [row for row in put_off if (row.reason or "").endswith(tuple(words))]
        return self._take(sorted(found, key=lambda row: self.outcomes[row.id].next_at or NOW)[:limit])

    def look(self) -> Look:
        return Look(barred=dict(self.barred), halted=self.halted, let_go_until=self.let_go_until)

    def settle(self, ends: Sequence[Settlement]) -> None:
        for end in ends:
            row = self.rows[end.delivery_id]
            goes_back = end.outcome.state is DeliveryState.PENDING
            text = None if end.outcome.state is DeliveryState.SENT else end.outcome.text
            self.outcomes[row.id] = end.outcome
            self.rows[row.id] = replace(
                row,
                state=end.outcome.state,
                reason=row.reason if goes_back else text,
                reply=(end.outcome.text or row.reply) if goes_back else end.outcome.text,
                attempt=row.attempt - (goes_back or not end.outcome.is_try),
            )

    def renew(self) -> None:
        pass

    def heard(self, heard: Sequence[Heard]) -> None:
        self.answers.extend(heard)

    def tell_outage(self, domain: str, count: int, words: str) -> None:
        self.outages.append((domain, count, words))

    def release(self) -> None:
        pass

    def step_on(self) -> None:
        """Nobody copies what is in memory."""

    def count_waiting(self, delivery_ids: Collection[int]) -> int:
        waiting = {DeliveryState.PENDING, DeliveryState.DEFERRED}
        return sum(self.rows[one].state in waiting for one in delivery_ids)

    def next_due_s(self) -> float | None:
        return self.due_s if any(row.state is DeliveryState.DEFERRED for row in self.rows.values()) else None

    def books(self) -> Books:
        states = [row.state for row in self.rows.values()]
        ends = {state.value: states.count(state) for state in DeliveryState if state.is_final}
        return Books(frozen=len(states), open=len(states) - sum(ends.values()), **ends)

    def states(self) -> list[DeliveryState]:
        return [row.state for row in self.rows.values()]

    def _take(self, found: Sequence[Delivery]) -> tuple[Delivery, ...]:
        for row in found:
            self.rows[row.id] = replace(row, state=DeliveryState.CLAIMED, attempt=row.attempt + 1)
        return tuple(self.rows[row.id] for row in found)


@dataclass
class MemoryRecord:
    """A journal in memory."""

    refused: frozenset[int] = frozenset()  #: deliveries that are another sender's
    broken: Exception | None = None
    permits: list[Mark] = field(default_factory=list)
    answers: list[Settlement] = field(default_factory=list)
    kept: bool | None = None  #: how it was closed
    can_recover: bool = False

    def write(self, permits: Sequence[Mark], answers: Sequence[Settlement]) -> frozenset[Mark]:
        if self.broken is not None:
            raise self.broken
        self.answers.extend(answers)
        self.permits.extend(permits)
        return frozenset(mark for mark in permits if mark[0] not in self.refused)

    def settled(self, marks: Iterable[Mark]) -> None:
        pass

    def close(self, *, keep: bool) -> None:
        self.kept = keep


def reader(n: int) -> str:
    """Name a recipient."""
    return f"reader{n}@example.org"


def readers(count: int) -> list[str]:
    """Name recipients."""
    return [reader(n) for n in range(1, count + 1)]


def route(
    port: int, *, name: str = "main", connections: int = 2, weight: int = 1, timeout: str = "5s"
) -> Route:
    """Lead to a relay on loopback, in clear."""
    settings = RelaySettings.model_validate(
        {"name": name, "url": f"smtp://127.0.0.1:{port}", "tls": "none", "timeout": timeout}
    )

    def connect(attempt: Attempt) -> Connected:
        made = dialled(settings, Path(), attempt)
        return Connected(sock=take_socket(made.smtp), offers=made.offers)

    timeout_s = settings.timeout.total_seconds()
    return Route(name=name, connect=connect, connections=connections, weight=weight, timeout_s=timeout_s)


def send(
    ledger: MemoryLedger,
    *routes: Route,
    record: MemoryRecord | None = None,
    stamp: Callable[[Delivery], bytes] = lambda _: MESSAGE,
    watch: Watch | None = None,
    limits: Limits | None = None,
    allotments: Allotments | None = None,
    worker: str = "sender",
    lasts_s: float = 60.0,
    hands: int = 0,
    **rules: object,
) -> Tally:
    """Deliver with a calendar that stands still; it ends by itself in that time or the test fails."""
    sending = replace(
        SendingRules(sender="bounce@example.org", give_up_at=NOW + timedelta(hours=12), block=3, tries=2),
        **rules,
    )
    over = threading.Event()
    guard = threading.Timer(lasts_s, over.set)
    guard.daemon = True
    guard.start()
    seen = watch or Watch(clock=lambda: NOW, chance=lambda: 0.0)
    stopped = seen.stopped
    try:
        return deliver_edition(
            Office(
                ledger=ledger,
                record=record or MemoryRecord(),
                stamp=stamp,
                hands=hands,
                worker=worker,
                limits=limits or Limits(relays={}, domains={}),
                allotments=allotments or LocalAllotments(),
            ),
            routes,
            rules=sending,
            watch=replace(seen, stopped=lambda: stopped() or over.is_set()),
        )
    finally:
        guard.cancel()
        guard.join()
        assert not over.is_set(), "the run does not end"
