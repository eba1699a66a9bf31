"""Where in a YAML text something stands, to the column; and changing one value with all else kept.

ruamel.yaml tells where each node begins and ends, so that a change touches nothing beside it: comments,
quotes, order and indentation stay as they were written. `parse_document` reads first: it bounds the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from digest.errors import Fault, Refused
from digest.settings.document import MAX_DEPTH, parse_document

_BY_HAND = "change the text itself"


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A place in a text."""

    line: int  #: 1 is first
    column: int  #: 1 is first, in characters
    length: int  #: characters on that line; 0: a point
    index: int  #: of its first character in the whole text, 0 is first


def spots(text: str, faults: Sequence[Fault]) -> tuple[Spot | None, ...]:
    """Find the places of faults of a text; None for one that is about no line.

    Args:
        text: As it was judged.
        faults: Of that text.
    """
    if parse_document(text, "").root is None:
        return tuple(_unread(text, fault) for fault in faults)
    root, known = _composed(text), _Known()
    return tuple(None if fault.line is None else _spot(root, fault, known) for fault in faults)


def replaced(text: str, spot: Spot, written: str) -> str:
    """Write something in the place of what stands at a spot."""
    return text[: spot.index] + written + text[spot.index + spot.length :]


def raw(text: str, spot: Spot) -> str:
    """Return what stands at a spot."""
    return text[spot.index : spot.index + spot.length]


def with_value(text: str, path: Sequence[str | int], written: str, *, list_key: str | None = None) -> str:
    """Return a text with one value changed or added.

    Args:
        text: Of a file that can be read.
        path: To the value: keys, and positions in lists from 0; what is missing at its end is added.
        written: As it is to stand in the file.
        list_key: For a file that is a list: the key that `parse_document` puts it under.

    Raises:
        Refused: The value cannot be put there without changing others, or the text cannot be read.
    """
    document = parse_document(text, "", list_key=list_key)
    if document.root is None:
        raise Refused("the text has faults", hint=_BY_HAND)
    way = [_composed(text)]
    while len(way) <= len(path) and (below := _below(way[-1], path[len(way) - 1])) is not None:
        way.append(below)
    changed = _put(text, way, path[len(way) - 1 :], written)
    whole = path if list_key is None else (list_key, *path)
    wanted = _with(document.data(), whole, _meaning(written))
    if wanted is None or parse_document(changed, "", list_key=list_key).data() != wanted:
        where = ".".join(map(str, path))
        raise Refused(f"{where} cannot be changed without changing others", hint=_BY_HAND)
    return changed


def _put(text: str, way: Sequence[Node], rest: Sequence[str | int], written: str) -> str:
    node = way[-1]
    if not rest:
        return text[: node.start_mark.index] + written + text[node.end_mark.index :]
    *above, last = map(str, rest)
    for key in reversed(above):
        written, last = f"{{{last}: {written}}}", key
    if isinstance(node, ScalarNode) and not node.value and isinstance(way[-2], MappingNode):
        key = next(key for key, value in way[-2].value if value is node)
        return _below_key(text, key, f"{last}: {written}")
    if not isinstance(node, MappingNode) or not node.value:
        raise Refused(f"there is no place for {'.'.join(map(str, rest))}", hint=_BY_HAND)
    first_key = node.value[0][0]
    if node.flow_style:
        at = _end(node.value[-1][1])
        return f"{text[:at]}, {last}: {written}{text[at:]}"
    at = text.find("\n", _end(node.value[-1][1]))
    head, tail = (f"{text}\n", "") if at < 0 else (text[: at + 1], text[at + 1 :])
    return f"{head}{' ' * first_key.start_mark.column}{last}: {written}\n{tail}"


def _below_key(text: str, key: Node, pair: str) -> str:
    """Put a first pair under a key that has no value yet."""
    line, _, rest = text[key.start_mark.index :].partition("\n")
    indent = key.start_mark.column + 2
    return f"{text[: key.start_mark.index]}{line}\n{' ' * indent}{pair}\n{rest}"


def _end(node: Node) -> int:
    """Return where the last thing in a node ends; the marks of block lists run on to what follows."""
    while isinstance(node, MappingNode | SequenceNode) and node.value and not node.flow_style:
        node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
    return int(node.end_mark.index)


def _meaning(written: str) -> object:
    return parse_document(f"v: {written}", "").data().get("v")


def _with(data: object, path: Sequence[str | int], value: object) -> object:
    """Return plain data with a value put in; None when the path leads nowhere."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
        changed = list(data)
        changed[step] = _with(data[step], rest, value)
        return changed
    if isinstance(data, dict | None) and isinstance(step, str):
        held = data or {}
        return {**held, step: _with(held.get(step), rest, value)}
    return None


def _composed(text: str) -> Node:
    node: Node = YAML(typ="rt", pure=True).compose(text)
    return node


def _below(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and str(step).isdecimal() and int(step) < len(node.value):
        found: Node = node.value[int(step)]
        return found
    return None


class _Known(dict[int, dict[str, tuple[Node, Node]]]):
    """The pairs of mappings by key, put together once for all faults of a text."""

    def pairs(self, node: Node) -> dict[str, tuple[Node, Node]]:
        if not isinstance(node, MappingNode):
            return {}
        if id(node) not in self:
            # Of a key that stands there twice the later one is at fault.
            self[id(node)] = {name.value: (name, value) for name, value in node.value}
        return self[id(node)]


def _spot(root: Node, fault: Fault, known: _Known) -> Spot:
    node, key = root, root
    steps = fault.key.split(".") if fault.key else []
    for step in steps:
        below = known.pairs(node).get(step)
        if below is None and (item := _below(node, step)) is not None:
            below = item, item
        if below is None:
            return _point(node if key is root else key)
        key, node = below
    is_key = fault.expected in {"a known key", "each key once"}
    return _line_of(key if is_key else node) or _line_of(key) or _point(key)


def _line_of(node: Node) -> Spot | None:
    """Return the place of a node that stands on one line."""
    start, end = node.start_mark, node.end_mark
    is_block = isinstance(node, MappingNode | SequenceNode) and not node.flow_style
    if start.line != end.line or is_block:
        return None
    return Spot(
        line=start.line + 1, column=start.column + 1, length=end.index - start.index, index=start.index
    )


def _point(node: Node) -> Spot:
    start = node.start_mark
    return Spot(line=start.line + 1, column=start.column + 1, length=0, index=start.index)


def _unread(text: str, fault: Fault) -> Spot | None:
    """Find the place of what is no YAML: where the parser stopped, else the line."""
    if fault.line is None:
        return None
    column = depth = 0
    try:
        for event in YAML(typ="rt", pure=True).parse(text):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > MAX_DEPTH:  # the parser's time grows with the square of it
                break
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        column = mark.column if mark is not None and mark.line + 1 == fault.line else 0
    except (YAMLError, ValueError, ArithmeticError):
        pass  # why: the line is known all the same
    return Spot(line=fault.line, column=column + 1, length=0, index=0)
