"""Files of secrets and certificates: what is wrong with one is said, what it holds is not."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest

from certificates import Authority
from digest.keyfiles import load_authorities, load_own_certificate, read_secret, read_token


def client() -> ssl.SSLContext:
    """Make an empty context."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def test_a_token_is_one_line(tmp_path: Path) -> None:
    """The last line end is the writing program's, not the token's."""
    path = tmp_path / "token"
    path.write_bytes(b"ya29.A-b_c~d/+=\r\n")

    assert read_token(path) == "ya29.A-b_c~d/+="


@pytest.mark.parametrize(
    "content", [b"", b"a\nb", b"Bearer canary", "canaryé".encode(), b"canary\x01auth=x", b"x" * 8_001]
)
def test_what_is_no_token_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    """A control would begin another field of the login; a space means that more than the token is there."""
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"empty|line|spaces|bytes") as caught:
        read_token(path)

    assert "canary" not in str(caught.value)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Reading one blocks for ever."""
    os.mkfifo(tmp_path / "pipe")
    for read in (
        lambda path: read_secret(path, 10),
        lambda path: load_authorities(client(), path),
        lambda path: load_own_certificate(client(), path, None),
    ):
        with pytest.raises(ValueError, match="not a file"):
            read(tmp_path / "pipe")


def test_certificate_and_key_may_share_a_file(tmp_path: Path) -> None:
    """Many programs write them so."""
    certificate, key = Authority(tmp_path).issue("news.example.org")
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())

    load_own_certificate(client(), certificate, key)
    load_own_certificate(client(), both, None)


def test_an_encrypted_key_is_refused_without_asking(tmp_path: Path) -> None:
    """The library would ask for a passphrase on the terminal, and a timer has none."""
    certificate, key = Authority(tmp_path).issue("news.example.org", passphrase=b"x")

    with pytest.raises(ValueError, match="an encrypted key"):
        load_own_certificate(client(), certificate, key)


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    """The usual slip after a renewal."""
    authority = Authority(tmp_path)
    certificate, _ = authority.issue("news.example.org")
    _, other = authority.issue("other.example.org")

    with pytest.raises(ValueError, match="of another certificate"):
        load_own_certificate(client(), certificate, other)


def test_files_without_certificates_are_told(tmp_path: Path) -> None:
    """An empty list of authorities would trust nobody, and say so only at the relay."""
    path = tmp_path / "x.pem"
    path.write_text("-----BEGIN NOTHING-----\n")

    with pytest.raises(ValueError, match="no certificate"):
        load_authorities(client(), path)
    with pytest.raises(ValueError, match="no certificate and private key"):
        load_own_certificate(client(), path, None)
    with pytest.raises(FileNotFoundError):
        load_authorities(client(), tmp_path / "missing")
