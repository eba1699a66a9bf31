"""What it means for a person when their mail comes back, or is refused by a relay, for good."""

from __future__ import annotations

import hashlib
from datetime import datetime

from digest.deliver.statuses import find_status, judge_failure
from digest.model import BounceKind, DeliveryState, Outcome, Settlement, Subscriber
from digest.store import NewBounce, Transaction

COMES_BACK = "mail comes back: "  #: what the reason of such a suppression begins with
_NAME = "refused by the relay"  #: what no report is called: a mail is refused once, however often it is tried


def is_refused_for_good(outcome: Outcome) -> bool:
    """Tell whether an attempt failed because the address does not exist.

    A faulty message, and a relay that kept asking to come later, say nothing about the address.
    """
    if outcome.state is not DeliveryState.FAILED or (outcome.code is not None and outcome.code < 500):
        return False
    words = outcome.text or ""
    is_said = outcome.code is not None or outcome.status is not None or find_status(words) is not None
    return is_said and judge_failure(outcome.status, words)[0] is BounceKind.HARD


def note_refusal(tx: Transaction, end: Settlement, *, after: int) -> None:
    """Put a refusal for good on record, once an edition, and draw the consequence of a report.

    Args:
        tx: Where the end was written down.
        end: Refused for good.
        after: Editions in a row that must be refused until the address is suppressed.
    """
    delivery = tx.deliveries.get(end.delivery_id)
    if delivery is None or not delivery.subscriber.email:
        return  # erased meanwhile
    person, outcome = delivery.subscriber, end.outcome
    status = judge_failure(outcome.status, outcome.text or "")[1]
    new = NewBounce(
        subscriber_id=person.id,
        edition_id=delivery.edition_id,
        kind=BounceKind.HARD,
        status=status,
        digest=name_report(delivery.edition_id, person.id, _NAME),
        is_refusal=True,
    )
    if tx.bounces.add(new, at=outcome.at):
        give_up(tx, person, status, after=after, at=outcome.at)


def give_up(tx: Transaction, person: Subscriber, status: str | None, *, after: int, at: datetime) -> bool:
    """Suppress an address once enough editions in a row came back for good; else say False.

    Args:
        tx: Holds the newest report already.
        person: Whose mail came back.
        status: Why, such as 5.1.1; None when nobody said.
        after: Editions in a row that must have come back.
        at: The moment.
    """
    is_enough = tx.bounces.hard_editions(person.id, most=after) >= after
    if not is_enough or tx.people.is_suppressed(person.email):
        return False
    tx.people.suppress(person.email, f"{COMES_BACK}{status or 'no such address'}", at=at)
    return True


def name_report(mail: int | str, subscriber_id: int, name: str) -> str:
    """Name a report for good; within its mail, so that nobody can take the name of another's in advance.

    Args:
        mail: The edition, or its digest where nobody knows which edition it was.
        subscriber_id: Whose mail.
        name: The report's own.
    """
    return hashlib.blake2b(f"{mail}/{subscriber_id}/{name}".encode(), digest_size=20).hexdigest()
