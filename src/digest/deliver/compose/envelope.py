"""One message in its envelope, fit for the wire."""

from __future__ import annotations

from dataclasses import field

from digest.deliver.compose.faults import check_envelope
from digest.record import record


@record
class Envelope:
    """One message on its way; looked at once, so that nobody who has one need look again.

    Raises:
        MessageError: An address or the message cannot be put on the wire.
    """

    sender: str  #: '' is the null sender
    recipient: str
    message: bytes  #: lines end in CR LF and none begins with a dot, unless doubled
    is_ascii: bool = field(init=False)  #: all of it, addresses and message

    def __post_init__(self) -> None:
        """Refuse what could smuggle a command or swallow the dot."""
        check_envelope(self.sender, self.recipient, self.message)
        is_ascii = (self.sender + self.recipient).isascii() and self.message.isascii()
        object.__setattr__(self, "is_ascii", is_ascii)
