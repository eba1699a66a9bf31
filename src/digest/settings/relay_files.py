"""The files that the settings of a relay or an IMAP server name: its password and its authorities."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digest.errors import Fault
from digest.settings.faults import Origin
from digest.settings.shapes import Path as KeyPath

_MAX_BYTES = 1_024
_EXPECTED = "a readable file that holds the password on one line"
_IMAP = ("delivery", "bounces", "imap")


def refuse_passwords(data: dict[str, Any], origin: Origin) -> list[Fault]:
    """Take passwords out of the file's data, in place; each is a fault.

    Configuration files are copied and committed; a password has a file of its own.
    """
    return [
        origin.fault((*path, "password"), "no password in this file", "a secret", _way_out(path))
        for path, server in _servers(data)
        if server.pop("password", None) is not None
    ]


def read_relay_files(home: Path, data: dict[str, Any], origin: Origin) -> list[Fault]:
    """Put the passwords of the named files into the data, in place; check the authorities' files.

    A password that a variable has set stays; its file is then not read.
    """
    faults: list[Fault] = []
    for path, server in _servers(data):
        if isinstance(server.get("password_file"), str) and server.get("password") is None:
            try:
                server["password"] = _read_password(home / server["password_file"])
            except (OSError, ValueError) as error:
                # The value stays unsaid: somebody may have written the password itself there.
                found = getattr(error, "strerror", None) or str(error)
                faults.append(origin.fault((*path, "password_file"), _EXPECTED, found))
        if isinstance(server.get("ca_file"), str) and not (home / server["ca_file"]).is_file():
            faults.append(origin.fault((*path, "ca_file"), "a file with certificates"))
    return faults


def _servers(data: dict[str, Any]) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Give the groups that hold a login, each with its place."""
    relays = data.get("relays")
    for at, relay in enumerate(relays if isinstance(relays, list) else ()):
        if isinstance(relay, dict):
            yield ("relays", at), relay
    here: object = data
    for step in _IMAP:
        here = here.get(step) if isinstance(here, dict) else None
    if isinstance(here, dict):
        yield _IMAP, here


def _way_out(path: KeyPath) -> str:
    group = ("relays", "NAME") if path[0] == "relays" else path
    variable = "__".join((*map(str, group), "password")).upper()
    return f"name a file in password_file, or set DIGEST_{variable}"


def _read_password(path: Path) -> str:
    # A device or pipe could block or never end.
    if path.exists() and not path.is_file():
        raise ValueError("not a file")
    with path.open("rb") as stream:
        raw = stream.read(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        raise ValueError(f"more than {_MAX_BYTES} bytes")
    try:
        password = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("bytes that are not UTF-8") from None
    if not password or not password.isprintable():
        raise ValueError("an empty file" if not password else "more than one line, or control characters")
    return password
