"""Letters to one person: put down in the same breath as what they are about, and sent soon after."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.home.dkim import signers
from digest.actions.mailing.handing import Hands, Lease, Overtaken
from digest.actions.printing.mail import Reader
from digest.actions.printing.presses import press_of_state
from digest.actions.readers.missed import catch_up_press
from digest.actions.readers.reader_links import link
from digest.actions.staff.own_account import invite
from digest.deliver import Address
from digest.deliver.compose.notice import Notice, write_notice
from digest.errors import DigestError, StoreError, TransportError
from digest.log import get_logger
from digest.markup import clean_line
from digest.model import RELEASED, DeliveryState, Letter, LetterKind, Subscriber, SubscriptionState
from digest.paths import template_folders
from digest.render import LetterText, Words
from digest.settings import parse_mailbox

log = get_logger()

ONCE = timedelta(hours=24)  #: an address gets one letter of `BY_STRANGERS` within
BY_STRANGERS = frozenset({LetterKind.CONFIRM, LetterKind.ALREADY, LetterKind.MOVE})  #: anybody can cause them
LASTS = timedelta(days=7)  #: how long the link of a letter works
_LEASE = timedelta(minutes=10)  #: longer than one relay may take over a message, and begun anew for each
_BOOKS_S = 120.0  #: that a database has to answer in once a letter is out; its lease lasts longer
_GIVEN_UP = timedelta(hours=24)  #: a letter that no relay took for so long is of no use any more
AT_ONCE = 20  #: letters of a round: then a relay that went is asked again

_OF_EDITIONS = frozenset({LetterKind.EDITION, LetterKind.CATCH_UP})  #: for who gets the digest
_NAMES = {
    LetterKind.CONFIRM: "confirm",
    LetterKind.ALREADY: "already",
    LetterKind.MOVE: "move",
    LetterKind.MOVED: "moved",
    LetterKind.OWN_DATA: "data",
    LetterKind.INVITATION: "invite",
}


class _Barred(DigestError):
    """The person must not have this letter any more."""


def post(
    app: App, *, stopped: Callable[[], bool] = lambda: False, beat: Callable[[], None] = lambda: None
) -> int:
    """Send letters whose time has come, at most `AT_ONCE`; return how many were handed over.

    Any number of programs may do so at once. What cannot be sent now is tried again for a day.

    Args:
        app: The installation.
        stopped: True when no further letter is to be begun; those stay for the next round, of whomever.
        beat: Called before each relay is tried.
    """
    hands, sent = Hands(app, beat), 0
    for _ in range(AT_ONCE):
        # One by one: a lease begins with the letter's own turn, however long the others before it took.
        letter = None if stopped() else _next(app)
        if letter is None:
            break
        sent += _send(app, hands, letter)
    return sent


def _next(app: App) -> Letter | None:
    """Take a letter in hand; nothing is written while none is due."""
    now = app.clock()
    with app.store.reading() as tx:
        if not tx.letters.is_due(tx.shared_now(now)):
            return None
    with app.store.writing() as tx:
        return next(iter(tx.letters.take(now=tx.shared_now(now), lease=_LEASE, limit=1)), None)


def _send(app: App, hands: Hands, letter: Letter) -> bool:
    try:
        sender, message = written(app, letter)
        receipt = hands.give(sender, letter.email, message, _lease(app, letter))
    except Overtaken:
        log.warning("letter_overtaken", kind=letter.kind, tries=letter.tries)
        return False
    except StoreError:
        raise  # its lease ends, and it is tried again: nobody has refused it
    except TransportError as error:
        _put_off(app, letter, error)
        return False
    except DigestError as error:
        log.warning("letter_dropped", kind=letter.kind, reason=error.message)
        with app.store.writing() as tx:
            tx.letters.drop(letter, note=error.message[:300])
        return False
    is_unknown = receipt.state is DeliveryState.UNKNOWN
    _write_down(app, letter, "nobody can tell: the connection broke" if is_unknown else None)
    return True


def _write_down(app: App, letter: Letter, note: str | None) -> None:
    """Put on record that a letter is out: while that fails its lease lasts, and then it is sent again."""
    ends = time.monotonic() + _BOOKS_S
    while True:
        try:
            with app.store.writing() as tx:
                tx.letters.sent(letter, at=app.clock(), note=note)
        except StoreError:
            if time.monotonic() >= ends:
                raise
            time.sleep(1.0)
        else:
            return


def _lease(app: App, letter: Letter) -> Lease:
    def keep() -> bool:
        with app.store.writing() as tx:
            return tx.letters.keep(letter, now=tx.shared_now(app.clock()), lease=_LEASE)

    def lasts() -> bool:
        with app.store.reading() as tx:
            return tx.letters.lasts(letter, now=tx.shared_now(app.clock()))

    return Lease(keep=keep, lasts=lasts)


def _put_off(app: App, letter: Letter, error: TransportError) -> None:
    """Try again later, ever more rarely; a refusal for good and a day of trouble end it."""
    log.warning("letter_not_taken", kind=letter.kind, tries=letter.tries, permanent=error.permanent)
    now, delay = app.clock(), timedelta(minutes=min(2**letter.tries, 60))
    with app.store.writing() as tx:
        if error.permanent or now + delay > letter.made_at + _GIVEN_UP:
            tx.letters.drop(letter, note=error.message[:300])
        else:
            tx.letters.again(letter, at=tx.shared_now(now) + delay, note=error.message[:300])


def written(app: App, letter: Letter) -> tuple[str, bytes]:
    """Write a letter; return its envelope sender and the message.

    Raises:
        DigestError: The person must not have it any more, or it cannot be written.
    """
    person = _may_have(app, letter)
    digest = app.digest(letter.digest)
    sender = parse_mailbox(digest.sender)
    if letter.kind in _OF_EDITIONS:
        return sender.address, _edition(app, letter)
    text = _text(app, letter, person)
    body = app.renderer.letter(text, app.look(digest))
    name = app.keyring.hexdigest("letter", letter.uid)
    notice = Notice(
        sender=Address(email=sender.address, display=sender.name),
        recipient=Address(email=letter.email),
        subject=text.subject,
        text=body.text,
        html=body.html,
        date=letter.made_at,
        message_id=f"<l{name}@{sender.address.rpartition('@')[2]}>",
    )
    return sender.address, write_notice(notice, signers(app.system, app.home.root, digest))


def _may_have(app: App, letter: Letter) -> Subscriber | None:
    """Take the last look: nobody is mailed who was suppressed or erased, or has left, since."""
    with app.store.reading() as tx:
        if tx.people.is_suppressed(letter.email):
            raise _Barred("the address must not be mailed")
        if letter.subscriber_id is None:
            return None
        person = tx.people.get(letter.subscriber_id)
        choice = tx.people.subscription(letter.subscriber_id, letter.digest)
    if person is None or not person.email:
        raise _Barred("the person is gone")
    is_confirmed = choice is not None and choice.state is SubscriptionState.CONFIRMED
    if letter.kind in _OF_EDITIONS and not is_confirmed:
        raise _Barred("the person has left")
    return person


def _edition(app: App, letter: Letter) -> bytes:
    """Print an edition once more for one person, as a copy with a name of its own, or what they missed."""
    with app.store.reading() as tx:
        person = tx.people.get(letter.subscriber_id or 0)
        choice = tx.people.subscription(letter.subscriber_id or 0, letter.digest)
    if person is None:
        raise _Barred("the person is gone")
    reader = Reader.of(person, choice)
    if letter.kind is LetterKind.CATCH_UP:
        return catch_up_press(app, letter).message(reader)
    stored = find(app, letter.edition_id or 0)
    if stored.state not in RELEASED:
        raise _Barred("the edition was stopped on its way")
    with app.store.reading() as tx:
        version = tx.deliveries.version_for(stored.id, person.id)
    return replace(press_of_state(app, stored, version), copy=letter.uid).message(reader)


def _text(app: App, letter: Letter, person: Subscriber | None) -> LetterText:
    digest = app.digest(letter.digest)
    words = words_of(app, letter.digest, letter.language)
    title, name = clean_line(digest.title, 80), _NAMES[letter.kind]
    to_desk = letter.email if letter.kind is LetterKind.INVITATION else ""
    about = {"title": title, "email": masked(person.email) if person else to_desk}
    return LetterText(
        language=words.own,
        subject=words.say(f"{name}_subject", **about),
        heading=words.say(f"{name}_head", **about),
        paragraphs=(words.say(f"{name}_text", **about),),
        action=words.say(f"{name}_do", **about),
        url=_url(app, letter, person),
        small=(words.say(f"{name}_small", **about),),
    )


def _url(app: App, letter: Letter, person: Subscriber | None) -> str:
    if letter.kind is LetterKind.CONFIRM:
        return link(app, "confirm", letter.consent or "")
    if letter.kind is LetterKind.MOVE:
        return link(app, "move", letter.uid)
    if letter.kind is LetterKind.OWN_DATA:
        return link(app, "own-data", letter.uid)
    if letter.kind is LetterKind.INVITATION:
        return invite(app, letter.email)
    return link(app, "preferences", f"{person.uid if person else ''}.{letter.digest}")


def words_of(app: App, digest_key: str | None, language: str | None) -> Words:
    """Return the phrases for a reader of a digest: in their language, else the digest's, else English.

    Args:
        app: The installation.
        digest_key: Of the digest; None for readers of one that is no more.
        language: Of the reader; None when they chose none.

    Raises:
        NotFound: There is no such digest.
    """
    usual = None if digest_key is None else app.digest(digest_key).language
    return app.renderer.reader_words(template_folders(app.home.root), language, usual)


def masked(email: str) -> str:
    """Show as much of an address as who owns it needs to know it again."""
    name, _, domain = email.rpartition("@")
    return f"{name[:2]}…@{domain}"
