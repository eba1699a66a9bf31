"""Sign up by double opt-in: whoever asks gets one mail, and nobody is subscribed before it is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from digest.actions.app import App
from digest.actions.readers.letters import BY_STRANGERS, LASTS, ONCE, words_of
from digest.actions.readers.people import MAX_NAME, read_sections
from digest.actions.readers.reader_links import GONE, path, payload_of
from digest.actions.readers.reader_wishes import read_hour, read_language
from digest.errors import MessageError, NotFound, Refused
from digest.markup import clean_line
from digest.model import FULL_FORM, Consent, Letter, LetterKind, Subscriber, SubscriptionState, Wish
from digest.settings import DigestSettings
from digest.store import NewSubscriber, Transaction, clean_address
from digest.timetable import read_zone

BY_SIGN_UP = "double opt-in"  #: the consent of who confirmed
MAX_EMAIL = 254  #: characters; RFC 5321 section 4.5.3.1.3


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a sign-up stands."""

    consent: Consent
    preferences: str | None  #: path of the person's choices; None while it is not confirmed
    others: tuple[Consent, ...]  #: what the same address has asked for and not confirmed


@dataclass(frozen=True, kw_only=True)
class Confirmed(Asked):
    """What became of a confirmation."""

    preferences: str
    welcome: bool  #: the newest edition is on its way to them
    is_first: bool  #: False when it had been confirmed before


def ask(app: App, wish: Wish, *, network: str) -> bool:
    """Take a sign-up down; it looks the same from outside whoever has the address.

    An address that is not known gets one mail that asks to confirm, one that gets the digest already is
    told so, one that must not be mailed gets nothing; none gets more than one such mail in 24 hours,
    whoever asks and how often.

    Args:
        app: The installation.
        wish: What they ask for, as they wrote it.
        network: Where it came from, as `network_of` names it.

    Returns:
        False when the network or the digest has had so many in this hour that no more are taken.

    Raises:
        NotFound: There is no such digest.
        Refused: The digest takes no sign-ups.
        MessageError: The address is none.
        DigestError: There is no such section, hour or zone.
    """
    digest = app.digest(wish.digest)
    if not digest.sign_up.open:
        raise Refused(f"{digest.title} takes no sign-ups", hint="ask who publishes it")
    wish, at = _checked(digest, wish), app.clock()
    with app.store.writing() as tx:
        limits = {
            f"network {network}": digest.sign_up.per_network,
            f"digest {digest.key}": digest.sign_up.per_hour,
        }
        if not all(tx.consents.count(key, limit=limit, at=at) for key, limit in limits.items()):
            return False
        _take_down(app, tx, wish, network, at)
    return True


def _take_down(app: App, tx: Transaction, wish: Wish, network: str, at: datetime) -> None:
    if tx.people.is_suppressed(wish.email):
        return
    person = tx.people.find(wish.email)
    choice = None if person is None else tx.people.subscription(person.id, wish.digest)
    kind, consent = LetterKind.ALREADY, None
    if choice is None or choice.state is not SubscriptionState.CONFIRMED:
        words = words_of(app, wish.digest, wish.language)
        wording = f"{words.own} {words.say('wording')}"
        kind, consent = LetterKind.CONFIRM, tx.consents.ask(wish, wording=wording, network=network, at=at).uid
    if tx.letters.made_to(wish.email, BY_STRANGERS, since=at - ONCE):
        return
    letter = Letter(
        uid="",
        kind=kind,
        email=wish.email,
        digest=wish.digest,
        language=wish.language,
        subscriber_id=person.id if person is not None and kind is LetterKind.ALREADY else None,
        consent=consent,
        network=network,
        made_at=at,
    )
    tx.letters.add(letter)


def asked(app: App, token: str) -> Asked:
    """Return what the link of a confirmation mail is about. Changes nothing.

    Raises:
        NotFound: The link is not ours, or too old.
    """
    with app.store.reading() as tx:
        consent = _asked(app, tx, token)
        person = None if consent.subscriber_id is None else tx.people.get(consent.subscriber_id)
        return Asked(
            consent=consent,
            preferences=None if person is None else _preferences(app, person, consent),
            others=() if person is None else _others(app, tx, consent),
        )


def confirm(app: App, token: str) -> Confirmed:
    """Subscribe who asked to be, once they say so; the newest edition goes to them as a welcome, once.

    Raises:
        NotFound: The link is not ours, or too old.
        Refused: The address must not be mailed.
    """
    at = app.clock()
    with app.store.writing() as tx:
        consent = _asked(app, tx, token)
        wish = consent.wish
        known = tx.people.find(wish.email)
        person = known or tx.people.put(_new(wish), at=at)
        is_first = tx.consents.confirm(consent.uid, person.id, at=at)
        welcome = False
        if is_first:
            tx.people.subscribe(
                person.id,
                wish.digest,
                state=SubscriptionState.CONFIRMED,
                at=at,
                sections=wish.sections,
                consent=BY_SIGN_UP,
                reopen=True,
            )
            tx.people.choose(
                person.id,
                wish.digest,
                sections=wish.sections,
                hour=wish.hour,
                form=FULL_FORM,
                paused_until=None,
                at=at,
            )
            welcome = _welcome(tx, wish, person.id, at)
        return Confirmed(
            consent=consent,
            preferences=_preferences(app, person, consent),
            welcome=welcome,
            is_first=is_first,
            others=_others(app, tx, consent),
        )


def _preferences(app: App, person: Subscriber, consent: Consent) -> str:
    return path(app, "preferences", f"{person.uid}.{consent.wish.digest}")


def _others(app: App, tx: Transaction, consent: Consent) -> tuple[Consent, ...]:
    waiting = tx.consents.waiting(consent.wish.email, since=app.clock() - LASTS)
    return tuple(one for one in waiting if one.uid != consent.uid and one.wish.digest in app.digests)


def _welcome(tx: Transaction, wish: Wish, subscriber_id: int, at: datetime) -> bool:
    """Let the newest edition that was sent go to somebody new."""
    newest = tx.editions.newest_sent(wish.digest)
    if newest is None:
        return False
    letter = Letter(
        uid="",
        kind=LetterKind.EDITION,
        email=wish.email,
        digest=wish.digest,
        subscriber_id=subscriber_id,
        edition_id=newest,
        made_at=at,
    )
    tx.letters.add(letter)
    return True


def _asked(app: App, tx: Transaction, token: str) -> Consent:
    consent = tx.consents.get(payload_of(app, "confirm", token))
    if consent is None or (consent.confirmed_at is None and consent.asked_at < app.clock() - LASTS):
        raise NotFound(GONE, hint="sign up again; it takes one mail")
    return consent


def _new(wish: Wish) -> NewSubscriber:
    return NewSubscriber(email=wish.email, name=wish.name, language=wish.language, zone=wish.zone)


def _checked(digest: DigestSettings, wish: Wish) -> Wish:
    """Return a wish as it may be stored; what strangers send is bounded and read strictly."""
    if len(wish.email) > MAX_EMAIL:
        raise MessageError("this is longer than a mail address may be", hint="write it as name@example.org")
    return replace(
        wish,
        email=clean_address(wish.email),
        name=clean_line(wish.name or "", MAX_NAME) or None,
        sections=read_sections(digest, ";".join(wish.sections)),
        hour=read_hour(digest, wish.hour),
        zone=read_zone(wish.zone or None),
        language=read_language(wish.language),
    )
