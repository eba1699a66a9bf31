"""A digest's file as a person edits it: text, faults with their places, saving, and what it said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digest.actions.app import App
from digest.actions.home.config_files import (
    NOTE_CHARS,
    Change,
    change,
    hash_of,
    refuse_other,
    text_of,
    version,
    versions,
)
from digest.actions.home.settings_faults import settings_faults
from digest.errors import Fault, NotFound, Refused, SettingsError
from digest.settings import DigestSettings, LoadedSettings, parse_digest
from digest.settings.fields import KEY_SHAPE
from digest.settings.mending import proposals
from digest.settings.spots import Spot, raw, replaced, spots, with_value
from digest.store import ConfigVersion

_MENDED = 20  #: faults that a way out is tried for


@dataclass(frozen=True, kw_only=True)
class FileFault:
    """One thing wrong in a text, at its place."""

    fault: Fault
    spot: Spot | None  #: None: it is about no line
    fix: str | None  #: what would mend it when it stood there instead; None: that is not plain


@dataclass(frozen=True)
class _Place:
    """A fault where it stands."""

    text: str
    fault: Fault
    spot: Spot | None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a text says as a digest's file."""

    digest: DigestSettings | None  #: None: it has faults
    faults: tuple[FileFault, ...]  #: in line order


@dataclass(frozen=True, kw_only=True)
class DigestFile:
    """A digest's file as it stands."""

    key: str  #: of the digest
    name: str  #: below the home: config/digests/KEY.yaml
    text: str
    hash: str  #: of the text
    changed_at: datetime
    checked: Checked
    versions: tuple[ConfigVersion, ...]  #: the newest first, without their texts


def read_file(app: App, key: str) -> DigestFile:
    """Read a digest's file with its faults and versions.

    Raises:
        NotFound: There is no such digest.
        DigestError: The file cannot be shown.
    """
    path = _path(app, key)
    if not path.is_file():
        raise NotFound(f"no digest '{key}'", where=f"config/{_file(key)}", hint=_known(app))
    text = text_of(path)
    return DigestFile(
        key=key,
        name=f"config/{_file(key)}",
        text=text,
        hash=hash_of(text),
        changed_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        checked=check_text(app, key, text),
        versions=versions(app, _file(key)),
    )


def check_text(app: App, key: str, text: str) -> Checked:
    """Judge a text as if it stood in a digest's file; writes nothing.

    Raises:
        NotFound: No digest can have this key.
    """
    path = _path(app, key)
    try:
        return Checked(digest=_valid(app, key, text), faults=())
    except SettingsError as error:
        faults = error.faults
    found = []
    for at, (fault, spot) in enumerate(zip(faults, spots(text, faults), strict=True)):
        place = spot if fault.file == str(path) else None  # a fault of a theme stands in another file
        fix = _fix(app, key, _Place(text, fault, place), len(faults)) if place and at < _MENDED else None
        found.append(FileFault(fault=fault, spot=place, fix=fix))
    return Checked(digest=None, faults=tuple(found))


def mended(text: str, fault: FileFault) -> str:
    """Put a fault's way out into the text.

    Raises:
        Refused: It has none.
    """
    if fault.fix is None or fault.spot is None:
        raise Refused("there is no plain way out of this fault", hint="change the text itself")
    return replaced(text, fault.spot, fault.fix)


def save(app: App, key: str, text: str, *, base: str, by: str, note: str | None = None) -> bool:
    """Write a digest's file and keep what it said before.

    Args:
        app: The installation.
        key: Of the digest.
        text: Of the whole file; it is written as it is, comments too.
        base: The hash of the text that was looked at; '' when there is to be no such file yet.
        by: Who wants it.
        note: What for, in their words.

    Returns:
        False when the file says this already: nothing was changed.

    Raises:
        NotFound: No digest can have this key.
        SettingsError: With every fault of the text; the file stays as it is.
        Refused: The file has changed since, or there is one already.
        DigestError: It cannot be read or written.
    """
    path = _path(app, key)
    _valid(app, key, text)

    def put(old: str) -> str:
        if not base and path.exists():
            raise Refused(
                "there is such a digest already", where=f"config/{_file(key)}", hint="choose another key"
            )
        if base:
            refuse_other(old, base, _file(key))
        return text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in old else text

    said = (note or "").strip()[:NOTE_CHARS] or None
    return change(app, _file(key), put, Change(by=by, event="file", note=said, digest=key))


def restore(app: App, key: str, number: int, *, base: str, by: str) -> bool:
    """Let a digest's file say again what it said in a version of that number.

    Raises:
        NotFound: There is no such digest or version.
        SettingsError: The program does not read that version any more.
        Refused: The file has changed since.
    """
    old = version_of(app, key, number)
    return save(app, key, old.text, base=base, by=by, note=f"version {number} again")


def version_of(app: App, key: str, number: int) -> ConfigVersion:
    """Return one version of a digest's file, with its text.

    Raises:
        NotFound: There is no such digest or version.
    """
    _path(app, key)
    return version(app, _file(key), number)


def set_value(text: str, path: str, value: str) -> str:
    """Return a text with one value changed, comments and all else kept; writes nothing.

    Args:
        text: Of a digest's file.
        path: Dotted, list positions from 0: selection.at_most, sections.0.title.
        value: As it would stand in the file.

    Raises:
        Refused: It cannot be put there.
    """
    steps: Sequence[str | int] = [int(step) if step.isdecimal() else step for step in path.split(".")]
    if not path or "\n" in value or not value.strip():
        raise Refused("a value stands on one line", where=path, hint="change the text itself")
    return with_value(text, steps, value.strip())


def _valid(app: App, key: str, text: str) -> DigestSettings:
    digest = parse_digest(text, _path(app, key), key=key, home=app.home.root)
    settings = LoadedSettings(system=app.system, digests={**app.digests, key: digest}, sources=app.sources)
    faults = settings_faults(settings, app.home.root, [digest], renderer=app.renderer, text=text)
    if faults:
        raise SettingsError(faults)
    return digest


def _fix(app: App, key: str, place: _Place, count: int) -> str | None:
    """Return the first proposal that leaves fewer faults than there are."""
    if not place.spot or not place.spot.length:
        return None
    for proposed in proposals(place.fault, raw(place.text, place.spot), _times(app, key)):
        changed = replaced(place.text, place.spot, proposed)
        try:
            parse_digest(changed, _path(app, key), key=key, home=app.home.root)
        except SettingsError as error:
            if len(error.faults) >= count:
                continue
        return proposed
    return None


def _times(app: App, key: str) -> tuple[str, ...]:
    """Return the times of day that the digest's rules name at present."""
    known = app.digests.get(key)
    return tuple(dict.fromkeys(at for rule in known.schedule for at in rule.at)) if known else ()


def _file(key: str) -> str:
    return f"digests/{key}.yaml"


def _path(app: App, key: str) -> Path:
    if not KEY_SHAPE.fits(key):
        raise NotFound(f"no digest '{key[:63]}'", where="config/digests", hint=_known(app))
    return app.home.config / _file(key)


def _known(app: App) -> str:
    return f"known: {', '.join(sorted(app.digests)) or 'none yet'}"
