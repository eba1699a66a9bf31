"""Read one YAML 1.2 file as text values that know their lines.

A plain scalar stays the text that was written: 07:00, no and 0755 mean themselves, and the
settings types turn text into numbers where they want numbers. Only an unquoted null, ~ or
an empty value is nothing. Depth, size and aliases are bounded, tags are refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from digest.errors import Fault

MAX_BYTES = 500_000
MAX_VALUES = 20_000
MAX_DEPTH = 16
_SMALL = 50_000  #: characters of a file that is kept
_NOTHING = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A value of the file with its line."""

    line: int  #: 1 is first; of the key, for a value in a mapping
    value: str | tuple[Node, ...] | dict[str, Node] | None
    size: int = 1  #: values in it, itself included, aliases counted each time
    height: int = 0  #: levels of lists and mappings below, 0 for text

    def plain(self) -> object:
        """Return the value as text, None, lists and dictionaries of its own."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What one file holds, and what is wrong with it as YAML."""

    file: str  #: as the operator knows it
    root: Node | None  #: always a mapping; None when the file is of no use
    faults: tuple[Fault, ...] = ()

    def data(self) -> dict[str, Any]:  # why: YAML holds any shape; the settings types judge it
        """Return the file's plain values, for the caller to change; empty when it is of no use."""
        return (
            {}
            if self.root is None or not isinstance(self.root.value, dict)
            else {key: node.plain() for key, node in self.root.value.items()}
        )


def read_document(path: Path, *, list_key: str | None = None) -> Document:
    """Read a file; everything wrong with it is in the result, nothing is raised.

    Args:
        path: Of the file.
        list_key: The key to put a list under, for a file that may hold one; None to refuse lists.
    """
    file = str(path)
    try:
        if path.exists() and not path.is_file():
            return _useless(file, None, "a file", "a folder, pipe or device")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return _useless(file, None, "a file", "nothing", "`digest init` makes one")
    except OSError as error:
        return _useless(file, None, "a readable file", error.strerror or type(error).__name__)
    if len(raw) > MAX_BYTES:
        return _useless(file, None, f"a file of at most {MAX_BYTES} bytes", "more")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _useless(file, line, "text in UTF-8", f"the byte 0x{raw[error.start]:02x}")
    return parse_document(text, file, list_key=list_key)


def parse_document(text: str, file: str, *, list_key: str | None = None) -> Document:
    """Read text that came from a file of that name; the same small text is taken apart once."""
    return (_kept if len(text) <= _SMALL else _parsed)(text, file, list_key)


def _parsed(text: str, file: str, list_key: str | None) -> Document:
    builder = _Builder(file=file, events=YAML(typ="rt", pure=True).parse(text))
    try:
        root = builder.document()
    except _Stop as stop:
        return Document(file=file, root=None, faults=(*builder.faults, stop.fault))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _useless(file, line, "printable characters", f"U+{int(error.character):04X}")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "something else"
        return _useless(file, None if mark is None else mark.line + 1, "YAML", problem)
    except (YAMLError, ValueError, ArithmeticError):
        return _useless(file, None, "YAML", "an escape that stands for no character")
    if root is not None and list_key is not None and isinstance(root.value, tuple):
        root = Node(line=root.line, value={list_key: root})
    if root is None or not isinstance(root.value, dict):
        found = "an empty file" if root is None or root.value is None else "a list or a single value"
        return _useless(file, None, "keys and values", found)
    return Document(file=file, root=root, faults=tuple(builder.faults))


_kept = lru_cache(maxsize=64)(_parsed)  # nobody changes a document: `data` gives copies


class _Mark(Protocol):
    line: int


class _Event(Protocol):
    """What the parser tells; not every event has every field."""

    start_mark: _Mark
    anchor: str | None
    tag: object
    value: str
    style: str | None


