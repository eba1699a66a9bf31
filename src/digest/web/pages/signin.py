"""Signing in, in one step or two, and out; choosing a password by an invitation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from digest.actions.staff.own_account import accept, invited
from digest.actions.staff.signing_in import CodeWanted, confirm_code, sign_in, sign_out
from digest.errors import EndedLink, Refused
from digest.web.callers import caller_of, seated
from digest.web.errors import code_of, fields_of
from digest.web.frame import Installed, done, own_path, show
from digest.web.guard import anyone, is_secure, session_cookie
from digest.web.refused import note_code, note_sign_in

router = APIRouter(include_in_schema=False)

_WRONG = 422  # browsers do not ask for a password of their own, as they may with 401


@router.get("/sign-in", dependencies=[Depends(anyone)])
def form(request: Request, next: str = "/") -> Response:  # noqa: A002  # why: the word in the address
    """Show the form; who is signed in goes on at once."""
    if request.state.user is not None:
        return done(own_path(next))
    return show(request, "signin.html", next=own_path(next), email="", stay=False, fault=None)


@router.post("/sign-in", dependencies=[Depends(anyone)])
def enter(
    request: Request,
    app: Installed,
    email: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    stay: Annotated[bool, Form()] = False,
    next: Annotated[str, Form()] = "/",  # noqa: A002  # why: as above
) -> Response:
    """Begin a session or go on to the code; the form comes back when address and password don't fit."""
    to = own_path(next)
    try:
        begun = sign_in(app, email, password, caller=caller_of(request), stay=stay)
    except Refused as error:
        note_sign_in(request, error, email=email)
        return _again(request, "signin.html", error, next=to, email=email, stay=stay)
    if isinstance(begun, CodeWanted):
        return show(request, "signin_code.html", ticket=begun.ticket, next=to, fault=None)
    return seated(request, done(to), begun)


@router.post("/sign-in/code", dependencies=[Depends(anyone)])
def enter_code(
    request: Request,
    app: Installed,
    ticket: Annotated[str, Form(max_length=500)] = "",
    code: Annotated[str, Form(max_length=40)] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002  # why: as above
) -> Response:
    """Begin the session that a code was wanted for."""
    to = own_path(next)
    try:
        begun = confirm_code(app, ticket, code, caller=caller_of(request))
    except Refused as error:
        note_code(request, error, ticket=ticket)
        return _again(request, "signin_code.html", error, next=to, ticket=ticket)
    return seated(request, done(to), begun)


@router.post("/sign-out", dependencies=[Depends(anyone)])
def leave(request: Request, app: Installed) -> Response:
    """End the session."""
    name = session_cookie(request)
    sign_out(app, request.cookies.get(name, ""))
    answer = done("/sign-in")
    answer.delete_cookie(name, secure=is_secure(request), httponly=True, samesite="lax")
    return answer


@router.get("/invitation/{token}", dependencies=[Depends(anyone)])
def invitation(request: Request, app: Installed, token: str) -> Response:
    """Show the form that chooses a password."""
    return show(request, "invitation.html", person=invited(app, token), token=token, fault=None)


@router.post("/invitation/{token}", dependencies=[Depends(anyone)])
def choose(
    request: Request, app: Installed, token: str, password: Annotated[str, Form(max_length=1_000)] = ""
) -> Response:
    """Choose the password; the sign-in follows."""
    person = invited(app, token)
    try:
        accept(app, token, password)
    except EndedLink:
        raise  # somebody has taken it in this moment: there is nothing to choose any more
    except Refused as error:
        return _again(request, "invitation.html", error, person=person, token=token)
    return done("/sign-in", "Your password is set. Sign in with it.")


def _again(request: Request, page: str, error: Refused, **values: object) -> Response:
    status = _WRONG if code_of(error) == 409 else code_of(error)
    answer = show(request, page, status=status, fault=error, **values)
    answer.headers.update(fields_of(error))
    return answer
