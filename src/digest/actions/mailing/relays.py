"""The ways that mail may go, as the settings name them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from digest.actions.app import App
from digest.deliver import Connected, Route
from digest.deliver.smtp.attempt import Attempt
from digest.deliver.smtp.dial import dialled
from digest.deliver.smtp.talk import take_socket
from digest.settings import RelaySettings

PATIENCE = timedelta(seconds=30)  #: for each answer of a relay, where the next one may be well


def routes(app: App) -> tuple[Route, ...]:
    """Return a way for each relay, in the order of the settings."""
    return tuple(
        Route(
            name=relay.name,
            connect=_connector(app, relay),
            connections=relay.connections,
            weight=relay.weight,
            timeout_s=relay.timeout.total_seconds(),
        )
        for relay in app.system.relays
    )


def in_order(app: App) -> tuple[RelaySettings, ...]:
    """Return the relays as single messages turn to them: those of weight 0 only when no other works."""
    return tuple(sorted(app.system.relays, key=lambda relay: relay.weight == 0))


def impatient(relay: RelaySettings, patience: timedelta = PATIENCE) -> RelaySettings:
    """Return a relay whose answers are waited for so long at most."""
    return relay.model_copy(update={"timeout": min(relay.timeout, patience)})


def _connector(app: App, relay: RelaySettings) -> Callable[[Attempt], Connected]:
    def connect(attempt: Attempt) -> Connected:
        made = dialled(relay, app.home.root, attempt)
        return Connected(sock=take_socket(made.smtp), offers=made.offers)

    return connect
