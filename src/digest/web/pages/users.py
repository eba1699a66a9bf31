"""People at the desk: who they are, their roles, and whether they may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from digest.actions.app import App
from digest.actions.staff import second_step
from digest.actions.staff.accounts import (
    add_user,
    admin_over,
    check_within,
    get_user,
    set_active,
    set_grants,
    users,
)
from digest.actions.staff.inviting import mail_invitation
from digest.actions.staff.own_account import invite
from digest.errors import DigestError, NotFound, Refused
from digest.model.accounts import ALL, Grant, Right, Role, User
from digest.web.errors import form_code_of
from digest.web.frame import Installed, done, installed, show
from digest.web.guard import Person, by, needs, needs_over_all, signed_in_user

router = APIRouter(include_in_schema=False, prefix="/users")

Written = Annotated[list[str] | None, Form()]


@router.get("", dependencies=[Depends(needs(Right.ADMIN))])
def everybody(request: Request, user: Person) -> Response:
    """Show who works at the desk, and add people."""
    return _list(request, user)


@router.post("", dependencies=[Depends(needs(Right.ADMIN))])
def add(
    request: Request,
    app: Installed,
    user: Person,
    name: Annotated[str, Form(max_length=200)] = "",
    email: Annotated[str, Form(max_length=320)] = "",
    grants: Written = None,
    mail: Annotated[bool, Form()] = False,
) -> Response:
    """Add somebody; the answer shows the link by which they choose a password, once."""
    try:
        wanted = _read(grants)
        check_within(wanted, admin_over(app, user))
        added = add_user(app, email, name, password=None, grants=wanted, by=by(user))
    except DigestError as error:
        return _list(
            request, user, error, held=grants or (), name=name, email=email, mail="on" if mail else ""
        )
    return _link(request, app, added, mail=mail)


@router.get("/{person}", dependencies=[Depends(needs(Right.ADMIN))])
def one(request: Request, app: Installed, user: Person, person: int) -> Response:
    """Show one person."""
    return _one(request, user, get_user(app, person))


@router.post("/{person}/roles", dependencies=[Depends(needs(Right.ADMIN))])
def roles(request: Request, app: Installed, user: Person, person: int, grants: Written = None) -> Response:
    """Give somebody roles over the digests that who looks is admin of."""
    found = get_user(app, person)
    try:
        set_grants(app, found.email, _read(grants), by=by(user), within=admin_over(app, user))
    except DigestError as error:
        return _one(request, user, found, error)
    return done("/users", f"{found.name} has new roles")


@router.post("/{person}/invitation", dependencies=[Depends(needs_over_all(Right.ADMIN))])
def invitation(
    request: Request, app: Installed, person: int, mail: Annotated[bool, Form()] = False
) -> Response:
    """Make a link by which somebody chooses a password, and mail them one if that is wished."""
    return _link(request, app, get_user(app, person), mail=mail)


@router.post("/{person}/codes/end", dependencies=[Depends(needs_over_all(Right.ADMIN))])
def no_codes(app: Installed, user: Person, person: int) -> Response:
    """Ask somebody for no codes any more."""
    found = get_user(app, person)
    second_step.end(app, found.email, by=by(user))
    return done(f"/users/{person}", f"{found.name} signs in by password alone")


@router.post("/{person}/disable", dependencies=[Depends(needs_over_all(Right.ADMIN))])
def disable(request: Request, app: Installed, user: Person, person: int) -> Response:
    """Let somebody in no longer."""
    found = get_user(app, person)
    try:
        set_active(app, found.email, is_active=False, by=by(user))
    except Refused as error:
        return _one(request, user, found, error)
    return done(f"/users/{person}", f"{found.name} is signed out", undo=f"/users/{person}/enable")


@router.post("/{person}/enable", dependencies=[Depends(needs_over_all(Right.ADMIN))])
def enable(app: Installed, user: Person, person: int) -> Response:
    """Let somebody in again."""
    found = get_user(app, person)
    set_active(app, found.email, is_active=True, by=by(user))
    return done(f"/users/{person}", f"{found.name} may sign in")


def _link(request: Request, app: App, person: User, *, mail: bool) -> Response:
    shown = invite(app, person.email)
    why_not = mail_invitation(app, person.email, by=by(signed_in_user(request))) if mail else None
    return show(request, "users_link.html", person=person, link=shown, mail=mail, why_not=why_not)


def _list(
    request: Request,
    user: User,
    fault: DigestError | None = None,
    *,
    held: Sequence[str] = (),
    **typed: str,
) -> Response:
    app = installed(request)
    status = 200 if fault is None else form_code_of(fault)
    people, places = users(app), _places(app, user)
    values = {"people": people, "places": places, "held": held, "roles": list(Role)}
    return show(request, "users.html", status=status, fault=fault, typed=typed, **values)


def _one(request: Request, user: User, person: User, fault: DigestError | None = None) -> Response:
    app = installed(request)
    places = _places(app, user)
    keys = {key for key, _ in places}
    return show(
        request,
        "user.html",
        status=200 if fault is None else form_code_of(fault),
        person=person,
        fault=fault,
        places=places,
        held=[f"{one.role.value}:{one.digest}" for one in person.grants],
        elsewhere=[one for one in person.grants if one.digest not in keys],
        roles=list(Role),
    )


def _places(app: App, user: User) -> list[tuple[str, str]]:
    """Return what somebody may give roles over, with titles."""
    over = admin_over(app, user)
    own = [(key, found.title) for key, found in app.digests.items() if over is None or key in over]
    return [(ALL, "All digests"), *own] if over is None else own


def _read(written: Sequence[str] | None) -> list[Grant]:
    found = []
    for one in written or ():
        role, _, digest = one.partition(":")
        if role not in set(Role):
            raise NotFound(f"there is no role '{role[:40]}'", hint=f"there are {', '.join(Role)}")
        found.append(Grant(digest=digest[:200], role=Role(role)))
    return found
