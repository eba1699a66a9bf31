"""How long the server waits for a request: who says nothing must not take the place of who does."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol


class Patience(H11Protocol):
    """HTTP/1.1 that hangs up on whoever has not sent the whole head of a request in time.

    uvicorn bounds the time between two requests and not that before the first, nor that of a head:
    `limit_concurrency` silent connections would keep everybody out for good.
    """

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # why: as theirs
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; begin to wait with the first piece of a head, and stop when it is whole."""
        super().data_received(data)
        if self.cycle and not self.cycle.response_complete:  # type: ignore[truthy-bool]  # why: None at first
            self._stop()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
