"""Check an installation and report every fault at once."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from digest.actions.home.instance import mismatches
from digest.actions.home.settings_faults import fault_of, settings_faults
from digest.actions.mailing.reserve import disk_bytes, oversized
from digest.actions.upkeep.doctor import NOBODY_TAKES_IT
from digest.actions.upkeep.greeting import nameless_greetings
from digest.actions.upkeep.homes import read_keyring
from digest.errors import DigestError, Fault, SettingsError
from digest.paths import Home, find_home
from digest.settings import LoadedSettings, database_url, load_settings, show_size
from digest.store import Store, open_store
from digest.tokens import Keyring

NOBODY_IS_TOLD = (
    "nobody is told when an edition is held, missed or fails: set alerts.mail.to or alerts.webhooks"
    " in config/digest.yaml; until then alerts stand in the service's log only"
)


def check(root: Path) -> tuple[Fault, ...]:
    """Check configuration, keys, templates and database; empty when all is well.

    Raises:
        NotFound: There is no home.
    """
    home = find_home(root)
    faults: list[Fault] = []
    keyring, keyless = None, list[Fault]()
    try:
        keyring = read_keyring(home)
    except DigestError as error:
        keyless.append(fault_of(error, "a signing key"))
    try:
        settings = load_settings(root, os.environ)
    except SettingsError as error:
        faults += error.faults
    else:
        faults += settings_faults(settings, root, settings.digests.values())
        faults += _database(settings, root, keyring)
    return (*faults, *keyless)


def remarks(root: Path) -> tuple[str, ...]:
    """Say what is no fault and should be known; empty when there is nothing, or faults are in the way."""
    try:
        settings = load_settings(root, os.environ)
        return (*_unread_reports(settings, root), *_untold(settings), *nameless_greetings(settings))
    except DigestError:
        return ()


def _unread_reports(settings: LoadedSettings, root: Path) -> tuple[str, ...]:
    delivery = settings.system.delivery
    if delivery.bounce_domain is None or delivery.bounces.are_taken_in:
        return ()
    opened = open_store(database_url(settings.system, root), home=root)
    with closing(opened) as store, store.reading() as tx:
        is_quiet = not tx.bounces.list(limit=1)
    return (f"mail to {delivery.bounce_domain}: {NOBODY_TAKES_IT}",) if is_quiet else ()


def _untold(settings: LoadedSettings) -> tuple[str, ...]:
    alerts = settings.system.alerts
    runs_by_itself = any(digest.schedule for digest in settings.digests.values())
    return (NOBODY_IS_TOLD,) if runs_by_itself and not (alerts.mail.to or alerts.webhooks) else ()


def _database(settings: LoadedSettings, root: Path, keyring: Keyring | None) -> list[Fault]:
    try:
        with closing(open_store(database_url(settings.system, root), home=root)) as store:
            store.migrate()
            faults = [
                Fault(file="database", line=None, key="", expected="a sound database", found=found)
                for found in store.check()
            ]
            return faults + _sendable(settings, Home(root=root), store, keyring)
    except DigestError as error:
        return [fault_of(error, "a database that opens")]


def _sendable(settings: LoadedSettings, home: Home, store: Store, keyring: Keyring | None) -> list[Fault]:
    """Report what would stop sending before its first mail: a restored backup, a reserve beyond the disk."""
    faults = [*mismatches(home, store, keyring)]
    reserve = settings.system.delivery.reserve
    for folder in oversized(home, store, reserve):
        room = show_size(disk_bytes(folder))
        faults.append(
            Fault(
                file=str(home.config / "digest.yaml"),
                line=None,
                key="delivery.reserve",
                expected=f"less than the {room} that the disk of {folder} holds",
                found=show_size(reserve),
            )
        )
    return faults
