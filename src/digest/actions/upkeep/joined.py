"""Whether a home's database takes mail from it, for those who look before the first mailing."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from digest.actions.home.instance import mismatches
from digest.actions.upkeep.homes import read_keyring
from digest.errors import DigestError, Fault
from digest.paths import Home
from digest.settings import database_url, load_settings
from digest.store import open_store

_SQLITE = "sqlite:///"


def held_against_database(root: Path) -> tuple[tuple[Fault, ...], tuple[str, ...]]:
    """Say why a home that is not open must not send.

    Returns:
        The faults, each with the way out; empty when it may. Then a note where nobody can tell.

    Raises:
        SettingsError: The configuration has faults.
    """
    home, url = Home(root=root), database_url(load_settings(root, os.environ).system, root)
    if url.startswith(_SQLITE) and not (root / url.removeprefix(_SQLITE)).exists():
        return (), ()  # nothing has begun here, and whoever only looks leaves no file behind
    try:
        with closing(open_store(url, home=root)) as store:
            return (mismatches(home, store, read_keyring(home)) if store.is_current() else ()), ()
    except DigestError as error:
        return (), (f"whether this home may send cannot be told, and `digest check` says more: {error}",)
