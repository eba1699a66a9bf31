"""A strict DKIM verifier, written from RFC 6376 and RFC 8463 and sharing nothing with the signer.

It knows what our signatures use and refuses all else: no l=, no SHA-1, no unknown version. It gives the
answer of each signature in the order of the fields: 'pass', or what is wrong.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

REQUIRED = {"v", "a", "b", "bh", "d", "h", "s"}
Fields = list[tuple[str, bytes]]  #: name in lower case, and the whole field with its line breaks


class Refused(Exception):
    """A signature that does not hold."""


def verify(message: bytes, records: Mapping[str, str]) -> list[str]:
    """Judge every signature of a message.

    Args:
        message: As it arrived.
        records: The texts of TXT records by their names.
    """
    fields, body = take_apart(message)
    verdicts = []
    for at, (name, field) in enumerate(fields):
        if name == "dkim-signature":
            try:
                _judge(field, fields[:at] + fields[at + 1 :], body, records)
                verdicts.append("pass")
            except Refused as refusal:
                verdicts.append(str(refusal))
    return verdicts


def take_apart(message: bytes) -> tuple[Fields, bytes]:
    """Cut a message into its fields, folded as they are, and its body."""
    head, gap, body = message.partition(b"\r\n\r\n")
    if not gap:
        raise Refused("no empty line")
    fields: Fields = []
    for line in head.split(b"\r\n"):
        if line[:1] in {b" ", b"\t"} and fields:
            name, field = fields.pop()
            fields.append((name, field + line + b"\r\n"))
        else:
            name, colon, _ = line.partition(b":")
            if not colon or not name.strip():
                raise Refused("a line that is no field")
            fields.append((name.rstrip(b" \t").decode("ascii").lower(), line + b"\r\n"))
    return fields, body


def tags_of(field: bytes) -> dict[str, str]:
    """Read the tags of a signature field; section 3.2."""
    text = field.partition(b":")[2].decode("ascii").replace("\r\n", "")
    tags: dict[str, str] = {}
    for part in text.rstrip(" \t").removesuffix(";").split(";"):
        name, equals, value = part.partition("=")
        name = name.strip(" \t")
        if not equals or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name in tags:
            raise Refused(f"no list of tags: {part!r}")
        tags[name] = value.strip(" \t")
    return tags


def canonical_body(body: bytes, form: str) -> bytes:
    """Bring a body into simple or relaxed form; section 3.4.3 and 3.4.4."""
    lines = body.split(b"\r\n")
    if form == "relaxed":
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in lines]
    while lines and lines[-1] == b"":
        lines.pop()
    if not lines:
        return b"\r\n" if form == "simple" else b""
    return b"".join(line + b"\r\n" for line in lines)


def canonical_field(field: bytes, form: str) -> bytes:
    """Bring a field into simple or relaxed form; section 3.4.1 and 3.4.2."""
    if form == "simple":
        return field
    name, _, value = field.partition(b":")
    one_line = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b""))
    return name.rstrip(b" \t").lower() + b":" + one_line.strip(b" ") + b"\r\n"


def _judge(field: bytes, others: Fields, body: bytes, records: Mapping[str, str]) -> None:
    tags = tags_of(field)
    if not set(tags) >= REQUIRED or tags["v"] != "1" or "l" in tags:
        raise Refused("a tag is missing, or one that must not be")
    header_form, _, body_form = tags.get("c", "simple/simple").partition("/")
    body_form = body_form or "simple"
    digest = hashlib.sha256(canonical_body(body, body_form)).digest()
    if _unbase64(tags["bh"]) != digest:
        raise Refused("body altered")
    names = [name.strip(" \t").lower() for name in tags["h"].split(":")]
    if "from" not in names:
        raise Refused("From is not signed")
    signed = b"".join(canonical_field(each, header_form) for each in _chosen(names, others))
    # Section 3.7: the signature field itself, its b= emptied, without the last line break.
    emptied = re.sub(rb"((?:^|;)\s*b=)[^;]*", rb"\1", field.partition(b":")[2], count=1)
    own = canonical_field(field.partition(b":")[0] + b":" + emptied, header_form)
    signed += own.removesuffix(b"\r\n")
    record = records.get(f"{tags['s']}._domainkey.{tags['d']}")
    if record is None:
        raise Refused("no record")
    _check(tags["a"], _unbase64(tags["b"]), signed, record)


def _chosen(names: list[str], fields: Fields) -> list[bytes]:
    """Take the fields from the bottom up, as often as each is named; section 5.4.2."""
    left: dict[str, list[bytes]] = {}
    for name, field in fields:
        left.setdefault(name, []).append(field)
    return [left[name].pop() for name in names if left.get(name)]


def _check(algorithm: str, signature: bytes, signed: bytes, record: str) -> None:
    parts = dict(part.strip().split("=", 1) for part in record.split(";") if part.strip())
    public = _unbase64(parts["p"])
    kind = parts.get("k", "rsa")
    if parts.get("v", "DKIM1") != "DKIM1" or algorithm != f"{kind}-sha256":
        raise Refused("the record is of another kind")
    try:
        if kind == "ed25519":
            # RFC 8463 section 3: the SHA-256 hash is what is signed.
            Ed25519PublicKey.from_public_bytes(public).verify(signature, hashlib.sha256(signed).digest())
        else:
            key = _rsa_key(public)
            if not isinstance(key, RSAPublicKey) or key.key_size < 1024:
                raise Refused("a weak key")
            key.verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise Refused("header altered") from error


@cache
def _rsa_key(public: bytes) -> PublicKeyTypes:
    """Read a key once: OpenSSL takes as long for it as for a signature."""
    return load_der_public_key(public)


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Refused("no base64") from error
