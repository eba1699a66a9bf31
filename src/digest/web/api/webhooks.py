"""Webhooks: what went to each, and trying one out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from digest.actions.upkeep.webhooks import Hook, send_test, webhooks
from digest.model import AlertSend
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import Listed, Shape
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/webhooks", tags=["records"])

HookName = Annotated[
    str, Path(max_length=80, description="Its name in config/digest.yaml.", examples=["pager"])
]


class HookSend(Shape):
    """One alert on its way to a webhook, or there."""

    alert: int = Field(description="Its number here; a test has one, too.")
    kind: str = Field(examples=["held"])
    title: str
    at: datetime = Field(description="When it happened.")
    tries: int
    sent_at: datetime | None = Field(description="When it was taken; null: it was not, so far.")
    next_at: datetime | None = Field(description="When it is tried again; null: never.")
    error: str | None = Field(description="Why the last try failed.")


class Webhook(Shape):
    """One webhook of the settings, and what went there."""

    name: str
    place: str = Field(description="Scheme and host; the path may hold a secret and is left out.")
    kinds: list[str] = Field(description="Of alerts that it hears of; empty: all but news.")
    waiting: int = Field(description="Alerts that are on their way.")
    last: list[HookSend] = Field(description="At most ten, the newest first.")


@router.get("", dependencies=scope(Right.OPERATE, over_all=True))
def list_webhooks(app: Installed) -> Listed[Webhook]:
    """List the webhooks in the order of the settings, with the last that went to each."""
    return Listed(items=[_hook(one) for one in webhooks(app)], next=None)


@router.post("/{hook}/test", dependencies=scope(Right.OPERATE, over_all=True))
def try_webhook(app: Installed, user: Person, hook: HookName) -> HookSend:
    """Send a webhook a signed test once, and tell how it ended; takes up to half a minute."""
    return _send(send_test(app, hook, by=by(user)))


def _hook(hook: Hook) -> Webhook:
    return Webhook(
        name=hook.name,
        place=hook.place,
        kinds=list(hook.kinds),
        waiting=hook.waiting,
        last=[_send(one) for one in hook.last],
    )


def _send(send: AlertSend) -> HookSend:
    return HookSend(
        alert=send.id,
        kind=send.alert.kind,
        title=send.alert.title,
        at=send.at,
        tries=send.tries,
        sent_at=send.sent_at,
        next_at=send.next_at,
        error=send.error,
    )
