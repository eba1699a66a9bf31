"""Relays: how they are, what of their limits is used, and how far a warm-up is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from digest.actions.mailing.relay_answers import answer_figures
from digest.actions.mailing.relay_health import look_at, relays_health
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import Listed, Shape
from digest.web.frame import Installed

router = APIRouter(prefix="/api/v1/relays", tags=["relays"])

RelayName = Annotated[
    str, Path(max_length=80, description="Its name in config/digest.yaml.", examples=["main"])
]


class Look(Shape):
    """What a relay answered when somebody last looked at it."""

    at: datetime
    since: datetime = Field(description="Since when it is so.")
    trouble: str | None = Field(description="Why it took no connection; null: it did.")
    ms: int | None = Field(description="Milliseconds until it was ready for mail.")


class Used(Shape):
    """How much of a limit of messages is used."""

    used: int
    most: int | None = Field(description="Null: there is no limit, and nothing is counted.")


class Relay(Shape):
    """One relay and how it is."""

    name: str
    place: str
    tls: str
    weight: int = Field(description="Its share; 0 is used only while no other works.")
    look: Look | None = Field(description="Null: nobody has looked yet.")
    is_stale: bool = Field(description="The last look is too old to say anything of now.")
    held: int = Field(description="Connections that senders hold now.")
    connections: int = Field(description="At most.")
    per_second: float | None
    hour: Used
    day: Used = Field(description="Its limit is the warm-up's while that goes on.")
    warm_up_day: int | None = Field(description="1 is the first; null: none goes on.")


class RelayShare(Shape):
    """How many mails had an answer of one kind."""

    kind: str = Field(
        description="First digit and subject of enhanced codes (RFC 3463), without one the digit; or none.",
        examples=["4.7"],
    )
    words: str = Field(examples=["put off: policy"])
    count: int


class RelayPace(Shape):
    """How long the final answer took within an hour."""

    hour: datetime = Field(description="It begins then.")
    p95_ms: int


class RelayAnswers(Shape):
    """What a relay answered to mails of editions in 24 hours and the hour that they began in."""

    relay: str
    total: int
    taken: int
    put_off: int = Field(description="4xx.")
    refused: int = Field(description="5xx.")
    lost: int = Field(description="No answer came.")
    shares: list[RelayShare] = Field(description="The most frequent first.")
    median_ms: int | None = Field(description="From MAIL to the final answer, to a tenth; null: none came.")
    p95_ms: int | None
    paces: list[RelayPace] = Field(description="Of the hours with answers.")


@router.get("", dependencies=scope(Right.OPERATE, over_all=True))
def list_relays(app: Installed) -> Listed[Relay]:
    """List the relays in the order of the settings, and how each is."""
    return Listed(items=[Relay.model_validate(one) for one in relays_health(app)], next=None)


@router.get("/answers", dependencies=scope(Right.OPERATE, over_all=True))
def list_relay_answers(app: Installed) -> Listed[RelayAnswers]:
    """Show what each relay answered to mail in the last 24 hours, and how soon."""
    found = answer_figures(app).values()
    return Listed(items=[RelayAnswers.model_validate(one) for one in found], next=None)


@router.post("/{relay}/look", dependencies=scope(Right.OPERATE, over_all=True))
def look_at_relay(app: Installed, relay: RelayName) -> Look:
    """Ask a relay whether it would take mail, by a greeting and a login; takes up to 20 seconds."""
    return Look.model_validate(look_at(app, relay))
