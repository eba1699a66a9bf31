"""The files of holidays that a digest's settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from digest.almanac import HolidayCalendar, read_calendar
from digest.errors import Fault
from digest.settings.faults import Origin

_EXPECTED = "a readable file of holidays (iCalendar, .ics), named relative to the folder config"
_HINT = "mend or replace the file, or take it out of blackouts.calendars"


def read_calendars(
    folder: Path, data: dict[str, Any], origin: Origin
) -> tuple[tuple[HolidayCalendar, ...], list[Fault]]:
    """Read the calendars of a digest, in their order, with a fault for each that is of no use.

    Args:
        folder: The folder config of the home.
        data: Of the digest's file, not yet judged; what has a wrong shape is left to the types.
        origin: Of the data.
    """
    blackouts = data.get("blackouts")
    names = blackouts.get("calendars") if isinstance(blackouts, dict) else None
    read, faults = [], []
    for at, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str) and name:
            try:
                read.append(read_calendar(folder / name, name))
            except (OSError, ValueError) as error:
                found = getattr(error, "strerror", None) or str(error)
                path = ("blackouts", "calendars", at)
                faults.append(origin.fault(path, _EXPECTED, f"{origin.show(path)}: {found}", _HINT))
    return tuple(read), faults
