"""DKIM signatures: what all messages of an edition share is prepared once, each message is then signed.

Canonicalisation is relaxed for the header and simple for the body. The bodies that we write are
canonical as they stand: lines end in CR LF, none in white space, and the last one is not empty.
There is no t=: an edition's own time can lie ahead of a test mail, and verifiers refuse signatures
of the future; any other time would make other bytes of the same message.

Source: RFC 6376, RFC 8301, RFC 8463.
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from digest.deliver.compose.words import fold

Algorithm = Literal["rsa-sha256", "ed25519-sha256"]

#: Signed when they are there, and signed as absent beyond that: nobody can add one. RFC 6376 section 8.15.
SIGNED = (
    "from",
    "reply-to",
    "subject",
    "date",
    "to",
    "cc",
    "message-id",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-archive",
    "list-help",
    "list-owner",
    "list-post",
    "list-subscribe",
    "auto-submitted",
    "feedback-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-description",
    "content-disposition",
    "content-id",
    "content-language",
    "content-location",
)
_FIELD = "DKIM-Signature"
_CHUNK = 72  #: characters of a list or a signature on one line
_HASH_CHARS = 44  #: SHA-256 in base64
_WHITE = re.compile(rb"[ \t\r\n]+")
_VERTICAL, _FEED = b"\v\f"


class SigningKey(Protocol):
    """A private key; `digest.deliver.compose.dkim_keys` has both kinds."""

    @property
    def algorithm(self) -> Algorithm:
        """The value of a=."""

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest; the same digest gives the same signature."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """Who signs: a domain, the name of its key in the DNS, and the private key."""

    domain: str  #: in A-labels
    selector: str
    key: SigningKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """A signer made ready for the messages of one edition. Make it with `prepare`."""

    key: SigningKey
    shared: bytes  #: the fields that all messages share, in relaxed form
    opening: bytes  #: the signature field up to the body's hash, folded
    canonical_opening: bytes  #: the same in relaxed form

    def field(self, own: bytes, body_hash: bytes) -> bytes:
        """Write the signature field of one message.

        Args:
            own: The message's own signed fields, in relaxed form and the order given to `prepare`.
            body_hash: SHA-256 of its body, in base64.
        """
        signed = b"".join((self.shared, own, self.canonical_opening, body_hash, b"; b="))
        signature = b2a_base64(self.key.sign(hashlib.sha256(signed).digest()), newline=False)
        lines = [signature[at : at + _CHUNK] for at in range(0, len(signature), _CHUNK)]
        return b"".join((self.opening, body_hash, b";\r\n b=", b"\r\n ".join(lines), b"\r\n"))


def prepare(signer: Signer, shared: Iterable[bytes], own: Sequence[str]) -> Seal:
    """Make a signer ready for the messages of one edition.

    Args:
        signer: Who signs.
        shared: Every header field that all messages have, each at most once; what is not in
            `SIGNED` is left out of the signature.
        own: Names of the fields, in lower case, that each message has for itself, once each.

    Raises:
        MessageError: The domain or selector cannot stand in a header.
    """
    fields = {field.partition(b":")[0].decode("ascii").lower(): field for field in shared}
    shared_names = [name for name in SIGNED if name in fields]
    # Each name once for the field that is there, and once for the one that must not come.
    names = [*shared_names, *own, *SIGNED]
    tags = ["v=1;", f"a={signer.key.algorithm};", "c=relaxed/simple;", f"d={signer.domain};"]
    words = [*tags, f"s={signer.selector};", *_listed("h=", names)]
    # With a hash in its place, so that its line is folded as it will be.
    opening = fold(_FIELD, [*words, f"bh={'=' * _HASH_CHARS};"])[: -_HASH_CHARS - len(";\r\n")]
    return Seal(
        key=signer.key,
        shared=b"".join(relaxed(fields[name]) for name in shared_names),
        opening=opening,
        canonical_opening=relaxed(opening).removesuffix(b"\r\n"),
    )


def signatures(seals: Iterable[Seal], own: Iterable[bytes], body: bytes) -> Iterator[bytes]:
    """Sign one message with every seal, in their order.

    Args:
        seals: Of this edition.
        own: The message's own signed fields, in the order given to `prepare`.
        body: All that follows the empty line; ends in one CR LF and is not empty.
    """
    body_hash = b2a_base64(hashlib.sha256(body).digest(), newline=False)
    own_relaxed = b"".join(map(relaxed, own))
    return (seal.field(own_relaxed, body_hash) for seal in seals)


def relaxed(field: bytes) -> bytes:
    """Bring one header field into relaxed form: name in lower case, one space for each white space.

    Source: RFC 6376 section 3.4.2.
    """
    name, _, value = field.partition(b":")
    if _VERTICAL in value or _FEED in value:
        plain = _WHITE.sub(b" ", value).strip(b" ")
    else:
        plain = b" ".join(value.split())  # a third of the time, but takes those two for white space too
    return b"%b:%b\r\n" % (name.rstrip(b" \t").lower(), plain)


def aligned(domain: str, sender: str) -> bool:
    """Tell whether a signing domain is the sender's domain or a parent of it.

    Both in A-labels. DMARC takes such a signature for the sender's. Source: RFC 7489 section 3.1.1.
    """
    return f".{sender.lower()}".endswith(f".{domain.lower()}")


def _listed(tag: str, names: Sequence[str]) -> list[str]:
    """Break a list of names into words of a line each, with no white space within."""
    words = [tag]
    for at, name in enumerate(names):
        piece = name + (":" if at + 1 < len(names) else ";")
        if len(words[-1]) + len(piece) > _CHUNK:
            words.append("")
        words[-1] += piece
    return words
