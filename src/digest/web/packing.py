"""Pages on their way: packed for browsers that unpack, where no stranger chose the address."""

from __future__ import annotations

import gzip

from fastapi import Request
from fastapi.responses import HTMLResponse

_LEAST_BYTES = 1_400  #: that are worth it: less goes in one packet anyway
_LEVEL = 1  #: 75 kB become 18 in 0.7 ms; level 6 makes 15 of them, in more than twice the time
_OWN_WAYS = frozenset({"same-origin", "none"})  #: by a link or form of ours, or typed (W3C Fetch Metadata)


def page(request: Request, text: str, status: int = 200) -> HTMLResponse:
    """Answer with a page of HTML, packed where `is_packed` says so."""
    body = text.encode()
    fields = {"Vary": "Accept-Encoding"}
    if len(body) >= _LEAST_BYTES and is_packed(request):
        body, fields["Content-Encoding"] = gzip.compress(body, _LEVEL, mtime=0), "gzip"
    return HTMLResponse(body, status, headers=fields)


def is_packed(request: Request) -> bool:
    """Tell whether an answer may be packed: the browser unpacks, and its length tells a stranger nothing.

    What is packed tells by its length how much of its address stands in it already (BREACH, 2013). Who lies
    on the line can count bytes, and a site of theirs can send a signed-in browser to addresses of ours: such
    requests say that they come from another site, and what old browsers send says nothing.
    """
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return False
    is_signed_in = getattr(request.state, "user", None) is not None
    return not is_signed_in or request.headers.get("sec-fetch-site") in _OWN_WAYS
