"""Tokens: the one that is shown, narrower ones made by it, and everybody's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from digest.actions.staff.accounts import users
from digest.actions.staff.programs import narrower_token, revoke_token, tokens
from digest.model.accounts import ApiToken, Right
from digest.web.api.access import ShownToken, any_scope, scope
from digest.web.api.shapes import Line, Listed, Shape, Wish, wish_like
from digest.web.api.users import DeskUser, desk_user
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1", tags=["users"])


class Token(Shape):
    """A program that may do what its person may, as far as its scopes go."""

    id: int
    email: str = Field(description="Of the person that it acts for.")
    name: str
    scopes: list[Right]
    created_at: datetime
    expires_at: datetime | None = Field(description="Null: it holds until it is revoked.")
    used_at: datetime | None = Field(description="To the minute.")


class Own(Token):
    """The token that is shown, and the person that it acts for."""

    person: DeskUser


class NewToken(Token):
    """A token that was made."""

    token: str = Field(description="What a program shows; it stands here this once.")


class TokenWish(Wish):
    """A narrower token."""

    name: Annotated[Line, Field(min_length=1, max_length=60, description="What it is for.")]
    scopes: Annotated[list[Right], Field(min_length=1, max_length=5, description="What it may do.")]
    days: int | None = Field(default=None, ge=1, le=3_650, description="Null: as long as this one.")

    model_config = wish_like(name="nightly export", scopes=["read"], days=30)


class Revoked(Shape):
    """A token that holds no more."""

    id: int
    name: str
    revoked: bool


@router.get("/token", dependencies=any_scope())
def show_token(user: Person, shown: ShownToken) -> Own:
    """Show what the token that is shown may do, for whom, and until when."""
    return Own(**_token(shown, user.email).model_dump(), person=desk_user(user))


@router.delete("/token", dependencies=any_scope())
def revoke_own_token(app: Installed, user: Person, shown: ShownToken) -> Revoked:
    """Revoke the token that is shown: once it got into wrong hands, or is needed no more."""
    return _revoked(revoke_token(app, shown.id, user=user, by=by(user)))


@router.post("/tokens", dependencies=any_scope())
def make_token(app: Installed, user: Person, shown: ShownToken, wish: TokenWish) -> NewToken:
    """Make a token that can do no more than the one that is shown, and holds no longer."""
    made, secret = narrower_token(app, user, shown, wish.name, scopes=frozenset(wish.scopes), days=wish.days)
    return NewToken(**_token(made, user.email).model_dump(), token=secret)


@router.get("/tokens", dependencies=scope(Right.ADMIN, over_all=True))
def list_tokens(app: Installed) -> Listed[Token]:
    """List everybody's tokens, the newest first; those that have expired, too."""
    people = {one.id: one.email for one in users(app)}
    return Listed(items=[_token(one, people[one.user_id]) for one in tokens(app)], next=None)


@router.delete("/tokens/{number}", dependencies=scope(Right.ADMIN, over_all=True))
def revoke_any_token(
    app: Installed,
    user: Person,
    number: Annotated[int, Path(ge=1, le=2**53, description="The token's number.")],
) -> Revoked:
    """Revoke anybody's token; programs that show it stay outside at once."""
    return _revoked(revoke_token(app, number, by=by(user)))


def _token(one: ApiToken, email: str) -> Token:
    return Token(
        id=one.id,
        email=email,
        name=one.name,
        scopes=sorted(one.scopes),
        created_at=one.created_at,
        expires_at=one.expires_at,
        used_at=one.used_at,
    )


def _revoked(ended: ApiToken) -> Revoked:
    return Revoked(id=ended.id, name=ended.name, revoked=True)
