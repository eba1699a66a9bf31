"""What somebody typed to look for articles, as a search: words, tag, source, days on their clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.actions.content.article_search import Wanted

NARROWING = ("tag", "source", "since", "until")  #: fields that narrow a search, besides its words


def wanted_of(
    words: str, narrowed: Mapping[str, str], zone: str, *, limit: int, after: int | None = None
) -> Wanted:
    """Make the search that somebody typed.

    Args:
        words: As typed.
        narrowed: Of the fields `NARROWING` what was typed; '' does not restrict. Days are as 2026-11-19; what
            is no day, or outside the calendar, does not restrict.
        zone: Whose clocks tell when a day begins.
        limit: As in `Wanted`.
        after: As in `Wanted`.
    """
    tag, source, since, until = (narrowed[field] for field in NARROWING)
    return Wanted(
        words=words,
        tags=(tag,) if tag else (),
        sources=(source,) if source else (),
        since=_moment(since, zone),
        until=_moment(until, zone, days=1),
        limit=limit,
        after=after,
    )


def _moment(written: str, zone: str, *, days: int = 0) -> datetime | None:
    """Return the beginning of a day on somebody's clocks, or the last instant before that of a later one."""
    try:
        begin = datetime.combine(date.fromisoformat(written), time(), ZoneInfo(zone))
        found = (begin + timedelta(days=days)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found - timedelta(microseconds=1) if days else found
