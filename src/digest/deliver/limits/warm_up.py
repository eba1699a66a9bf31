"""How many messages a new sender's relay may take a day, so that receivers get used to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MOST = 100_000_000  #: messages a day above which nobody is warming up any more


@dataclass(frozen=True, kw_only=True, slots=True)
class WarmUp:
    """A plan that grows from day to day."""

    since: date  #: the first day
    first_day: int  #: messages on that day, at least 1
    growth: float  #: by how much each day's are multiplied, above 1


def allowed(plan: WarmUp, day: date) -> int | None:
    """Say how many messages a day may have: `first_day` times `growth` for each day since, rounded down.

    Args:
        plan: The plan.
        day: Before the first day it counts as the first.

    Returns:
        At least 1; None when the plan has grown out of all bounds.
    """
    # Decimal, since 10 * 1.1 * 1.1 in binary falls short of some whole numbers by a hair.
    growth, messages = Decimal(str(plan.growth)), Decimal(plan.first_day)
    for _ in range((day - plan.since).days):
        messages *= growth
        if messages > MOST:
            return None
    return int(messages)


def per_day(plan: WarmUp | None, bound: int | None, day: date) -> int | None:
    """Return the day's limit: what the plan allows until it passes the bound, then the bound.

    Args:
        plan: None: nothing is warmed up.
        bound: The limit of any day; None sets none.
        day: Which day.
    """
    today = None if plan is None else allowed(plan, day)
    return min((most for most in (today, bound) if most is not None), default=None)
