"""Whom we trust under TLS, and who we are there."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from digest.deliver.smtp.mishaps import place_of
from digest.deliver.smtp.replies import Phase
from digest.errors import TransportError
from digest.keyfiles import load_authorities, load_own_certificate

if TYPE_CHECKING:
    from digest.settings.system import RelaySettings

_Version = tuple[Path, int]  #: a file, and when it was changed last


def trust_of(relay: RelaySettings, home: Path) -> ssl.SSLContext:
    """Make what TLS to a relay is judged by: TLS 1.2 at least, authorities, our own certificate.

    Files that were changed are read again.

    Raises:
        TransportError: A file cannot be used. Permanent.
    """
    try:
        return _context(
            _version(home, relay.ca_file),
            _version(home, relay.client_cert_file),
            _version(home, relay.client_key_file),
        )
    except (OSError, ValueError) as error:
        raise TransportError(
            f"the files of certificates and keys cannot be used: {error}",
            permanent=True,
            where=place_of(relay.name, Phase.TLS),
            hint="`digest check` says which of ca_file, client_cert_file and client_key_file",
        ) from error


def _version(home: Path, name: str | None) -> _Version | None:
    return None if name is None else (home / name, (home / name).stat().st_mtime_ns)


# Reading the system's authorities takes 25 ms, at each of many connections.
@lru_cache(maxsize=8)
def _context(ca: _Version | None, certificate: _Version | None, key: _Version | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is None:
        context.load_default_certs()
    else:
        load_authorities(context, ca[0])
    if certificate is not None:
        load_own_certificate(context, certificate[0], None if key is None else key[0])
    return context
