"""Limits of sending as the settings tell them, drawn from the store that all workers share."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from digest.clock import Clock
from digest.deliver.limits.limit import (
    AHEAD,
    DAY,
    HOLD,
    RETURN_WITHIN,
    SEAT_LEASE,
    Draw,
    Limit,
    Limits,
    Spent,
)
from digest.deliver.limits.warm_up import WarmUp
from digest.settings import RelaySettings, SystemSettings
from digest.store import Paced, Quota, Store, Transaction

_LOOKS = 3  #: how often clocks are read when something comes between
_LATE_S = 0.005  #: seconds between two readings that nothing came between


def limits_of(system: SystemSettings, today: date) -> Limits:
    """Read the limits of all relays and domains from the settings.

    Args:
        system: The settings.
        today: The day, in UTC, whose limit of a warm-up is in `per_day`; draws go by their own day.
    """
    return Limits(
        relays={relay.name: _relay_limit(relay, today) for relay in system.relays},
        domains={
            domain.name: Limit(
                key=f"domain {domain.name}",
                per_second=domain.per_second,
                per_hour=domain.per_hour,
                connections=domain.connections,
            )
            for domain in system.delivery.domains
        },
    )


@dataclass(frozen=True, kw_only=True)
class StoreAllotments:
    """Limits that hold for all who share the store. Every call is one short transaction."""

    store: Store
    clock: Clock  #: this machine's
    is_server_asked: bool = True  #: a server's own clock comes first: those of several machines differ
    monotonic: Callable[[], float] = time.monotonic
    lead: timedelta = timedelta()  #: no moment of a pace lies nearer than this

    def draw(self, limit: Limit, count: int, among: Sequence[float] | None = None) -> Draw:
        """Draw messages; see `Allotments.draw`.

        Raises:
            StoreError: The database cannot be written; nothing was drawn.
        """
        with self.store.writing() as tx:
            seen = self._look(tx)
            today = limit.on(seen.day)
            quotas: list[tuple[int, timedelta, Quota]] = []
            granted = count
            for most, window in today.quotas:
                quota = tx.limits.draw_quota(
                    limit.key, limit=most, window=window, count=granted, now=seen.now, hold=HOLD
                )
                granted = quota.granted
                quotas.append((most, window, quota))
            wishes = None if among is None else tuple(map(seen.moment, among))
            paced = self._pace(tx, today, granted, seen.now, wishes)
            later = [] if paced.retry_at is None else [paced.retry_at]
            spent = None
            for most, window, quota in quotas:
                over = quota.granted - len(paced.at)
                if over:
                    tx.limits.return_quota(limit.key, window=window, count=over, at=seen.now + HOLD)
                elif quota.retry_at is not None:  # of those bounds only that were reached
                    free_at = room_at(limit, window, quota.retry_at, seen.now)
                    later.append(free_at)
                    spent = Spent(most=most, window=window, until=seen.second(free_at))
        retry_at = max(map(seen.second, later), default=None)
        return Draw(at=tuple(map(seen.second, paced.at)), retry_at=retry_at, spent=spent)

    def give_back(self, limit: Limit, unused: Sequence[float]) -> None:
        """Take back what was not begun; see `Allotments.give_back`.

        Raises:
            StoreError: The database cannot be written; the messages count as begun.
        """
        oldest = self.monotonic() - RETURN_WITHIN.total_seconds()
        unused = [moment for moment in unused if moment > oldest]
        if not unused or not limit.quotas:
            return
        with self.store.writing() as tx:
            drawn_at = self._look(tx).moment(min(unused))
            for _, window in limit.quotas:
                tx.limits.return_quota(limit.key, window=window, count=len(unused), at=drawn_at)

    def seats(self, key: str, worker: str, wanted: int, limit: int) -> int:
        """Ask for connections; see `Allotments.seats`.

        Raises:
            StoreError: The database cannot be written; what is held is held until its lease ends.
        """
        with self.store.writing() as tx:
            now = self._look(tx).now
            return tx.limits.take_seats(key, worker, wanted=wanted, limit=limit, now=now, lease=SEAT_LEASE)

    def leave(self, key: str, worker: str, keep: int = 0) -> None:
        """Give connections back; see `Allotments.leave`.

        Raises:
            StoreError: The database cannot be written; they are free when their lease ends.
        """
        with self.store.writing() as tx:
            tx.limits.leave_seats(key, worker, keep)

    def _pace(
        self, tx: Transaction, limit: Limit, count: int, now: datetime, among: Sequence[datetime] | None
    ) -> Paced:
        if limit.interval_us is None or not count:
            return Paced(at=(now,) * count, retry_at=None)
        return tx.limits.pace(
            limit.key,
            interval=timedelta(microseconds=limit.interval_us),
            count=count,
            now=now + self.lead,
            ahead=AHEAD - self.lead,
            among=among,
        )

    def _look(self, tx: Transaction) -> _Seen:
        """Read both clocks side by side; the monotonic one last, so that no message is too early."""
        for _ in range(_LOOKS):
            before = self.monotonic()
            now = tx.shared_now(self.clock()) if self.is_server_asked else self.clock()
            seen = _Seen(now=now, monotonic=self.monotonic())
            if seen.monotonic - before <= _LATE_S:
                break
        return seen


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """One moment on two clocks."""

    now: datetime
    monotonic: float

    @property
    def day(self) -> date:
        """The day of it, in UTC."""
        return self.now.astimezone(UTC).date()

    def second(self, moment: datetime) -> float:
        """Return a moment in seconds of the monotonic clock."""
        return self.monotonic + (moment - self.now).total_seconds()

    def moment(self, second: float) -> datetime:
        """Return a second of the monotonic clock as a moment."""
        return self.now + timedelta(seconds=second - self.monotonic)


def room_at(limit: Limit, window: timedelta, moment: datetime, now: datetime) -> datetime:
    """Return when a window has room again: at that moment, or when a warm-up lets a day have more.

    Args:
        limit: Whose window.
        window: How long it is.
        moment: When what was begun leaves it.
        now: The moment of asking.
    """
    grows_at = limit.grows_at(now) if window == DAY else None
    return moment if grows_at is None else min(moment, grows_at)


def _relay_limit(relay: RelaySettings, today: date) -> Limit:
    plan = None
    if relay.warm_up is not None:
        plan = WarmUp(**relay.warm_up.model_dump())
    return Limit(
        key=f"relay {relay.name}",
        per_second=relay.per_second,
        per_hour=relay.per_hour,
        per_day=relay.per_day,
        connections=relay.connections,
        warm_up=plan,
        bound=None if plan is None else relay.per_day,
    ).on(today)
