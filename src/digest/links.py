"""Web addresses: which of them may stand in a link."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

from digest.markup import clean_line

MAX_LINK_CHARS = 2_000
_NETLOC = re.compile(r"[a-z0-9._\-\[\]:]+", re.IGNORECASE)
_KEPT = "%/:?#[]@!$&'()*+,;=~"


def web_address(address: str) -> str | None:
    """Return an http or https address fit to stand in a link; None for anything else.

    Letters outside ASCII and white space are encoded. Names and passwords are refused, since
    what stands before the @ can pass for the host.
    """
    try:
        parts = urlsplit(clean_line(address, MAX_LINK_CHARS + 1))
        netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
        port = parts.port
    except ValueError:  # also UnicodeError: no host has such a name
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        return None
    if not _NETLOC.fullmatch(netloc):
        return None
    path, query, fragment = (quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment))
    whole = urlunsplit((parts.scheme, netloc.lower(), path, query, fragment))
    return whole if len(whole) <= MAX_LINK_CHARS else None
