"""What limits allow at this moment, for relays and for recipients' domains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from digest.deliver.allowance import Allowance
from digest.deliver.held import domain_of
from digest.deliver.limits import LAPSE_S, SEAT_LEASE, Allotments, Draw, Limit, Limits
from digest.deliver.loop import Crew, Loop
from digest.model.people import Delivery

_LEASE_S = SEAT_LEASE.total_seconds()
_RENEW_S = _LEASE_S / 3
_AGAIN_S = 1.0  #: after a draw that failed
_DRAW_S = 0.03  #: a draw takes so long, as a rule
_LOOK_S = 0.1  #: between draws for a domain while none of the moments will do
_KNOWN_S = 0.5  #: how long before its time a moment of a relay is known, as a rule
_SOON_S = 60.0  #: nobody is put off for less


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """How a relay or domain is used."""

    wanted: int  #: connections that could be of use
    open: int  #: those there are, and those being opened


@dataclass
class _Share:
    """What this run holds of one limit."""

    limit: Limit
    is_free: bool  #: messages are not counted, only connections
    allowance: Allowance
    seats: int = 0  #: connections, or messages at a time, that may be open
    asked_at: float = float("-inf")
    heard_at: float = float("-inf")
    is_asking: bool = False
    owed: bool = False  #: seats were taken away, and are to be left once what sits there has ended
    open: int = 0  #: messages at a time, for a domain
    turn_at: float = float("-inf")  #: when those that were put off so far have had their turn


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Holds shares of limits and draws more in the background. All methods are for the loop's thread.

    Args:
        loop: Where it is called back.
        allotments: Where limits are drawn from.
        limits: Those of all relays and domains; a name without one is free.
        worker: This run, as no other was ever named.
    """

    loop: Loop
    allotments: Allotments
    limits: Limits
    worker: str
    _crew: Crew = field(default_factory=lambda: Crew(1, "limits"))
    _shares: dict[str, _Share] = field(default_factory=dict)

    def relay_is_open(self, relay: str) -> bool:
        """Tell whether a message may begin on a relay now."""
        share = self._share(self.limits.relays.get(relay))
        return share is None or share.is_free or self._is_ready(share)

    def admits(self, domain: str) -> bool:
        """Tell whether a message to a domain may begin now."""
        share = self._share(self.limits.domains.get(domain))
        if share is None:
            return True
        has_seat = share.limit.connections is None or share.open < self._seats(share)
        return has_seat and self._is_ready(share)

    def turn_s(self, domain: str) -> float:
        """Return in how many seconds one more message to a domain may have its turn.

        Each call names a later turn, so that those put off until then do not come back all at once.
        """
        share = self._share(self.limits.domains.get(domain))
        now = self.loop.now()
        if share is None:
            return _SOON_S
        share.turn_at = max(share.turn_at, now + _SOON_S) + _seconds_a_message(share.limit)
        return share.turn_at - now

    def begin(self, relay: str, delivery: Delivery) -> bool:
        """Count a message that begins now; False when relay or domain do not let it through any more.

        A moment lapses while a message is made, when that takes long.
        """
        by_relay, by_domain = self._share(self.limits.relays.get(relay)), self._domain_share(delivery)
        counted = [one for one in (by_relay, by_domain) if one is not None and not one.is_free]
        if not all(self._is_ready(share) for share in counted):
            return False
        for share in counted:
            share.allowance.take(self.loop.now())
        if by_domain is not None:
            by_domain.open += 1
        return True

    def end(self, delivery: Delivery) -> None:
        """Count the end of a message."""
        share = self._domain_share(delivery)
        if share is not None:
            share.open -= 1

    def connections(self, relay: str) -> int | None:
        """Return how many connections to a relay may be open; None when nobody counts them."""
        share = self._share(self.limits.relays.get(relay))
        if share is None or share.limit.connections is None:
            return None
        return self._seats(share)

    def tick(self, relays: Mapping[str, Use], domains: Iterable[str]) -> None:
        """Draw what is running low.

        Args:
            relays: Those in use.
            domains: Those that messages wait for.
        """
        for name, use in relays.items():
            self._stock(self._share(self.limits.relays.get(name)), use)
        moments = self._moments(relays) if self.limits.domains else None
        for name in domains:
            share = self._share(self.limits.domains.get(name))
            if share is None:
                continue
            is_paced = share.limit.per_second is not None
            use = Use(wanted=share.limit.connections or 0, open=share.open)
            self._stock(share, use, moments if is_paced else None)
            if moments and share.allowance.is_awaited:
                moments = ()  # one after the other, or two would wish for the same moment

    def close(self) -> None:
        """Give back what was drawn and not begun, and all connections."""
        for share in self._shares.values():
            unused = share.allowance.unused()
            if unused:
                self._do(partial(self.allotments.give_back, share.limit, unused))
            if share.limit.connections is not None:
                self._do(partial(self.allotments.leave, share.limit.key, self.worker))
        self._crew.close(wait_s=_AGAIN_S)

    def _seats(self, share: _Share) -> int:
        """Return how many seats are this run's for certain: their lease may have run out unheard."""
        is_known = self.loop.now() - share.heard_at < _LEASE_S
        return share.seats if is_known else 0

    def _is_ready(self, share: _Share) -> bool:
        wait_until = share.allowance.ready(self.loop.now())
        if wait_until is not None:
            self.loop.wake_at(wait_until)
        return wait_until is None

    def _domain_share(self, delivery: Delivery) -> _Share | None:
        if not self.limits.domains:
            return None  # what most have: nothing is looked for in each address
        return self._share(self.limits.domains.get(domain_of(delivery)))

    def _share(self, limit: Limit | None) -> _Share | None:
        if limit is None:
            return None
        share = self._shares.get(limit.key)
        if share is None:
            share = _Share(limit=limit, is_free=limit.is_free, allowance=Allowance(limit))
            self._shares[limit.key] = share
        return share

    def _moments(self, relays: Iterable[str]) -> tuple[float, ...] | None:
        """List the moments of relays that a domain's pace could use; None when any will do.

        Both paces have moments of their own, which lapse: drawn apart they might never come together.
        """
        by_relay = [self._share(self.limits.relays.get(name)) for name in relays]
        paced = [one for one in by_relay if one is not None and one.limit.per_second is not None]
        others = [one for one in by_relay if one is None or one.limit.per_second is None]
        if any(one is None or self._is_ready(one) for one in others):
            return None
        domains = [self._shares[one.key] for one in self.limits.domains.values() if one.key in self._shares]
        if any(one.allowance.is_awaited and one.limit.per_second is not None for one in domains):
            return ()
        promised = [at for one in domains for at in one.allowance.stock]
        soon = self.loop.now() + _DRAW_S
        moments = sorted(at for one in paced for at in one.allowance.stock if at >= soon)
        return tuple(at for at in moments if all(abs(at - other) > LAPSE_S / 2 for other in promised))

    def _stock(self, share: _Share | None, use: Use, among: tuple[float, ...] | None = None) -> None:
        if share is None:
            return
        now = self.loop.now()
        count = 0 if among == () else share.allowance.wanted(now)
        if count:
            self._draw(share, count, among)
        most = share.limit.connections
        if most is None or not use.wanted:
            return
        if share.owed and use.open <= share.seats:
            # Only what has ended may be given to others, or there would be one too many.
            share.owed = False
            self._do(partial(self.allotments.leave, share.limit.key, self.worker, share.seats))
        every = _RENEW_S if share.seats else _AGAIN_S
        if not share.is_asking and now - share.asked_at > every:
            share.is_asking, share.asked_at = True, now
            self._ask_seats(share, min(use.wanted, most), most)

    def _draw(self, share: _Share, count: int, among: tuple[float, ...] | None) -> None:
        def drawn(draw: Draw | None, error: BaseException | None) -> None:
            failed = Draw(retry_at=self.loop.now() + _AGAIN_S)
            found = failed if error is not None or draw is None else draw
            if among is not None and found.retry_at is not None and error is None:
                # While the next wish is some way ahead: what relays have then is known a second before.
                sooner = max(self.loop.now() + _LOOK_S, found.retry_at - _KNOWN_S)
                found = Draw(at=found.at, retry_at=sooner)
            share.allowance.fill(found)
            lapsed = share.allowance.lapsed()
            if lapsed:
                self._do(partial(self.allotments.give_back, share.limit, lapsed))

        self.loop.work(self._crew, lambda: self.allotments.draw(share.limit, count, among), drawn)

    def _ask_seats(self, share: _Share, wanted: int, most: int) -> None:
        def answered(seats: int | None, error: BaseException | None) -> None:
            share.is_asking = False
            if error is None and seats is not None:
                share.owed = share.owed or seats < share.seats
                share.seats, share.heard_at = seats, self.loop.now()

        key = share.limit.key
        self.loop.work(self._crew, lambda: self.allotments.seats(key, self.worker, wanted, most), answered)

    def _do(self, task: Callable[[], None]) -> None:
        self.loop.work(self._crew, task, lambda _result, _error: None)


def _seconds_a_message(limit: Limit) -> float:
    """Return how long a message takes at the limit's rate; a second where only connections are counted."""
    rates = [limit.per_second, limit.per_hour and limit.per_hour / 3_600]
    return 1 / min((rate for rate in rates if rate), default=1.0)
