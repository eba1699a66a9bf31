"""One connection in the loop: writes and reads what the conversation on it says."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from digest.deliver.conversation import Conversation, Verdict
from digest.deliver.loop import Loop
from digest.deliver.offers import Offers
from digest.deliver.replies import Phase
from digest.deliver.smtp import DOT_TIMEOUT_S, NOT_NOW, READ_BYTES

_BYE = b"QUIT\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneEvents:
    """Whom a lane tells what happens; called in the loop's thread."""

    body_written: Callable[[Lane], None]  #: the permit for the dot may be asked for
    ended: Callable[[Lane, Verdict], None]  #: a message has its verdict
    free: Callable[[Lane], None]  #: the next message may begin, or `is_open` is false now


class Lane:
    """One open connection. Not to be used after `is_open` has become false.

    Args:
        loop: Where it is served.
        sock: Connected, secured and logged in; the lane closes it.
        offers: What the relay announced.
        relay: Its name, for errors.
        timeout_s: How long to wait for an answer, or for room to write.
        events: Whom to tell.
    """

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        offers: Offers,
        *,
        relay: str,
        timeout_s: float,
        events: LaneEvents,
    ) -> None:
        self.carried = 0  #: messages begun
        self._loop = loop
        self._sock = sock
        self._talk = Conversation(offers, relay=relay)
        self._timeout_s = timeout_s
        self._events = events
        self._unwritten = memoryview(b"")
        self._asked_room = False
        self._deadline: float | None = None
        sock.setblocking(False)
        loop.watch(sock, self._on_event)

    @property
    def is_open(self) -> bool:
        """False once the connection is of no more use; it is closed then."""
        return not self._talk.is_over

    @property
    def waits_for_permit(self) -> bool:
        """True between the body and the dot."""
        return self._talk.phase is Phase.PERMIT

    @property
    def is_past_dot(self) -> bool:
        """True while the answer to the dot is awaited."""
        return self._talk.phase is Phase.DOT

    def begin(self, sender: str, recipient: str, message: bytes) -> None:
        """Begin a message on a free lane.

        Raises:
            MessageError: An address or the message cannot be put on the wire; the lane stays free.
        """
        out = self._talk.begin(sender, recipient, message)
        self.carried += 1
        self._write(out)
        self._settle()

    def dot(self) -> None:
        """Write the final dot; only while `waits_for_permit`."""
        self._read()  # a relay that left meanwhile is noticed while it is still safe to try again
        if self.waits_for_permit:
            self._write(self._talk.dot())
            self._await(DOT_TIMEOUT_S)
        self._settle()

    def close(self, why: str = "closed") -> None:
        """Close; a message under way gets its verdict first."""
        if self._talk.is_over:
            return
        if self._talk.phase is Phase.IDLE:
            with suppress(OSError):
                self._sock.send(_BYE)
        self._talk.lost(why)
        self._settle()

    def check_time(self, now: float) -> None:
        """Give up when the relay has been silent for too long."""
        if self._deadline is not None and now > self._deadline:
            self._talk.lost("timed out")
            self._settle()

    def _on_event(self) -> None:
        if self._unwritten:
            self._write_on()
        self._read()
        self._settle()

    def _read(self) -> None:
        """Read all there is; an encrypted connection may hold more than the socket shows."""
        while not self._talk.is_over:
            try:
                data = self._sock.recv(READ_BYTES)
            except NOT_NOW:
                return
            except OSError as error:
                self._talk.lost(str(error))
                return
            self._write(self._talk.received(data))
            if len(data) < READ_BYTES and not isinstance(self._sock, ssl.SSLSocket):
                return

    def _write(self, data: bytes) -> None:
        if data:
            self._unwritten = memoryview(data)
            self._write_on()

    def _write_on(self) -> None:
        try:
            while self._unwritten:
                self._unwritten = self._unwritten[self._sock.send(self._unwritten) :]
        except NOT_NOW:
            pass
        except OSError as error:
            self._unwritable(str(error))
        if bool(self._unwritten) != self._asked_room and not self._talk.is_over:
            self._asked_room = bool(self._unwritten)
            self._loop.want_room(self._sock, self._on_event, wanted=self._asked_room)
        self._await(self._timeout_s)
        if not self._unwritten and self._talk.phase is Phase.BODY:
            self._talk.body_written()
            self._events.body_written(self)

    def _unwritable(self, why: str) -> None:
        # The system took none of a plain socket's three bytes; of an encrypted record it may have.
        if len(self._unwritten) == len(b".\r\n") and not isinstance(self._sock, ssl.SSLSocket):
            self._talk.dot_stayed(why)
        else:
            self._talk.lost(why)
        self._unwritten = memoryview(b"")

    def _await(self, seconds: float) -> None:
        self._deadline = self._loop.now() + seconds

    def _settle(self) -> None:
        """Tell the verdict, close what is over, and say when the lane is free."""
        verdict = self._talk.take()
        if self._talk.is_over and self._sock.fileno() >= 0:
            self._loop.forget(self._sock)
            self._sock.close()
        if verdict is not None:
            self._events.ended(self, verdict)
        if self._talk.is_ready or (self._talk.is_over and verdict is None):
            self._deadline = None
        if verdict is not None or self._talk.is_over:
            self._events.free(self)
