"""Make a home: folders, configuration to edit, signing key, database."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from digest.errors import DigestError, Refused
from digest.paths import Home, resource
from digest.tokens import Keyring, new_key

KEY_FILE = "signing.key"
_NEW_KEY = (
    "restore it from a backup; else remove it and run `digest init`, which ends the links in sent mails"
)


@dataclass(frozen=True, kw_only=True)
class HomeMade:
    """What `make_home` wrote."""

    home: Path
    written: tuple[Path, ...]  #: files that were not there before, relative to the home


def make_home(home: Home, *, shipped_config: Path | None = None) -> HomeMade:
    """Make the home's folders, copy the configuration, and create the signing key.

    Leaves every file alone that is already there, so it can be run again.

    Args:
        home: Where to make it.
        shipped_config: Folder to copy the configuration from; the program's own when None.

    Raises:
        Refused: The place is a file, or a folder with other things in it.
    """
    root = home.root
    if root.exists() and not root.is_dir():
        raise Refused("a file is in the way", where=str(root), hint="name another place with --home")
    if root.is_dir() and any(root.iterdir()) and not home.config.is_dir():
        raise Refused(
            "the folder holds other things", where=str(root), hint="name an empty or new folder with --home"
        )
    try:
        for folder in (home.config, home.database_dir, home.media):
            folder.mkdir(parents=True, exist_ok=True)
        home.keys.mkdir(mode=0o700, exist_ok=True)
        written = _copy_missing(shipped_config or resource("config", None), home.config)
        written += _make_key(home.keys / KEY_FILE)
    except OSError as error:
        raise DigestError(
            f"cannot write the home: {error.strerror}",
            where=str(error.filename or root),
            hint="look at free space and rights, or name another place with --home",
        ) from error
    return HomeMade(home=root, written=tuple(path.relative_to(root) for path in written))


def read_keyring(home: Home) -> Keyring:
    """Read the signing keys, newest first.

    Raises:
        DigestError: The file is missing, unreadable, or holds a key that is too short.
    """
    path = home.keys / KEY_FILE
    try:
        keys = tuple(path.read_text(encoding="ascii").split())
        return Keyring(keys)
    except FileNotFoundError as error:
        raise DigestError(
            "no signing key",
            where=str(path),
            hint="`digest init` makes one; restore the old one if you had one",
        ) from error
    except OSError as error:
        raise DigestError(
            f"the signing key cannot be read: {error.strerror}",
            where=str(path),
            hint="give this user the right to read it",
        ) from error
    except ValueError as error:
        what = "it is no text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise DigestError(
            f"the signing key cannot be used: {what}", where=str(path), hint=_NEW_KEY
        ) from error


def _copy_missing(source: Path, target: Path) -> list[Path]:
    written = []
    for file in sorted(source.rglob("*.yaml")):
        copy = target / file.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(copy, file.read_bytes(), mode=0o644)
            written.append(copy)
    return written


def _make_key(path: Path) -> list[Path]:
    if path.exists():
        return []
    _write_whole(path, f"{new_key()}\n".encode("ascii"), mode=0o600)
    return [path]


def _write_whole(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file that appears whole or not at all, and never in place of one that came first."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.touch(mode=mode)
        part.write_bytes(data)
        try:
            os.link(part, path)
        except FileExistsError:
            return
        except OSError:  # why: some file systems have no links
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
