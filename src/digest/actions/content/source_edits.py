"""A source's entry of config/sources.yaml as a person changes it: its keys, the difference, saving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.content.source_list import SOURCES_FILE
from digest.actions.home.config_files import (
    NOTE_CHARS,
    Change,
    change,
    hash_of,
    refuse_other,
    text_of,
    versions,
)
from digest.actions.home.differences import DiffLine, difference
from digest.errors import NotFound
from digest.settings import SourceSettings, show_duration, sources_of, with_fields
from digest.store import ConfigVersion

#: Keys that can be changed one by one; the name is what articles, commands and pages know a source by,
#: `paused` has verbs of its own, and `key_file` is changed on the machine, where the key is.
FIELDS = (
    "title",
    "homepage",
    "url",
    "kind",
    "every",
    "full_text",
    "robots",
    "silent_after",
    "tags",
    "section",
    "language",
    "weight",
)
_OF_ADDRESS = frozenset({"kind", "every", "full_text", "robots", "silent_after"})


@dataclass(frozen=True, kw_only=True)
class SourceEntry:
    """What the file says of a source."""

    name: str
    fields: Mapping[str, str]  #: of FIELDS, as a form shows them; tags with commas between
    hash: str  #: of the whole file's text
    versions: tuple[ConfigVersion, ...]  #: of the whole file, the newest first, without texts


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """What a change would do to the file."""

    lines: tuple[DiffLine, ...]  #: () when it says this already
    base: str  #: hash of the text that the change would be made to
    hash: str  #: of the text that it would make


def read_entry(app: App, name: str) -> SourceEntry:
    """Read what the file says of a source.

    Raises:
        NotFound: The file lists no such source.
        SettingsError: The file has faults.
    """
    text = _text(app)
    return SourceEntry(
        name=name,
        fields=_shown(_found(app, text, name)),
        hash=hash_of(text),
        versions=versions(app, SOURCES_FILE),
    )


def propose(app: App, name: str, wanted: Mapping[str, str]) -> Proposed:
    """Tell what the file would say; writes nothing.

    Raises:
        NotFound: The file lists no such source, or a key is none of FIELDS.
        SettingsError: With every fault that the file would have, or has.
        Refused: Other entries would not stay as they are.
    """
    text = _text(app)
    changed = _changed(app, text, name, wanted)
    return Proposed(lines=difference(text, changed), base=hash_of(text), hash=hash_of(changed))


def save_entry(app: App, name: str, wanted: Mapping[str, str], *, base: str, by: str, note: str = "") -> bool:
    """Change keys of a source in the file; comments and all else stay, and the old text is kept.

    Args:
        app: The installation.
        name: Of the source.
        wanted: Keys of FIELDS with what they are to say; '' lets the default hold.
        base: The hash of the text that was looked at.
        by: Who wants it.
        note: What for, in their words.

    Returns:
        False when the file says this already: nothing was changed.

    Raises:
        NotFound: The file lists no such source, or a key is none of FIELDS.
        SettingsError: With every fault that the file would have, or has; it stays as it is.
        Refused: The file has changed since, or other entries would not stay as they are.
    """

    def made(text: str) -> str:
        refuse_other(text, base, SOURCES_FILE)
        return _changed(app, text, name, wanted)

    said = f"{name}: {note.strip()[:NOTE_CHARS]}" if note.strip() else name
    return change(app, SOURCES_FILE, made, Change(by=by, event="source changed", note=said))


def _changed(app: App, text: str, name: str, wanted: Mapping[str, str]) -> str:
    unknown = next((key for key in wanted if key not in FIELDS), None)
    if unknown is not None:
        raise NotFound(f"no key '{unknown[:40]}' that can be changed", hint=f"there are {', '.join(FIELDS)}")
    shown = _shown(_found(app, text, name))
    typed = {key: value.strip() for key, value in wanted.items()}
    if not {**shown, **typed}["url"]:  # what is said of an address goes with it
        typed |= dict.fromkeys(_OF_ADDRESS, "")
    differing = {
        key: _tags(value) if key == "tags" else value for key, value in typed.items() if value != shown[key]
    }
    return with_fields(text, name, differing, _file(app))


def _found(app: App, text: str, name: str) -> SourceSettings:
    found = next((one for one in sources_of(text, _file(app)) if one.name == name), None)
    if found is None:
        raise NotFound(f"no source '{name[:63]}'", where=_file(app), hint="`digest sources list` shows them")
    return found


def _shown(one: SourceSettings) -> dict[str, str]:
    return {
        "title": one.title,
        "homepage": one.homepage or "",
        "url": one.url or "",
        "kind": one.kind.value,
        "every": one.every if isinstance(one.every, str) else show_duration(one.every),
        "full_text": one.full_text.value,
        "robots": "true" if one.robots else "false",
        "silent_after": one.silent_after
        if isinstance(one.silent_after, str)
        else show_duration(one.silent_after),
        "tags": ", ".join(one.tags),
        "section": one.section or "",
        "language": one.language or "",
        "weight": f"{one.weight:g}",
    }


def _tags(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.strip() for tag in written.split(",") if tag.strip()))


def _text(app: App) -> str:
    path = app.home.config / SOURCES_FILE
    return text_of(path) if path.exists() else ""


def _file(app: App) -> str:
    return str(app.home.config / SOURCES_FILE)
