"""The reference of the API as a page, written from its schema: no script, no foreign host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from digest.web.api.schema import AREAS, ERRORS, Schema, schema_of
from digest.web.frame import show
from digest.web.guard import anyone

router = APIRouter(include_in_schema=False)

Found = dict[str, Any]  # why: JSON of the shape that OpenAPI 3.1 says

_PLAIN = {"binary": "file", "date-time": "moment", "ipvanyaddress": "IP address"}
_JSON, _FORM = "application/json", "multipart/form-data"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The type of a value in a word or two."""

    text: str
    shape: str | None = None  #: what it is made of, to look up; None: nothing of ours


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that a request or an answer holds."""

    name: str
    kind: Kind
    about: str
    place: str = ""  #: 'path', 'query', 'body' or 'form'; '' in an answer
    is_needed: bool = False


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One way to ask the API."""

    name: str
    method: str
    path: str
    scope: str
    about: str
    fields: tuple[Field, ...]
    bodies: tuple[tuple[Field, ...], ...]  #: of which one is sent; none when there is no body of JSON
    examples: tuple[str, ...]  #: of the body, as JSON
    answer: Kind


@dataclass(frozen=True, kw_only=True)
class ShapeOf:
    """Something that requests and answers are made of."""

    name: str
    about: str
    fields: tuple[Field, ...]


@router.get("/api/v1/docs", dependencies=[Depends(anyone)])
def docs(request: Request) -> HTMLResponse:
    """Show what the API takes and answers."""
    schema = schema_of(request.app)
    areas = [(name, about, _of_area(schema, name)) for name, about in AREAS.items()]
    shapes = _shapes(schema, areas)
    return show(request, "api_docs.html", info=schema["info"], areas=areas, shapes=shapes, errors=ERRORS)


def _of_area(schema: Schema, area: str) -> list[Operation]:
    return [
        _operation(schema, method, path, found)
        for path, ways in schema["paths"].items()
        for method, found in ways.items()
        if area in found["tags"]
    ]


def _operation(schema: Schema, method: str, path: str, found: Schema) -> Operation:
    asked = [
        Field(
            name=one["name"],
            place=one["in"],
            kind=_kind(schema, one["schema"]),
            is_needed=one["required"] and one["in"] != "path",
            about=one.get("description") or one["schema"].get("description", ""),
        )
        for one in found.get("parameters", [])
    ]
    content = found.get("requestBody", {}).get("content", {})
    bodies = [_resolved(schema, one) for one in _alternatives(content.get(_JSON, {}).get("schema", {}))]
    form = _resolved(schema, content.get(_FORM, {}).get("schema", {}))
    return Operation(
        name=found["operationId"],
        method=method.upper(),
        path=path,
        scope=found["x-scope"],
        about=found["description"],
        fields=(*asked, *_fields(schema, form, "form")),
        bodies=tuple(tuple(fields) for one in bodies if (fields := _fields(schema, one, "body"))),
        examples=tuple(
            json.dumps(example, ensure_ascii=False) for one in bodies for example in one.get("examples", [])
        ),
        answer=_answer(schema, found["responses"]["200"]["content"]),
    )


def _answer(schema: Schema, content: Mapping[str, Found]) -> Kind:
    if _JSON not in content:
        return Kind(text=next(iter(content)))
    return _kind(schema, content[_JSON]["schema"])


def _shapes(schema: Schema, areas: list[tuple[str, str, list[Operation]]]) -> list[ShapeOf]:
    """Return what the operations and each other's fields are made of, by name."""
    named = [one.answer for *_, found in areas for one in found]
    named += [
        field.kind
        for *_, found in areas
        for one in found
        for fields in (one.fields, *one.bodies)
        for field in fields
    ]
    shapes: dict[str, ShapeOf] = {}
    while named:
        name = named.pop().shape
        if name is None or name in shapes:
            continue
        found = schema["components"]["schemas"][name]
        fields = tuple(_fields(schema, found, ""))
        shapes[name] = ShapeOf(name=name, about=found.get("description", ""), fields=fields)
        named += [field.kind for field in fields]
    return sorted(shapes.values(), key=lambda one: one.name)


def _alternatives(body: Found) -> list[Found]:
    """Return the shapes that a body may have; null is none."""
    return [one for one in body.get("oneOf") or body.get("anyOf") or [body] if "$ref" in one]


def _resolved(schema: Schema, found: Found) -> Found:
    shapes: dict[str, Found] = schema["components"]["schemas"]
    return shapes[_name(found)] if "$ref" in found else found


def _name(found: Found) -> str:
    return str(found["$ref"].rpartition("/")[2])


def _fields(schema: Schema, shape: Found, place: str) -> list[Field]:
    needed = shape.get("required", ()) if place else ()
    return [
        Field(
            name=name,
            place=place,
            kind=_kind(schema, one),
            is_needed=name in needed,
            about=one.get("description", ""),
        )
        for name, one in shape.get("properties", {}).items()
    ]


def _kind(schema: Schema, found: Found) -> Kind:
    """Name the type of a value."""
    if "$ref" in found:
        return _named(schema, _name(found))
    if "anyOf" in found:
        kinds = [_kind(schema, one) for one in found["anyOf"]]
        text = " or ".join(one.text for one in kinds)
        return Kind(text=text, shape=next((one.shape for one in kinds if one.shape), None))
    if found.get("type") == "array" and "items" in found:
        rows = _kind(schema, found["items"])
        return Kind(text=f"list of {rows.text}", shape=rows.shape)
    words = [found["const"]] if "const" in found else found.get("enum", ())
    if words:
        return Kind(text=" or ".join(f"'{each}'" for each in words))
    plain = "binary" if "contentMediaType" in found else str(found.get("format") or found.get("type", "any"))
    return Kind(text=_PLAIN.get(plain, plain))


def _named(schema: Schema, name: str) -> Kind:
    shape = schema["components"]["schemas"][name]
    if name.startswith("Listed_"):
        rows = _kind(schema, shape["properties"]["items"]["items"])
        return Kind(text=f"page of {rows.text}", shape=rows.shape)
    return Kind(text=name, shape=name) if "properties" in shape else _kind(schema, shape)
