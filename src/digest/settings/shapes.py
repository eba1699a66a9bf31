"""What a settings type wants at a path, in plain words.

The types' JSON schema is the one source: faults, variables and the reference page read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from digest.settings.fields import Settings

Schema = Mapping[str, Any]  # why: JSON schema, as pydantic makes it
Path = tuple[str | int, ...]


@cache
def _root(model: type[Settings]) -> Schema:
    return model.model_json_schema()


def find_shape(model: type[Settings], path: Path) -> tuple[Schema, Path]:
    """Follow a path from the type down as far as it leads.

    Returns:
        The schema there, and the part of the path that was followed.
    """
    here = root = _root(model)
    for at, step in enumerate(path):
        below = _below(_solid(here, root), step)
        if below is None:
            return _solid(here, root), path[:at]
        here = below
    return _solid(here, root), path


def keys_of(model: type[Settings], path: Path) -> tuple[str, ...]:
    """List the keys to write in a group, in the order of the type; empty when it is no group."""
    shape, _ = find_shape(model, path)
    below: Mapping[str, Schema] = shape.get("properties", {})
    return tuple(name for name, value in below.items() if value.get("written", True))


def walk(model: type[Settings], path: Path = ()) -> Iterator[Path]:
    """List every key of a type, groups before their keys; a list's items stand at 0."""
    for name in keys_of(model, path):
        yield (*path, name)
        shape, _ = find_shape(model, (*path, name))
        deeper = (*path, name, 0) if shape.get("type") == "array" else (*path, name)
        yield from walk(model, deeper)


def words(model: type[Settings], path: Path) -> str:
    """Say what is wanted at a path: 'a whole number from 1 to 200'."""
    return _words(find_shape(model, path)[0], _root(model))


def choices(model: type[Settings], path: Path) -> tuple[str, ...]:
    """List the words that an enumeration at the path allows; empty when it is none."""
    shape, _ = find_shape(model, path)
    options = [_solid(option, _root(model)) for option in shape.get("anyOf", [shape])]
    return tuple(word for option in options for word in option.get("enum", [option.get("const")]) if word)


def _solid(shape: Schema, root: Schema) -> Schema:
    """Follow references, and see through 'or null'."""
    while True:
        options = [option for option in shape.get("anyOf", ()) if option.get("type") != "null"]
        if "$ref" in shape:
            shape = root["$defs"][shape["$ref"].rpartition("/")[2]]
        elif len(options) == 1:
            shape = options[0]
        else:
            return {**shape, "anyOf": options} if options else shape


def _below(shape: Schema, step: str | int) -> Schema | None:
    if isinstance(step, int):
        items: Schema | None = shape.get("items")
        return items
    values = shape.get("additionalProperties")
    named: Schema | None = shape.get("properties", {}).get(step)
    return named or (values if isinstance(values, Mapping) else None)


def _words(shape: Schema, root: Schema) -> str:
    shape = _solid(shape, root)
    kind = shape.get("type")
    if "anyOf" in shape:
        said = " or ".join(_words(option, root) for option in shape["anyOf"])
    elif "enum" in shape:
        said = "one of " + ", ".join(shape["enum"])
    elif kind == "array":
        span = _span(shape, "minItems", "maxItems", "item")
        said = f"a list{span}, each {_words(shape['items'], root)}"
    elif kind == "string":
        span = _span(shape, "minLength", "maxLength", "character")
        said = shape.get("expected") or shape.get("const") or f"text{span}"
    else:
        said = _other_words(shape)
    return said


def _other_words(shape: Schema) -> str:
    if shape.get("type") == "integer":
        return f"a whole number from {shape['minimum']} to {shape['maximum']}"
    if shape.get("type") == "number" and "minimum" in shape:
        return f"a number from {shape['minimum']:g} to {shape['maximum']:g}"
    if shape.get("type") == "number":
        return f"a number above {shape['exclusiveMinimum']:g}, at most {shape['maximum']:g}"
    if shape.get("type") == "boolean":
        return "true or false"
    if isinstance(shape.get("additionalProperties"), Mapping):
        return f"keys, each with {_other_words(shape['additionalProperties'])}"
    return "keys and values"


def _span(shape: Schema, low: str, high: str, unit: str) -> str:
    if high in shape:
        return f" of {shape.get(low, 0)} to {shape[high]} {unit}s"
    return f" of at least {shape[low]} {unit}{'s' if shape[low] > 1 else ''}" if low in shape else ""
