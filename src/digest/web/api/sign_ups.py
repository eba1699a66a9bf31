"""Sign-ups that a site's own program hands over: the person still confirms by mail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, IPvAnyAddress

from digest.actions.readers import signing_up
from digest.actions.readers.sign_up_form import network_of
from digest.errors import TooMany
from digest.model import Wish as Wished
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import DigestKey, Line, Name, Shape, Wish, wish_like
from digest.web.frame import Installed

router = APIRouter(prefix="/api/v1/digests", tags=["subscribers"])

_HOUR_S = 3_600


class SignUpWish(Wish):
    """What somebody asks for who signs up on another site."""

    email: Name = Field(description="That the question is mailed to.")
    name: Line | None = Field(default=None, description="As mails may greet them.")
    sections: Annotated[list[Line], Field(max_length=40)] = Field(
        default=[], description="Keys or titles; empty means all."
    )
    hour: Annotated[Line, Field(max_length=20)] | None = Field(
        default=None, description="When mail shall come; null: with everyone.", examples=["18:30"]
    )
    zone: Annotated[Line, Field(max_length=80)] | None = Field(
        default=None, description="Theirs; null: the digest's.", examples=["Europe/Berlin"]
    )
    language: Annotated[Line, Field(max_length=40)] | None = Field(
        default=None, description="Of the mail's own words.", examples=["en"]
    )
    address: IPvAnyAddress | None = Field(
        default=None,
        description="Of the person on the network, so that limits count people; null: all count as one.",
    )

    model_config = wish_like(email="sam@example.org", zone="Europe/Berlin", address="203.0.113.7")


class SignUp(Shape):
    """That a sign-up was taken down."""

    digest: str
    taken: bool = Field(description="True whoever has the address, so that it tells nothing of them.")


@router.post("/{digest}/sign-ups", dependencies=scope(Right.OPERATE))
def sign_up(app: Installed, digest: DigestKey, wish: SignUpWish) -> SignUp:
    """Take a sign-up down and mail the question whether it is meant, at most once in 24 hours."""
    wished = Wished(
        email=wish.email,
        digest=digest,
        name=wish.name,
        sections=tuple(wish.sections),
        hour=wish.hour or None,
        zone=wish.zone or None,
        language=wish.language or None,
    )
    network = network_of(app.keyring, "" if wish.address is None else str(wish.address))
    if not signing_up.ask(app, wished, network=network):
        raise TooMany("so many have signed up within an hour that no more are taken", wait_s=_HOUR_S)
    return SignUp(digest=digest, taken=True)
