"""Private keys to sign mail with, and the records that let others check the signatures."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from digest.deliver.compose.dkim import Algorithm

KeyKind = Literal["rsa", "ed25519"]

MIN_BITS, MAX_BITS = (
    2048,
    4096,
)  #: RFC 8301 section 3.2: sign with 2048 or more; all verifiers take up to 4096
_STRING_BYTES = 255  #: RFC 1035 section 3.3: what one string of a TXT record holds
_PADDING, _HASH = PKCS1v15(), Prehashed(SHA256())


@dataclass(frozen=True, slots=True)
class RsaKey:
    """An RSA key, which every verifier knows."""

    private: RSAPrivateKey = field(repr=False)
    algorithm: Algorithm = "rsa-sha256"

    @property
    def record(self) -> str:
        """What the DNS says of the key."""
        public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode('ascii')}"

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest."""
        return self.private.sign(digest, _PADDING, _HASH)


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """An Ed25519 key: quick and short, not known to every verifier.

    Source: RFC 8463 section 3.
    """

    private: Ed25519PrivateKey = field(repr=False)
    algorithm: Algorithm = "ed25519-sha256"

    @property
    def record(self) -> str:
        """What the DNS says of the key."""
        public = self.private.public_key().public_bytes_raw()
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode('ascii')}"

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest."""
        return self.private.sign(digest)


def load_key(pem: bytes) -> RsaKey | Ed25519Key:
    """Read a private key in PEM: PKCS#8, or PKCS#1 for RSA.

    Raises:
        ValueError: It is none, is encrypted, or is of a kind or size that must not sign; the
            message says which and shows nothing of it.
    """
    try:
        private = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ValueError("an encrypted key") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("no private key in PEM") from None
    if isinstance(private, Ed25519PrivateKey):
        return Ed25519Key(private)
    if not isinstance(private, RSAPrivateKey):
        raise ValueError("a key that is neither RSA nor Ed25519")
    if not MIN_BITS <= private.key_size <= MAX_BITS:
        raise ValueError(f"an RSA key of {private.key_size} bits")
    return RsaKey(private)


def new_key(kind: KeyKind) -> bytes:
    """Make a private key: PEM, PKCS#8, not encrypted."""
    private = Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(65537, MIN_BITS)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def dns_record(selector: str, domain: str, key: RsaKey | Ed25519Key) -> tuple[str, str]:
    """Return the name and the text of the TXT record that publishes a key.

    Source: RFC 6376 section 3.6.2.1.
    """
    return f"{selector}._domainkey.{domain}", key.record


def txt_strings(text: str) -> tuple[str, ...]:
    """Split a record's text into the strings that a TXT record is made of."""
    return tuple(text[at : at + _STRING_BYTES] for at in range(0, len(text), _STRING_BYTES))
