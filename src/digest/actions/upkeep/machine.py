"""How the machine room is: database, disk, services, backups, and what people have not been told yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from digest import __version__
from digest.actions.app import App
from digest.actions.home.instance import notice
from digest.actions.mailing.reserve import disk_bytes, disk_folders, free_bytes
from digest.errors import DigestError
from digest.model import HistoryEntry

_RUNS = 12  #: starts and stops that are shown


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A disk that sending writes on."""

    folder: Path
    free: int  #: bytes
    total: int  #: bytes
    reserve: int  #: bytes that must stay free, or nothing is sent

    @property
    def is_short(self) -> bool:
        """True when nothing is sent for want of room."""
        return self.free < self.reserve


@dataclass(frozen=True, kw_only=True)
class Machine:
    """An installation, as one process sees it."""

    version: str
    home: Path
    database: str  #: 'a file' or 'a server'
    database_bytes: int | None  #: of the file; None for a server's
    trouble: tuple[str, ...]  #: what keeps it from working; () when nothing does
    disks: tuple[Disk, ...]
    runs: tuple[HistoryEntry, ...]  #: starts and stops of services, the newest first
    backup: HistoryEntry | None  #: the last that `digest db backup` made; None: none is on record
    is_blind: bool  #: the database cannot be read, so that much is missing here
    waiting: Mapping[str, int]  #: alerts on their way, by channel; '' are those that nobody has looked at


def machine(app: App) -> Machine:
    """Return how the machine room is; a database that cannot be read is told of as trouble."""
    file = app.store.file
    runs: tuple[HistoryEntry, ...] = ()
    backups: tuple[HistoryEntry, ...] = ()
    waiting: Mapping[str, int] = {}
    trouble = troubles(app)
    is_blind = False
    try:
        with app.store.reading() as tx:
            runs = tx.history.of_events(("start", "stop"), limit=_RUNS)
            backups = tx.history.of_events(("backup",), limit=1)
            waiting = tx.alerts.waiting()
    except DigestError as error:
        is_blind = True
        trouble = tuple(dict.fromkeys((*trouble, error.message)))
    return Machine(
        version=__version__,
        home=app.home.root,
        database="a server" if file is None else "a file",
        database_bytes=None if file is None else file.stat().st_size,
        trouble=trouble,
        disks=tuple(
            Disk(
                folder=folder,
                free=free_bytes(folder),
                total=disk_bytes(folder),
                reserve=app.system.delivery.reserve,
            )
            for folder in disk_folders(app.home, app.store)
            if folder.is_dir()  # a home that has not sent yet, beside a server's database, has none
        ),
        runs=runs,
        is_blind=is_blind,
        backup=next(iter(backups), None),
        waiting={channel: count for channel, count in waiting.items() if count},
    )


def troubles(app: App) -> tuple[str, ...]:
    """Say what keeps an installation from working; () when nothing does."""
    try:
        if not app.store.is_current():
            return ("the database is at another revision; `digest db check` tells more",)
        return notice(app.home, app.store, app.keyring)
    except DigestError as error:
        return (error.message,)


def backup(app: App, file: Path, *, by: str) -> None:
    """Write a consistent copy of the database to a new file, and write down that it was made.

    Raises:
        Refused: The file is there already, or the database is a server's.
        StoreError: The copy cannot be written.
    """
    app.store.backup(file)
    line = HistoryEntry(at=app.clock(), by=by, event="backup", outcome="ok", note=file.name)
    with app.store.writing() as tx:
        tx.history.add(line)
