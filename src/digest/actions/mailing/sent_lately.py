"""What was sent in the last days: books that were closed, mails a day, and how late editions began."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from digest.actions.app import App
from digest.model import BounceKind
from digest.store import Begun, Closing

DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Lately:
    """The last `DAYS` days."""

    closings: tuple[Closing, ...]  #: editions whose books were closed, the newest first
    begun: tuple[Begun, ...]  #: editions that began to be sent, the oldest slot first
    came_back: Mapping[BounceKind, int]  #: reports about mail, by kind


def lately(app: App, digests: Collection[str] | None) -> Lately:
    """Read what was sent in the last `DAYS` days, and what came back.

    Args:
        app: The installation.
        digests: Only of these digests; None: of all.

    Raises:
        StoreError: The database cannot be read.
    """
    since = app.clock() - timedelta(days=DAYS + 1)
    with app.store.reading() as tx:
        closings, begun = tx.figures.closings(since), tx.figures.begun(since)
        came_back = tx.bounces.kinds(since, digests=digests)
    return Lately(
        closings=tuple(one for one in closings if digests is None or one.digest in digests),
        begun=tuple(one for one in begun if digests is None or one.digest in digests),
        came_back=came_back,
    )


def a_day(closings: Sequence[Closing], zone: tzinfo, now: datetime) -> tuple[tuple[date, int], ...]:
    """Sum the mails of each of the last `DAYS` days, by the clocks of a zone, the oldest first.

    Days without mail are there with 0. Today is not: it is not over.

    An edition counts on the day that its books were closed.
    """
    sums: Counter[date] = Counter()
    for one in closings:
        sums[one.at.astimezone(zone).date()] += one.counts.get("sent", 0)
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=back) for back in range(DAYS, 0, -1))
    return tuple((day, sums[day]) for day in days)
