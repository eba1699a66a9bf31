"""Subscribers and addresses that must not be mailed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from digest.actions.readers import people
from digest.actions.readers.readers_desk import readers_of
from digest.model import SubscriptionState
from digest.model.accounts import Right
from digest.store import NewSubscriber
from digest.web.api.access import scope
from digest.web.api.shapes import (
    Cursor,
    DigestKey,
    Email,
    Limit,
    Line,
    Listed,
    Name,
    Shape,
    Wish,
    key_in,
    number_in,
    turned,
    wish_like,
)
from digest.web.frame import Installed
from digest.web.guard import Person as User
from digest.web.guard import by
from digest.web.templates import masked

router = APIRouter(prefix="/api/v1", tags=["subscribers"])


class Person(Shape):
    """Somebody who gets mail."""

    email: str
    name: str | None
    language: str | None
    zone: str | None


class Subscription(Shape):
    """A person's choice of a digest."""

    digest: str
    state: str
    sections: list[str] = Field(description="Empty means all.")
    consent: str | None
    confirmed_at: datetime | None


class Choice(Subscription):
    """Somebody's choice of a digest, as operators of that digest see it."""

    number: int = Field(description="The person's.")
    email: str = Field(description="Masked.", examples=["s…m@example.org"])


class Subscriber(Person):
    """A person and their subscriptions."""

    subscriptions: list[Subscription]


class NewPerson(Wish):
    """Somebody who has agreed elsewhere to get a digest."""

    email: Name = Field(description="Their address.")
    consent: Name = Field(description="How they agreed: goes on record.")
    name: Line | None = Field(default=None, description="As mails may greet them.")
    language: Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z0-9-]+$")] | None = Field(
        default=None, description="Of the mail's own words; null: the digest's.", examples=["de"]
    )
    zone: Line | None = Field(
        default=None, description="Theirs; null: the digest's.", examples=["Europe/Berlin"]
    )
    sections: Annotated[list[Line], Field(max_length=30)] = Field(
        default=[], description="Keys or titles; empty means all."
    )

    model_config = wish_like(email="sam@example.org", consent="paper form of 2026-11-02", name="Sam")


class Erased(Shape):
    """Whether there was somebody to erase; the address is barred in any case."""

    erased: bool


class BarWish(Wish):
    """Why an address must not be mailed."""

    reason: Name = Field(default="by hand", description="Goes on record.")

    model_config = wish_like(reason="asked by telephone")


class Suppression(Shape):
    """An address that must not be mailed."""

    email: str = Field(description="An erased person's is a fingerprint.")
    reason: str
    added_at: datetime


class Barred(Shape):
    """Whether an address is barred."""

    email: str
    suppressed: bool


@router.get("/subscribers", dependencies=scope(Right.OPERATE, over_all=True))
def list_subscribers(  # why: FastAPI reads the query from the arguments
    request: Request,
    response: Response,
    app: Installed,
    digest: Annotated[str | None, Query(max_length=80, description="Only those who have chosen it.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[Person]:
    """List people who are not erased, in the order they came."""
    rows = people.listing(app, digest, limit=limit + 1, after_id=number_in(cursor) or 0)
    page, following = turned(request, response, rows, limit, lambda one: one.id)
    return Listed(items=[Person.model_validate(one) for one in page], next=following)


@router.get("/digests/{digest}/subscribers", dependencies=scope(Right.OPERATE))
def list_choices(  # why: FastAPI reads query and path from the arguments
    request: Request,
    response: Response,
    app: Installed,
    digest: DigestKey,
    state: Annotated[SubscriptionState | None, Query(description="Only those.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[Choice]:
    """List who has chosen a digest, the ended ones too, with addresses masked; an export has them whole."""
    key, after = app.digest(digest).key, number_in(cursor) or 0
    rows = readers_of(app, key, state=state, after=after, limit=limit + 1)
    page, following = turned(request, response, rows, limit, lambda one: one.subscriber.id)
    shown = [
        Choice(
            number=one.subscriber.id,
            email=masked(one.subscriber.email),
            **Subscription.model_validate(one).model_dump(),
        )
        for one in page
    ]
    return Listed(items=shown, next=following)


@router.post("/digests/{digest}/subscribers", dependencies=scope(Right.OPERATE))
def add_subscriber(app: Installed, user: User, digest: DigestKey, wish: NewPerson) -> Subscription:
    """Add a person who has agreed elsewhere; the same one again keeps what is known."""
    new = NewSubscriber(email=wish.email, name=wish.name, language=wish.language, zone=wish.zone)
    choice = people.add(app, digest, new, consent=wish.consent, by=by(user), sections=";".join(wish.sections))
    return Subscription.model_validate(choice)


@router.get("/subscribers/{email}", dependencies=scope(Right.OPERATE, over_all=True))
def show_subscriber(app: Installed, email: Email) -> Subscriber:
    """Show a person and their subscriptions."""
    person, choices = people.show(app, email)
    shown = [Subscription.model_validate(one) for one in choices]
    return Subscriber(**Person.model_validate(person).model_dump(), subscriptions=shown)


@router.get("/subscribers/{email}/export", dependencies=scope(Right.OPERATE, over_all=True))
def export_subscriber(app: Installed, email: Email) -> dict[str, Any]:
    """Give all that is stored about a person."""
    return people.export(app, email)


@router.delete("/subscribers/{email}", dependencies=scope(Right.OPERATE, over_all=True))
def erase_subscriber(app: Installed, user: User, email: Email) -> Erased:
    """Erase a person for good; only a fingerprint stays, so that no import brings them back."""
    return Erased(erased=people.erase(app, email, by=by(user)))


@router.get("/suppressions", dependencies=scope(Right.OPERATE, over_all=True))
def list_suppressions(
    request: Request, response: Response, app: Installed, limit: Limit = 50, cursor: Cursor = None
) -> Listed[Suppression]:
    """List the addresses that must not be mailed, and why."""
    rows = people.suppressions(app, after=key_in(cursor) or "", limit=limit + 1)
    page, following = turned(request, response, rows, limit, lambda one: one.email)
    return Listed(items=[Suppression.model_validate(one) for one in page], next=following)


@router.put("/suppressions/{email}", dependencies=scope(Right.OPERATE, over_all=True))
def suppress(app: Installed, user: User, email: Email, wish: BarWish | None = None) -> Barred:
    """Never mail this address, whatever list it is on."""
    people.suppress(app, email, (wish or BarWish()).reason, by=by(user))
    return Barred(email=email, suppressed=True)


@router.delete("/suppressions/{email}", dependencies=scope(Right.OPERATE, over_all=True))
def unsuppress(app: Installed, user: User, email: Email) -> Barred:
    """Allow an address to be mailed again."""
    people.unsuppress(app, email, by=by(user))
    return Barred(email=email, suppressed=False)