class _Stop(Exception):
    """The file is not worth reading on."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(kw_only=True)
class _Builder:
    """Makes nodes of the parser's events, which come one by one: a bound stops the parser."""

    file: str
    events: Iterator[_Event]
    faults: list[Fault] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    count: int = 0  #: values read so far, aliases counted once

    def document(self) -> Node | None:
        """Return the only document; None when there is none."""
        root: Node | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    raise self._stop(event, "", "one document", "a second one after '---'")
                root = self._node(next(self.events), (), 0)
        return root

    def _node(self, event: _Event, path: tuple[str, ...], depth: int) -> Node:
        line = event.start_mark.line + 1
        self.count += 1
        if self.count > MAX_VALUES:
            raise self._too_many(event, path)
        if isinstance(event, AliasEvent):
            node = self._anchored(event, path)
        else:
            if event.tag is not None:
                raise self._stop(event, path, "a value without a tag", f"the tag {event.tag}")
            node = self._made(event, path, depth, line)
            if event.anchor is not None:
                self.anchors[event.anchor] = node
        if depth + node.height > MAX_DEPTH:
            raise self._stop(event, path, f"at most {MAX_DEPTH} levels", "more")
        return node

    def _made(self, event: _Event, path: tuple[str, ...], depth: int, line: int) -> Node:
        if isinstance(event, ScalarEvent):
            nothing = event.style is None and event.value in _NOTHING
            return Node(line=line, value=None if nothing else event.value)
        if depth >= MAX_DEPTH:
            raise self._stop(event, path, f"at most {MAX_DEPTH} levels", "more")
        if isinstance(event, SequenceStartEvent):
            items = tuple(self._items(path, depth))
            return self._checked(event, path, Node(line=line, value=items, **_measure(items)))
        values = self._values(path, depth)
        return self._checked(event, path, Node(line=line, value=values, **_measure(values.values())))

    def _items(self, path: tuple[str, ...], depth: int) -> Iterator[Node]:
        at = 0
        while not isinstance(event := next(self.events), SequenceEndEvent):
            yield self._node(event, (*path, str(at)), depth + 1)
            at += 1

    def _values(self, path: tuple[str, ...], depth: int) -> dict[str, Node]:
        values: dict[str, Node] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent) or event.tag is not None:
                raise self._stop(event, path, "a key of plain text", "something else")
            key, line = event.value, event.start_mark.line + 1
            node = replace(self._node(next(self.events), (*path, key), depth + 1), line=line)
            if key in values:
                first = f"line {values[key].line}"
                self._fault(line, (*path, key), "each key once", "it a second time", f"it is also in {first}")
            else:
                values[key] = node
        return values

    def _anchored(self, event: _Event, path: tuple[str, ...]) -> Node:
        if event.anchor not in self.anchors:
            raise self._stop(event, path, "an alias of an earlier value", f"*{event.anchor}")
        return self.anchors[event.anchor]

    def _checked(self, event: _Event, path: tuple[str, ...], node: Node) -> Node:
        if node.size > MAX_VALUES:
            raise self._too_many(event, path)
        return node

    def _too_many(self, event: _Event, path: tuple[str, ...]) -> _Stop:
        return self._stop(event, path, f"at most {MAX_VALUES} values", "more")

    def _fault(self, line: int, path: tuple[str, ...], expected: str, found: str, hint: str) -> None:
        self.faults.append(
            Fault(file=self.file, line=line, key=".".join(path), expected=expected, found=found, hint=hint)
        )

    def _stop(self, event: _Event, path: tuple[str, ...] | str, expected: str, found: str) -> _Stop:
        line = event.start_mark.line + 1
        return _Stop(Fault(file=self.file, line=line, key=".".join(path), expected=expected, found=found))


def _measure(nodes: Collection[Node]) -> dict[str, int]:
    return {
        "size": 1 + sum(node.size for node in nodes),
        "height": 1 + max((node.height for node in nodes), default=0),
    }


def _useless(file: str, line: int | None, expected: str, found: str, hint: str | None = None) -> Document:
    fault = Fault(file=file, line=line, key="", expected=expected, found=found, hint=hint)
    return Document(file=file, root=None, faults=(fault,))
