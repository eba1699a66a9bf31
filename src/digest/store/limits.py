"""Sending limits that hold for all workers together; who draws first, draws first, and nobody draws twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from digest.model.allotting import bucket_of, reserve, reserve_among
from digest.store.dialects import add_up
from digest.store.limit_tables import limit_uses, limits
from digest.store.seats import Seats
from digest.store.time_type import from_ticks, to_ticks

_US = timedelta(microseconds=1)
# What lies further ahead than it could, by more than clocks may differ, is from before the clock went back.
_ODD_PACE = timedelta(seconds=5)
_ODD_USE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Paced:
    """What was reserved of a pace."""

    at: tuple[datetime, ...]  #: in order; fewer than asked for when they lie too far ahead
    retry_at: datetime | None  #: when more can be reserved; None when all were


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """What was granted of a quota."""

    granted: int  #: 0 to what was asked for
    retry_at: datetime | None  #: when more can be granted; None when all was


class Limits(Seats):
    """The limits part of a transaction. Keys are texts such as 'relay main'."""

    def pace(
        self,
        key: str,
        *,
        interval: timedelta,
        count: int,
        now: datetime,
        ahead: timedelta,
        among: Sequence[datetime] | None = None,
    ) -> Paced:
        """Reserve the next moments of a pace; nobody gets one of them again.

        A clock that went back costs at most `ahead` and the interval: what was reserved by the
        later time counts as reserved just as far ahead as it may be.

        Args:
            key: The limit.
            interval: How far apart moments are, from each other and from all that were reserved before.
            count: How many are wanted.
            now: No moment lies before it.
            ahead: No moment lies further ahead; the same for all who draw, or some wait too long.
            among: Only these moments, in order; None: any.
        """
        last = stored = self._locked(key)
        if last is not None and last > now + ahead + _ODD_PACE:
            last = now + ahead
        newest, length = None if last is None else to_ticks(last), max(1, interval // _US)
        if among is None:
            reserved = reserve(newest, interval=length, count=count, now=to_ticks(now), ahead=ahead // _US)
        else:
            wishes = [to_ticks(wish) for wish in among if wish <= now + ahead]
            reserved = reserve_among(newest, wishes, interval=length, count=count, now=to_ticks(now))
        at = tuple(from_ticks(ticks) for ticks in reserved.at)
        last = at[-1] if at else last
        if last != stored:
            self.connection.execute(update(limits).where(limits.c.key == key).values(last_at=last))
        return Paced(at=at, retry_at=None if reserved.retry_at is None else from_ticks(reserved.retry_at))

    def draw_quota(
        self, key: str, *, limit: int, window: timedelta, count: int, now: datetime, hold: timedelta
    ) -> Quota:
        """Take some of a quota, so that whatever is drawn and used in time stays below it.

        No stretch of time as long as the window sees more than `limit` begun. Windows are counted
        in 360 parts, so a draw is granted again up to one of them and `hold` later than it could be.

        Args:
            key: The limit.
            limit: How many a window holds.
            window: How long it is.
            count: How many are wanted.
            now: The moment of drawing.
            hold: How long after it what is drawn may be begun.
        """
        self._locked(key)
        part = _part(window)
        self._forget(key, window, before=now - window - part)
        start = _floor(now + hold, part)
        used, oldest = self._used(key, window, start)
        granted = max(0, min(count, limit - used))
        if granted:
            row = {"key": key, "window_us": window // _US, "at": start, "used": granted}
            self.connection.execute(add_up(self.connection, limit_uses, "used").values(row))
        retry_at = None if granted == count else (oldest or start) + part + window
        return Quota(granted=granted, retry_at=retry_at)

    def uses(self, key: str, *, window: timedelta, now: datetime) -> int:
        """Count what was begun of a quota in the window that ends now, to the nearest part above."""
        return self._begun(key, window, now)[0]

    def room_at(self, key: str, *, limit: int, window: timedelta, now: datetime) -> datetime | None:
        """Tell when a quota that is used up lets somebody begin again; None while it has room. Draws nothing.

        Args:
            key: The limit.
            limit: How many a window holds.
            window: How long it is.
            now: The moment of asking.
        """
        used, oldest = self._begun(key, window, now)
        return None if used < limit else (oldest or now) + _part(window) + window

    def _begun(self, key: str, window: timedelta, now: datetime) -> tuple[int, datetime | None]:
        """Count the uses that the window reaches, and find the oldest."""
        query = select(func.sum(limit_uses.c.used), func.min(limit_uses.c.at)).where(
            limit_uses.c.key == key,
            limit_uses.c.window_us == window // _US,
            limit_uses.c.used > 0,
            limit_uses.c.at > now - window - _part(window),
            limit_uses.c.at <= now + _ODD_USE,
        )
        used, oldest = self.connection.execute(query).one()
        return int(used or 0), oldest

    def return_quota(self, key: str, *, window: timedelta, count: int, at: datetime) -> int:
        """Give back what was drawn and never begun.

        Args:
            key: The limit.
            window: The window that it was drawn from.
            count: How many; all of it drawn well within the window, so that it is still counted.
            at: When the oldest of it was drawn, or any earlier moment: parts of the window that
                begin before it are left alone.

        Returns:
            How many were taken back; fewer when they have passed anyway.
        """
        self._locked(key)
        left = count
        mine = (limit_uses.c.key == key) & (limit_uses.c.window_us == window // _US)
        query = select(limit_uses.c.at, limit_uses.c.used).where(
            mine, limit_uses.c.at >= _floor(at, _part(window)), limit_uses.c.used > 0
        )
        # The oldest first: taken out of a later part than its own it would let that one hold too much.
        for row in self.connection.execute(query.order_by(limit_uses.c.at)).all():
            taken = min(left, row.used)
            change = update(limit_uses).where(mine, limit_uses.c.at == row.at)
            self.connection.execute(change.values(used=row.used - taken))
            left -= taken
            if not left:
                break
        return count - left

    def _forget(self, key: str, window: timedelta, *, before: datetime) -> None:
        """Remove the parts that no window reaches any more."""
        self.connection.execute(
            delete(limit_uses).where(
                limit_uses.c.key == key, limit_uses.c.window_us == window // _US, limit_uses.c.at <= before
            )
        )

    def _used(self, key: str, window: timedelta, start: datetime) -> tuple[int, datetime | None]:
        """Count the uses, and find the oldest; `start` is the newest part there can be."""
        mine = (limit_uses.c.key == key) & (limit_uses.c.window_us == window // _US)
        at = limit_uses.c.at
        query = select(func.sum(limit_uses.c.used), func.min(at), func.max(at)).where(
            mine, limit_uses.c.used > 0
        )
        used, oldest, newest = self.connection.execute(query).one()
        if newest is None:
            return 0, None
        if newest > start + _ODD_USE:
            self._move(key, window, by=newest - start)
            oldest -= newest - start
        return int(used), oldest

    def _move(self, key: str, window: timedelta, *, by: timedelta) -> None:
        """Follow a clock that went back: the newest use is one of now, the others keep their distance."""
        mine = (limit_uses.c.key == key) & (limit_uses.c.window_us == window // _US)
        rows = self.connection.execute(select(limit_uses).where(mine)).mappings().all()
        self.connection.execute(delete(limit_uses).where(mine))
        self.connection.execute(insert(limit_uses), [{**row, "at": row["at"] - by} for row in rows])


def _part(window: timedelta) -> timedelta:
    return bucket_of(window // _US) * _US


def _floor(moment: datetime, part: timedelta) -> datetime:
    ticks, length = to_ticks(moment), part // _US
    return from_ticks(ticks - ticks % length)
