"""HEAD: what a GET would tell, without its body (RFC 9110, section 9.3.2)."""

from __future__ import annotations

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadsOfPages:
    """Answers HEAD wherever GET is answered, with the same status and header; link checkers ask so.

    The whole of a page is made for it: its length is part of the header. An answer without an end is cut
    off behind its header and holds no place afterwards.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] not in {"HEAD", "GET"}:
            await self._app(scope, receive, _allowing_head(send))
        elif scope["method"] == "GET":
            await self._app(scope, receive, send)
        else:
            await self._head({**scope, "method": "GET"}, receive, send)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(None) as cut:

                async def bare(message: Message) -> None:
                    if message["type"] != "http.response.body":
                        await send(message)
                        return
                    await send({**message, "body": b"", "more_body": False})
                    if message.get("more_body", False):
                        cut.reschedule(asyncio.get_running_loop().time())
                        await asyncio.get_running_loop().create_future()  # nothing is said after the end

                await self._app(scope, receive, bare)
        except TimeoutError:
            if not cut.expired():
                raise


def _allowing_head(send: Send) -> Send:
    """Name HEAD where an answer tells a wrong method that GET is right (RFC 9110, section 10.2.1)."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 405:
            fields = MutableHeaders(scope=message)
            if "GET" in {each.strip() for each in fields.get("allow", "").split(",")}:
                fields["allow"] += ", HEAD"
        await send(message)

    return told
