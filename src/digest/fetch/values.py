"""What is asked for and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """What a server said to know a version of a document by; to be sent back as it came."""

    etag: str | None = None  #: of the header ETag, with its quotes
    last_modified: str | None = None  #: of the header Last-Modified


NOTHING_KNOWN = Validators()  #: asks for the document whatever its version


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What a server answered, after redirects."""

    status: int  #: from 200; no redirect that could be followed
    url: str  #: the address that answered, without a fragment
    moved_to: str | None  #: where the address asked for has moved to for good; None: it has not
    body: bytes  #: decompressed; empty unless the status is of 2xx
    content_type: str  #: lower case, without parameters; '' unknown
    charset: str | None  #: lower case, as the server names it; a hint, not a codec's name
    validators: Validators
    retry_after: timedelta | datetime | None  #: from now or in UTC, as written; None: not said
    fresh_for: timedelta | None = None  #: how long the server says it stays as it is; None: not said

    @property
    def is_content(self) -> bool:
        """Tell whether the body is the document."""
        return 200 <= self.status < 300

    @property
    def said(self) -> str:
        """Say the status in words: '404 (Not Found)'. None of the server's own words."""
        try:
            return f"{self.status} ({HTTPStatus(self.status).phrase})"
        except ValueError:
            return str(self.status)

    def retry_at(self, now: datetime) -> datetime | None:
        """Return the moment from which the server wants to be asked again, not before now."""
        if isinstance(self.retry_after, timedelta):
            return now + self.retry_after
        return None if self.retry_after is None else max(now, self.retry_after)
