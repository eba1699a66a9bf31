"""The schema of the API, for programs: every operation, what it takes and answers, and who may."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from digest.web import api
from digest.web.api.shapes import Problem
from digest.web.guard import Guard, anyone
from digest.web.routers import routers_of

router = APIRouter(include_in_schema=False)

Schema = dict[str, Any]  # why: JSON of the shape that OpenAPI 3.1 says

AREAS = {
    "digests": "Where each digest stands, what comes, and steering it.",
    "files": "A digest's file: its text, faults and versions, and what a change would have made.",
    "editions": "What is in an edition and why, how it will be mailed, and its way out.",
    "shaping": "Each deed on an edition is a version on record, and can be undone.",
    "deliveries": "Editions on their way: the books, who got them, the brake, the unknown.",
    "articles": "The store: list, show, send, tag, pin and ban.",
    "stories": "Which articles tell the same event.",
    "sources": "How sources are doing and what they gave; trying out, adding, pausing, removing.",
    "subscribers": "People who get mail, lists of them in and out, and addresses that must not be mailed.",
    "relays": "How relays are, and what of their limits is used.",
    "users": "People at the desk with their roles, and tokens of programs.",
    "records": "What was done, what people were told, and figures of the last days.",
    "machine": "Database, disks, services and backups, and the DNS records to publish.",
}
ERRORS = {
    "400": "The request cannot be read.",
    "401": "No token that holds is shown.",
    "403": "The token lacks the scope, or its person the right; `hint` says who has it.",
    "404": "It is not there.",
    "409": "Its state forbids it now, or somebody else has changed it meanwhile.",
    "413": "The request is too long.",
    "422": "The request says something wrong; `where` names the fields.",
    "429": "Too many requests of this token within a minute.",
    "502": "A relay did not do its part.",
    "503": "The database cannot be reached.",
}
_ABOUT = """All that the desk and the commands can do, for programs.

Show a token with each request: `Authorization: Bearer digest_...`. It may do what both its scopes and its
person's roles allow. Lists come in pages: `next` is the `cursor` of the page that follows, and the header's
field `Link` is its address. Errors are problems as RFC 9457 has them, with the way out in `hint`."""


@router.get("/api/v1/openapi.json", dependencies=[Depends(anyone)])
def openapi(request: Request) -> JSONResponse:
    """Answer with the schema."""
    return JSONResponse(schema_of(request.app))


def schema_of(application: FastAPI) -> Schema:
    """Return the schema of an application's API, as OpenAPI 3.1 has it; made once."""
    if application.openapi_schema is None:
        application.openapi_schema = _made(application)
    return application.openapi_schema


def _made(application: FastAPI) -> Schema:
    schema = get_openapi(
        title=f"{application.title} API",
        version=application.version,
        description=_ABOUT,
        routes=application.routes,
        tags=[{"name": name, "description": text} for name, text in AREAS.items()],
    )
    parts = schema["components"]
    parts["schemas"]["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(name, None)
    parts["responses"] = {code: _error(code, text) for code, text in ERRORS.items()}
    scopes = _scopes()
    for ways in schema["paths"].values():
        for operation in ways.values():
            operation["summary"] = operation["summary"].capitalize()
            operation["x-scope"] = scopes[operation["operationId"]]
            _tell_answer(parts["schemas"], operation["responses"]["200"])
            for code in ERRORS:
                operation["responses"][code] = {"$ref": f"#/components/responses/{code}"}
    return schema


def _tell_answer(shapes: Schema, answer: Schema) -> None:
    """Say in words what an operation answers with, where nobody else has."""
    body = answer["content"].get("application/json", {}).get("schema", {})
    shape = shapes.get(str(body.get("$ref", "")).rpartition("/")[2], {})
    if "description" in shape:
        answer["description"] = shape["description"]
    elif answer["description"] == "Successful Response":
        answer["description"] = "A page of a list." if shape else "All of it."


def _scopes() -> dict[str, str]:
    """Return by operation which scope it takes."""
    found: dict[str, str] = {}
    for router in routers_of(api):
        for route in router.routes:
            if isinstance(route, APIRoute):
                guards = (one.dependency for one in route.dependencies)
                found.update(
                    (route.name, "any" if one.right is None else str(one.right))
                    for one in guards
                    if isinstance(one, Guard) and not one.is_public
                )
    return found


def _error(code: str, text: str) -> Schema:
    fields = {"401": "WWW-Authenticate", "429": "Retry-After"}
    error: Schema = {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if code in fields:
        error["headers"] = {fields[code]: {"schema": {"type": "string"}}}
    return error
