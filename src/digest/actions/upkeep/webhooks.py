"""Where alerts go by HTTP: what went there, handing one over, and trying a receiver out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from digest.actions.app import App
from digest.actions.upkeep.alert_mail import public_id
from digest.deliver.webhook import post, signed_headers
from digest.errors import DigestError, NotFound, TooMany
from digest.model import Alert, AlertKind, AlertSend, HistoryEntry
from digest.settings import WebhookSettings, secret_bytes

LEASE = timedelta(minutes=15)  #: longer than any try takes
_SHOWN = 10  #: sends of each


@dataclass(frozen=True, kw_only=True)
class Hook:
    """One webhook of the settings, and what went there."""

    name: str
    place: str  #: scheme and host; the path may hold a secret and is left out
    kinds: tuple[AlertKind, ...]  #: () means all but news
    last: tuple[AlertSend, ...]  #: the newest first, at most ten
    waiting: int  #: sends that have not ended


def webhooks(app: App) -> tuple[Hook, ...]:
    """Return the webhooks in the order of the settings."""
    with app.store.reading() as tx:
        waiting = tx.alerts.waiting()
        last = [
            tx.alerts.sent_through(_channel(hook.name), limit=_SHOWN) for hook in app.system.alerts.webhooks
        ]
    return tuple(
        Hook(
            name=hook.name,
            place=_place(hook.url),
            kinds=hook.kinds,
            last=sends,
            waiting=waiting.get(_channel(hook.name), 0),
        )
        for hook, sends in zip(app.system.alerts.webhooks, last, strict=True)
    )


def send_test(app: App, name: str, *, by: str) -> AlertSend:
    """Try a webhook with an alert that goes nowhere else, once; waits up to half a minute for the answer.

    Args:
        app: The installation.
        name: Of the webhook.
        by: Who tries.

    Returns:
        How it ended: `sent_at`, or `error`.

    Raises:
        NotFound: The settings have no such webhook.
        TooMany: Somebody has just tried.
    """
    hook_of(app, name)
    now = app.clock()
    alert = Alert(
        key=f"test:{name}:{int(now.timestamp())}",
        kind=AlertKind.TEST,
        title=f"A test of the webhook {name}",
        text="Somebody at the desk wants to see whether this arrives.",
    )
    with app.store.writing() as tx:
        lease = tx.shared_now(now) - now + LEASE
        send = tx.alerts.begin(alert, _channel(name), at=now, lease=lease)
        if send is None:
            raise TooMany("this webhook was tried a moment ago", wait_s=1)
        tx.history.add(HistoryEntry(at=now, by=by, event="webhook test", outcome="ok", note=name))
    error = None
    try:
        hand_over(app, send, name)
    except DigestError as problem:
        error = problem.message
    with app.store.writing() as tx:
        tx.alerts.ended(send, at=app.clock(), error=error)
        return tx.alerts.sends(send.id)[0]


def hand_over(app: App, send: AlertSend, name: str) -> None:
    """Post an alert to a webhook, signed.

    Raises:
        NotFound: The settings have no such webhook.
        TransportError: It was not taken, or nobody can tell. Permanent: the receiver wants no more.
    """
    hook = hook_of(app, name)
    alert = send.alert
    data = {
        "title": alert.title,
        "text": alert.text,
        "site": app.system.site.base_url,
        "digest": alert.digest,
        "slot": alert.slot,
        "edition": alert.edition_id,
    }
    payload = {"type": f"digest.{alert.kind}", "timestamp": send.at.isoformat(), "data": data}
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "backslashreplace")
    secret = "" if hook.secret is None else hook.secret.get_secret_value()
    post(hook.url, body, signed_headers(secret_bytes(secret), public_id(send), app.clock(), body))


def hook_of(app: App, name: str) -> WebhookSettings:
    """Return a webhook of the settings.

    Raises:
        NotFound: They have no such one.
    """
    found = next((hook for hook in app.system.alerts.webhooks if hook.name == name), None)
    if found is None:
        raise NotFound(f"no webhook '{name[:63]}'", hint="alerts.webhooks in config/digest.yaml lists them")
    return found


def _channel(name: str) -> str:
    return f"webhook {name}"


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
