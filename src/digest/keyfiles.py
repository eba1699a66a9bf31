"""Secrets, authorities and certificates that stand in files of their own."""

from __future__ import annotations

import ssl
from pathlib import Path


def read_secret(path: Path, max_bytes: int) -> str:
    """Return the only line of a file, without its end.

    Raises:
        OSError: The file cannot be read.
        ValueError: It holds no secret of one printable line; the words never tell its content.
    """
    _must_be_file(path)
    with path.open("rb") as stream:
        raw = stream.read(max_bytes + 1)
    if len(raw) > max_bytes:
        raise ValueError(f"more than {max_bytes} bytes")
    try:
        secret = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("bytes that are not UTF-8") from None
    if not secret or not secret.isprintable():
        raise ValueError("an empty file" if not secret else "more than one line, or control characters")
    return secret


def read_token(path: Path) -> str:
    """Return an access token of a file: one line of visible ASCII, at most 8,000 bytes.

    Raises:
        OSError: The file cannot be read.
        ValueError: It holds no token; the words never tell its content.
    """
    # RFC 4954 section 4: a line of 12,288 octets must do; base64 and the user's name take their part.
    token = read_secret(path, 8_000)
    if not token.isascii() or " " in token:
        raise ValueError("spaces or letters beyond ASCII")
    return token


def load_authorities(context: ssl.SSLContext, path: Path) -> None:
    """Trust the authorities of a file (PEM).

    Raises:
        OSError: The file cannot be read.
        ValueError: It holds no certificate.
    """
    _must_be_file(path)
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ValueError("no certificate (PEM) in it") from None


def load_own_certificate(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    """Show a certificate of our own to who asks for one.

    Args:
        context: Takes the certificate.
        certificate: PEM, with those of the authorities between, if any.
        key: Its private key (PEM, not encrypted); None when it stands in the same file.

    Raises:
        OSError: A file cannot be read.
        ValueError: Certificate and key are none, or do not belong together.
    """
    _must_be_file(certificate)
    if key is not None:
        _must_be_file(key)
    try:
        context.load_cert_chain(certificate, key, password=_no_passphrase)
    except ssl.SSLError as error:
        belong = "KEY_VALUES_MISMATCH" in (error.reason or "")
        what = "a key of another certificate" if belong else "no certificate and private key (PEM)"
        raise ValueError(what) from None


def _no_passphrase() -> str:
    # Without this the library would ask on the terminal.
    raise ValueError("an encrypted key")


def _must_be_file(path: Path) -> None:
    path.stat()
    if not path.is_file():  # a device or pipe could block or never end
        raise ValueError("not a file")
