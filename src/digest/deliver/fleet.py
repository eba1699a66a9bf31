"""The relays of a run: who is open, who is to be left alone, and who takes the next message."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from digest.deliver.breaker import Breaker, SenderFaults
from digest.deliver.gate import Gate, Use
from digest.deliver.lane import Lane, LaneEvents, Patience
from digest.deliver.loop import Crew, Loop
from digest.deliver.offers import Offers
from digest.deliver.smtp import DOT_TIMEOUT_S
from digest.errors import TransportError

_DIALLERS = 8  #: connections opened at the same time at most
_FIRST_WIDTH = 2  #: connections before the first message was taken; each one taken allows one more
_SLOW_S = 2.0  #: after a 421 no connection is opened for so long
_AT_ONCE_S = 5.0  #: relays that end a connection sooner do not want it; later, it was idle for too long
_NARROW_S = 60.0  #: and so long it gets no more connections than it has put up with


@dataclass(frozen=True, kw_only=True, slots=True)
class Connected:
    """A connection that is ready for its first message."""

    sock: socket.socket
    offers: Offers


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A relay that mail may go through."""

    name: str
    connect: Callable[[], Connected]  #: may take its time; raises TransportError
    connections: int = 8  #: at most
    weight: int = 1  #: its share; 0 is used only while no relay with a weight works
    timeout_s: float = 300.0  #: for an answer, or for room to write
    dot_timeout_s: float = DOT_TIMEOUT_S  #: for the answer to the final dot


