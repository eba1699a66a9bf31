"""One relay of a run: its connections, its share of the mail, and when it is to be left alone."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from digest.deliver.compose.envelope import Envelope
from digest.deliver.run.answers import Answers
from digest.deliver.run.breaker import Breaker, SenderFaults
from digest.deliver.run.coyness import Coyness
from digest.deliver.run.door import Door
from digest.deliver.run.lane import Lane
from digest.deliver.run.need import Need
from digest.deliver.run.ration import Ration
from digest.deliver.smtp.attempt import Attempt
from digest.deliver.smtp.connection import DOT_TIMEOUT_S
from digest.deliver.smtp.offers import Offers
from digest.deliver.smtp.replies import Receipt
from digest.errors import TransportError
from digest.model.people import DeliveryState

_FIRST_WIDTH = 2  #: connections before the first message was taken; each one taken allows one more
_SLOW_S = 2.0  #: after a 421 no connection is opened for so long
_AT_ONCE_S = 5.0  #: relays that end a connection sooner do not want it; later, it was idle for too long
_MOST_AT_ONCE = 8  #: connections being opened at the same time
_NARROW_S = 60.0  #: and so long it gets no more connections than it has put up with
_MOST_LOST = 10  #: dots in a row without an answer, each at another moment: it is not about to get well
_SENT = DeliveryState.SENT  # taken out of its class once: asked for each message


@dataclass(frozen=True, kw_only=True, slots=True)
class Connected:
    """A connection that is ready for its first message."""

    sock: socket.socket
    offers: Offers


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A relay that mail may go through."""

    name: str
    connect: Callable[[Attempt], Connected]  #: may take its time, unless it is ended; raises TransportError
    connections: int = 8  #: at most
    weight: int = 1  #: its share; 0 is used only while no relay with a weight works
    timeout_s: float = 300.0  #: for an answer, or for room to write
    dot_timeout_s: float = DOT_TIMEOUT_S  #: for the answer to the final dot


