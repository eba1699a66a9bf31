"""Which addresses may stand in a mail, and where its pictures are."""

from __future__ import annotations

import re

from digest.links import MAX_LINK_CHARS, web_address
from digest.markup import clean_line
from digest.model import Image
from digest.settings.system import SiteSettings

_MEDIA = re.compile(r"media:([A-Za-z0-9][A-Za-z0-9._-]{0,127})")


def link_address(url: str | None) -> str:
    """Return a stored address fit for a link; '' when it is none, or not as cleaning leaves it."""
    if not url or clean_line(url, MAX_LINK_CHARS) != url or " " in url:
        return ""
    return web_address(url) or ""


def picture_address(image: Image | None, site: SiteSettings, size: str) -> str:
    """Return where a picture is in that size, 'lead' or 'story'; '' when it has no place.

    The operator's media folder may be a file address, for looking at mail on the same machine.
    """
    if image is None:
        return ""
    own = _MEDIA.fullmatch(image.url)
    if own is None:
        return link_address(image.url) if image.url.startswith("https://") else ""
    folder = site.media_url or f"{site.base_url.rstrip('/')}/media"
    return f"{folder.rstrip('/')}/{own[1]}-{size}.jpg"
