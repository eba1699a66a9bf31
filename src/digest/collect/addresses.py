"""Web addresses as documents write them: resolved, and compared by host."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from digest.links import web_address

__all__ = ["absolute", "host_of", "is_within", "site_of", "without_feed_scheme"]

_FEED_SCHEME = re.compile(r"^feed:(?://|(?P<own>https?://))", re.IGNORECASE)
_FACES = ("www.", "m.", "mobile.", "amp.")  #: of one site


def absolute(address: str, base_url: str) -> str | None:
    """Resolve an address against the one of its document; None unless http or https comes out."""
    written = address.strip()
    if not written:
        return None
    try:
        return web_address(urljoin(base_url, written))
    except ValueError:  # urljoin refuses broken hosts such as 'http://[::1'
        return None


def without_feed_scheme(written: str) -> str:
    """Write feed://, by which some programs let a click open them, as the http that it stands for."""
    return _FEED_SCHEME.sub(lambda found: found["own"] or "http://", written)


def host_of(address: str) -> str | None:
    """Return the lower-case host without 'www.', for comparison; None without one."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def site_of(address: str) -> str | None:
    """Return the host without what sites put before it for small screens; None without a host.

    Other names below one domain are other sites: whoever has a blog on a host of many speaks for it alone.
    """
    host = host_of(address)
    return next((host.removeprefix(face) for face in _FACES if host.startswith(face)), host) if host else None


def is_within(address: str, site: str) -> bool:
    """Tell whether an address is of the same site as another, or of a host below or above it."""
    inner, outer = site_of(address), site_of(site)
    if inner is None or outer is None:
        return False
    return inner == outer or inner.endswith(f".{outer}") or outer.endswith(f".{inner}")
