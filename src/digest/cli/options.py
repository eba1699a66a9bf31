"""Options and arguments that several commands share."""

from __future__ import annotations

import getpass
import os
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Annotated

import typer

from digest.errors import DigestError

DEFAULT_HOME = "digest-home"
NO_VALUE = ""  #: metavar of a switch: there is nothing to write after it
_YEARS = range(1971, 9999)  #: zones and windows move a moment by less than a year

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="The home folder: configuration, database, keys. Default: $DIGEST_HOME, else ./digest-home.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", metavar=NO_VALUE, help="Print JSON for programs.")]
DigestOption = Annotated[str, typer.Option("--digest", "-d", metavar="DIGEST", help="The digest's key.")]
DigestArgument = Annotated[str, typer.Argument(metavar="DIGEST", help="The digest's key: its file's name.")]
EditionArgument = Annotated[int, typer.Argument(metavar="EDITION", help="The edition's number in the store.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="A remark for the record.")]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="Pretend it is this moment: 2026-11-19T07:00 (local to the digest) or with an offset.",
        show_default=False,
    ),
]


def home_path(option: Path | None) -> Path:
    """Choose the home folder: the option, then DIGEST_HOME, then ./digest-home."""
    return (option or Path(os.environ.get("DIGEST_HOME") or DEFAULT_HOME)).absolute()


def parse_moment(text: str | None, zone: tzinfo, *, where: str = "--at") -> datetime | None:
    """Read an ISO 8601 moment; without an offset it is local to the zone.

    Args:
        text: As it was typed.
        zone: Whose clocks count.
        where: The option it was typed after.

    Raises:
        DigestError: The text is no moment, or one that no window around it fits into a calendar.
    """
    if text is None:
        return None
    hint = "write it as 2026-11-19T07:00 or 2026-11-19T07:00+01:00"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DigestError(f"'{text}' is no moment", where=where, hint=hint) from error
    if moment.year not in _YEARS:
        raise DigestError(f"'{text}' is out of reach", where=where, hint=hint)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_day(text: str, *, where: str) -> date:
    """Read an ISO 8601 date.

    Raises:
        DigestError: The text is no date, or one that is out of reach.
    """
    hint = "write it as 2026-11-19"
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise DigestError(f"'{text}' is no date", where=where, hint=hint) from error
    if day.year not in _YEARS:
        raise DigestError(f"'{text}' is out of reach", where=where, hint=hint)
    return day


def whoami() -> str:
    """Name who gives the command, for the record: the login name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
