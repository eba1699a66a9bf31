"""One's own account: name and zone, password, codes, browsers and programs."""

from __future__ import annotations

import functools
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from digest.actions.staff.accounts import find_user, set_profile
from digest.actions.staff.own_account import begin_codes, change_password, end_codes
from digest.actions.staff.programs import new_token, revoke_token, tokens
from digest.actions.staff.second_step import codes_left, offer, offered
from digest.actions.staff.signing_in import end_session, sessions_of
from digest.errors import DigestError
from digest.model.accounts import Right, User
from digest.web.callers import agent_of, seated
from digest.web.errors import fields_of, form_code_of
from digest.web.frame import Installed, done, installed, show, zone_of
from digest.web.guard import Person, by, session_cookie, signed_in
from digest.web.pictures import qr

router = APIRouter(include_in_schema=False, prefix="/account", dependencies=[Depends(signed_in)])

Secret = Annotated[str, Form(max_length=1_000)]


@router.get("")
def account(request: Request, user: Person) -> Response:
    """Show who looks what is theirs."""
    return _page(request, user)


@router.post("")
def save(
    request: Request,
    app: Installed,
    user: Person,
    name: Annotated[str, Form(max_length=200)] = "",
    zone: Annotated[str, Form(max_length=80)] = "",
    single_keys: Annotated[bool, Form()] = False,
) -> Response:
    """Change name, zone and keys."""
    try:
        set_profile(app, user.email, name=name, zone=zone.strip(), single_keys=single_keys, by=by(user))
    except DigestError as error:
        return _page(request, user, error, at="you", name=name, zone=zone)
    return done("/account", "Saved")


@router.post("/password")
def password(request: Request, app: Installed, user: Person, old: Secret = "", new: Secret = "") -> Response:
    """Change the password, which ends the other sessions."""
    try:
        begun = change_password(app, user, old, new, agent=agent_of(request))
    except DigestError as error:
        return _page(request, user, error, at="password")
    return seated(request, done("/account", "Password changed; other browsers are signed out"), begun)


@router.get("/codes")
def ask_codes(request: Request, app: Installed, user: Person) -> Response:
    """Show a secret for the telephone."""
    made = offer(app, user)
    return show(request, "account_codes.html", offer=made, picture=qr(made.address), fault=None)


@router.post("/codes")
def codes(
    request: Request,
    app: Installed,
    user: Person,
    sealed: Secret = "",
    code: Annotated[str, Form(max_length=40)] = "",
    password: Secret = "",
) -> Response:
    """Ask for codes from now on; the answer shows, once, those to put away."""
    again = offered(app, user, sealed)
    try:
        kept = begin_codes(app, user, password, sealed, code)
    except DigestError as error:
        page = "account_codes.html"
        picture = qr(again.address)
        answer = show(request, page, status=form_code_of(error), offer=again, picture=picture, fault=error)
        return _told(answer, error)
    return show(request, "account_recovery.html", codes=kept)


@router.post("/codes/end")
def no_codes(request: Request, app: Installed, user: Person, password: Secret = "") -> Response:
    """Ask for codes no longer."""
    try:
        begun = end_codes(app, user, password, agent=agent_of(request))
    except DigestError as error:
        return _page(request, user, error, at="codes")
    return seated(request, done("/account", "No codes are asked for any more"), begun)


@router.post("/sessions/{session}/end")
def end(app: Installed, user: Person, session: int) -> Response:
    """Sign a browser out."""
    end_session(app, user, session)
    return done("/account#browsers", "Signed out there")


@router.post("/tokens")
def token(
    request: Request,
    app: Installed,
    user: Person,
    name: Annotated[str, Form(max_length=200)] = "",
    scopes: Annotated[list[Right] | None, Form()] = None,
    days: Annotated[int, Form(ge=0, le=3_650)] = 90,
) -> Response:
    """Make a token, and show it once."""
    wanted = frozenset(scopes or ())
    try:
        made, shown = new_token(app, user, name, scopes=wanted, days=days or None, by=by(user))
    except DigestError as error:
        return _page(request, user, error, at="programs")
    return show(request, "account_token.html", made=made, shown=shown)


@router.post("/tokens/{token}/revoke")
def revoke(app: Installed, user: Person, token: int) -> Response:
    """End a token of one's own."""
    ended = revoke_token(app, token, user=user, by=by(user))
    return done("/account#programs", f"“{ended.name}” is revoked")


@functools.lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and name[:4] != "Etc/"))


def _page(
    request: Request, user: User, fault: DigestError | None = None, *, at: str = "", **typed: str
) -> Response:
    app = installed(request)
    answer = show(
        request,
        "account.html",
        status=200 if fault is None else form_code_of(fault),
        person=find_user(app, user.email),
        typed=typed,
        fault=fault,
        at=at,
        own_zone=zone_of(app, None),
        zones=_zones(),
        codes_left=codes_left(app, user),
        sessions=sessions_of(app, user, request.cookies.get(session_cookie(request), "")),
        tokens=tokens(app, user),
        rights=[right for right in Right if user.may_anywhere(right)],
    )
    return answer if fault is None else _told(answer, fault)


def _told(answer: Response, error: DigestError) -> Response:
    answer.headers.update(fields_of(error))
    return answer