class Relay:
    """One relay while a run lasts."""

    def __init__(self, route: Route, chance: Callable[[], float], *, per_connection: int) -> None:
        self.route, self.weight = route, route.weight  # the weight is 0 while it is doubted
        self.ration = Ration(per_connection)
        self.breaker = Breaker(chance)
        self.answers = Answers()
        self._faults = SenderFaults()
        self.has_taken = False  #: a mail, in this run
        self.lanes: set[Lane] = set()
        self.free: list[Lane] = []
        self.attempts: list[Attempt] = []  #: connections being opened, the oldest first
        self.width = min(_FIRST_WIDTH, route.connections)
        self.begun = 0  #: messages
        self.need = Need()
        self._door = Door()
        self._coyness = Coyness()
        self._verdict: TransportError | None = None  #: why it takes no mail of this sender
        self.last_error: TransportError | None = None
        self._dots_lost = 0  #: at different moments, since it took a mail
        self.takes_ahead = True  #: as it announces; False once it was lost over that
        #: What all its connections can carry, or the last ones could; None before the first.
        self._offers: Offers | None = None
        self._not_before = 0.0
        self._narrow_until = 0.0

    @property
    def taken(self) -> int:
        """How many connections are open, or being opened."""
        return len(self.lanes) + len(self.attempts)

    @property
    def busy(self) -> int:
        """How many connections have a message on them."""
        return len(self.lanes) - len(self.free)

    @property
    def refusal(self) -> TransportError | None:
        """Why it is of no use to this run; None when it may be."""
        return self._verdict or self._door.error

    @property
    def is_well(self) -> bool:
        """True while it may be used, and nothing speaks against it."""
        return self.refusal is None and not self.breaker.losses

    def is_usable(self, now: float) -> bool:
        """Tell whether mail can go this way: it is open, or may be tried."""
        if self.refusal is not None:
            return False
        return (self.taken > 0 and not self._coyness.puts_off_all) or self.breaker.pause_s(now) == 0

    def is_resting(self, now: float) -> bool:
        """Tell whether it is to be left alone since it puts everybody off.

        Such a relay answers at once, and would hear of all: whoever is put off again and again for its sake
        waits for hours in the end, and expires.
        """
        return self._coyness.puts_off_all and self.breaker.pause_s(now) > 0

    def is_coy(self, now: float) -> bool:
        """Tell whether it put everybody off a moment ago: another relay, if there is one, is better asked."""
        return self._coyness.is_recent(now)

    def may_carry(self, envelope: Envelope) -> bool:
        """Tell whether it can carry a message, as far as anybody knows, though it may refuse the sender.

        Unasked it may, but for one that refuses before it says what it offers.
        """
        if self._offers is not None:
            return self._offers.carry(envelope)
        return self.refusal is None or self._is_shut

    def knock(self, now: float) -> None:
        """Let a relay be tried again whose door was shut a while ago: it may have been for a moment."""
        if self._verdict is None:
            self._door.knock(now)

    def is_given_up(self, tries: int | None) -> bool:
        """Tell whether it is of no use, or was lost so often in a row, and has not come back."""
        if self.refusal is not None:
            return not self.attempts
        return tries is not None and self.breaker.losses >= tries and not self.lanes

    @property
    def barred(self) -> TransportError | None:
        """Return why it is of no use for the rest of the run; None while that may be for a moment."""
        return self.refusal if self._door.is_barred or not self._is_shut else None

    @property
    def _is_shut(self) -> bool:
        return self._verdict is None and self._door.is_shut

    def share(self) -> float:
        """Return how much of its share of the mail it has had."""
        return self.begun / max(self.route.weight, 1)

    def wants_lane(self, now: float, wanted: int, seats: int) -> bool:
        """Tell whether another connection should be opened for so many messages that wait.

        One that is silent is overtaken by another. Where there is no room for that beside it, it is ended;
        not while nothing else speaks against the relay: it may take its time (RFC 5321 section 4.5.3.2.1).

        Args:
            now: Seconds of the loop's clock.
            wanted: Connections that could be of use.
            seats: Connections that may be open.
        """
        silent = [one for one in self.attempts if one.is_silent(now)]
        # A relay in trouble gets one probe at a time.
        is_well = not self.breaker.losses and (self.lanes or not silent)
        hopeful = self.taken - len(silent)
        if (
            self.refusal is not None
            or now < self._not_before
            or self.breaker.pause_s(now) > 0
            or hopeful >= min(self.width if is_well else 1, wanted, seats)
        ):
            return False
        is_full = len(self.attempts) >= _MOST_AT_ONCE or self.taken >= seats
        if is_full and silent and self.breaker.losses:
            silent[0].end()
        return not is_full

    def worked(self, now: float, receipt: Receipt, email: str) -> None:
        """Count an answered message; one that was taken lets the relay have one connection more.

        Args:
            now: Seconds of the loop's clock.
            receipt: The answer.
            email: Whom the message was for; the answer names them no more.
        """
        taken = receipt.state is _SENT
        self._faults.add(refused=False, late=taken or receipt.is_late)
        self.has_taken = self.has_taken or taken
        if self._coyness.heard(receipt, email, now):
            self.last_error = TransportError(
                f"the relay puts everybody off: {receipt.code} {receipt.text}",
                permanent=False,
                code=receipt.code,
                where=f"relay {self.route.name}, {receipt.phase}",
                hint="its log says why; if it counts mails, set per_second or per_hour below that",
            )
            self.breaker.lost(now)
            return
        if taken or not self._dots_lost:  # what is said to RCPT ends no row of lost dots, and no pause
            self.breaker.worked()
        if taken:
            self._dots_lost = 0
            if self.width < self.route.connections and now >= self._narrow_until:
                self.width += 1

    def has_had_enough(self, lane: Lane, receipt: Receipt) -> bool:
        """Count an answer that may say that a connection has carried enough; see `Ration.is_over`."""
        is_over = self.ration.is_over(lane, receipt)
        if is_over and not self._dots_lost:
            self.breaker.worked()
        return is_over

    def refused(self, error: TransportError) -> bool:
        """Count a refusal of the sender or the message; True when the relay is of no use any more."""
        # Before the first mail was taken one refusal that names no recipient is enough.
        if self._faults.add(refused=True, own=error.is_own, late=error.is_late) or (
            error.is_certain and not self.has_taken
        ):
            self._verdict = error
        return self._verdict is not None

    def distrust(self, error: TransportError) -> None:
        """Make no more use of it in this run."""
        self._verdict = error

    def lost(
        self, error: TransportError, now: float, *, attempt: Attempt | None = None, taken: int = 0
    ) -> None:
        """Count a connection that could not be opened, or was lost with a message on it.

        Args:
            error: Why.
            now: Seconds of the loop's clock.
            attempt: By which it could not be opened.
            taken: Messages before that one on the connection.
        """
        self.last_error = error
        # Those that are lost in one pause were lost over the same trouble.
        if error.code == 421 and now >= self._not_before and self.ration.ended(taken):
            return
        still_open = sum(lane.is_open for lane in self.lanes)
        if error.permanent and not still_open:
            self._door.shut(error, now)
        elif error.permanent or error.code == 421:
            # RFC 5321 section 3.8: it closes, and asks for less. Others refuse one connection
            # too many with 554, while those that are open go on.
            self.width = max(1, min(still_open, self.width // 2))
            self._not_before, self._narrow_until = now + _SLOW_S, now + _NARROW_S
            if not still_open:
                self.breaker.lost(now)
        else:
            self.breaker.lost(now, None if attempt is None else attempt.began_at)

    def lost_dot(self, words: str, now: float) -> None:
        """Count a connection that was lost with nobody knowing whether its message was taken.

        Each of them costs a reader their certainty: where none is answered any more, a person is to look.

        Args:
            words: What happened.
            now: Seconds of the loop's clock.
        """
        where = f"relay {self.route.name}"
        self.last_error = TransportError(words, permanent=False, where=where)
        self._dots_lost += self.breaker.lost(now)
        if self._dots_lost >= _MOST_LOST:
            message = f"no message is answered, {_MOST_LOST} times in a row: {words}"
            hint = "its log says whether it took those who are unknown; an edition that is approved goes on"
            self._verdict = TransportError(message, permanent=True, where=where, hint=hint)

    def overtaken(self, attempt: Attempt, now: float) -> None:
        """Count an attempt that was ended since nothing came of it; not when another one has opened.

        One that was ended sooner is nobody's fault: there is no need of it any more.
        """
        if not self.lanes and attempt.is_silent(now):
            self.breaker.lost(now, attempt.began_at)

    def opened(self, lane: Lane, now: float) -> None:
        """Take a new connection in: the relay is back, and what it has swallowed takes nobody's place."""
        self._door.opened()
        for attempt in self.attempts:
            if attempt.is_silent(now):
                attempt.end()
        self._offers = lane.offers.least(self._offers) if self._offers and self.lanes else lane.offers
        self.lanes.add(lane)
        self.free.append(lane)

    def closed(self, lane: Lane, now: float) -> None:
        """Let go of a connection that is closed; it is a loss when the relay ended it at once."""
        if lane.was_left and not lane.carried and now - lane.opened_at < _AT_ONCE_S:
            where = f"relay {self.route.name}"
            self.lost(TransportError("the relay ends connections at once", permanent=False, where=where), now)
        if not lane.is_on_trial:  # what it had carried was counted when that began
            self.ration.closed(lane.carried, by_relay=lane.was_left or lane.is_used_up)
        self.takes_ahead = self.takes_ahead and not lane.went_astray
        self.lanes.discard(lane)
        if lane in self.free:
            self.free.remove(lane)
