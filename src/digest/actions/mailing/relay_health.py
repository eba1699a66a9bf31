"""How relays are: what they answered last, what of their limits is used, how far a warm-up is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.mailing.allotments import limits_of
from digest.actions.mailing.relays import impatient
from digest.deliver import RelayConnection
from digest.deliver.limits.limit import DAY, HOUR, Limit
from digest.errors import NotFound, TransportError
from digest.settings import RelaySettings
from digest.store import RelayLook

PATIENCE = timedelta(seconds=20)  #: that a relay has to answer a look
STALE = timedelta(minutes=15)  #: a look that is older says nothing of now; services look every five minutes


@dataclass(frozen=True, kw_only=True)
class Used:
    """How much of a limit of messages is used."""

    used: int
    most: int | None  #: None: there is no limit, and nothing is counted


@dataclass(frozen=True, kw_only=True)
class RelayHealth:
    """One relay of the settings."""

    name: str
    place: str  #: address, as the settings have it
    tls: str
    weight: int  #: its share; 0 is used only while no other works
    look: RelayLook | None  #: the last one; None: nobody has looked yet
    is_stale: bool  #: the last look is too old to say anything of now, or there is none
    held: int  #: connections that senders hold now, all processes together
    connections: int  #: at most
    per_second: float | None
    hour: Used
    day: Used  #: its limit is the warm-up's while that goes on
    warm_up_day: int | None  #: 1 is the first; None: none goes on


def relays_health(app: App) -> tuple[RelayHealth, ...]:
    """Return how each relay of the settings is, in their order.

    What a sender thinks of a relay at this second, and for how long it leaves it alone, is in that sender's
    process alone; what is here is what all processes can see.

    Raises:
        StoreError: The database cannot be read.
    """
    now = app.clock()
    with app.store.reading() as tx:
        shared = tx.shared_now(now)
        limits = limits_of(app.system, shared.date()).relays
        looks = tx.relays.all()
        found = []
        for relay in app.system.relays:
            limit = limits[relay.name]
            found.append(
                RelayHealth(
                    name=relay.name,
                    place=relay.url,
                    tls=relay.tls,
                    weight=relay.weight,
                    look=looks.get(relay.name),
                    is_stale=_is_stale(looks.get(relay.name), now),
                    held=tx.limits.held(limit.key, now=shared),
                    connections=relay.connections,
                    per_second=relay.per_second,
                    hour=Used(used=tx.limits.uses(limit.key, window=HOUR, now=shared), most=limit.per_hour),
                    day=Used(used=tx.limits.uses(limit.key, window=DAY, now=shared), most=limit.per_day),
                    warm_up_day=_warm_up_day(relay, limit, shared),
                )
            )
    return tuple(found)


def look_at(app: App, name: str) -> RelayLook:
    """Ask a relay whether it would take mail, by a greeting and a login, and write down what it answered.

    Raises:
        NotFound: The settings have no such relay.
        StoreError: The database cannot be written.
    """
    relay = next((one for one in app.system.relays if one.name == name), None)
    if relay is None:
        known = ", ".join(one.name for one in app.system.relays)
        raise NotFound(f"no relay '{name}'", where="config/digest.yaml", hint=f"known: {known}")
    began, trouble = time.monotonic(), None
    try:
        RelayConnection(impatient(relay, PATIENCE), home=app.home.root).close()
    except TransportError as error:
        trouble = str(error)
    ms = None if trouble else round((time.monotonic() - began) * 1_000)
    with app.store.writing() as tx:
        tx.relays.put(name, at=app.clock(), trouble=trouble, ms=ms)
        return tx.relays.all()[name]


def _is_stale(look: RelayLook | None, now: datetime) -> bool:
    return look is None or now - look.at > STALE


def _warm_up_day(relay: RelaySettings, limit: Limit, now: datetime) -> int | None:
    """Count the days of a warm-up that still bounds the relay."""
    plan = relay.warm_up
    if plan is None or limit.per_day is None or limit.per_day == relay.per_day:
        return None
    return max(0, (now.date() - plan.since).days) + 1
