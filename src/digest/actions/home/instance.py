"""Whether home and database are the ones that last sent: no restored backup and no copy goes on by itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from digest.actions.app import App
from digest.actions.home.instance_file import InstanceFile, locked, looking, read_instance, write_instance
from digest.actions.home.instance_words import differences, strangers
from digest.errors import DigestError, Fault, Refused, StoreError
from digest.log import get_logger
from digest.model import EditionState
from digest.paths import Home
from digest.store import Store, Transaction
from digest.tokens import Keyring

#: What a restored database could mail again by itself or by one command.
OPEN = (EditionState.DRAFT, EditionState.REVIEW, EditionState.APPROVED, EditionState.SENDING)
RESTORED = "found in a restored backup or a copied home; approve it again once you know who got it"
_GOES_ON = "nobody is lost: it goes on by itself within two minutes, and by the same command after that"
_NAME_CHARS = 32  #: of a key: 128 bits of what only its holders can make
LOOK_AGAIN = timedelta(minutes=1)  #: until a service asks again about a home that must not go on
_OTHER_KEYS = (
    "to renew a key put the old one below it; `digest db adopt` without --live takes this home's"
    " keys, and holds every open edition until it is approved again"
)
ADOPT = (
    "`digest db adopt` joins this home and this database, and holds every open edition until it is"
    " approved again; with --live it holds none: only for a home that was moved, or a further one with the"
    " same keys on the same server's database, never for a copy"
)


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """What `adopt` found and did."""

    noticed: tuple[
        str, ...
    ]  #: what had kept this home from sending; () when nothing had, and nothing was done
    held: tuple[int, ...]  #: editions that wait for a new approval, ascending


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Home and database, side by side."""

    file: InstanceFile  #: as it should be written next, one step behind
    epoch: int  #: of the database's row
    noticed: tuple[str, ...]
    keys: tuple[str, ...]  #: names of the home's keys, the one that signs first
    strange: str | None  #: among what was noticed: its keys are strangers to the home that last sent


def notice(home: Home, store: Store, keyring: Keyring | None) -> tuple[str, ...]:
    """Say in plain words why this home must not send from this database; () when it may.

    Args:
        home: The home.
        store: Its database.
        keyring: Its keys; None leaves them out, for who tells already that they cannot be read.

    Raises:
        StoreError: The database cannot be read.
    """
    with looking(home):
        return _look(home, store, keyring).noticed


def mismatches(home: Home, store: Store, keyring: Keyring | None) -> tuple[Fault, ...]:
    """Report what `notice` notices as faults, each with the way out."""
    with looking(home):
        found = _look(home, store, keyring)
    return tuple(
        Fault(
            file="database",
            line=None,
            key="",
            expected="the home and database that last sent",
            found=sentence,
            hint=_OTHER_KEYS if sentence == found.strange else ADOPT,
        )
        for sentence in found.noticed
    )


def home_name(app: App) -> str | None:
    """Return what home and database call this home; None when they are not the ones that last sent.

    Raises:
        StoreError: The database cannot be read.
    """
    with looking(app.home):
        found = _look(app.home, app.store, app.keyring)
    return None if found.noticed else found.file.id


def begin_run(app: App) -> str:
    """Make sure that home and database are the ones that last sent, and step on in both.

    Returns:
        What both call this home.

    Raises:
        Refused: They are not; nothing was changed.
        DigestError: The home cannot be written in.
    """
    with locked(app.home):
        found = _look(app.home, app.store, app.keyring)
        if found.noticed:
            raise Refused("; ".join(found.noticed), where=str(app.home.root), hint=ADOPT)
        _step(app, found)
    return found.file.id


def go_on(app: App) -> None:
    """Do the same in the midst of a run, so that a copy that was made during it is behind from now on.

    Raises:
        Refused: Home or database have been replaced meanwhile; nothing was changed.
        StoreError: One of them cannot be written now.
    """
    try:
        begin_run(app)
    except (Refused, StoreError):
        raise
    except DigestError as error:
        why = f"nobody is mailed while {error.where} {error.message}"
        raise StoreError(why, hint=f"{error.hint}; {_GOES_ON}") from error


