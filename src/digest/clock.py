"""The one place that asks the machine for the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]  #: returns an aware moment


def system_clock() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def aware(moment: datetime) -> datetime:
    """Return the moment in UTC.

    Raises:
        ValueError: The moment carries no zone, so nobody knows which moment it is.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"a moment without a zone: {moment.isoformat()}")
    return moment.astimezone(UTC)
