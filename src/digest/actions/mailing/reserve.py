"""Stop sending before the disk is full."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from digest.actions.app import App
from digest.paths import Home
from digest.settings import show_size
from digest.store import Store

_LOOK_EVERY = 1.0  # seconds


def free_bytes(path: Path) -> int:
    """Return how many bytes this user may still write on the disk of a folder.

    Raises:
        OSError: There is no such folder.
    """
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize


def disk_bytes(path: Path) -> int:
    """Return how many bytes the disk of a folder holds.

    Raises:
        OSError: There is no such folder.
    """
    disk = os.statvfs(path)
    return disk.f_blocks * disk.f_frsize


@dataclass(kw_only=True)
class DiskReserve:
    """Says when a disk has less free space than must stay; looks at most once a second."""

    folders: tuple[Path, ...]  #: what is written while sending lies there
    reserve_bytes: int  #: what must stay free
    probe: Callable[[Path], int] = free_bytes
    clock: Callable[[], float] = time.monotonic  #: seconds that only go up
    _said: str | None = field(init=False, default=None)
    _look_at: float = field(init=False, default=float("-inf"))

    def short(self) -> str | None:
        """Say why sending must stop now, as one sentence; None while there is room."""
        now = self.clock()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY
            self._said = next((said for folder in self.folders if (said := self._lack(folder))), None)
        return self._said

    def _lack(self, folder: Path) -> str | None:
        try:
            free = self.probe(folder)
        except OSError as error:
            return f"nobody can tell how much is free in {folder}: {error.strerror}"
        if free >= self.reserve_bytes:
            return None
        amount = show_size(self.reserve_bytes)
        return f"less than {amount} free in {folder}; sending goes on where it stopped once there is room"


def disk_reserve(app: App) -> DiskReserve:
    """Watch over the disks that sending writes on: of the home's `var`, and of a database file elsewhere."""
    return DiskReserve(folders=disk_folders(app.home, app.store), reserve_bytes=app.system.delivery.reserve)


def oversized(home: Home, store: Store, reserve_bytes: int) -> tuple[Path, ...]:
    """List the folders whose whole disk is no larger than the reserve: nothing could ever be sent.

    Those that are not there yet are left out.
    """
    wanted = disk_folders(home, store) if reserve_bytes else ()
    return tuple(folder for folder in wanted if folder.is_dir() and disk_bytes(folder) <= reserve_bytes)


def disk_folders(home: Home, store: Store) -> tuple[Path, ...]:
    """Name the folders that sending writes in: the home's `var`, and that of a database file elsewhere."""
    elsewhere = () if store.file is None else (store.file.parent,)
    return tuple(dict.fromkeys((home.database_dir.absolute(), *elsewhere)))
