"""The files that settings name: secrets, authorities, certificates of relays and other servers."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from digest.errors import Fault
from digest.keyfiles import load_authorities, load_own_certificate, read_secret, read_token
from digest.settings.faults import Origin
from digest.settings.shapes import Path as KeyPath

_MAX_BYTES = 1_024
_EXPECTED = {
    "password_file": "a readable file that holds the password on one line",
    "secret_file": "a readable file that holds the secret on one line",
    "key_file": "a readable file that holds the key on one line",
    "token_file": "a readable file that holds the access token on one line",
    "ca_file": "a file with certificates",
    "client_cert_file": "a certificate (PEM) with its private key in the same file or in client_key_file",
    "client_key_file": "the private key (PEM) of client_cert_file",
}
_Use = Callable[[Path], object]
_SECRETS = ("password", "secret", "key")
_WEBHOOKS = ("alerts", "webhooks")
_GROUPS: tuple[tuple[str, ...], ...] = (
    ("delivery", "bounces", "imap"),
    ("fetch",),
    ("collect", "push"),
    ("summaries",),
)


def refuse_passwords(data: dict[str, Any], origin: Origin) -> list[Fault]:
    """Take passwords out of the file's data, in place; each is a fault.

    Configuration files are copied and committed; a password has a file of its own.
    """
    return [
        origin.fault((*path, word), f"no {word} in this file", "a secret", _way_out(path, word))
        for path, server in _servers(data)
        for word in _SECRETS
        if server.pop(word, None) is not None
    ]


def read_relay_files(home: Path, data: dict[str, Any], origin: Origin) -> list[Fault]:
    """Put the passwords of the named files into the data, in place; check the other files.

    A password that a variable has set stays; its file is then not read. Tokens are not kept: they
    are read again for each connection.
    """
    faults = [
        _try(home / str(server[key]), use, origin, (*path, key))
        for path, server in _servers(data)
        for key, use in _uses(home, server)
    ]
    return [fault for fault in faults if fault is not None]


def check_key_files(home: Path, data: dict[str, Any], origin: Origin) -> list[Fault]:
    """Look for keys of sources that cannot be read; they are not kept, and read again when they are used."""
    entries = data.get("sources")
    faults = [
        _try(home / entry["key_file"], read_key, origin, ("sources", at, "key_file"))
        for at, entry in enumerate(entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("key_file"), str)
    ]
    return [fault for fault in faults if fault is not None]


def read_key(path: Path) -> str:
    """Return the key of a source's API: the only line of a file.

    Raises:
        OSError: The file cannot be read.
        ValueError: It holds no key; the words never tell its content.
    """
    return read_secret(path, _MAX_BYTES)


def _uses(home: Path, server: dict[str, Any]) -> Iterator[tuple[str, _Use]]:
    """List the server's files, each with what is to be done with it."""
    certificate = home / str(server.get("client_cert_file"))
    has_key = isinstance(server.get("client_key_file"), str)
    uses: dict[str, _Use] = {
        "password_file": lambda path: server.update(password=read_secret(path, _MAX_BYTES)),
        "secret_file": lambda path: server.update(secret=read_secret(path, _MAX_BYTES)),
        "key_file": lambda path: server.update(key=read_token(path)),
        "token_file": read_token,
        "ca_file": lambda path: load_authorities(_context(), path),
        "client_cert_file": lambda path: (
            load_authorities(_context(), path) if has_key else load_own_certificate(_context(), path, None)
        ),
        "client_key_file": lambda path: load_own_certificate(_context(), certificate, path),
    }
    skipped = {
        "password_file": server.get("password") is not None,
        "secret_file": server.get("secret") is not None,
        "key_file": server.get("key") is not None,
        "client_key_file": not certificate.is_file(),  # that is the fault then
    }
    for name, use in uses.items():
        if isinstance(server.get(name), str) and not skipped.get(name, False):
            yield name, use


def _context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _try(file: Path, use: _Use, origin: Origin, path: tuple[str | int, ...]) -> Fault | None:
    try:
        use(file)
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        # Of secrets the value stays unsaid, too: somebody may have written the secret itself there.
        is_secret = path[-1] in {"password_file", "secret_file", "key_file", "token_file"}
        return origin.fault(
            path, _EXPECTED[str(path[-1])], found if is_secret else f"{origin.show(path)}: {found}"
        )
    return None


def _servers(data: dict[str, Any]) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Give the groups that name files, each with its place."""
    for place in (("relays",), _WEBHOOKS):
        entries = _at(data, place)
        for at, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield (*place, at), entry
    for group in _GROUPS:
        server = _at(data, group)
        if isinstance(server, dict):
            yield group, server


def _at(data: dict[str, Any], place: tuple[str, ...]) -> object:
    here: object = data
    for step in place:
        here = here.get(step) if isinstance(here, dict) else None
    return here


def _way_out(path: KeyPath, word: str) -> str:
    group = ("NAME" if isinstance(step, int) else step for step in path)
    variable = "__".join((*group, word)).upper()
    return f"name a file in {word}_file, or set DIGEST_{variable}"
