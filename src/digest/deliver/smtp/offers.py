"""What a relay offers, as its answer to the greeting lists it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from digest.deliver.compose.envelope import Envelope


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """The extensions that matter to a sender; a relay greeted with HELO offers none."""

    pipelining: bool  #: RFC 2920: commands may follow each other without waiting
    size: int | None  #: RFC 1870: octets of a message at most; None when no limit is told
    eight_bit: bool  #: RFC 6152: BODY=8BITMIME
    smtputf8: bool  #: RFC 6531: addresses beyond ASCII
    enhanced: bool  #: RFC 2034: replies carry codes such as 5.1.1
    lmtp: bool = False  #: RFC 2033: what it says of a message it says of its recipient

    def carry(self, envelope: Envelope) -> bool:
        """Tell whether a relay with these offers need be asked to take a message at all."""
        return (self.smtputf8 or envelope.is_ascii) and not self.is_too_small_for(envelope)

    def is_too_small_for(self, envelope: Envelope) -> bool:
        """Tell whether a message is larger than the relay takes."""
        return self.size is not None and len(envelope.message) > self.size

    def least(self, other: Offers) -> Offers:
        """Return what both can carry: machines behind one name may differ."""
        sizes = [size for size in (self.size, other.size) if size is not None]
        return replace(self, smtputf8=self.smtputf8 and other.smtputf8, size=min(sizes, default=None))


def read_offers(extensions: Mapping[str, str], *, lmtp: bool = False) -> Offers:
    """Read the extensions of a relay.

    Args:
        extensions: Parameters by keyword in lower case, '' where there are none, as smtplib keeps
            them in `esmtp_features`.
        lmtp: It was greeted with LHLO.

    Returns:
        The offers. A size that is no number counts as not told, and 0 means no limit (RFC 1870).
    """
    size = extensions.get("size", "")
    is_number = size.isascii() and size.isdecimal() and len(size) <= 20  # RFC 1870 section 4
    return Offers(
        pipelining="pipelining" in extensions,
        size=(int(size) or None) if is_number else None,
        eight_bit="8bitmime" in extensions,
        smtputf8="smtputf8" in extensions,
        enhanced="enhancedstatuscodes" in extensions,
        lmtp=lmtp,
    )