def end_run(app: App) -> None:
    """Step on once more, for what ends without a run; never mends a difference."""
    with locked(app.home):
        found = _look(app.home, app.store, app.keyring)
        if not found.noticed:
            _step(app, found)


def adopt(app: App, by: str, *, live: bool = False) -> Adopted:
    """Let this home send from this database from now on; nothing to do when it may already.

    Every open edition is held, so that nobody is mailed twice unnoticed.

    Args:
        app: The installation.
        by: Who decides.
        live: The database is no restored copy (the home was moved, or is a further one): hold nothing.

    Raises:
        Refused: A further home has other keys than the one that last sent; nothing was changed.
    """
    with locked(app.home):
        found = _look(app.home, app.store, app.keyring)
        if not found.noticed:
            return Adopted(noticed=(), held=())
        if live and found.strange is not None:
            raise Refused(found.strange, where=str(app.home.root), hint=_OTHER_KEYS)
        name = secrets.token_hex(16)
        with app.store.writing() as tx:
            held = () if live else _hold(tx, app, by)
            tx.instances.adopt(name, by=by, at=app.clock(), live=live, keys=found.keys)
            database = tx.instances.identity()
        # Last, so that a stop in between leaves a home that is still refused.
        joined = InstanceFile(id=name, epoch=1, settled=True, home=_place(app.home), database=database)
        write_instance(app.home, joined)
    get_logger().warning("home_adopted", by=by, live=live, held=held, noticed=found.noticed)
    return Adopted(noticed=found.noticed, held=held)


def _look(home: Home, store: Store, keyring: Keyring | None) -> _Found:
    """Compare what the home says with what the database says."""
    trouble: tuple[str, ...] = ()
    file = None
    try:
        file = read_instance(home)
    except DigestError as error:
        trouble = (f"{error.where} {error.message}",)
    with store.reading() as tx:
        database = tx.instances.identity()
        epoch = 0 if file is None else tx.instances.epoch(file.id)
        theirs = tx.instances.keys_of_last(but=None if file is None else file.id)
        if tx.instances.is_copy():
            trouble += ("the database is a copy that `digest db backup` made",)
        elif file is None and not trouble and not tx.instances.is_fresh():
            trouble = (f"{home.instance} is not there, but mail went out from this database before",)
    keys = () if keyring is None else tuple(name.hex()[:_NAME_CHARS] for name in keyring.derived("home"))
    place = _place(home)
    if file is None:
        here = InstanceFile(id=secrets.token_hex(16), epoch=0, settled=True, home=place, database=database)
    else:
        here = replace(file, home=place, database=database)
        trouble += differences(file, here, epoch)
    strange = strangers(keys, theirs)
    if strange is not None:
        trouble += (strange,)
    return _Found(file=here, epoch=epoch, noticed=trouble, keys=keys, strange=strange)


def _step(app: App, found: _Found) -> None:
    """Go one step on: announced in the file, written in the database, settled in the file.

    Stopped anywhere, the two still agree, because an announced step may or may not have been written.
    """
    ahead = replace(found.file, epoch=found.epoch + 1, settled=False)
    write_instance(app.home, ahead)
    with app.store.writing() as tx:
        if not tx.instances.step(ahead.id, found.epoch, at=app.clock(), keys=found.keys):
            raise Refused("another copy of this home is sending", where=str(app.home.root), hint=ADOPT)
    write_instance(app.home, replace(ahead, settled=True))


def _hold(tx: Transaction, app: App, by: str) -> tuple[int, ...]:
    held = tx.editions.in_states(OPEN)
    for edition_id in held:
        tx.editions.set_state(
            edition_id, EditionState.HELD, expect=OPEN, by=by, at=app.clock(), note=RESTORED
        )
    return held


def _place(home: Home) -> str:
    return str(home.root.resolve())
