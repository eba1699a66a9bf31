"""Envelope senders that say which message came back, signed so that nobody else can make them."""

from __future__ import annotations

import base64
import re

from digest.tokens import Keyring, base32

SENDER = "(the sender)"  #: what stands in the place of such an address
_PURPOSE = "bounce"
_MAC_CHARS = 20  # 100 bits
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LARGEST_ID = 2**63 - 1
# Lower case throughout: some servers change the case of what stands before the @.
_NAME = r"b\+([0-9a-z]{1,13})-([a-z2-7]{26})-([a-z2-7]{20})"
_ADDRESS = re.compile(_NAME + r"@[^@\s<>]{1,255}", re.IGNORECASE)
_QUOTED = re.compile(_NAME + r"(@[a-z0-9.-]{1,255})?", re.IGNORECASE)


def bounce_address(keyring: Keyring, edition_id: int, uid: str, domain: str) -> str:
    """Make the envelope sender for one message; the same input gives the same address.

    Args:
        keyring: Its first key signs.
        edition_id: The edition; 1 or more.
        uid: The subscriber's public name, 22 url-safe characters.
        domain: Where reports are taken in.

    Returns:
        `b+TOKEN@domain`, at most 64 octets before the @ (RFC 5321, section 4.5.3.1.1).
    """
    payload = f"{_base36(edition_id)}-{_folded(uid)}"
    return f"b+{payload}-{keyring.digest(_PURPOSE, payload, _MAC_CHARS)}@{domain}"


def read_bounce_address(keyring: Keyring, address: str) -> tuple[int, str] | None:
    """Return edition and subscriber's uid of an address made here; None for any other."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return None
    edition, folded, mac = (part.lower() for part in match.groups())
    if not keyring.attests(_PURPOSE, f"{edition}-{folded}", mac):
        return None
    number = int(edition, 36)
    return (number, _unfolded(folded)) if number <= _LARGEST_ID else None


def hide_bounce_addresses(text: str) -> str:
    """Take such addresses out of what a relay said: who has one can end its reader's subscription."""
    return _QUOTED.sub(SENDER, text)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def _folded(uid: str) -> str:
    """Write the sixteen bytes of a public name without upper-case letters."""
    return base32(base64.urlsafe_b64decode(uid + "=="))


def _unfolded(text: str) -> str:
    return base64.urlsafe_b64encode(base64.b32decode(text.upper() + "======")).decode().rstrip("=")
