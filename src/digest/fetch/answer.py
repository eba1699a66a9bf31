"""What the headers of an answer say, read without believing in their form."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPMessage

from digest.fetch.values import Validators

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([a-z0-9_.:-]{1,40})""")
_ECHO = re.compile(r"[ -~]{1,400}")
_LONGEST = timedelta(days=366)


def content_type(headers: HTTPMessage) -> tuple[str, str | None]:
    """Return the media type and the charset of Content-Type; '' and None when they are not said."""
    written = _first(headers, "Content-Type").lower()
    kind, _, parameters = written.partition(";")
    match = _TYPE.fullmatch(kind.strip())
    charset = _CHARSET.search(parameters)
    return (match[0] if match else ""), (charset[1] if charset else None)


def validators(headers: HTTPMessage) -> Validators:
    """Return ETag and Last-Modified as they are to be sent back; odd ones are passed over."""
    return safe(
        Validators(
            etag=_first(headers, "ETag").strip() or None,
            last_modified=_first(headers, "Last-Modified").strip() or None,
        )
    )


def safe(given: Validators) -> Validators:
    """Drop what cannot stand in a request: other than 1 to 400 printable signs of ASCII."""

    def kept(value: str | None) -> str | None:
        return value if value is not None and _ECHO.fullmatch(value) else None

    return Validators(etag=kept(given.etag), last_modified=kept(given.last_modified))


def retry_after(headers: HTTPMessage) -> timedelta | datetime | None:
    """Return Retry-After: a time from now of at most 366 days, or a moment; None when it is neither.

    Source: RFC 9110, 10.2.3.
    """
    written = _first(headers, "Retry-After").strip()
    if re.fullmatch(r"[0-9]{1,9}", written):
        return min(timedelta(seconds=int(written)), _LONGEST)
    try:
        moment = parsedate_to_datetime(written[:60])
    except (ValueError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else _in_utc(moment)


def fresh_for(headers: HTTPMessage) -> timedelta | None:
    """Return max-age of Cache-Control, at most 366 days; None when it is not said or nothing is to be kept.

    Source: RFC 9111, 5.2.2.1 (max-age), 5.2.2.4 (no-cache), 5.2.2.5 (no-store).
    """
    said = ",".join(str(value) for value in headers.get_all("Cache-Control") or ())[:1_000].lower()
    asked = {
        name.strip(): value.strip(' "') for name, _, value in (one.partition("=") for one in said.split(","))
    }
    age = asked.get("max-age", "")
    if not re.fullmatch(r"[0-9]{1,9}", age) or {"no-cache", "no-store"} & asked.keys():
        return None
    return min(timedelta(seconds=int(age)), _LONGEST)


def location(headers: HTTPMessage) -> str:
    """Return Location, '' when there is none; bytes outside ASCII are taken as UTF-8, as browsers do."""
    written = _first(headers, "Location")
    return written.encode("latin-1", "replace").decode("utf-8", "replace")


def _first(headers: HTTPMessage, name: str) -> str:
    return str(headers.get(name, ""))


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar
        return None
