"""What subscribers may choose, and their choices read from a form."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from digest.errors import DigestError
from digest.markup import clean_line
from digest.model import MailForm
from digest.settings import MORE, DigestSettings

LENGTHS = (None, 3, 1)  #: items of each section that may be chosen; None for all
LONGEST_PAUSE = timedelta(days=366)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")


def sections_of(digest: DigestSettings) -> tuple[str, ...]:
    """Return the keys of the sections that readers may choose, in the digest's order."""
    more = (MORE,) if digest.more.at_most else ()
    return (*(part.key for part in digest.sections), *more)


def hours_of(digest: DigestSettings) -> tuple[str, ...]:
    """Return the hours that readers of a digest may choose, each half hour after its last one of the day.

    Earlier ones would bring yesterday's edition.
    """
    times = [moment for rule in digest.schedule for moment in rule.times]
    last = max(times, default=time.min)
    halves = (time(half // 2, 30 * (half % 2)) for half in range(48))
    return tuple(f"{half:%H:%M}" for half in halves if half > last or not times)


def read_hour(digest: DigestSettings, hour: str | None) -> str | None:
    """Read an hour; '' and None are with everyone.

    Raises:
        DigestError: It is none that may be chosen.
    """
    if not hour:
        return None
    if hour not in hours_of(digest):
        raise DigestError(f"'{clean_line(hour, 20)}' is no hour to choose", hint="choose one of the list")
    return hour


def read_language(language: str | None) -> str | None:
    """Read a language tag; '' and None are the digest's.

    Raises:
        DigestError: It is no tag.
    """
    if not language:
        return None
    if _LANGUAGE.fullmatch(language) is None:
        raise DigestError(f"'{clean_line(language, 20)}' is no language such as en or pt-BR")
    return language


def read_form(length: str, *, is_plain: bool) -> MailForm:
    """Read how much of an edition somebody wants; '' is all of it.

    Raises:
        DigestError: It is no length that may be chosen.
    """
    known = {"" if one is None else str(one): one for one in LENGTHS}
    if length not in known:
        raise DigestError(f"'{clean_line(length, 20)}' is no length to choose", hint="choose one of the list")
    return MailForm(is_plain=is_plain, at_most=known[length])


def read_pause(written: str | None, zone: tzinfo, *, now: datetime) -> datetime | None:
    """Read the day on which mail comes again; None when there is no pause.

    Args:
        written: A date such as '2026-12-24'; '' and None for no pause. A day that has come ends one.
        zone: Of whose clocks its midnight is.
        now: To tell what has come.

    Raises:
        DigestError: It is no date, or more than a year ahead.
    """
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError as error:
        raise DigestError(f"'{clean_line(written, 20)}' is no date", hint="write it as 2026-12-24") from error
    until = datetime.combine(day, time.min, zone)
    if until > now + LONGEST_PAUSE:
        raise DigestError("that is more than a year away", hint="choose a day within a year, or unsubscribe")
    return until if until > now else None


def clocks_of(zone: str | None, digest: DigestSettings) -> ZoneInfo:
    """Return a reader's clocks: their own, else the digest's."""
    try:
        return ZoneInfo(zone) if zone else digest.timezone
    except (ValueError, OSError, KeyError):  # why: a zone that the machine's table no longer has
        return digest.timezone
