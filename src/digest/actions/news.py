"""News of editions, for programs: written down with the deed when a channel names their kind."""

from __future__ import annotations

from digest.actions.app import App
from digest.actions.telling import Hand, Named
from digest.model import Alert, AlertKind
from digest.store import Transaction

_WORDS = {
    AlertKind.BUILT: "is built",
    AlertKind.APPROVED: "is approved",
    AlertKind.SENDING: "goes out",
    AlertKind.BRAKED: "is stopped while it goes out",
    AlertKind.SENT: "is sent",
}


def tell_news(app: App, tx: Transaction, kind: AlertKind, named: Named, hand: Hand, text: str = "") -> None:
    """Let a step of an edition be told through the channels whose settings name its kind; often none.

    Args:
        app: The installation.
        tx: The transaction of the step.
        kind: One that is news.
        named: The edition.
        hand: Who took the step, and when.
        text: More of it, in lines.
    """
    settings = app.system.alerts
    if kind not in settings.mail.kinds and not any(kind in hook.kinds for hook in settings.webhooks):
        return
    alert = Alert(
        # The same step twice is two occasions: an edition may be approved, change, and be approved again.
        key=f"{kind}:{named.id}:{hand.at.isoformat()}",
        kind=kind,
        title=f"{named} {_WORDS[kind]}",
        text=text or f"by {hand.by}",
        digest=named.digest,
        slot=named.slot,
        edition_id=named.id,
    )
    tx.alerts.add(alert, at=hand.at)
