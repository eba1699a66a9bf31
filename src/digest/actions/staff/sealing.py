"""Secrets that must be read again, encrypted for the database and for forms."""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from digest.tokens import Keyring

_NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: random ones do for 2^32 messages a key
_LONGEST = 1_000


def seal(keyring: Keyring, purpose: str, text: str, *, of: str) -> str:
    """Encrypt a text, so that only this installation reads it, for one purpose and one owner.

    Args:
        keyring: The installation's; its newest key encrypts.
        purpose: What the text is for.
        text: The secret.
        of: Whose it is.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(keyring.derived(f"seal {purpose}")[0]).encrypt(nonce, text.encode(), of.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode("ascii")


def unseal(keyring: Keyring, purpose: str, sealed: str, *, of: str) -> str | None:
    """Decrypt what `seal` made with any of the keys; None when it is not ours, or somebody else's."""
    if len(sealed) > _LONGEST or not sealed.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(sealed)
    except ValueError:
        return None
    for key in keyring.derived(f"seal {purpose}"):
        try:
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], of.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    return None
