"""Make a home: folders, configuration to edit, signing key, database."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from digest.errors import DigestError, Refused
from digest.paths import Home, resource
from digest.tokens import Keyring, new_key

KEY_FILE = "signing.key"


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
        raise DigestError(f"cannot write the home: {error.strerror}", where=str(root)) from error
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
    except (OSError, ValueError) as error:
        raise DigestError(f"the signing key cannot be used: {error}", where=str(path)) from error


def _copy_missing(source: Path, target: Path) -> list[Path]:
    written = []
    for file in sorted(source.rglob("*.yaml")):
        copy = target / file.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            written.append(copy)
    return written


def _make_key(path: Path) -> list[Path]:
    if path.exists():
        return []
    path.touch(mode=0o600)
    path.write_text(new_key() + "\n", encoding="ascii")
    return [path]
