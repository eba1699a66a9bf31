"""Subscribers: add, show, export, erase; addresses that must not be mailed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from digest.actions.app import App
from digest.actions.mailing.refusals import COMES_BACK
from digest.actions.readers.noting_people import note, numbered
from digest.errors import DigestError, NotFound
from digest.markup import clean_line
from digest.model import Subscriber, Subscription, SubscriptionState, Suppression
from digest.settings import MORE, DigestSettings, section_key
from digest.store import NewSubscriber
from digest.timetable import read_zone

MAX_NAME = 320


def add(
    app: App, digest_key: str, new: NewSubscriber, *, consent: str, by: str, sections: str = ""
) -> Subscription:
    """Add one person who has agreed elsewhere, confirmed by that consent.

    Raises:
        MessageError: The address cannot be written into a mail.
        Refused: The address is suppressed.
        DigestError: The digest has no such section, or there is no such zone.
    """
    digest = app.digest(digest_key)
    keys = read_sections(digest, sections)
    person = replace(new, name=clean_line(new.name or "", MAX_NAME) or None, zone=read_zone(new.zone))
    with app.store.writing() as tx:
        subscriber = tx.people.put(person, at=app.clock())
        note(tx, "reader", f"added {numbered(subscriber)}", by=by, at=app.clock(), digest=digest.key)
        return tx.people.subscribe(
            subscriber.id,
            digest.key,
            state=SubscriptionState.CONFIRMED,
            at=app.clock(),
            sections=keys,
            consent=consent,
            reopen=True,
        )


def show(app: App, email: str) -> tuple[Subscriber, tuple[Subscription, ...]]:
    """Return a person and their subscriptions.

    Raises:
        NotFound: Nobody has this address.
    """
    with app.store.reading() as tx:
        subscriber = tx.people.find(email)
        if subscriber is None:
            raise NotFound(f"no subscriber {email}", hint="`digest subscribers add` adds one")
        return subscriber, tx.people.subscriptions(subscriber.id)


def read_sections(digest: DigestSettings, text: str) -> tuple[str, ...]:
    """Read section keys or titles joined by ';' or '|'; empty means all.

    Raises:
        DigestError: The digest has no such section.
    """
    known = {section.key: section.key for section in digest.sections}
    known |= {section_key(section.title): section.key for section in digest.sections}
    known |= {MORE: MORE} if digest.more.at_most else {}
    names = [name for name in text.replace("|", ";").split(";") if name.strip()]
    unknown = [name.strip() for name in names if section_key(name) not in known]
    if unknown:
        raise DigestError(
            f"no section '{clean_line(unknown[0], 60)}' in {digest.key}",
            hint=f"known: {', '.join(section.key for section in digest.sections)}",
        )
    return tuple(dict.fromkeys(known[section_key(name)] for name in names))


def export(app: App, email: str) -> dict[str, object]:
    """Return all that is stored about a person.

    Raises:
        NotFound: Nobody has this address.
    """
    with app.store.reading() as tx:
        return tx.people.export(email)


def erase(app: App, email: str, *, by: str) -> bool:
    """Erase a person for good; False when nobody had the address, which is barred all the same."""
    with app.store.writing() as tx:
        note(tx, "erase", f"erased {numbered(tx.people.find(email))}", by=by, at=app.clock())
        return tx.people.erase(email, at=app.clock())


def suppress(app: App, email: str, reason: str, *, by: str) -> None:
    """Never mail this address, whatever list it is on."""
    with app.store.writing() as tx:
        whom = numbered(tx.people.find(email))
        note(tx, "suppress", f"{whom} is not mailed any more", by=by, at=app.clock())
        tx.people.suppress(email, reason, at=app.clock())


def unsuppress(app: App, email: str, *, by: str) -> None:
    """Allow an address to be mailed again.

    Raises:
        NotFound: It is not suppressed.
    """
    with app.store.writing() as tx:
        if not tx.people.unsuppress(email):
            raise NotFound(f"{email} is not suppressed", hint="`digest suppress list` shows those that are")
        whom = numbered(tx.people.find(email))
        note(tx, "suppress", f"{whom} may be mailed again", by=by, at=app.clock())


def lift(app: App, *, since: datetime, domain: str | None, by: str) -> int:
    """Allow all addresses again that were suppressed since their mail came back; return how many.

    Args:
        app: The installation.
        since: Only those that were suppressed from this moment on.
        domain: Only those of this domain; None: of all.
        by: Who asks for it.

    Raises:
        DigestError: The moment is still to come.
        MessageError: It is no domain.
    """
    now = app.clock()
    with app.store.writing() as tx:
        # By the later clock: another machine's may have told when somebody was suppressed.
        today = max(now, tx.shared_now(now)).astimezone(UTC)
        if since > today:
            hint = f"name the day on which mail began to come back; in UTC it is {today:%Y-%m-%d} now"
            raise DigestError(f"{since:%Y-%m-%d} is still to come", where="--since", hint=hint)
        count = tx.people.lift(COMES_BACK, since=since, domain=domain)
        addresses = f"{count} address{'' if count == 1 else 'es'}"
        what = f"{addresses} may be mailed again whose mail came back since {since:%Y-%m-%d}"
        note(tx, "suppress", what + (f" from {domain}" if domain else ""), by=by, at=now)
    return count


def suppressions(app: App, *, after: str = "", limit: int | None = None) -> tuple[Suppression, ...]:
    """List the addresses that must not be mailed; bounds as the store's list has them."""
    with app.store.reading() as tx:
        return tx.people.suppressions(after=after, limit=limit)


def listing(app: App, digest_key: str | None, *, limit: int, after_id: int = 0) -> tuple[Subscriber, ...]:
    """List people who are not erased, by id; bounds as the store's list has them.

    Raises:
        NotFound: There is no such digest.
    """
    if digest_key is not None:
        app.digest(digest_key)
    with app.store.reading() as tx:
        return tx.people.list(digest=digest_key, limit=limit, after_id=after_id)
