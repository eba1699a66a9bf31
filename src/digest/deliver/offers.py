"""What a relay offers beyond plain SMTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """The extensions that matter for handing over a message."""

    pipelining: bool = False  #: RFC 2920: commands may go out before the answers to the ones before
    size: int | None = None  #: octets of a message at most, RFC 1870; None when the relay says none
    eight_bit: bool = False  #: RFC 6152
    smtputf8: bool = False  #: RFC 6531
    enhanced: bool = False  #: RFC 2034: answers carry enhanced status codes


def read_offers(extensions: Mapping[str, str]) -> Offers:
    """Read the answer to EHLO, as smtplib keeps it: parameters by name in lower case."""
    size = extensions.get("size", "").strip()
    return Offers(
        pipelining="pipelining" in extensions,
        # RFC 1870 section 4: nothing, or 0, sets no bound.
        size=int(size) or None if size.isascii() and size.isdecimal() and len(size) <= 20 else None,
        eight_bit="8bitmime" in extensions,
        smtputf8="smtputf8" in extensions,
        enhanced="enhancedstatuscodes" in extensions,
    )
