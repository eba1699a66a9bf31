"""The ways that mail may go, as the settings name them."""

from __future__ import annotations

from collections.abc import Callable

from digest.actions.app import App
from digest.deliver import Connected, Route
from digest.deliver.dial import dial
from digest.deliver.offers import read_offers
from digest.errors import TransportError
from digest.settings import RelaySettings


def routes(app: App) -> tuple[Route, ...]:
    """Return a way for each relay, in the order of the settings."""
    return tuple(
        Route(
            name=relay.name,
            connect=_connector(app, relay),
            connections=relay.connections,
            timeout_s=relay.timeout.total_seconds(),
        )
        for relay in app.system.relays
    )


def _connector(app: App, relay: RelaySettings) -> Callable[[], Connected]:
    def connect() -> Connected:
        smtp = dial(relay, app.home.root, None)
        if smtp.sock is None:
            raise TransportError("the connection was lost", permanent=False, where=f"relay {relay.name}")
        return Connected(sock=smtp.sock, offers=read_offers(smtp.esmtp_features))

    return connect
