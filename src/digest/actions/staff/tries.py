"""How often somebody may try a secret: by name and network, counted by all processes together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from digest.actions.app import App
from digest.errors import TooMany


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """So many tries at once, then one after each interval: nobody is locked out for good."""

    kind: str  #: a word for what is counted
    name: str  #: whose tries; only a keyed name of it is stored
    burst: int
    interval: timedelta


def count_tries(app: App, gates: Sequence[Gate]) -> None:
    """Count a try at several gates, before the secret is looked at, so that no two at once are one.

    Args:
        app: The installation.
        gates: In one order of kinds always.

    Raises:
        TooMany: One of them is closed; then it counts at none.
    """
    now = app.clock()
    with app.store.writing() as tx:
        for gate in gates:
            next_at = tx.accounts.count_try(
                _key(app, gate), burst=gate.burst, interval=gate.interval, now=now
            )
            if next_at is not None:
                raise TooMany("too many tries", wait_s=ceil((next_at - now).total_seconds()))


def return_tries(app: App, gates: Sequence[Gate]) -> None:
    """Take a try back that was right, and forget those of long ago."""
    with app.store.writing() as tx:
        for gate in gates:
            tx.accounts.return_try(_key(app, gate), interval=gate.interval)
    with app.store.writing() as tx:
        tx.accounts.forget_tries(before=app.clock())


def _key(app: App, gate: Gate) -> str:
    return f"{gate.kind} {app.keyring.hexdigest('tries', gate.name)}"
