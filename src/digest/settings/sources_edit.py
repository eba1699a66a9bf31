"""Add sources to config/sources.yaml, change them and take them out, with the operator's comments kept."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import MappingNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from digest.errors import DigestError, NotFound, Refused, SettingsError
from digest.settings.document import MAX_BYTES, parse_document
from digest.settings.faults import Origin, translate
from digest.settings.sources import SourceSettings, SourcesFile
from digest.settings.spots import with_value

_QUOTED = {"title", "homepage", "url", "section"}
_BY_HAND = "change the file by hand"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def sources_of(text: str, file: str) -> tuple[SourceSettings, ...]:
    """Read the sources that a file's text lists, in its order.

    Raises:
        SettingsError: The file has faults.
    """
    if not text.strip():
        return ()
    document = parse_document(text, file, list_key="sources")
    if document.root is None or document.faults:
        raise SettingsError(document.faults)
    try:
        return SourcesFile.model_validate(document.data()).sources
    except ValidationError as error:
        raise SettingsError(translate(SourcesFile, error, Origin(document=document))) from error


def with_sources(text: str, entries: Iterable[Mapping[str, object]], file: str) -> str:
    """Return the file's text with entries added at the end of its list.

    Args:
        text: Of the file; '' when there is none yet.
        entries: Keys and values as in the file.
        file: Its name, for messages.

    Raises:
        SettingsError: The file has faults, or would have with these entries.
        Refused: The other entries would not stay as they are.
    """
    before = _entries(text, file)
    added = [dict(entry) for entry in entries]
    root, yaml = _loaded(text)
    if not isinstance(root, CommentedSeq):
        if not isinstance(root.get("sources"), CommentedSeq):
            root["sources"] = CommentedSeq()
        listed = root["sources"]
    else:
        listed = root
    if not listed:
        listed.fa.set_block_style()
    listed.extend(_written(entry) for entry in added)
    return _checked(_dumped(root, yaml), file, [*before, *added])


def without_source(text: str, name: str, file: str) -> str:
    """Return the file's text without the source of that name.

    Raises:
        SettingsError: The file has faults.
        NotFound: It lists no such source.
        Refused: The other entries would not stay as they are.
    """
    before = _entries(text, file)
    place = _place(before, name, file)
    left = before[:place] + before[place + 1 :]
    try:
        cut = _without_lines(text, place)
        if not left and parse_document(cut, file).root is None:
            cut += "sources: []\n"  # a file without anything in it is a fault
        return _checked(cut, file, left)
    except DigestError:  # the entry shares its lines with others, or was the only one
        root, yaml = _loaded(text)
        listed = root if isinstance(root, CommentedSeq) else root["sources"]
        del listed[place]
        return _checked(_dumped(root, yaml), file, left)


def with_pause(text: str, name: str, file: str, *, paused: bool) -> str:
    """Return the file's text with a source paused, or not any more.

    Raises:
        SettingsError: The file has faults.
        NotFound: It lists no such source.
        Refused: The source has no address, or other entries would not stay as they are.
    """
    before = _entries(text, file)
    place = _place(before, name, file)
    if not before[place].get("url"):
        raise Refused("it has no address, so nobody goes there anyway", where=f"{file}: {name}")
    is_list = isinstance(_loaded(text)[0], CommentedSeq)
    path = (place, "paused") if is_list else ("sources", place, "paused")
    word = "true" if paused else "false"
    changed = with_value(text, path, word, list_key="sources" if is_list else None)
    expected = [dict(one, paused=word) if at == place else one for at, one in enumerate(before)]
    return _checked(changed, file, expected)


def with_fields(text: str, name: str, fields: Mapping[str, str | tuple[str, ...]], file: str) -> str:
    """Return the file's text with keys of a source changed.

    Args:
        text: Of the file.
        name: Of the source.
        fields: Keys with what they are to say; '' and () let the default hold.
        file: Its name, for messages.

    Raises:
        SettingsError: The file has faults, or would have.
        NotFound: It lists no such source.
        Refused: Other entries would not stay as they are.
    """
    before = _entries(text, file)
    place = _place(before, name, file)
    list_key = "sources" if isinstance(_loaded(text)[0], CommentedSeq) else None
    way = (place,) if list_key else ("sources", place)
    changed, entry = text, dict(before[place])
    for key, value in fields.items():
        if value or key in entry:
            changed = with_value(changed, (*way, key), _fragment(key, value), list_key=list_key)
            entry[key] = list(value) if isinstance(value, tuple) else value or None
    return _checked(changed, file, [entry if at == place else one for at, one in enumerate(before)])


def _fragment(key: str, value: str | tuple[str, ...]) -> str:
    """Write a value on one line: plain where that is usual and safe, else as JSON, which is YAML, too."""
    if isinstance(value, tuple) or (value and (key in _QUOTED or not _PLAIN.fullmatch(value))):
        return json.dumps(value, ensure_ascii=False)
    return value or "null"


def _place(entries: list[dict[str, Any]], name: str, file: str) -> int:  # why Any: as the file holds them
    """Find a source in the list."""
    found = next((place for place, entry in enumerate(entries) if entry.get("name") == name), None)
    if found is None:
        raise NotFound(f"no source '{name}'", where=file, hint="`digest sources list` shows them")
    return found


def _without_lines(text: str, place: int) -> str:
    """Cut the lines of one entry out; ruamel would take the comments along that stand before the next."""
    root = YAML(typ="rt", pure=True).compose(text)
    pairs = root.value if isinstance(root, MappingNode) else ()
    listed = next((value for key, value in pairs if key.value == "sources"), root)
    entry = listed.value[place]
    last = max(value.end_mark.line for _, value in entry.value)
    lines = text.splitlines(keepends=True)
    return "".join(lines[: entry.start_mark.line] + lines[last + 1 :])


def _entries(text: str, file: str) -> list[dict[str, Any]]:  # why Any: as the file holds them
    """Read the entries as text values, once they are known to be right."""
    if not text.strip():
        return []
    sources_of(text, file)
    return list(parse_document(text, file, list_key="sources").data().get("sources") or [])


def _loaded(text: str) -> tuple[CommentedMap | CommentedSeq, YAML]:
    """Parse a file whose form was checked, so that it can be written as it stands."""
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 10_000  # lines stay as long as they are
    root, _, offset = load_yaml_guess_indent(text, yaml=yaml) if text.strip() else (None, None, None)
    deep = 4 if offset is None else offset + 2
    yaml.indent(mapping=2, sequence=deep, offset=deep - 2)
    return (CommentedMap() if root is None else root), yaml


def _written(entry: Mapping[str, object]) -> CommentedMap:
    written = CommentedMap()
    for key, value in entry.items():
        if isinstance(value, list):
            written[key] = CommentedSeq(DoubleQuotedScalarString(one) for one in value)
            written[key].fa.set_flow_style()
        else:
            is_quoted = key in _QUOTED and isinstance(value, str)
            written[key] = DoubleQuotedScalarString(str(value)) if is_quoted else value
    return written


def _dumped(root: CommentedMap | CommentedSeq, yaml: YAML) -> str:
    stream = io.StringIO()
    yaml.dump(root, stream)
    return stream.getvalue()


def _checked(text: str, file: str, expected: list[dict[str, Any]]) -> str:
    """Return the new text once it says what it is to say, and nothing else."""
    if len(text.encode()) > MAX_BYTES:
        raise Refused(f"the file would grow over {MAX_BYTES:,} bytes", where=file, hint=_BY_HAND)
    if _entries(text, file) != expected:
        raise Refused("other entries would not stay as they are", where=file, hint=_BY_HAND)
    return text
