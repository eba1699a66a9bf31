"""Pages on their way: packed for browsers that unpack, and what is secret in them never twice the same.

A page that is packed tells by its length how much of what somebody else put into it stands in it already
(BREACH, 2013). So the token of forms is written anew in every page; all else that pages hold, who may
choose what stands in them may read.
"""

from __future__ import annotations

import gzip
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from fastapi import Request
from fastapi.responses import HTMLResponse

_LEAST_BYTES = 1_400  #: that are worth it: less goes in one packet anyway
_LEVEL = 1  #: 75 kB become 18 in 0.7 ms; level 6 makes 15 of them, in more than twice the time


def page(request: Request, text: str, status: int = 200) -> HTMLResponse:
    """Answer with a page of HTML, packed where the browser says that it unpacks."""
    body = text.encode()
    fields = {"Vary": "Accept-Encoding"}
    if len(body) >= _LEAST_BYTES and unpacks(request):
        body, fields["Content-Encoding"] = gzip.compress(body, _LEVEL, mtime=0), "gzip"
    return HTMLResponse(body, status, headers=fields)


def unpacks(request: Request) -> bool:
    """Tell whether a browser says that it takes what is packed."""
    return "gzip" in request.headers.get("accept-encoding", "")


def veiled(token: str) -> str:
    """Write a secret as never before; '' stays ''."""
    plain = token.encode("ascii")
    pad = secrets.token_bytes(len(plain))
    return urlsafe_b64encode(pad + _across(pad, plain)).decode("ascii")


def unveiled(written: str) -> str:
    """Read what `veiled` wrote; '' when it is nothing of the kind."""
    try:
        both = urlsafe_b64decode(written.encode("ascii"))
        return _across(both[: len(both) // 2], both[len(both) // 2 :]).decode("ascii")
    except ValueError:
        return ""


def _across(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
