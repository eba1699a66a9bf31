"""What people see when something does not work: always what it was, and what to do."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from digest.actions.editing.shaping import Conflict
from digest.errors import DigestError, NotFound, Refused, StoreError, TooMany, TransportError, Unanswered
from digest.log import get_logger
from digest.web.frame import installed, show
from digest.web.guard import API, ForeignForm, NotAllowed, NotSignedIn
from digest.web.refused import note_refusal

_CODES: Mapping[type[DigestError], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    ForeignForm: 403,
    NotFound: 404,
    TooMany: 429,
    Refused: 409,
    Conflict: 409,
    TransportError: 502,
    Unanswered: 502,
    StoreError: 503,
}
_HEADINGS = {
    400: "That can’t be read",
    401: "You aren’t signed in",
    403: "That isn’t yours to do",
    404: "There’s nothing here",
    405: "That can’t be done here",
    408: "That took too long",
    409: "That can’t be done now",
    413: "That’s too long",
    422: "Something in the form isn’t right",
    429: "That was too often",
    500: "That broke, and it’s our fault",
    502: "The other side didn’t do its part",
    503: "The database can’t be reached",
}

#: What readers and strangers are told instead of words that name the machine's files and database.
_OUTSIDE = {
    404: (
        "Nothing is at this address. If a mail brought you here, its link may have been cut in two.",
        "copy the whole of the link",
    ),
    503: ("What was saved before stays saved.", "try again in a few minutes"),
}

log = get_logger()


def install(app: FastAPI) -> None:
    """Make an application answer errors with pages, and with problem+json below /api/ (RFC 9457)."""
    app.add_exception_handler(DigestError, _of_ours)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_values)
    app.add_exception_handler(Exception, _of_bugs)


def code_of(error: DigestError) -> int:
    """Return the status that an error of ours is answered with."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), 422)


def form_code_of(error: DigestError) -> int:
    """Return the status of a form that comes back with an error of ours: no other change was in its way."""
    code = code_of(error)
    return 422 if code == 409 else code


def _of_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, DigestError)  # noqa: S101  # why: the signature is Starlette's
    note_refusal(request, error)
    code = code_of(error)
    if isinstance(error, NotSignedIn) and not request.url.path.startswith(API):
        return _to_sign_in(request)
    if isinstance(error, NotSignedIn):
        hint = "send a token: Authorization: Bearer …; `digest tokens new` makes one"
        return problem(code, "no token, or none that holds", hint, fields={"WWW-Authenticate": "Bearer"})
    if isinstance(error, NotAllowed) and error.is_token:
        hint = f"make one whose scopes hold '{error.right.value}'"
        fields = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{error.right.value}"'}
        return _answer(request, code, error.message, hint, fields=fields)
    if isinstance(error, NotAllowed):
        return _answer(request, code, error.message, _who_can(request, error))
    if isinstance(error, StoreError):
        log.error("page_without_database", cause=error.message)
    if getattr(request.state, "user", None) is None and (error.where or code == 503):
        what, hint = _OUTSIDE.get(code, ("This can’t be shown.", "tell whoever publishes it"))
        return _answer(request, code, what, hint, fields=fields_of(error))
    message, where = (_without_home(request, said) for said in (error.message, error.where))
    return _answer(request, code, message or "", error.hint, where, fields=fields_of(error))


def _without_home(request: Request, said: str | None) -> str | None:
    """Name files below the home, as people at a desk far from the machine know them."""
    return said and said.replace(f"{installed(request).home.root}/", "")


def fields_of(error: DigestError) -> dict[str, str]:
    """Return the header fields that go with an error of ours."""
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": 'Bearer realm="digest"'}
    return {"Retry-After": str(error.wait_s)} if isinstance(error, TooMany) else {}


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # why: as above
    code = error.status_code
    if code == 404:
        return _answer(request, code, *_OUTSIDE[404])
    said = error.detail if error.detail != HTTPStatus(code).phrase else _HEADINGS.get(code, error.detail)
    return _answer(request, code, said, None, fields=error.headers)


def _of_values(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # why: as above
    faults = error.errors()
    places = [".".join(str(part) for part in fault["loc"][1:]) for fault in faults]
    told = "; ".join(f"{place}: {fault['msg']}" for place, fault in zip(places, faults, strict=True))
    is_api = request.url.path.startswith(API)
    hint = (
        "/api/v1/docs says what it takes" if is_api else "go back and mend it; what you wrote is still there"
    )
    return _answer(request, 422, told[:1_000], hint, ", ".join(places)[:300] if is_api else None)


def _of_bugs(request: Request, error: Exception) -> Response:
    name = secrets.token_hex(4)
    # Of the route, since the path may hold a reader's link.
    path = getattr(request.scope.get("route"), "path", None)
    log.error("page_broke", name=name, path=path, exc_info=error)
    what = "What was saved before stays saved, and nothing that is being sent stops because of this."
    return _answer(request, 500, what, f"try again; if it breaks again, tell your operator the word {name}")


def _to_sign_in(request: Request) -> Response:
    """Send a browser to the sign-in, and from there back to the page that it asked for."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = "/sign-in" if request.method != "GET" or path == "/" else f"/sign-in?next={quote(path, safe='')}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": to})
    return RedirectResponse(to, 303)


def _who_can(request: Request, error: NotAllowed) -> str:
    from digest.actions.staff.accounts import users  # noqa: PLC0415  # why: only this page needs it

    able = [user.name for user in users(installed(request)) if user.is_active and error.may(user)]
    if not able:
        return "nobody has that right yet; `digest users role` gives it"
    names = ", ".join(sorted(able)[:5])
    return f"it takes the right to {error.right.value}, which {names} can use or give"


def _answer(
    request: Request,
    code: int,
    what: str,
    hint: str | None,
    where: str | None = None,
    *,
    fields: Mapping[str, str] | None = None,
) -> Response:
    if request.url.path.startswith(API):
        return problem(code, what, hint, where, fields=fields)
    heading = _HEADINGS.get(code, HTTPStatus(code).phrase)
    values: dict[str, Any] = {"code": code, "heading": heading, "what": what, "hint": hint, "where": where}
    if request.headers.get("hx-request") == "true":
        answer: Response = show(request, "error_note.html", status=code, **values)
        answer.headers["HX-Retarget"] = "#said"
        answer.headers["HX-Reswap"] = "innerHTML"
    else:
        answer = show(request, "error.html", status=code, **values)
    answer.headers.update(fields or {})
    return answer


def problem(
    code: int,
    what: str,
    hint: str | None = None,
    where: str | None = None,
    *,
    fields: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Answer a program with a problem (RFC 9457), and with the keys that errors of the commands have.

    Args:
        code: The status.
        what: What is wrong.
        hint: The way out; None for none.
        where: The place; None when `what` says it.
        fields: Further header fields.
    """
    body = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": what,
        "error": what,
        "where": where,
        "hint": hint,
    }
    return JSONResponse(body, code, dict(fields or {}), media_type="application/problem+json")
