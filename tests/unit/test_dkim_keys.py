"""Keys that sign: which may, what is said of the others, and how they are published."""

from __future__ import annotations

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from digest.deliver.compose import dkim_keys
from digest.deliver.compose.dkim_keys import dns_record, load_key, new_key, txt_strings


def pem(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, form: PrivateFormat, lock: bytes = b""
) -> bytes:
    """Write a private key as a file holds it."""
    how: KeySerializationEncryption = BestAvailableEncryption(lock) if lock else NoEncryption()
    return private.private_bytes(Encoding.PEM, form, how)


def test_rsa_keys_may_be_written_in_either_form() -> None:
    """OpenSSL 1 wrote PKCS#1, OpenSSL 3 writes PKCS#8."""
    private = load_pem_private_key(new_key("rsa"), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    old, new = (
        load_key(pem(private, form)) for form in (PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8)
    )

    assert old.record == new.record
    assert old.sign(b"d" * 32) == new.sign(b"d" * 32)


def bad_keys() -> dict[str, bytes]:
    """Make files that must not sign, by what is said of them."""
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505  # why: the fault under test
    return {
        "an RSA key of 1024 bits": pem(weak, PrivateFormat.PKCS8),
        "an encrypted key": pem(weak, PrivateFormat.PKCS8, b"word"),
        "a key that is neither RSA nor Ed25519": pem(
            ec.generate_private_key(ec.SECP256R1()), PrivateFormat.PKCS8
        ),
        "no private key in PEM": weak.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ),
    }


def test_keys_that_must_not_sign_are_refused_by_name() -> None:
    """RFC 8301 section 3.2; and the operator learns which of the reasons it is."""
    for said, content in bad_keys().items():
        with pytest.raises(ValueError, match=said) as caught:
            load_key(content)
        assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "content",
    [b"", b"secret", b"\xff\x00", new_key("ed25519")[:-60]],
    ids=["nothing", "a word", "bytes", "half a key"],
)
def test_no_key_at_all_is_refused(content: bytes) -> None:
    """An empty or cut file is an accident that happens."""
    with pytest.raises(ValueError, match="no private key in PEM"):
        load_key(content)


def test_a_key_that_not_every_verifier_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 8301 section 3.2: verifiers must take up to 4096 bits."""
    content = new_key("rsa")
    assert dkim_keys.MAX_BITS == 4096
    monkeypatch.setattr(dkim_keys, "MAX_BITS", 2047)
    monkeypatch.setattr(dkim_keys, "MIN_BITS", 1024)

    with pytest.raises(ValueError, match="of 2048 bits"):
        load_key(content)


def test_the_record_is_split_for_the_dns() -> None:
    """One string of a TXT record holds 255 bytes; an RSA key needs two."""
    key = load_key(new_key("rsa"))
    name, text = dns_record("s1", "news.example.org", key)
    strings = txt_strings(text)

    assert name == "s1._domainkey.news.example.org"
    assert text.startswith("v=DKIM1; k=rsa; p=MII")
    assert [len(string) for string in strings] == [255, len(text) - 255]
    assert "".join(strings) == text


def test_a_key_never_shows_itself() -> None:
    """Neither in a log nor in a traceback."""
    for kind in ("rsa", "ed25519"):
        assert re.fullmatch(r"\w+\(algorithm='[a-z0-9-]+'\)", repr(load_key(new_key(kind))))
