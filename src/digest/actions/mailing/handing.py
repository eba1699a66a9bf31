"""Hand single messages over, through the first relay that works."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.mailing.own_turn import LEAD_S, Turn
from digest.actions.mailing.relays import impatient, in_order
from digest.deliver import Receipt, RelayConnection
from digest.errors import DigestError, TransportError
from digest.model import DeliveryState
from digest.settings import RelaySettings

_DOT_S = 60.0
_MARGIN_S = 0.05  #: a connection takes so much longer than the last one
_MOST_LEAD_S = 5.0  #: and is given at most


class Overtaken(DigestError):
    """The message is not in the hand of who was to send it any more, and was not sent."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """What says whether a message is still in the hand of who sends it."""

    keep: Callable[[], bool]  #: asked at each relay's turn and at the dot; the lease begins anew
    lasts: Callable[[], bool]  #: asked right before MAIL: no writing, for a limit's moment has come


class Hands:
    """Hands messages over in one round. A relay that cannot be reached, or goes, is not asked again in it.

    Args:
        app: The installation.
        beat: Called before each relay is tried.
    """

    def __init__(self, app: App, beat: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._beat = beat
        self._relays = list(in_order(app))
        self._trouble: TransportError | None = None  #: with a relay that is not asked again
        self._lead_s: dict[str, float] = {}  #: by relay, how long opening a connection takes

    def give(self, sender: str, recipient: str, message: bytes, lease: Lease) -> Receipt:
        """Hand one message to one person; the receipt is SENT, or UNKNOWN when nobody can tell.

        Raises:
            Overtaken: The lease does not last.
            TransportError: No relay has taken it. Permanent: the last one refuses it for good, or none of
                them can carry it; one that is away may.
            MessageError: It cannot be put on the wire.
        """
        trouble = self._trouble
        for relay in tuple(self._relays):
            self._beat()
            try:
                _need_hold(lease)
                return self._try(relay, sender, recipient, message, lease)
            except TransportError as error:
                trouble = _telling(trouble, error)
                if relay not in self._relays:
                    self._trouble = trouble
        raise trouble or TransportError("no relay", permanent=False)

    def _try(
        self, relay: RelaySettings, sender: str, recipient: str, message: bytes, lease: Lease
    ) -> Receipt:
        def send(connection: RelayConnection) -> Receipt:
            if not lease.lasts():
                raise Overtaken("it took longer than its lease, and is left to whoever takes it next")
            return connection.send(sender, recipient, message, lambda: _need_hold(lease))

        with Turn(self._app, relay.name, recipient, lead_s=self._lead_s.get(relay.name, LEAD_S)) as turn:
            receipt = self._through(relay, turn, send)
        if receipt.state in {DeliveryState.SENT, DeliveryState.UNKNOWN}:
            return receipt
        is_for_good = receipt.state is DeliveryState.FAILED
        raise TransportError(receipt.text, permanent=is_for_good, code=receipt.code)

    def _through(
        self, relay: RelaySettings, turn: Turn, send: Callable[[RelayConnection], Receipt]
    ) -> Receipt:
        """Open a connection, and hand the message over when its turn has come."""
        quick, is_well, began_at = impatient(relay), False, time.monotonic()
        try:
            with RelayConnection(quick, home=self._app.home.root, dot_timeout_s=_DOT_S) as connection:
                took_s = time.monotonic() - began_at
                self._lead_s[relay.name] = min(took_s + _MARGIN_S, _MOST_LEAD_S)
                try:
                    turn.begin()
                    return send(connection)
                finally:
                    is_well = connection.is_open
        except Overtaken:
            is_well = True  # whose letter it is says nothing of the relay; the next one needs it
            raise
        finally:
            if not is_well:
                self._relays.remove(relay)


def _need_hold(lease: Lease) -> None:
    if not lease.keep():
        raise Overtaken("somebody else has it in hand by now, or it has its end")


def _telling(before: TransportError | None, error: TransportError) -> TransportError:
    """Choose the trouble that tells what becomes of a message: an answer, else that a relay is away."""
    return before if before and error.permanent and error.code is None else error
