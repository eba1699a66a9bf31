"""What is written down of an edition's steps: a line of the history, and an alert where people must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model import Books, EditionState
from digest.model.schedule import Alert, AlertKind, HistoryEntry
from digest.store import LogEntry, OpenEdition, StoredEdition, Transaction

BOOKED = ("frozen", "sent", "failed", "expired", "excluded", "unknown")  #: how each recipient ended
SCHEDULE = "schedule"  #: who acts when nobody asked for it
LET_GO_LATE = "let go late by "  #: begins the note of the step by which somebody sends it however late
ENDED_BY = "ended by "  #: begins the note of the step by which somebody ends it for those still open
#: What lets an edition go on that was stopped on its way.
GO_ON = (
    "`digest editions resume {0}` lets it go on as it was approved, "
    "`digest editions approve {0}` as it is now"
)
GO_ON_LATE = "`digest editions resume {0} --late` lets it go on as it was approved, though it is late"
_CLICKS = timedelta(minutes=1)  #: in which the same word said twice is one


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Who does something, and when."""

    by: str
    at: datetime
    run: str | None = None  #: of the service; the same word stands in its logs


@dataclass(frozen=True, kw_only=True)
class Named:
    """An edition by the names that people and tables use."""

    id: int
    digest: str
    slot: str

    @classmethod
    def of(cls, edition: StoredEdition | OpenEdition) -> Named:
        """Name an edition."""
        if isinstance(edition, OpenEdition):
            return cls(id=edition.id, digest=edition.digest, slot=edition.slot)
        return cls(id=edition.id, digest=edition.edition.digest, slot=edition.edition.slot.key)

    def __str__(self) -> str:
        """Show it as people speak of it."""
        return f"edition {self.id} of {self.digest}, {self.slot}"


def was_let_go_late(log: Sequence[LogEntry], now: datetime) -> bool:
    """Tell whether the newest step let an edition go late a moment ago: who clicks twice has said it once."""
    last = log[-1] if log else None
    return last is not None and (last.note or "").startswith(LET_GO_LATE) and now - last.at < _CLICKS


def write_down(
    tx: Transaction, named: Named, hand: Hand, event: str, *, outcome: str = "ok", note: str | None = None
) -> None:
    """Add the line of a deed to the history, in the deed's own transaction."""
    tx.history.add(
        HistoryEntry(
            at=hand.at,
            by=hand.by,
            event=event,
            outcome=outcome,
            run=hand.run,
            digest=named.digest,
            slot=named.slot,
            edition_id=named.id,
            note=note,
        )
    )


def sent(tx: Transaction, named: Named, books: Books, hand: Hand) -> None:
    """Write down that the books of an edition are closed, what stands in them, and how long it took."""
    log = [one for one in tx.editions.log(named.id) if one.after is EditionState.SENDING]
    begun = [one.at for one in log if not (one.note or "").startswith(ENDED_BY)]
    counts = {name: getattr(books, name) for name in BOOKED}
    tx.history.add(
        HistoryEntry(
            at=hand.at,
            by=hand.by,
            event="send",
            outcome="ok",
            run=hand.run,
            digest=named.digest,
            slot=named.slot,
            edition_id=named.id,
            seconds=(hand.at - begun[-1]).total_seconds() if begun else None,
            counts=counts,
        )
    )


def tell_refused(tx: Transaction, named: Named, why: str, hand: Hand) -> None:
    """Write down that no relay takes mail of the sender, so that an edition is held, and tell people."""
    write_down(tx, named, hand, "send", outcome="held", note=why)
    text = (
        f"{why}\nThose still open are not lost, and `digest deliveries {named.id}` names the others. "
        f"Mend what the relay says, then: {ways_on(named)}"
    )
    occasion = f"sender-fault:{named.id}:{hand.at.isoformat()}"
    alert = _alert(named, AlertKind.SENDER_FAULT, occasion, "is held: no relay takes it", text)
    tx.alerts.add(alert, at=hand.at)


def tell_outage(tx: Transaction, named: Named, domain: str, what: str, hand: Hand) -> None:
    """Tell people that a domain knows none of many readers in a row, once for an edition."""
    text = (
        f"{domain} knows none of {what}\nThe edition goes on. They may be gone, or it is an outage there. "
        f"Once that is over, `digest suppress lift --since {hand.at:%Y-%m-%d} --domain {domain}` lets those "
        f"be mailed again who were suppressed for it, and `digest send {named.id} --failed` mails them."
    )
    occasion = f"outage:{named.id}:{domain}"
    alert = _alert(named, AlertKind.SENDER_FAULT, occasion, f"is refused by {domain}", text)
    if tx.alerts.add(alert, at=hand.at):
        write_down(tx, named, hand, "send", outcome="refused", note=f"{domain} knows none of {what}")


