"""Find the mail that a report is about, by what only we can have written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from digest.actions.app import App
from digest.deliver import edition_of, read_bounce_address
from digest.deliver.reports.bounces import Report
from digest.deliver.reports.enclosed import Enclosed
from digest.model import BounceKind, Subscriber
from digest.store import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """Whose mail a report is about."""

    person: Subscriber
    digest: str  #: key of the digest
    edition_id: int  #: of the digest; the newest meant for them where nobody knows which it was
    name: int | str  #: of the mail, the same each time that its report comes in


def find_mail(app: App, tx: Transaction, report: Report) -> About | None:
    """Find the mail that a report is about; None unless it is proved to be one on the books.

    Proof is a signed envelope sender, or in the header of the mail that it encloses the link by which its
    reader leaves, and a Message-ID that was made for them. For a complaint the link is enough: whoever has
    it can end the subscription with it. A complaint counts also when its mail went off the record.
    """
    is_complaint = report.kind is BounceKind.COMPLAINT
    for about in chain(_by_sender(app, tx, report), _by_mail(app, tx, report)):
        if is_complaint or tx.deliveries.holds(about.edition_id, about.person.id):
            return about
    return None


def _by_sender(app: App, tx: Transaction, report: Report) -> Iterator[About]:
    for address in report.addresses:
        named = read_bounce_address(app.keyring, address)
        if named is not None:
            digest, person = tx.editions.digest_of(named[0]), tx.people.get_by_uid(named[1])
            if digest is not None and person is not None:
                yield About(person=person, digest=digest, edition_id=named[0], name=named[0])


def _by_mail(app: App, tx: Transaction, report: Report) -> Iterator[About]:
    for mail in report.mails:
        for person, digest in _leavers(app, tx, mail):
            edition = edition_of(app.keyring, mail.message_id, person.uid)
            if edition is not None and tx.editions.digest_of(edition) == digest:
                yield About(person=person, digest=digest, edition_id=edition, name=edition)
            elif report.kind is BounceKind.COMPLAINT:
                # Relays write Message-IDs of their own, and copies have others; who it is stands in the link.
                newest = tx.editions.newest_for(digest, person.id)
                if newest is not None:
                    yield About(person=person, digest=digest, edition_id=newest, name=digest)


def _leavers(app: App, tx: Transaction, mail: Enclosed) -> Iterator[tuple[Subscriber, str]]:
    """Give who can leave which digest by the links of a mail; one that is not ours names nobody."""
    for uri in mail.unsubscribe:
        payload = app.keyring.verify("unsubscribe", uri.rpartition("/")[2])
        uid, _, digest = (payload or "").partition(".")
        person = tx.people.get_by_uid(uid) if uid and digest else None
        if person is not None:
            yield person, digest
