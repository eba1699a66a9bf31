"""Change a file of the configuration by the program: whole or not at all, never over somebody else's change.

What the file said before is kept, with who changed it and when. A running service takes changes up by itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digest.actions.app import App
from digest.errors import DigestError, NotFound, Refused
from digest.model import HistoryEntry
from digest.settings.document import read_document
from digest.store import ConfigVersion, Transaction

NOTE_CHARS = 200
_SHOWN = 100  #: versions that are listed


@dataclass(frozen=True, kw_only=True)
class Change:
    """Who changes a file, and what for."""

    by: str
    event: str  #: of the history, such as 'file'
    note: str | None = None  #: in a person's words
    digest: str | None = None  #: that the file is about


def text_of(path: Path) -> str:
    """Read a file of the configuration.

    Raises:
        NotFound: There is none.
        DigestError: It is no text that could be shown, or too large.
    """
    faults = read_document(path).faults
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound("no such file", where=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        found = str(faults[0]) if faults else str(error)
        raise DigestError(
            f"the file cannot be shown: {found}", where=str(path), hint="mend it on the machine itself"
        ) from error


def hash_of(text: str) -> str:
    """Name a text: SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def change(app: App, file: str, make: Callable[[str], str], wish: Change) -> bool:
    """Put a new text in the place of what a file says, and keep the old one.

    Args:
        app: The installation.
        file: Below config/; it is made when it is not there.
        make: Gets the text that is there ('' when there is none) and returns the new one, or raises.
        wish: Who wants it.

    Returns:
        False when the new text is the old one: nothing was changed.

    Raises:
        DigestError: What `make` raises, or the file cannot be read or written.
    """
    path = (app.home.config / file).resolve()
    with _alone(app), app.store.writing() as tx:
        old = text_of(path) if path.exists() else ""
        new = make(old)
        if new == old:
            return False
        now = app.clock()
        _keep_what_was(tx, file, path, old)
        tx.config_versions.add(
            ConfigVersion(file=file, hash=hash_of(new), text=new, at=now, by=wish.by, note=wish.note)
        )
        told = f"config/{file}" + (f": {wish.note}" if wish.note else "")
        tx.history.add(
            HistoryEntry(at=now, by=wish.by, event=wish.event, outcome="ok", digest=wish.digest, note=told)
        )
        _write(path, new)
    return True


def versions(app: App, file: str) -> tuple[ConfigVersion, ...]:
    """Return what a file said, the newest first, without the texts; at most 100.

    The first is what was written last by this program, so the file itself may be newer.
    """
    with app.store.reading() as tx:
        return tx.config_versions.list(file, limit=_SHOWN)


def version(app: App, file: str, number: int) -> ConfigVersion:
    """Return one version of a file with its text.

    Raises:
        NotFound: There is none of that number.
    """
    with app.store.reading() as tx:
        found = tx.config_versions.get(file, number)
    if found is None:
        raise NotFound(
            f"no version {number}", where=f"config/{file}", hint="its history lists those there are"
        )
    return found


def refuse_other(old: str, base: str, file: str) -> None:
    """Refuse to write over a text that is not the one somebody looked at.

    Raises:
        Refused: It is another one.
    """
    if hash_of(old) != base:
        raise Refused(
            "somebody changed the file meanwhile",
            where=f"config/{file}",
            hint="look at the difference and save again; what you wrote is kept",
        )


def _keep_what_was(tx: Transaction, file: str, path: Path, old: str) -> None:
    """Keep a text that was written past this program, too."""
    known = tx.config_versions.list(file, limit=1)
    if not old or (known and known[0].hash == hash_of(old)):
        return
    changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    tx.config_versions.add(ConfigVersion(file=file, hash=hash_of(old), text=old, at=changed_at, by=None))


@contextmanager
def _alone(app: App) -> Iterator[None]:
    """Let one program at a time change files of the configuration; the others wait."""
    path = app.home.database_dir / "config.lock"
    try:
        path.parent.mkdir(exist_ok=True)  # a further home of a server's database begins without it
        lock = path.open("ab")
    except OSError as error:
        raise DigestError(f"cannot be written: {error.strerror}", where=str(path)) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, text: str) -> None:
    """Put the new file in the place of the old one at once, with its rights."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text.encode())
        part.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        part.replace(path)
    except OSError as error:
        raise DigestError(
            f"cannot be written: {error.strerror}", where=str(path), hint="look at free space and rights"
        ) from error
    finally:
        with suppress(OSError):  # it is gone, or was never there
            part.unlink()
