"""The reference of the API as a page, written from its schema: no script, no foreign host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from digest.web.api.schema import AREAS, ERRORS, Schema, schema_of
from digest.web.frame import show
from digest.web.guard import anyone

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that a request holds."""

    name: str
    place: str  #: 'path', 'query' or 'body'
    kind: str
    is_needed: bool
    about: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One way to ask the API."""

    name: str
    method: str
    path: str
    scope: str
    about: str
    fields: tuple[Field, ...]


@router.get("/api/v1/docs", dependencies=[Depends(anyone)])
def docs(request: Request) -> HTMLResponse:
    """Show what the API takes."""
    schema = schema_of(request.app)
    areas = [(name, about, _of_area(schema, name)) for name, about in AREAS.items()]
    return show(request, "api_docs.html", info=schema["info"], areas=areas, errors=ERRORS)


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
            kind=_kind(one["schema"]),
            is_needed=one["required"],
            about=one.get("description") or one["schema"].get("description", ""),
        )
        for one in found.get("parameters", [])
    ]
    content = found.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema", {})
    return Operation(
        name=found["operationId"],
        method=method.upper(),
        path=path,
        scope=found["x-scope"],
        about=found["description"],
        fields=(*asked, *_body(schema, body)),
    )


def _body(schema: Schema, body: Schema) -> list[Field]:
    """List what a body holds, in its order; one of several shapes is named by what tells them apart."""
    if "oneOf" in body:
        return [each for one in body["oneOf"] for each in _body(schema, one)]
    named = next((one for one in (body, *body.get("anyOf", ())) if "$ref" in one), None)
    if named is None:
        return []
    shape = schema["components"]["schemas"][named["$ref"].rpartition("/")[2]]
    needed = shape.get("required", ())
    return [
        Field(
            name=name,
            place="body",
            kind=_kind(one),
            is_needed=name in needed,
            about=one.get("description", ""),
        )
        for name, one in shape.get("properties", {}).items()
    ]


def _kind(found: dict[str, Any]) -> str:
    """Name the type of a value in a word or two."""
    if "$ref" in found:
        return str(found["$ref"].rpartition("/")[2])
    if "const" in found:
        return f"'{found['const']}'"
    if "enum" in found:
        return " or ".join(f"'{each}'" for each in found["enum"])
    if "anyOf" in found:
        return " or ".join(_kind(one) for one in found["anyOf"])
    if found.get("type") == "array":
        return f"list of {_kind(found.get('items', {}))}"
    return str(found.get("format") or found.get("type", "any"))
