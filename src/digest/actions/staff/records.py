"""What is on record: every change and every refused try, who it was, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.actions.app import App
from digest.errors import DigestError
from digest.model import HistoryEntry
from digest.model.accounts import Right, User

PAGE = 100  #: lines


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Which lines are wanted; None asks for all."""

    by: str | None = None
    event: str | None = None  #: such as `REFUSED`
    digest: str | None = None
    day: date | None = None  #: of the zone
    before: int | None = None  #: the number of the last line of the page before
    limit: int = PAGE  #: lines of a page


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """One page of what is on record."""

    lines: tuple[HistoryEntry, ...]  #: the newest first
    older: int | None  #: `Wish.before` of the next page; None on the last one


def records(app: App, user: User, wish: Wish, *, zone: str) -> Records:
    """Return what is on record of digests that somebody operates; who operates all sees the rest, too.

    Raises:
        DigestError: The day is out of reach.
    """
    span = None if wish.day is None else _span(wish.day, zone)
    with app.store.reading() as tx:
        found = tx.history.find(
            by=wish.by,
            event=wish.event,
            digests=_digests(app, user, wish),
            span=span,
            before=wish.before,
            limit=wish.limit + 1,
        )
    page = found[: wish.limit]
    return Records(lines=page, older=page[-1].id if len(found) > wish.limit else None)


def _digests(app: App, user: User, wish: Wish) -> list[str] | None:
    if user.may(Right.OPERATE, None):
        return None if wish.digest is None else [wish.digest]
    wanted = sorted(app.digests) if wish.digest is None else [wish.digest]
    return [key for key in wanted if user.may(Right.OPERATE, key)]


def _span(day: date, zone: str) -> tuple[datetime, datetime]:
    try:
        first, last = (
            datetime.combine(one, time(), ZoneInfo(zone)).astimezone(UTC)
            for one in (day, day + timedelta(days=1))
        )
        first.astimezone(UTC), last.astimezone(UTC)
    except OverflowError as error:
        raise DigestError("this day is out of reach", hint="choose one of the last years") from error
    return first, last
