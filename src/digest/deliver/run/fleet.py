"""The relays of a run: who is open, who is to be left alone, and who takes the next message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter

from digest.deliver.loop import Crew, Loop
from digest.deliver.run.answers import Heard
from digest.deliver.run.choice import Choice
from digest.deliver.run.gate import Gate, Use
from digest.deliver.run.lane import Lane, LaneEvents, Patience
from digest.deliver.run.misfits import Misfits
from digest.deliver.run.relay import Connected, Relay, Route
from digest.deliver.smtp.attempt import Attempt
from digest.errors import TransportError

_FREE = attrgetter("free")
_SOON_S = 0.005  #: a connection that is gone may be replaced so soon
_DIALLERS = 8  #: threads that open connections to one relay


class Fleet:
    """All relays of a run. All methods are for the loop's thread.

    Args:
        loop: Where the connections are served.
        routes: At least one.
        events: Whom the lanes tell of messages; that one is free they tell the fleet.
        gate: What limits allow.
        chance: Returns a number from 0 to 1.
        per_connection: Messages after which a connection is replaced, unless its relay wants fewer.
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
        self.relays = [Relay(route, chance, per_connection=per_connection) for route in routes]
        self._loop, self._gate = loop, gate
        self.misfits = Misfits(self.relays, loop.now, gate if gate.limits.domains else None)
        self._choice = Choice(self.relays, self.misfits)
        self._had = self.relays  #: those that were wanted at the last look
        self._events = replace(events, free=self.freed)
        self._by_lane: dict[Lane, Relay] = {}
        self._crews: dict[str, Crew] = {}  #: by relay: one that is silent must not keep another's waiting
        self._is_closing = False

    @property
    def lanes(self) -> Iterator[Lane]:
        """All open connections."""
        return iter(tuple(self._by_lane))

    def relay_of(self, lane: Lane) -> Relay:
        """Return the relay that a lane leads to."""
        return self._by_lane[lane]

    def heard(self) -> tuple[Heard, ...]:
        """Return what relays answered since this was asked last."""
        found = (relay.answers.fetch(relay.route.name) for relay in self.relays)
        return tuple(one for one in found if one is not None)

    def widen(self, able: int) -> None:
        """Open connections for so many messages that could begin, and misfits, each relay by its weight."""
        now = self._loop.now()
        self._had = self._choice.wanted(now)
        for relay in self._had:
            seats = self._seats(relay)
            most = self._choice.share_of(able, relay, now) + relay.busy
            while relay.wants_lane(now, most, seats):
                self._dial(relay, now)

    def next_lane(self, *, fresh: bool = False) -> Lane | None:
        """Return a free connection of the relay that has had least of its share; None without any.

        Args:
            fresh: One that has carried nothing yet is better, whichever relay has it.
        """
        if not self._has_free:
            return None  # what is found after most messages
        now = self._loop.now()
        able = [
            one for one in self._choice.wanted(now) if one.free and self._gate.relay_is_open(one.route.name)
        ]
        if self.misfits.size:
            # They come first: whoever waits for a limit may hold up the others.
            fitting = [one for one in able if self.misfits.has_for(one)]
            able = fitting or [one for one in able if self._choice.takes_any(one, now)]
        if not able:
            return None
        if fresh and (lane := next((lane for one in able for lane in one.free if not lane.carried), None)):
            self._by_lane[lane].free.remove(lane)
            return lane
        least = able[0] if len(able) == 1 else min(able, key=Relay.share)
        return least.free.pop()

    def may_follow(self, lane: Lane) -> bool:
        """Tell whether the next message may begin behind a dot on this lane, and has no free one to go to."""
        relay = self._by_lane[lane]
        return (
            lane.takes_ahead
            and not self._has_free
            and not self._is_done(lane, relay)
            and self._choice.has_work(relay, self._loop.now())
            and self._gate.relay_is_open(relay.route.name)
        )

    def freed(self, lane: Lane) -> None:
        """Take a lane back that is free, or closed; one that has carried enough is replaced."""
        relay = self._by_lane.get(lane)
        if relay is None:
            return
        if lane.is_open and self._is_done(lane, relay):
            lane.close()  # comes back here, closed
        elif lane.is_open:
            relay.free.append(lane)
        else:
            del self._by_lane[lane]
            relay.closed(lane, self._loop.now())
            self._loop.wake_at(self._loop.now() + _SOON_S)  # there may be no other to wait for

    def uses(self, able: int) -> dict[str, Use]:
        """Note how many messages could begin, misfits aside; say how many connections each relay has use for.

        One that is in use no more keeps those on which messages end.
        """
        now, found = self._loop.now(), {}
        wanted = self._choice.wanted(now)
        for one in self.relays:
            count = self._choice.share_of(able, one, now) if one in wanted else 0
            one.need.look(count + one.busy, one.taken, now)
            most = min(one.route.connections, max(one.need.connections, one.taken))
            found[one.route.name] = Use(wanted=most, open=one.taken, may_begin=count > 0)
        return found

    def rest(self) -> None:
        """Close all free connections: nobody is due for a while, and another sender may want them."""
        for relay in self.relays:
            _rest(relay, relay.busy)

    def renew(self, lane: Lane) -> None:
        """Take a free lane back since a message waits for a fresh one: have one opened, unless one is being.

        The lane is closed only where there is no room for another, or its relay is in trouble.
        """
        now = self._loop.now()
        if not any(not attempt.is_silent(now) for one in self.relays for attempt in one.attempts):
            relays = self._choice.wanted(now)
            roomy = [one for one in relays if one.wants_lane(now, len(one.lanes) + 1, self._seats(one))]
            if roomy:
                self._dial(min(roomy, key=Relay.share), now)
            else:
                relay = self._by_lane[lane]
                is_full = len(relay.lanes) >= min(relay.width, self._seats(relay))
                lane.is_used_up = is_full or relay.breaker.losses > 0
        self.freed(lane)

    def tidy(self) -> None:
        """Close idle connections that limits allow no more, of relays of no use, and those needed no more."""
        now = self._loop.now()
        for relay in self.relays:
            if relay.need.is_less(now):
                _rest(relay, relay.need.connections)
            while relay.free and (self._is_of_no_use(relay) or self._is_one_too_many(relay)):
                relay.free[0].close()

    def trouble(self, tries: int | None) -> TransportError | None:
        """Return what is wrong when no relay can be used.

        Args:
            tries: A relay that was lost so often in a row counts as one that cannot; None waits for
                all but those that refuse for good.
        """
        relays = self.relays
        if all(one.refusal and not one.attempts for one in relays):
            return relays[0].refusal
        if tries is None or any(one.lanes or (one.attempts and one.breaker.losses < tries) for one in relays):
            return None
        lost = [
            one.refusal or (one.last_error if one.breaker.losses >= tries else None) for one in self.relays
        ]
        return lost[0] if all(lost) else None

    def impasse(self) -> TransportError | None:
        """Return why a relay is of no use, while limits let nobody begin on any other; None if not so."""
        first = next((one.refusal for one in self.relays if one.refusal), None)
        if first is None or any(
            not one.refusal and self._gate.has_room(one.route.name) for one in self.relays
        ):
            return None
        words = f"{first.message}; no other relay may begin before its limit has room"
        return TransportError(words, permanent=True, code=first.code, where=first.where)

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
        for relay in self.relays:
            for attempt in relay.attempts:
                attempt.end()

    def end(self) -> None:
        """End the threads without waiting for a relay that does not answer."""
        for crew in self._crews.values():
            crew.close()

    @property
    def _has_free(self) -> bool:
        # What a relay that only misfits need has kept open must not end the taking ahead on the others.
        return any(map(_FREE, self.relays if self.misfits.size else self._had))

    def _is_done(self, lane: Lane, relay: Relay) -> bool:
        is_used_up = lane.is_used_up or lane.carried >= relay.ration.most or self._is_of_no_use(relay)
        return is_used_up or self._is_one_too_many(relay)

    def _is_of_no_use(self, relay: Relay) -> bool:
        return relay.refusal is not None or relay.is_resting(self._loop.now())

    def _is_one_too_many(self, relay: Relay) -> bool:
        return len(relay.lanes) > min(relay.width, self._seats(relay))

    def _seats(self, relay: Relay) -> int:
        seats = self._gate.connections(relay.route.name)
        return relay.route.connections if seats is None else seats

    def _dial(self, relay: Relay, now: float) -> None:
        attempt = Attempt(now)
        relay.attempts.append(attempt)
        crew = self._crews.get(relay.route.name)
        if crew is None:
            crew = self._crews[relay.route.name] = Crew(_DIALLERS, "dialler")

        def answered(connected: Connected | None, error: BaseException | None) -> None:
            attempt.over()
            relay.attempts.remove(attempt)
            self._dialled(relay, attempt, connected, error)

        self._loop.work(crew, partial(relay.route.connect, attempt), answered)

    def _dialled(
        self, relay: Relay, attempt: Attempt, connected: Connected | None, error: BaseException | None
    ) -> None:
        now = self._loop.now()
        if connected is not None and not attempt.is_ended:
            self._opened(relay, connected)
        elif attempt.is_ended:
            if connected is not None:
                connected.sock.close()
            relay.overtaken(attempt, now)
        elif isinstance(error, TransportError):
            relay.lost(error, now, attempt=attempt)
        else:
            fault = TransportError(f"{error}", permanent=True, where=f"relay {relay.route.name}")
            fault.__cause__ = error
            relay.lost(fault, now)

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
        relay.opened(lane, self._loop.now())


def _rest(relay: Relay, keep: int) -> None:
    """Close what is free, or being opened, of more connections than so many."""
    while relay.free and relay.taken > keep:
        relay.free[0].close()
    for attempt in relay.attempts[: max(0, relay.taken - keep)]:
        attempt.end()