def tell_failing(tx: Transaction, named: Named, why: str, hand: Hand) -> None:
    """Tell people that an edition cannot be sent, once."""
    text = f"{why}\nIt is tried again and again until it is too late. `digest send {named.id}` tries now."
    alert = _alert(named, AlertKind.FAILED, f"failed:send:{named.id}", "cannot be sent", text)
    tx.alerts.add(alert, at=hand.at)


def tell_standstill(tx: Transaction, named: Named, why: str, hand: Hand) -> None:
    """Tell people that trouble keeps everybody's mail of an edition back, once."""
    text = (
        f"{why}\nIt goes on by itself once that is over. `digest editions show {named.id}` says until when."
    )
    alert = _alert(named, AlertKind.FAILED, f"standstill:{named.id}", "stands still", text)
    tx.alerts.add(alert, at=hand.at)


def tell_stuck(tx: Transaction, named: Named, event: str, why: str, hand: Hand) -> bool:
    """Tell people that what is due with an edition fails, once; False when they were told before."""
    text = f"{why}\nIt is tried again and again until it is too late. {_ways(named)}"
    alert = _alert(named, AlertKind.FAILED, f"failed:review:{named.id}", "cannot be seen to", text)
    is_new = tx.alerts.add(alert, at=hand.at)
    if is_new:
        write_down(tx, named, hand, event, outcome="failed", note=why)
    return is_new


def tell_held(tx: Transaction, named: Named, why: str, hand: Hand, *, ways: str = "") -> None:
    """Write down that the program holds an edition, and tell the editors; ways: other ones than for all."""
    write_down(tx, named, hand, "hold", outcome="held", note=why)
    alert_held(tx, named, why, hand, ways=ways)


def alert_held(tx: Transaction, named: Named, why: str, hand: Hand, *, ways: str = "") -> None:
    """Tell the editors that the program holds an edition."""
    # Held twice is two occasions: an edition may be approved, change, and be held again.
    occasion = f"held:{named.id}:{hand.at.isoformat()}"
    text = f"{why}\n{ways or _ways(named)}"
    tx.alerts.add(_alert(named, AlertKind.HELD, occasion, "is held", text), at=hand.at)


def tell_expired(tx: Transaction, named: Named, why: str, hand: Hand) -> None:
    """Write down that it has become too late for an edition, and tell people, once."""
    text = f"{why}\nNobody is mailed it from now on."
    alert = _alert(named, AlertKind.EXPIRED, f"expired:{named.id}", "has expired", text)
    if tx.alerts.add(alert, at=hand.at):
        write_down(tx, named, hand, "expire", outcome="expired", note=why)


def tell_skipped(tx: Transaction, named: Named, why: str, hand: Hand) -> None:
    """Write down that an edition is left out because nobody approved it, and tell people."""
    write_down(tx, named, hand, "skip", outcome="skipped", note=why)
    text = f"{why}\nNobody is mailed it."
    tx.alerts.add(_alert(named, AlertKind.MISSED, f"skipped:{named.id}", "is left out", text), at=hand.at)


def remind(tx: Transaction, named: Named, occasion: str, text: str, hand: Hand) -> bool:
    """Remind the editors of an edition once for each occasion; False when somebody did so before."""
    key = f"reminder:{named.id}:{occasion}"
    alert = _alert(named, AlertKind.REMINDER, key, "waits for approval", f"{text}\n{_ways(named)}")
    is_new = tx.alerts.add(alert, at=hand.at)
    if is_new:
        write_down(tx, named, hand, "remind", note=occasion)
    return is_new


def _alert(named: Named, kind: AlertKind, key: str, what: str, text: str) -> Alert:
    return Alert(
        key=key,
        kind=kind,
        title=f"{named} {what}",
        text=text,
        digest=named.digest,
        slot=named.slot,
        edition_id=named.id,
    )


def ways_on(named: Named) -> str:
    """Say what a person may do with an edition that was stopped on its way."""
    ways = f"`digest editions show {{0}}` shows it, {GO_ON}, `digest editions resume {{0}} --end` ends it"
    return f"{ways.format(named.id)} for those still open."


def _ways(named: Named) -> str:
    show, approve, cancel = (f"`digest editions {verb} {named.id}`" for verb in ("show", "approve", "cancel"))
    return f"{show} shows it, {approve} lets it go out, {cancel} ends it."
