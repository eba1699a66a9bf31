"""config/sources.yaml as a whole: its text with its faults, what it said before, and going back to that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from digest.actions.app import App
from digest.actions.content.source_list import SOURCES_FILE
from digest.actions.home.config_files import (
    Change,
    change,
    hash_of,
    refuse_other,
    text_of,
    version,
    versions,
)
from digest.actions.home.differences import DiffLine, difference
from digest.actions.home.digest_files import FileFault
from digest.errors import SettingsError
from digest.settings import sources_of
from digest.settings.spots import spots
from digest.store import ConfigVersion


@dataclass(frozen=True, kw_only=True)
class WholeSources:
    """The file as it stands."""

    name: str  #: below the home: config/sources.yaml
    text: str
    hash: str  #: of the text; what a change names as its base
    changed_at: datetime | None  #: None: there is no such file, and the text is empty
    faults: tuple[FileFault, ...]  #: in line order, none with a way out; () when it can be read
    versions: tuple[ConfigVersion, ...]  #: the newest first, without their texts


@dataclass(frozen=True, kw_only=True)
class OldSources:
    """What the file said in a version, beside what it says now."""

    version: ConfigVersion  #: with its text
    base: str  #: hash of the text that it was compared with
    lines: tuple[DiffLine, ...]  #: what going back would cut and add; () when the file says this now


def read_sources_file(app: App) -> WholeSources:
    """Read the file with its faults and versions.

    Raises:
        DigestError: It cannot be shown.
    """
    path = app.home.config / SOURCES_FILE
    is_there = path.exists()
    text = text_of(path) if is_there else ""
    return WholeSources(
        name=f"config/{SOURCES_FILE}",
        text=text,
        hash=hash_of(text),
        changed_at=datetime.fromtimestamp(path.stat().st_mtime, UTC) if is_there else None,
        faults=_faults(text, str(path)),
        versions=versions(app, SOURCES_FILE),
    )


def old_sources(app: App, number: int) -> OldSources:
    """Return what the file said in a version of that number, and how that differs from what it says now.

    Raises:
        NotFound: There is none.
        DigestError: The file cannot be shown.
    """
    old = version(app, SOURCES_FILE, number)
    path = app.home.config / SOURCES_FILE
    now = text_of(path) if path.exists() else ""
    return OldSources(version=old, base=hash_of(now), lines=difference(now, old.text))


def restore_sources(app: App, number: int, *, base: str, by: str) -> bool:
    """Let the file say again what it said; that is a new version, and none is lost.

    Args:
        app: The installation.
        number: Of the version.
        base: The hash of the text that it was compared with.
        by: Who wants it.

    Returns:
        False when the file says this already: nothing was changed.

    Raises:
        NotFound: There is no such version.
        SettingsError: The program does not read that version any more; the file stays as it is.
        Refused: The file has changed since.
        DigestError: It cannot be read or written.
    """
    old = version(app, SOURCES_FILE, number)
    sources_of(old.text, str(app.home.config / SOURCES_FILE))

    def put(text: str) -> str:
        refuse_other(text, base, SOURCES_FILE)
        return old.text

    wish = Change(by=by, event="sources restored", note=f"version {number} again")
    return change(app, SOURCES_FILE, put, wish)


def _faults(text: str, file: str) -> tuple[FileFault, ...]:
    try:
        sources_of(text, file)
    except SettingsError as error:
        found = zip(error.faults, spots(text, error.faults), strict=True)
        return tuple(FileFault(fault=fault, spot=spot, fix=None) for fault, spot in found)
    return ()
