"""People at the desk: who they are, their roles, and whether they may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

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
from digest.model.accounts import ALL, Grant, Right, Role, User
from digest.web.api.access import scope
from digest.web.api.shapes import Line, Listed, Name, Shape, Wish, wish_like
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/users", tags=["users"])

UserNumber = Annotated[int, Path(ge=1, le=2**53, description="The person's number.")]


class RoleOver(Shape):
    """A role over one digest, or over all."""

    role: Role
    digest: str = Field(description=f"Its key; '{ALL}' is all digests.", examples=["daily"])


class DeskUser(Shape):
    """Somebody who may sign in."""

    id: int
    email: str
    name: str
    zone: str | None = Field(description="That times are shown in.")
    roles: list[RoleOver]
    active: bool = Field(description="False: may not sign in.")
    codes: bool = Field(description="A second step is asked for at the sign-in.")
    created_at: datetime | None


class Invited(DeskUser):
    """Somebody who was added."""

    invitation: str = Field(description="A link by which they choose a password, once, within three days.")
    mailed: bool = Field(description="A letter with such a link is on its way to them.")
    not_mailed: str | None = Field(description="Why none is, though it was wished.")


class Invitation(Shape):
    """A link by which somebody chooses a password."""

    email: str
    invitation: str = Field(description="Holds once, and for three days.")
    mailed: bool = Field(description="A letter with such a link is on its way to them.")
    not_mailed: str | None = Field(description="Why none is, though it was wished.")


class RoleWish(Wish):
    """A role over one digest, or over all."""

    role: Role = Field(description="What they may do.")
    digest: Annotated[Name, Field(max_length=80, description=f"Its key; '{ALL}' is all digests.")]

    model_config = wish_like(role="editor", digest="daily")


Roles = Annotated[list[RoleWish], Field(max_length=200)]


class NewUser(Wish):
    """Somebody who is to work at the desk."""

    email: Name = Field(description="They sign in by it.")
    name: Annotated[Line, Field(min_length=1, max_length=80, description="Beside what they do.")]
    roles: Roles = Field(default=[], description="What they may do, and over what.")
    mail: bool = Field(default=False, description="Mail them the invitation, too.")

    model_config = wish_like(
        email="ada@example.org", name="Ada Venn", roles=[{"role": "editor", "digest": "daily"}]
    )


class RolesWish(Wish):
    """These roles and no others."""

    roles: Roles = Field(description="All of them.")

    model_config = wish_like(roles=[{"role": "approver", "digest": "daily"}])


@router.get("", dependencies=scope(Right.ADMIN))
def list_users(app: Installed) -> Listed[DeskUser]:
    """List who works at the desk, by name, and what they may do."""
    return Listed(items=[desk_user(one) for one in users(app)], next=None)


@router.post("", dependencies=scope(Right.ADMIN))
def add_desk_user(app: Installed, user: Person, wish: NewUser) -> Invited:
    """Add somebody; the answer holds the link by which they choose a password."""
    wanted = _grants(wish.roles)
    check_within(wanted, admin_over(app, user))
    added = add_user(app, wish.email, wish.name, password=None, grants=wanted, by=by(user))
    shown = invite(app, added.email)
    why = mail_invitation(app, added.email, by=by(user)) if wish.mail else None
    return Invited(
        **desk_user(added).model_dump(), invitation=shown, mailed=wish.mail and why is None, not_mailed=why
    )


@router.get("/{number}", dependencies=scope(Right.ADMIN))
def show_user(app: Installed, number: UserNumber) -> DeskUser:
    """Show one person."""
    return desk_user(get_user(app, number))


@router.put("/{number}/roles", dependencies=scope(Right.ADMIN))
def set_user_roles(app: Installed, user: Person, number: UserNumber, wish: RolesWish) -> DeskUser:
    """Give somebody these roles and no others, over the digests that the token's person is admin of."""
    found = get_user(app, number)
    within = admin_over(app, user)
    return desk_user(set_grants(app, found.email, _grants(wish.roles), by=by(user), within=within))


@router.post("/{number}/invitation", dependencies=scope(Right.ADMIN, over_all=True))
def invite_user(
    app: Installed,
    user: Person,
    number: UserNumber,
    mail: Annotated[bool, Query(description="Mail them one, too.")] = False,
) -> Invitation:
    """Make a link by which somebody chooses a password, such as one who has forgotten it."""
    found = get_user(app, number)
    shown = invite(app, found.email)
    why = mail_invitation(app, found.email, by=by(user)) if mail else None
    return Invitation(email=found.email, invitation=shown, mailed=mail and why is None, not_mailed=why)


@router.post("/{number}/disable", dependencies=scope(Right.ADMIN, over_all=True))
def disable_user(app: Installed, user: Person, number: UserNumber) -> DeskUser:
    """Let somebody in no longer: signed out everywhere, and programs with their tokens stay outside."""
    return desk_user(set_active(app, get_user(app, number).email, is_active=False, by=by(user)))


@router.post("/{number}/enable", dependencies=scope(Right.ADMIN, over_all=True))
def enable_user(app: Installed, user: Person, number: UserNumber) -> DeskUser:
    """Let somebody in again."""
    return desk_user(set_active(app, get_user(app, number).email, is_active=True, by=by(user)))


@router.delete("/{number}/codes", dependencies=scope(Right.ADMIN, over_all=True))
def end_user_codes(app: Installed, user: Person, number: UserNumber) -> DeskUser:
    """Ask somebody for no codes any more, who has lost telephone and recovery codes."""
    found = get_user(app, number)
    second_step.end(app, found.email, by=by(user))
    return desk_user(get_user(app, number))


def desk_user(user: User) -> DeskUser:
    """Show somebody at the desk."""
    return DeskUser(
        id=user.id,
        email=user.email,
        name=user.name,
        zone=user.zone,
        roles=[RoleOver.model_validate(one) for one in user.grants],
        active=user.is_active,
        codes=user.has_totp,
        created_at=user.created_at,
    )


def _grants(wished: Sequence[RoleWish]) -> list[Grant]:
    return [Grant(digest=one.digest, role=one.role) for one in wished]
