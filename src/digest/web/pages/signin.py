"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from digest.actions.signing_in import sign_in, sign_out
from digest.errors import Refused
from digest.web.frame import Installed, done, own_path, show
from digest.web.guard import anyone, is_secure, session_cookie

router = APIRouter(include_in_schema=False)

_STAY_S = 30 * 86_400


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
    """Begin a session; the form comes back when address and password don't belong together."""
    try:
        begun = sign_in(app, email, password, agent=request.headers.get("user-agent", ""), stay=stay)
    except Refused as error:
        return show(
            request, "signin.html", status=422, next=own_path(next), email=email, stay=stay, fault=error
        )
    answer = done(own_path(next))
    answer.set_cookie(
        session_cookie(request),
        begun.token,
        max_age=_STAY_S if stay else None,
        httponly=True,
        secure=is_secure(request),
        samesite="lax",
    )
    return answer


@router.post("/sign-out", dependencies=[Depends(anyone)])
def leave(request: Request, app: Installed) -> Response:
    """End the session."""
    name = session_cookie(request)
    sign_out(app, request.cookies.get(name, ""))
    answer = done("/sign-in")
    answer.delete_cookie(name, secure=is_secure(request), httponly=True, samesite="lax")
    return answer
