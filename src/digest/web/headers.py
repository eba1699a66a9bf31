"""What every answer says to browsers, and how much a request may hold."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web.errors import problem
from digest.web.guard import API, is_secure

#: No inline script, no inline style, nothing from other hosts. Pages that frame mails say their own.
POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
#: Of a mail that is shown as a page: it brings its own styles and pictures, and nothing that runs.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data: 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-top-navigation"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers would then send `Origin: null` with forms, and the check of origins needs it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",  # browsers heed it where it came by https
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
BODY_BYTES = 2_000_000  #: of a request
FILE_BYTES = 200_000_000  #: of a request that brings a file of subscribers
_BODY_S = 30.0  #: a body may take so long, and a second more for each
_SLOWEST = 10_000  #: bytes of it that have come
#: Where files may come.
FILE_PATHS = re.compile(r"/readers/import|/api/v1/digests/[^/]{1,80}/imports")


class SecurityHeaders:
    """Writes the header fields that an answer has not written itself; by https all its cookies are Secure.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    fields.setdefault(name, value)
                fields.setdefault("Content-Security-Policy", POLICY)
                fields.setdefault("Cache-Control", "no-store")
                if "set-cookie" in fields and is_secure(Request(scope)):
                    message["headers"] = [_secured(*pair) for pair in message["headers"]]
            await send(message)

        await self._app(scope, receive, told)


class BoundedBodies:
    """Turns away requests that are too long or come too slowly, before more of them is read than may be.

    Args:
        app: What answers.
        may_bring_files: Tells whether somebody asks who may.
    """

    def __init__(self, app: ASGIApp, may_bring_files: Callable[[Request], bool]) -> None:
        self._app = app
        self._may_bring_files = may_bring_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = BODY_BYTES
        is_for_files = FILE_PATHS.fullmatch(scope["path"]) is not None
        if is_for_files and await run_in_threadpool(self._may_bring_files, Request(scope)):
            most = FILE_BYTES
        said = Headers(scope=scope).get("content-length", "0")
        if not said.isdecimal() or len(said) > 18 or int(said) > most:
            await _too_long(scope, receive, send, most)
            return
        await self._app(scope, _bounded(receive, most), send)


def _bounded(receive: Receive, most: int) -> Receive:
    """Give a body on piece by piece, until it is more than may be or takes longer than it may."""
    seen, is_whole = 0, False
    began = asyncio.get_running_loop().time()

    async def counted() -> Message:
        nonlocal seen, is_whole
        if is_whole:  # who asks now waits for the browser to go
            return await receive()
        try:
            async with asyncio.timeout_at(began + _BODY_S + seen / _SLOWEST):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "That came too slowly.") from None
        is_whole = not message.get("more_body", False)
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, f"That is more than the {most:,} bytes that are taken here.")
        return message

    return counted


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Let a cookie go by https alone, whoever set it; no value holds what parts attributes."""
    is_open = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_open else value


async def _too_long(scope: Scope, receive: Receive, send: Send, most: int) -> None:
    said = f"That is more than the {most:,} bytes that are taken here."
    if scope["path"].startswith(API):
        answer: Response = problem(413, said, fields={"Connection": "close"})
    else:
        answer = PlainTextResponse(f"{said}\n", 413, {"Connection": "close"})
    await answer(scope, receive, send)
