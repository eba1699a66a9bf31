"""A delivery's message in its envelope, ready for the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from digest.deliver.faults import check_envelope
from digest.deliver.headers import check_address
from digest.deliver.terms import SendingRules
from digest.model.people import Delivery


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One message on its way."""

    sender: str
    recipient: str
    message: bytes


class Letters:
    """Makes messages in their envelopes, and keeps those that could not begin at once.

    Args:
        stamp: Makes one recipient's message.
        rules: Name the envelope sender.
    """

    def __init__(self, stamp: Callable[[Delivery], bytes], rules: SendingRules) -> None:
        self._stamp, self._rules = stamp, rules
        self._kept: dict[int, Envelope] = {}

    def take(self, delivery: Delivery) -> Envelope:
        """Return a delivery's message: the one that was kept, or a new one.

        Raises:
            MessageError: It cannot be written.
        """
        return self._kept.pop(delivery.id, None) or enclose(delivery, self._stamp, self._rules)

    def keep(self, delivery: Delivery, envelope: Envelope) -> None:
        """Keep a message whose moment has lapsed while it was made, for the next one."""
        self._kept[delivery.id] = envelope


def enclose(delivery: Delivery, stamp: Callable[[Delivery], bytes], rules: SendingRules) -> Envelope:
    """Make a delivery's message and its envelope.

    Args:
        delivery: Whose.
        stamp: Makes the message.
        rules: Name the envelope sender.

    Raises:
        MessageError: One of them cannot be written.
    """
    recipient = check_address(delivery.subscriber.email, smtputf8=True, where="recipient")
    sender = rules.sender
    if rules.sender_of is not None:
        sender = check_address(rules.sender_of(delivery), where="envelope sender")
    message = stamp(delivery)
    check_envelope(sender, recipient, message)
    return Envelope(sender=sender, recipient=recipient, message=message)
