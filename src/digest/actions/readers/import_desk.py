"""Import an uploaded file in two steps: what would come of it, then piece by piece with how far it is.

The file and how far it has come lie in the home until it is taken in or a day has passed, so that an import
goes on where it stood after a restart. Each thousand lines are taken in whole or not at all. The file is on
the machine that it was sent to and on no other; the pages say which.
"""

from __future__ import annotations

import json
import re
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from digest.actions.app import App
from digest.actions.readers.csv_files import MAX_CSV_BYTES, guess
from digest.actions.readers.importing import Imported, batches, look, note_import
from digest.errors import DigestError, NotFound, Refused

STEP_S = 1.5  #: that one step takes in lines for
_KEPT_S = 86_400  #: that a file waits to be taken in
_PIECE = 1_000_000  #: bytes of a file that are copied at once
_MOST_TOLD = 500  #: refused lines that are kept
_MOST_WAITING = 10  #: files of one person that wait to be taken in
_ROOM = "free some space in var/imports of the home, or use `digest subscribers import`"
_NAME = re.compile(r"[A-Za-z0-9_-]{16}")


@dataclass(frozen=True, kw_only=True)
class Running:
    """An import, and how far it is."""

    name: str  #: of the import, in addresses of pages
    by: str  #: whose it is
    digest: str
    consent: str
    file: str  #: as it was called where it came from
    last_line: int  #: of the file
    lines: int  #: under the head, without empty ones
    first: list[dict[str, str]]  #: its first lines, by column
    foreseen: Imported  #: what would come of it
    done: Imported | None = None  #: what has come of it; None before it is begun
    is_over: bool = False
    machine: str = ""  #: where the file waits

    @property
    def per_mille(self) -> int:
        """How far it is, of a thousand."""
        line = self.done.line if self.done else 1
        return 1000 if self.is_over else min(999, 1000 * (line - 1) // max(1, self.last_line - 1))


def keep_file(app: App, file: BinaryIO, called: str, digest_key: str, *, consent: str, by: str) -> Running:
    """Keep an uploaded file, and look at what an import would do. Takes nobody in.

    Raises:
        NotFound: There is no such digest.
        Refused: So many files of theirs wait already that no more are kept.
        DigestError: Consent is empty, or the file is too large or no CSV with an email column.
    """
    if not consent.strip():
        raise DigestError("nobody is imported without a consent", hint="write where they agreed, and when")
    app.digest(digest_key)
    name = secrets.token_urlsafe(12)
    path = _path(app, name, ".csv")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    forget_old_imports(app)
    _refuse_more(app, by)
    try:
        _copy(file, path)
        found = look(app, path, digest_key)
    except DigestError as error:
        path.unlink(missing_ok=True)
        raise DigestError(error.message, where=_said_place(error.where, path), hint=error.hint) from error
    except OSError as error:
        path.unlink(missing_ok=True)
        raise DigestError(f"the file cannot be kept: {error.strerror}", hint=_ROOM) from error
    running = Running(
        name=name,
        by=by,
        digest=digest_key,
        consent=consent.strip(),
        file=Path(called).name[:80] or "the file",
        last_line=found.last_line,
        lines=found.lines,
        first=[{key: cell[:80] for key, cell in row.items()} for row in found.first],
        foreseen=_bounded(found.counts),
        machine=socket.gethostname(),
    )
    _write(app, running)
    return running


def running_import(app: App, name: str, *, by: str) -> Running:
    """Return an import that somebody has begun.

    Raises:
        NotFound: There is none of that name on this machine, or it is somebody else's.
    """
    kept = _read(_path(app, name, ".json"))
    if kept.get("by") != by:
        hint = (
            f"files wait for a day where they were sent to; this is {socket.gethostname()}; choose it again"
        )
        raise NotFound("there is no such import", hint=hint)
    done = kept.pop("done")
    foreseen = _imported(kept.pop("foreseen"))
    return Running(**kept, foreseen=foreseen, done=None if done is None else _imported(done))


def go_on(app: App, name: str, *, by: str, monotonic: Callable[[], float] = time.monotonic) -> Running:
    """Take in lines for a second or two; the file goes when all are in.

    Raises:
        NotFound: As `running_import` has it.
    """
    running = running_import(app, name, by=by)
    if running.is_over:
        return running
    path = _path(app, name, ".csv")
    file, done, until = guess(path), running.done or Imported(), monotonic() + STEP_S
    for part in batches(app, file, running.digest, consent=running.consent, after=done.line):
        done = _bounded(done + part)
        if monotonic() >= until:
            break
    else:
        note_import(app, running.digest, done, by=by)
        path.unlink(missing_ok=True)
        running = replace(running, is_over=True)
    running = replace(running, done=done)
    _write(app, running)
    return running


def drop_import(app: App, name: str, *, by: str) -> None:
    """Forget a file that is not to be taken in.

    Raises:
        NotFound: As `running_import` has it.
    """
    running_import(app, name, by=by)
    for ending in (".csv", ".json"):
        _path(app, name, ending).unlink(missing_ok=True)


def _bounded(found: Imported) -> Imported:
    return replace(found, refused=found.refused[:_MOST_TOLD])


def _imported(kept: dict[str, object]) -> Imported:
    refused = tuple((line, email, why) for line, email, why in kept.pop("refused"))  # type: ignore[attr-defined]  # why: JSON of ours
    return Imported(**kept, refused=refused)  # type: ignore[arg-type]  # why: as above


def _path(app: App, name: str, ending: str) -> Path:
    if not _NAME.fullmatch(name):
        raise NotFound("there is no such import", hint="choose the file once more")
    return app.home.root / "var" / "imports" / f"{name}{ending}"


def _write(app: App, running: Running) -> None:
    path = _path(app, running.name, ".json")
    new = path.with_suffix(".new")
    new.write_text(json.dumps(asdict(running)), encoding="utf-8")
    new.replace(path)


def forget_old_imports(app: App) -> None:
    """Remove the files that nobody has come back for within a day, and what was known of them."""
    with suppress(OSError):
        for path in (app.home.root / "var" / "imports").iterdir():
            with suppress(OSError):
                if path.stat().st_mtime < app.clock().timestamp() - _KEPT_S:
                    path.unlink()


def _refuse_more(app: App, by: str) -> None:
    """Keep somebody from filling the disk."""
    files = (app.home.root / "var" / "imports").glob("*.csv")
    if sum(_read(file.with_suffix(".json")).get("by") == by for file in files) >= _MOST_WAITING:
        raise Refused(
            f"{_MOST_WAITING} files of yours wait to be taken in",
            hint="take one in, or forget it; they go by themselves after a day",
        )


def _read(path: Path) -> dict[str, Any]:
    """Read how far an import is; {} when there is none."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept


def _said_place(where: str | None, path: Path) -> str | None:
    """Name a place in the file without the name that it has here."""
    if where is None:
        return None
    line = where.removeprefix(str(path)).lstrip(":")
    return f"line {line}" if line else None


def _copy(file: BinaryIO, path: Path) -> None:
    left = MAX_CSV_BYTES
    with path.open("xb") as kept:
        path.chmod(0o600)
        for piece in iter(partial(file.read, _PIECE), b""):
            left -= len(piece)
            if left < 0:
                raise DigestError(f"the file has more than {MAX_CSV_BYTES:,} bytes", hint="split it")
            kept.write(piece)
