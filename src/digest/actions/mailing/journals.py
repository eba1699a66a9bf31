"""Where a sender's permits are written, and what becomes of those that a dead one has left.

With SQLite the journal is a file of the home: one machine, one disk, and no waiting for other
writers of the database. With a server's database the permits are rows there, since whoever takes
over may run on another machine.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from digest.actions.app import App
from digest.actions.home.instance import go_on, home_name
from digest.actions.mailing.ledger import StoreLedger
from digest.deliver import Record
from digest.deliver.journal.file import FileRecord
from digest.deliver.journal.group import Mark
from digest.deliver.journal.left_behind import Left, left_behind, on_record
from digest.errors import StoreError
from digest.log import get_logger
from digest.model import DeliveryState, Settlement

log = get_logger()

_FOLDER = "journal"
_IN_FILE = "j-"  #: what the names of senders begin with whose dots are in a file
_HOME_CHARS = 8  #: of a home's name in those; each `digest db adopt` gives it a new one
_NAMED = re.compile(rf"{_IN_FILE}(?P<home>\w+)-(?P<edition>\d+)-(?P<version>\d+)-\w+")


def new_worker(app: App, home: str, edition_id: int, version: int) -> str:
    """Name a sender as none was named before; the name says where its dots are on record.

    Args:
        app: The installation.
        home: What home and database call this home; a journal says whose it is.
        edition_id: The edition that is mailed; a journal says so, too.
        version: The state of it.
    """
    unique = secrets.token_hex(8)
    if app.store.file is None:
        return f"s-{unique}"
    return f"{_IN_FILE}{home[:_HOME_CHARS]}-{edition_id}-{version}-{unique}"


def open_record(app: App, ledger: StoreLedger) -> Record:
    """Open the place for a sender's permits.

    Raises:
        StoreError: It cannot be made.
    """
    if ledger.worker.startswith(_IN_FILE):
        return FileRecord(_folder(app), ledger.worker)
    return RowRecord(ledger)


def pick_up(app: App, edition_id: int) -> None:
    """Take back what dead senders had in hand; those alive are left alone.

    Of a journal that cannot be read its leases tell whether the sender lives: it renews them each minute.
    One that is damaged is told in the log, with what was concluded.

    Args:
        app: The installation.
        edition_id: The edition whose rows without a journal are looked at, too.

    Raises:
        DigestError: The home cannot be written in; `Refused`: it, or the database, was replaced just now.
        StoreError: The database or the home's file cannot be written; what was read stays. Or the journal
            cannot be read of a sender that is silent and has deliveries of this edition in hand; all else was
            taken back by then.
    """
    closed: dict[str, StoreError] = {}
    for left in left_behind(_folder(app)):
        if left.error is not None:
            closed[left.worker] = left.error
            continue
        _take_over(app, left, edition_id)
    with app.store.writing() as tx:
        # Also who died just now: what its journal says must be read before its leases are.
        here = on_record(_folder(app))
        now = tx.shared_now(app.clock())
        policy = app.system.delivery.on_unknown
        tx.deliveries.recover(edition_id, now=now, policy=policy, here=here)
        silent = tx.deliveries.silent_workers(edition_id, now=now) if closed else ()
    for worker, error in closed.items():
        if worker in silent:
            raise error


class RowRecord:
    """Permits as rows of the ledger itself. Used by one thread."""

    def __init__(self, ledger: StoreLedger) -> None:
        self._ledger = ledger

    @property
    def can_recover(self) -> bool:
        """True: a server that was away comes back, with all that it had confirmed."""
        return True

    def write(self, permits: Sequence[Mark], answers: Sequence[Settlement]) -> frozenset[Mark]:
        """Settle what is answered, then mark the deliveries whose dots may be written, in that order.

        Raises:
            StoreError: The database cannot be written; no permit is granted.
        """
        # Those given back are for the clerk to settle: here they could be claimed anew before it does.
        back = [one.mark for one in answers if one.outcome.state is DeliveryState.PENDING]
        ends = [one for one in answers if one.outcome.state is not DeliveryState.PENDING]
        if back:
            self._ledger.undotted(back)
        if ends:
            self._ledger.settle(ends)
        granted = self._ledger.dotted(permits) if permits else frozenset()
        return frozenset(mark for mark in permits if mark[0] in granted)

    def settled(self, marks: Iterable[Mark]) -> None:
        """Nothing is kept twice."""

    def close(self, *, keep: bool) -> None:
        """Nothing is open."""


def _take_over(app: App, left: Left, edition_id: int) -> None:
    """Write down what a journal says; of a sender whose name tells none, it is of that edition."""
    home, named = home_name(app), _NAMED.fullmatch(left.worker)
    edition, version = (edition_id, 0) if named is None else (int(named["edition"]), int(named["version"]))
    is_ours = named is not None and home is not None and home.startswith(named["home"])
    ledger = StoreLedger(
        store=app.store,
        edition_id=edition,
        worker=left.worker,
        version=version,
        clock=app.clock,
        hard_bounces=app.system.delivery.hard_bounces,
    )
    is_whole, policy = not left.garbled, app.system.delivery.on_unknown
    recovered = ledger.take_over(left.ended, left.dotted, policy, is_whole=is_whole, is_ours=is_ours)
    if left.garbled:
        log.error(
            "journal_damaged",
            journal=str(_folder(app) / left.worker),
            garbled=len(left.garbled),
            first=left.garbled[0],
            unknown=recovered.unknown,
            resent=recovered.resent,
        )
    if home is not None:
        go_on(app)  # before it is removed: a copy that lacks what it says must not pass any more


def _folder(app: App) -> Path:
    return app.home.database_dir / _FOLDER
