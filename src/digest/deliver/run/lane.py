"""One connection in the loop: writes and reads what the conversation on it says."""

from __future__ import annotations

import select
import socket
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from digest.deliver.compose.envelope import Envelope
from digest.deliver.loop import Loop
from digest.deliver.smtp.connection import NOT_NOW, READ_BYTES
from digest.deliver.smtp.conversation import BODY, DOT, IDLE, PERMIT, Conversation
from digest.deliver.smtp.offers import Offers
from digest.deliver.smtp.replies import Receipt, Verdict

_BYE = b"QUIT\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneEvents:
    """Whom a lane tells what happens; called in the loop's thread."""

    body_written: Callable[[Lane], None]  #: the permit for the dot may be asked for
    ended: Callable[[Lane, Verdict], None]  #: the older message on the lane has its verdict
    #: The next message may begin, or `is_open` is false now.
    free: Callable[[Lane], None] = lambda _: None


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a relay may be silent, in seconds."""

    answer_s: float  #: until an answer, or until there is room to write
    dot_s: float  #: until the answer to the final dot


class Lane:
    """One open connection. Not to be used after `is_open` has become false.

    Args:
        loop: Where it is served.
        sock: Connected, secured and logged in; the lane closes it.
        offers: What the relay announced.
        relay: Its name, for errors.
        patience: How long to wait for the relay.
        events: Whom to tell.
    """

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        offers: Offers,
        *,
        relay: str,
        patience: Patience,
        events: LaneEvents,
    ) -> None:
        self.carried = 0  #: messages of which the relay has heard
        self.opened_at = loop.now()
        self.served = 0  #: messages that were answered, and not as by a relay that has had enough
        self.is_used_up = False  #: it is to be replaced as soon as it is free
        self.is_on_trial = False  #: it may be used up, and is asked once more
        self.was_left = False  #: it is closed, and not because we wanted it
        self.took_s = 0.0  #: from MAIL to the verdict that was told last
        self.waited_s = 0.0  #: for so long another message had stood behind that one's dot by then
        self._loop = loop
        self._sock = sock
        self._is_encrypted = isinstance(sock, ssl.SSLSocket)
        self.offers = offers  #: what the relay announced
        self._talk = Conversation(offers, relay=relay)
        self._patience = patience
        self._events = events
        self._unwritten = memoryview(b"")
        self._asked_room = False
        self._is_free = True  #: and its owner knows
        self._begun: deque[float] = deque()  #: when the messages under way began
        self._dot_bytes = 0  #: what was to be written from the last dot on
        self._is_sending = False  #: the system has been handed something, and has not said how much it took
        self._deadline: float | None = None
        sock.setblocking(False)
        self._ear = select.poll()
        self._ear.register(sock, select.POLLIN)
        loop.watch(sock, self._on_event)

    @property
    def is_open(self) -> bool:
        """False once the connection is of no more use; it is closed then."""
        return not self._talk.is_over

    @property
    def ended_between(self) -> bool:
        """True when it was lost before a word was said about the latest of several messages.

        Some relays take so many messages a connection, and close it.
        """
        return self.carried > 1 and self._talk.was_unheard

    @property
    def went_astray(self) -> bool:
        """True when it was lost because the relay does not take commands ahead, as far as one can tell."""
        return self.was_left and self._talk.went_astray

    @property
    def takes_ahead(self) -> bool:
        """True when the next message may begin behind a dot."""
        return self.offers.pipelining

    @property
    def waits_for_permit(self) -> bool:
        """True between the body and the dot."""
        return self._talk.phase is PERMIT

    @property
    def is_past_dot(self) -> bool:
        """True while the answer to the dot is awaited."""
        return self._talk.phase is DOT

    def begin(self, envelope: Envelope) -> None:
        """Begin a message on a free lane."""
        out = self._begin(envelope)
        self._is_free = False
        self._write(out)
        self._settle()

    def is_still_there(self) -> bool:
        """Tell whether the dot may be written; a relay that left is noticed while trying again is safe."""
        # Asking first takes a third of the time of a read that finds nothing, as nearly all do.
        if self._is_encrypted or self._ear.poll(0):
            self._catch_up()
        return self.waits_for_permit

    def dot(self, following: Envelope | None = None) -> None:
        """Write the final dot; only while `waits_for_permit`.

        Args:
            following: The next message, which begins behind it; only where the lane `takes_ahead`.
        """
        out = self._talk.dot()
        if following is not None:
            out += self._begin(following)
        self._dot_bytes = len(out)
        self._write(out)
        self._settle()

    def close(self, why: str = "closed") -> None:
        """Close; a message under way gets its verdict first."""
        if self.is_past_dot:
            self._catch_up()
        if self._talk.is_over:
            return
        if self._talk.phase is IDLE:
            with suppress(OSError):
                self._sock.send(_BYE)
        self._lose(why)
        self.was_left = False
        self._settle()

    def check_time(self, now: float) -> None:
        """Give up when the relay has been silent for too long."""
        if self._is_overdue(now):
            self._catch_up()
        if self._is_overdue(now):
            self._lose("timed out", is_silent=True)
            self._settle()

    def _is_overdue(self, now: float) -> bool:
        return self._deadline is not None and now > self._deadline

    def _catch_up(self) -> None:
        """Hear what has come by now: of a run that slept, the relay's answer may lie there unread."""
        self._read()
        self._settle()

    def _begin(self, envelope: Envelope) -> bytes:
        out = self._talk.begin(envelope)
        self.carried += bool(out)  # of what is hopeless the relay hears nothing
        self._begun.append(self._loop.now())
        return out

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
                self._lose(str(error))
                return
            if not data:
                self._lose("the relay closed it")
                return
            out = self._talk.received(data)
            self.was_left = self._talk.is_over
            self._tell()  # before the body of the next one is on its way, which may be left then
            if self.is_open:
                self._write(out)
            if len(data) < READ_BYTES and not self._is_encrypted:
                return

    def _write(self, data: bytes) -> None:
        if data:
            # A relay that answers what it has not read yet must not have commands cut short.
            self._unwritten = memoryview(bytes(self._unwritten) + data if self._unwritten else data)
            self._write_on()

    def _write_on(self) -> None:
        try:
            while self._unwritten:
                self._is_sending = True
                self._unwritten = self._unwritten[self._sock.send(self._unwritten) :]
                self._is_sending = False
        except NOT_NOW:
            self._is_sending = False
        except OSError as error:
            self._is_sending = False
            self._lose(str(error))
        if bool(self._unwritten) != self._asked_room and not self._talk.is_over:
            self._asked_room = bool(self._unwritten)
            self._loop.want_room(self._sock, self._on_event, wanted=self._asked_room)
        is_past_dot = self._talk.phase is DOT and not self._unwritten
        self._deadline = self._loop.now() + (self._patience.dot_s if is_past_dot else self._patience.answer_s)
        if not self._unwritten and self._talk.phase is BODY:
            self._talk.body_written()
            self._events.body_written(self)

    def _lose(self, why: str, *, is_silent: bool = False) -> None:
        """Give the connection up; a dot that the system took nothing of has not been written."""
        self.was_left = True
        # Of an encrypted record it may have taken a part; so it may when a signal came in between.
        is_known = not (self._is_sending or self._is_encrypted)
        if is_known and self._talk.phase is DOT and len(self._unwritten) == self._dot_bytes:
            self._talk.dot_stayed(why)
        else:
            self._talk.lost(why, is_silent=is_silent)
        self._unwritten = memoryview(b"")

    def _settle(self) -> None:
        """Tell the verdict, close what is over, and say when the lane is free."""
        if self._talk.is_over and self._sock.fileno() >= 0:
            self._loop.forget(self._sock)
            self._sock.close()
        self._tell()
        if self._talk.is_over or (self._talk.is_ready and not self._is_free):
            self._deadline, self._is_free = None, True
            self._events.free(self)

    def _tell(self) -> None:
        """Tell the verdicts; one that has begun behind a dot has its time from here."""
        while (verdict := self._talk.take()) is not None:
            now = self._loop.now()
            self._deadline = now + self._patience.answer_s
            self.took_s = now - self._begun.popleft()
            self.waited_s = now - self._begun[0] if self._begun else 0.0
            self._events.ended(self, verdict)
            if isinstance(verdict, Receipt) and verdict.code is not None:
                self.served += not verdict.may_be_connections
