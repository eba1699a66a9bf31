"""Alerts as mail: one to each person, through the first relay that works."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from digest.actions.app import App
from digest.actions.mailing.handing import Hands, Lease
from digest.actions.steering.approval_links import approval_link
from digest.deliver import Address
from digest.deliver.compose.notice import Notice, write_notice
from digest.errors import TransportError
from digest.model import Alert, AlertKind, AlertSend, DeliveryState
from digest.settings import parse_mailbox

_APPROVABLE = frozenset({AlertKind.REMINDER, AlertKind.HELD})


class Mails:
    """Mails alerts in one round, through relays as `Hands` has them.

    Args:
        app: The installation.
        beat: Called before each relay is tried.
    """

    def __init__(self, app: App, beat: Callable[[], None]) -> None:
        self._app = app
        self._hands = Hands(app, beat)

    def send(self, send: AlertSend, address: str, lease: Lease) -> None:
        """Mail one person.

        Raises:
            Overtaken: The lease does not last.
            TransportError: No relay has taken it.
            NotFound: Its digest is gone, and nobody else is its sender.
        """
        sender = parse_mailbox(_sender(self._app, send.alert)).address
        receipt = self._hands.give(sender, address, _written(self._app, send, address), lease)
        if receipt.state is not DeliveryState.SENT:
            raise TransportError(receipt.text, permanent=False, code=receipt.code)


def public_id(send: AlertSend) -> str:
    """Name an alert to those who receive it: the same with every try and in every channel."""
    return "alert-" + hashlib.sha256(f"{send.at.isoformat()} {send.alert.key}".encode()).hexdigest()[:32]


def _written(app: App, send: AlertSend, address: str) -> bytes:
    sender = parse_mailbox(_sender(app, send.alert))
    name = hashlib.sha256(address.encode()).hexdigest()[:8]
    return write_notice(
        Notice(
            sender=Address(email=sender.address, display=sender.name),
            recipient=Address(email=address),
            subject=f"[digest] {send.alert.title}",
            text=_text(app, send, address),
            date=send.at,
            message_id=f"<{public_id(send)}.{name}@{sender.address.rpartition('@')[2]}>",
        )
    )


def _sender(app: App, alert: Alert) -> str:
    """Choose who writes: the one of the settings, or for editors the sender that they know."""
    own = app.system.alerts.mail.sender
    return own if own is not None else app.digest(alert.digest or "").sender


def _text(app: App, send: AlertSend, address: str) -> str:
    alert = send.alert
    about = [alert.digest, alert.slot, None if alert.edition_id is None else f"edition {alert.edition_id}"]
    foot = " · ".join(part for part in (*about, f"{send.at:%Y-%m-%d %H:%M} UTC") if part)
    way = _way(app, alert, address)
    return f"{alert.text.rstrip()}\n{way}\n{foot}\n{app.system.site.base_url}\n"


def _way(app: App, alert: Alert, address: str) -> str:
    """Give an editor the link that approves what they are reminded of; '' when there is none."""
    if alert.kind not in _APPROVABLE or alert.edition_id is None:
        return ""
    link = approval_link(app, alert.edition_id, address)
    return f"\nApprove it here; the page asks once more. The link is yours alone:\n{link}\n" if link else ""
