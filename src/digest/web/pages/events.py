"""Live updates: what has happened, told to pages that are open (server-sent events, HTML standard 9.2)."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from digest.web.guard import Person, signed_in
from digest.web.watching import Listener, Watcher

router = APIRouter(include_in_schema=False)

_QUIET_S = 15.0  #: after so long without news a comment shows that the line stands
_WRITE_S = 10.0  #: who takes no byte for so long is let go
_LONGEST_S = 600.0  #: then the browser comes again, and is asked anew who it is
_AGAIN_MS = 3_000


@router.get("/events", dependencies=[Depends(signed_in)])
async def events(request: Request, user: Person) -> Response:
    """Tell what happens as it does, until the page is left. Says that something has happened, never what."""
    watcher: Watcher = request.app.state.watcher
    listener = watcher.join(user.id)
    if listener is None:
        return PlainTextResponse("Too many pages are open. Look again.\n", 503, {"Retry-After": "60"})
    return _Stream(watcher, listener)


class _Stream(Response):
    """Writes news as they come, and ends when the reader, the time or the server does."""

    media_type = "text/event-stream"

    def __init__(self, watcher: Watcher, listener: Listener) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._watcher, self._listener = watcher, listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del scope
        gone = asyncio.create_task(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await _write(send, f"retry: {_AGAIN_MS}\n\n")
            ends = self._listener.loop.time() + _LONGEST_S
            while not (gone.done() or self._listener.is_over) and self._listener.loop.time() < ends:
                waiting = asyncio.create_task(self._listener.next(_QUIET_S))
                await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    waiting.cancel()
                    break
                names = waiting.result()
                await _write(send, "".join(f"event: {name}\ndata: \n\n" for name in names) or ": quiet\n\n")
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, OSError):
            return  # it takes nothing any more
        finally:
            gone.cancel()
            self._watcher.leave(self._listener)


async def _write(send: Send, text: str) -> None:
    async with asyncio.timeout(_WRITE_S):
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
