"""What limits allow at this moment, for relays and for recipients' domains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from digest.deliver.limits.limit import LAPSE_S, Allotments, Limit, Limits
from digest.deliver.limits.share import Drawing, Share
from digest.deliver.loop import Crew, Loop
from digest.deliver.run.held import domain_of
from digest.model.people import Delivery

CLOSING_S = 1.0  #: how long the end waits for what is given back
_DRAW_S = 0.03  #: a draw takes so long, as a rule
_KEPT_S = 2.0  #: what is a domain's is kept so long for its next message
_MANY = 1_000_000  #: as many as there are
_SOON_S = 60.0  #: nobody is put off for less


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """How a relay or domain is used."""

    wanted: int  #: connections that could be of use; 0 while there is nothing to send
    open: int  #: those there are, and those being opened
    may_begin: bool  #: messages that wait could begin there


class Gate:
    """Holds shares of limits and draws more in the background. All methods are for the loop's thread.

    Args:
        loop: Where it is called back.
        allotments: Where limits are drawn from.
        limits: Those of all relays and domains; a name without one is free.
        worker: This run, as no other was ever named.
    """

    def __init__(self, *, loop: Loop, allotments: Allotments, limits: Limits, worker: str) -> None:
        self.limits = limits
        self._loop = loop
        self._crew = Crew(1, "limits")
        self._drawing = Drawing(loop=loop, crew=self._crew, allotments=allotments, worker=worker)
        self._shares: dict[str, Share] = {}
        self._domain_keys = [one.key for one in limits.domains.values() if one.connections is not None]
        self._used_at: dict[str, float] = {}  #: by a domain's key
        self._paced_keys = [one.key for one in limits.domains.values() if one.per_second is not None]

    def relay_is_open(self, relay: str) -> bool:
        """Tell whether a message may begin on a relay now."""
        share = self._share(self.limits.relays.get(relay))
        return share is None or share.is_free or share.is_ready()

    def admits(self, domain: str) -> bool:
        """Tell whether a message to a domain may begin now."""
        share = self._share(self.limits.domains.get(domain))
        if share is None:
            return True
        seats = share.seats
        return (seats is None or share.open < seats) and share.is_ready()

    def room(self, domain: str) -> int:
        """Return how many messages to a domain could begin now or within moments, as far as anybody knows."""
        share = self._share(self.limits.domains.get(domain))
        return _MANY if share is None else share.room(_MANY)

    def has_room(self, relay: str) -> bool:
        """Tell whether messages may begin on a relay now or within moments, as far as anybody knows."""
        share = self._share(self.limits.relays.get(relay))
        return share is None or share.has_room

    def turn_s(self, domain: str) -> float:
        """Return in how many seconds one more message to a domain may have its turn.

        Each call names a later turn, so that those put off until then do not come back all at once.
        """
        share = self._share(self.limits.domains.get(domain))
        return _SOON_S if share is None else share.turn_s(_SOON_S)

    def begin(self, relay: str, delivery: Delivery) -> bool:
        """Count a message that begins now; False when relay or domain do not let it through any more.

        A moment lapses while a message is made, when that takes long.
        """
        by_relay, by_domain = self._share(self.limits.relays.get(relay)), self._domain_share(delivery)
        counted = [one for one in (by_relay, by_domain) if one is not None and not one.is_free]
        if not all(share.is_ready() for share in counted):
            return False
        for share in counted:
            share.take()
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
        return None if share is None else share.seats

    def tick(self, relays: Mapping[str, Use], domains: Iterable[str]) -> None:
        """Draw what is running low.

        Args:
            relays: All that connections may be open to.
            domains: Those that messages wait for.
        """
        serving = []
        for name, use in relays.items():
            share = self._share(self.limits.relays.get(name))
            if use.may_begin:
                serving.append(share)
            if share is not None:
                if use.may_begin:
                    share.stock()
                share.stock_seats(use.wanted, use.open)
        if not self.limits.domains:
            return
        waiting = [one for one in map(self._share, map(self.limits.domains.get, domains)) if one is not None]
        self._seat_domains(frozenset(waiting))
        for share in waiting:
            if not share.is_paced and share.seats != 0:
                share.stock()
        self._stock_in_step([one for one in waiting if one.is_paced and one.seats != 0], serving)

    def close(self) -> None:
        """Give back what was drawn and not begun, and all connections."""
        for share in self._shares.values():
            share.close()
        self._crew.close(wait_s=CLOSING_S)

    def _stock_in_step(self, domains: Iterable[Share], relays: Collection[Share | None]) -> None:
        """Draw for domains with a pace what relays with a pace can use.

        Both paces have moments of their own, which lapse: drawn apart they might never come together.
        While there is nothing to begin, relays draw none: whether an hour has room again is asked without.
        """
        if not relays:
            for share in domains:
                if share.is_spent:
                    share.stock()
            return
        if any(one is None or (not one.is_paced and one.is_ready()) for one in relays):
            for share in domains:
                share.stock()
            return
        paced = [one for one in map(self._shares.get, self._paced_keys) if one is not None]
        promised = [moment for share in paced for moment in share.moments]
        soon = self._loop.now() + _DRAW_S
        moments = sorted(at for one in relays if one is not None and one.is_paced for at in one.moments)
        free = [at for at in moments if at >= soon and not _is_near(at, promised)]
        for share in domains if free else ():
            # One after the other, or two would wish for the same moment.
            if not any(one.is_awaiting for one in paced):
                share.stock(among=free)

    def _seat_domains(self, waiting: frozenset[Share]) -> None:
        """Ask for seats of domains that messages wait for, or are on their way to; leave all others."""
        now = self._loop.now()
        for share in filter(None, map(self._shares.get, self._domain_keys)):
            if share.open or share in waiting:
                self._used_at[share.limit.key] = now
                share.stock_seats(share.limit.connections or 0, share.open)
            elif now - self._used_at.get(share.limit.key, now) > _KEPT_S:
                share.stock_seats(0, 0)

    def _domain_share(self, delivery: Delivery) -> Share | None:
        if not self.limits.domains:
            return None  # what most have: nothing is looked for in each address
        return self._share(self.limits.domains.get(domain_of(delivery)))

    def _share(self, limit: Limit | None) -> Share | None:
        if limit is None:
            return None
        share = self._shares.get(limit.key)
        if share is None:
            share = self._shares[limit.key] = Share(limit, self._drawing)
        return share


def _is_near(moment: float, others: Iterable[float]) -> bool:
    """Tell whether one message could use both a moment and one of the others."""
    return any(abs(moment - other) <= LAPSE_S / 2 for other in others)
