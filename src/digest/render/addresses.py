"""Which addresses may stand in a mail, and where its pictures are."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from digest.markup import clean_line
from digest.model import Image
from digest.settings.system import SiteSettings

_MAX_URL = 2000
_MEDIA = re.compile(r"media:([A-Za-z0-9][A-Za-z0-9._-]{0,127})")
_KEPT = "%/:=&?~#+!$,;@()*[]"


def web_address(url: str | None) -> str:
    """Return an http or https URL fit for a link; '' for anything else.

    Addresses with a user name are refused: what stands before the @ can pass for the host.
    """
    if not url or len(url) > _MAX_URL or clean_line(url, _MAX_URL) != url or " " in url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        return ""
    return f"{parts.scheme}://{parts.netloc}" + quote(
        url[url.index("//") + 2 + len(parts.netloc) :], safe=_KEPT
    )


def picture_address(image: Image | None, site: SiteSettings, size: str) -> str:
    """Return where a picture is in that size, 'lead' or 'story'; '' when it has no place.

    The operator's media folder may be a file address, for looking at mail on the same machine.
    """
    if image is None:
        return ""
    own = _MEDIA.fullmatch(image.url)
    if own is None:
        return web_address(image.url) if image.url.startswith("https://") else ""
    folder = site.media_url or f"{site.base_url.rstrip('/')}/media"
    return f"{folder.rstrip('/')}/{own[1]}-{size}.jpg"
