"""How a message begins on a connection: with which commands, or why its relay need not be asked."""

from __future__ import annotations

from digest.deliver.compose.envelope import Envelope
from digest.deliver.smtp.offers import Offers
from digest.deliver.smtp.replies import Phase, Receipt, Verdict
from digest.errors import TransportError
from digest.model.people import DeliveryState

_WIDE, _EIGHT_BIT = " SMTPUTF8", " BODY=8BITMIME SMTPUTF8"  #: for what is not ASCII
_MAIL = Phase.MAIL


class Opening:
    """Opens one message after the other; knows nothing of how far any is.

    Args:
        offers: What the relay announced.
        relay: Its name, for errors.
    """

    def __init__(self, offers: Offers, relay: str) -> None:
        self._offers, self._relay = offers, relay
        # RFC 6531 section 3.1 wants both of a relay; where one is missing its parameter would be refused.
        self._wide = _EIGHT_BIT if offers.eight_bit else _WIDE
        #: What `of` writes, as phases in their order. Source: RFC 2920 section 3.1.
        self.asks = (Phase.MAIL, Phase.RCPT, Phase.DATA) if offers.pipelining else (Phase.MAIL,)

    def of(self, envelope: Envelope) -> bytes | Verdict:
        """Return what to write for a message, or its verdict when this relay need not be asked at all."""
        offers = self._offers
        if not envelope.is_ascii and not offers.smtputf8:
            return Receipt(
                state=DeliveryState.FAILED,
                phase=_MAIL,
                code=None,
                enhanced=None,
                text="unreachable: the address needs a relay that offers SMTPUTF8",
            )
        if offers.is_too_small_for(envelope):
            return self._too_large(envelope)
        size = "" if offers.size is None else f" SIZE={len(envelope.message)}"
        mail = f"MAIL FROM:<{envelope.sender}>{size}{'' if envelope.is_ascii else self._wide}\r\n"
        if offers.pipelining:
            return f"{mail}RCPT TO:<{envelope.recipient}>\r\nDATA\r\n".encode()
        return mail.encode()

    def _too_large(self, envelope: Envelope) -> TransportError:
        return TransportError(
            f"the message has {len(envelope.message)} bytes, the relay takes {self._offers.size}",
            permanent=True,
            code=552,
            where=f"relay {self._relay}, {_MAIL}",
            hint="make the edition smaller or ask the relay for a higher limit",
        ).about_one_message()
