"""Web addresses: which ones an article may carry, and how hosts are compared."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from digest.markup import clean_line

__all__ = ["absolute", "host_of", "web_address"]

_MAX_CHARS = 2_000
_NETLOC = re.compile(r"[a-z0-9._\-\[\]:]+", re.IGNORECASE)
_KEPT = "%/:?#[]@!$&'()*+,;=~"


def web_address(address: str) -> str | None:
    """Return an http or https address fit to stand in a link; None for anything else.

    Letters outside ASCII and white space are encoded; names and passwords are refused.
    """
    try:
        parts = urlsplit(clean_line(address, _MAX_CHARS + 1))
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
    return whole if len(whole) <= _MAX_CHARS else None


def absolute(address: str, base_url: str) -> str | None:
    """Resolve an address against the one of its document; None unless http or https comes out."""
    written = address.strip()
    if not written:
        return None
    try:
        return web_address(urljoin(base_url, written))
    except ValueError:  # urljoin refuses broken hosts such as 'http://[::1'
        return None


def host_of(address: str) -> str | None:
    """Return the lower-case host without 'www.', for comparison; None without one."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
