"""The home's half of what home and database both know: which home this is, and how far it has come."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from digest.errors import DigestError
from digest.paths import Home

_MOST = 10_000  # bytes; what is longer was not written here
_WAY_OUT = "free some space, and give this user the right to write there"


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceFile:
    """What `var/instance.json` holds."""

    id: str  #: random; the database's row has it too
    epoch: int  #: how often this home has stepped on
    settled: bool  #: False while the database may still stand one step behind
    home: str  #: where the home lay then, links followed
    database: Mapping[str, int | str]  #: which file or server's database it was, as far as could be read


def read_instance(home: Home) -> InstanceFile | None:
    """Read the home's file; None when there is none.

    Raises:
        DigestError: It cannot be read, or holds something else.
    """
    try:
        with home.instance.open("rb") as file:
            return _checked(json.loads(file.read(_MOST)))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DigestError(f"cannot be read: {error.strerror}", where=str(home.instance)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DigestError("is damaged", where=str(home.instance)) from error


def write_instance(home: Home, value: InstanceFile) -> None:
    """Put the home's file in place of the old one, whole and on disk before this returns.

    Raises:
        DigestError: It cannot be written.
    """
    part = home.instance.with_suffix(".part")
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump(asdict(value), file, ensure_ascii=True, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(home.instance)
        _sync_folder(home.database_dir)
    except OSError as error:
        raise DigestError(
            f"cannot be written: {error.strerror}", where=str(home.instance), hint=_WAY_OUT
        ) from error


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Let one program at a time look at file and row and change both; the others wait.

    Makes their folder where it is missing: a further home of a server's database begins without one.

    Raises:
        DigestError: The lock cannot be made.
    """
    path = home.instance.with_suffix(".lock")
    try:
        path.parent.mkdir(exist_ok=True)
        lock = path.open("ab")
    except OSError as error:
        raise DigestError(f"cannot be written: {error.strerror}", where=str(path), hint=_WAY_OUT) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def looking(home: Home) -> Iterator[None]:
    """Let nobody change file or row while somebody only looks at both; leaves no file behind.

    Where there is no lock, or none that this user may open, it goes without: each step is announced in the
    file before it is in the row, so that half a step in between is no alarm.
    """
    try:
        lock = home.instance.with_suffix(".lock").open("rb")
    except OSError:
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _checked(data: Mapping[str, object]) -> InstanceFile:
    """Take what was read if it has the right types."""
    database = data["database"]
    if not (
        isinstance(data["id"], str)
        and isinstance(data["epoch"], int)
        and isinstance(data["settled"], bool)
        and isinstance(data["home"], str)
        and isinstance(database, dict)
    ):
        raise TypeError("other types than were written")
    return InstanceFile(
        id=data["id"], epoch=data["epoch"], settled=data["settled"], home=data["home"], database=database
    )


def _sync_folder(folder: Path) -> None:
    """Make a renamed file's new name outlive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