class Relay:
    """One relay while a run lasts."""

    def __init__(self, route: Route, chance: Callable[[], float]) -> None:
        self.route = route
        self.breaker = Breaker(chance)
        self._faults = SenderFaults()
        self._has_taken = False
        self.lanes: set[Lane] = set()
        self.free: list[Lane] = []
        self.dialling = 0
        self.width = min(_FIRST_WIDTH, route.connections)
        self.begun = 0  #: messages
        self._door: TransportError | None = None  #: why it cannot be connected to
        self._verdict: TransportError | None = None  #: why it takes no mail of this sender
        self.last_error: TransportError | None = None
        self.takes_ahead = True  #: as it announces; False once it was lost over that
        self._not_before = 0.0
        self._narrow_until = 0.0

    @property
    def refusal(self) -> TransportError | None:
        """Why it is of no use to this run; None when it may be."""
        return self._verdict or self._door

    def is_usable(self, now: float) -> bool:
        """Tell whether mail can go this way: it is open, or may be tried."""
        return self.refusal is None and (
            bool(self.lanes) or self.dialling > 0 or self.breaker.pause_s(now) == 0
        )

    def share(self) -> float:
        """Return how much of its share of the mail it has had."""
        return self.begun / max(self.route.weight, 1)

    def wants_lane(self, now: float, wanted: int) -> bool:
        """Tell whether another connection should be opened for so many messages that wait."""
        # A relay in trouble gets one probe at a time.
        most = self.width if self.breaker.losses == 0 else 1
        return (
            self.refusal is None
            and now >= self._not_before
            and self.breaker.pause_s(now) == 0
            and len(self.lanes) + self.dialling < min(most, wanted)
        )

    def worked(self, now: float, *, taken: bool) -> None:
        """Count an answered message; one that was taken lets the relay have one connection more."""
        self.breaker.worked()
        self._faults.add(refused=False)
        self._has_taken = self._has_taken or taken
        if taken and self.width < self.route.connections and now >= self._narrow_until:
            self.width += 1

    def refused(self, error: TransportError) -> bool:
        """Count a refusal of the sender or the message; True when the relay is of no use any more."""
        # Before the first mail was taken one refusal that names no recipient is enough.
        if self._faults.add(refused=True) or (error.is_certain and not self._has_taken):
            self._verdict = error
        return self._verdict is not None

    def lost(self, error: TransportError, now: float) -> None:
        """Count a connection that could not be opened, or was lost with a message on it."""
        self.last_error = error
        still_open = sum(lane.is_open for lane in self.lanes)
        if error.permanent and not still_open:
            self._door = error
        elif error.permanent or error.code == 421:
            # RFC 5321 section 3.8: it closes, and asks for less. Others refuse one connection
            # too many with 554, while those that are open go on.
            self.width = max(1, min(still_open, self.width // 2))
            self._not_before, self._narrow_until = now + _SLOW_S, now + _NARROW_S
            if not still_open:
                self.breaker.lost(now)
        else:
            self.breaker.lost(now)

    def opened(self, lane: Lane) -> None:
        """Take a new connection in; whatever another one was refused for, this one was not."""
        self._door = None
        self.lanes.add(lane)
        self.free.append(lane)

    def closed(self, lane: Lane, now: float) -> None:
        """Let go of a connection that is closed; it is a loss when the relay ended it at once."""
        if lane.was_left and not lane.carried and now - lane.opened_at < _AT_ONCE_S:
            where = f"relay {self.route.name}"
            self.lost(TransportError("the relay ends connections at once", permanent=False, where=where), now)
        self.takes_ahead = self.takes_ahead and not lane.went_astray
        self.lanes.discard(lane)
        if lane in self.free:
            self.free.remove(lane)


class Fleet:
    """All relays of a run. All methods are for the loop's thread.

    Args:
        loop: Where the connections are served.
        routes: At least one.
        events: Whom the lanes tell of messages; that one is free they tell the fleet.
        gate: What limits allow.
        chance: Returns a number from 0 to 1.
        per_connection: Messages after which a connection is replaced.
    """

    def __init__(
        self,
        loop: Loop,
        routes: Sequence[Route],
        events: LaneEvents,
        *,
        gate: Gate,
        chance: Callable[[], float],
        per_connection: int,
    ) -> None:
        self.relays = [Relay(route, chance) for route in routes]
        self._loop, self._gate, self._per_connection = loop, gate, per_connection
        self._events = replace(events, free=self.freed)
        self._by_lane: dict[Lane, Relay] = {}
        self._crew = Crew(_DIALLERS, "dialler")
        self._is_closing = False

    @property
    def lanes(self) -> Iterator[Lane]:
        """All open connections."""
        return iter(tuple(self._by_lane))

    @property
    def is_dialling(self) -> bool:
        """True while a connection is being opened."""
        return any(relay.dialling for relay in self.relays)

    def relay_of(self, lane: Lane) -> Relay:
        """Return the relay that a lane leads to."""
        return self._by_lane[lane]

    def widen(self, waiting: int) -> None:
        """Open connections for so many messages that wait, each relay by its weight."""
        now = self._loop.now()
        for relay in self._in_use(now):
            seats = self._gate.connections(relay.route.name)
            most = waiting + len(relay.lanes) - len(relay.free)
            while relay.wants_lane(now, most if seats is None else min(most, seats)):
                relay.dialling += 1
                self._loop.work(self._crew, relay.route.connect, self._dialled(relay))

    def next_lane(self) -> Lane | None:
        """Return a free connection of the relay that has had least of its share; None without any."""
        if not any(relay.free for relay in self.relays):
            return None  # what is found after most messages
        now = self._loop.now()
        able = [one for one in self._in_use(now) if one.free and self._gate.relay_is_open(one.route.name)]
        if not able:
            return None
        least = able[0] if len(able) == 1 else min(able, key=Relay.share)
        return least.free.pop()

    def freed(self, lane: Lane) -> None:
        """Take a lane back that is free, or closed; one that has carried enough is replaced."""
        relay = self._by_lane.get(lane)
        if relay is None:
            return
        is_done = lane.carried >= self._per_connection or relay.refusal is not None
        if lane.is_open and (is_done or self._is_one_too_many(relay)):
            lane.close()  # comes back here, closed
        elif lane.is_open:
            relay.free.append(lane)
        else:
            del self._by_lane[lane]
            relay.closed(lane, self._loop.now())

    def uses(self) -> dict[str, Use]:
        """Say how many connections each relay could use, and has."""
        return {
            one.route.name: Use(wanted=one.route.connections, open=len(one.lanes) + one.dialling)
            for one in self._in_use(self._loop.now())
        }

    def tidy(self) -> None:
        """Close idle connections that limits allow no more, or that lead to a relay of no use."""
        for relay in self.relays:
            while relay.free and (relay.refusal is not None or self._is_one_too_many(relay)):
                relay.free[0].close()

    def trouble(self, tries: int | None) -> TransportError | None:
        """Return what is wrong when no relay can be used.

        Args:
            tries: A relay that was lost so often in a row counts as one that cannot; None waits for
                all but those that refuse for good.
        """
        relays = self.relays
        if all(one.refusal and not one.dialling for one in relays):
            return relays[0].refusal
        if tries is None or any(one.lanes or one.dialling for one in relays):
            return None
        lost = [
            one.refusal or (one.last_error if one.breaker.losses >= tries else None) for one in self.relays
        ]
        return lost[0] if all(lost) else None

    def check_time(self) -> None:
        """Give up on relays that have been silent for too long."""
        now = self._loop.now()
        for lane in self.lanes:
            lane.check_time(now)

    def close(self) -> None:
        """Close all connections; those being opened are closed when they come."""
        self._is_closing = True
        for lane in self.lanes:
            lane.close()

    def end(self) -> None:
        """End the threads without waiting for a relay that does not answer."""
        self._crew.close()

    def _is_one_too_many(self, relay: Relay) -> bool:
        seats = self._gate.connections(relay.route.name)
        return len(relay.lanes) > (relay.width if seats is None else min(relay.width, seats))

    def _in_use(self, now: float) -> list[Relay]:
        usable = [relay for relay in self.relays if relay.is_usable(now)]
        return [relay for relay in usable if relay.route.weight] or usable

    def _dialled(self, relay: Relay) -> Callable[[Connected | None, BaseException | None], None]:
        def answered(connected: Connected | None, error: BaseException | None) -> None:
            relay.dialling -= 1
            if connected is not None:
                self._opened(relay, connected)
            elif isinstance(error, TransportError):
                relay.lost(error, self._loop.now())
            else:
                fault = TransportError(f"{error}", permanent=True, where=f"relay {relay.route.name}")
                fault.__cause__ = error
                relay.lost(fault, self._loop.now())

        return answered

    def _opened(self, relay: Relay, connected: Connected) -> None:
        if self._is_closing:
            connected.sock.close()
            return
        offers = connected.offers
        lane = Lane(
            self._loop,
            connected.sock,
            offers if relay.takes_ahead else replace(offers, pipelining=False),
            relay=relay.route.name,
            patience=Patience(answer_s=relay.route.timeout_s, dot_s=relay.route.dot_timeout_s),
            events=self._events,
        )
        self._by_lane[lane] = relay
        relay.opened(lane)
