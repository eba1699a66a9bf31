"""A reader's address and data: moved, copied and erased by a link that was mailed to the address itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from digest.actions.app import App
from digest.actions.readers.letters import BY_STRANGERS, LASTS, ONCE
from digest.actions.readers.reader_links import GONE, holder, path, payload_of
from digest.errors import NotFound, Refused
from digest.model import Letter, LetterKind
from digest.store import Transaction, clean_address

DATA_LASTS = timedelta(hours=24)
_A_DAY = 3  #: letters about one's data, and wishes for another address


def ask_own_data(app: App, token: str) -> None:
    """Mail a reader the link to what is stored of them.

    Raises:
        NotFound: The link is not ours, or the person was erased.
        Refused: They had three of these letters in 24 hours.
    """
    at = app.clock()
    with app.store.writing() as tx:
        held = holder(app, tx, "preferences", token)
        email = held.person.email
        if tx.letters.made_to(email, {LetterKind.OWN_DATA}, since=at - ONCE) >= _A_DAY:
            raise Refused(
                f"we sent that link {_A_DAY} times today", hint="look into your mailbox, and its spam"
            )
        tx.letters.add(_letter(LetterKind.OWN_DATA, email, held.digest, held.person.id, app))


def own_data_letter(app: App, token: str) -> Letter:
    """Return the letter whose link leads to somebody's data. Changes nothing.

    Raises:
        NotFound: The link is not ours, or too old.
    """
    with app.store.reading() as tx:
        return _mailed(app, tx, "own-data", token)


def export_own(app: App, token: str) -> dict[str, object]:
    """Return all that is stored of the reader whom a mailed link names.

    Raises:
        NotFound: The link is not ours, or too old.
    """
    with app.store.reading() as tx:
        return tx.people.export(_owner(app, tx, token))


def erase_own(app: App, token: str) -> None:
    """Erase the reader whom a mailed link names, for good.

    Raises:
        NotFound: The link is not ours, or too old; also when they were erased already.
    """
    with app.store.writing() as tx:
        tx.people.erase(_owner(app, tx, token), at=app.clock())


def ask_to_move(app: App, token: str, email: str) -> None:
    """Ask at a new address whether a reader's mail should come there; looks the same for every address.

    Raises:
        MessageError: It is no address.
        NotFound: The link is not ours, or the person was erased.
        Refused: The reader had three such wishes in an hour.
    """
    at, wanted = app.clock(), clean_address(email[:255])
    with app.store.writing() as tx:
        held = holder(app, tx, "preferences", token)
        if not tx.consents.count(f"move {held.person.uid}", limit=_A_DAY, at=at):
            raise Refused(
                f"that makes {_A_DAY} addresses in an hour", hint="look into the mailbox of the last one"
            )
        if tx.people.is_suppressed(wanted) or tx.letters.made_to(wanted, BY_STRANGERS, since=at - ONCE):
            return
        letter = _letter(LetterKind.MOVE, wanted, held.digest, held.person.id, app)
        tx.letters.add(replace(letter, language=held.person.language))


def move_letter(app: App, token: str) -> Letter:
    """Return the letter whose link confirms a new address. Changes nothing.

    Raises:
        NotFound: The link is not ours, too old, or was used.
    """
    with app.store.reading() as tx:
        return _mailed(app, tx, "move", token)


def confirm_move(app: App, token: str) -> str:
    """Give a reader the address that they confirm, and tell the old one; return the path of their choices.

    Raises:
        NotFound: The link is not ours, too old, or was used.
        Refused: The address is another subscriber's, or must not be mailed.
    """
    with app.store.writing() as tx:
        letter = _mailed(app, tx, "move", token)
        person = tx.people.get(letter.subscriber_id or 0)
        if person is None or not person.email or not tx.letters.use(letter.uid, at=app.clock()):
            raise NotFound(GONE, hint="ask for the change once more")
        tx.people.move(person.id, letter.email)
        moved = _letter(LetterKind.MOVED, person.email, letter.digest, person.id, app)
        tx.letters.add(replace(moved, language=person.language))
        return path(app, "preferences", f"{person.uid}.{letter.digest}")


def _owner(app: App, tx: Transaction, token: str) -> str:
    """Return the address that a link to somebody's data was mailed to, as long as it is theirs."""
    letter = _mailed(app, tx, "own-data", token)
    person = tx.people.get(letter.subscriber_id or 0)
    if person is None or person.email != letter.email:
        raise NotFound(GONE, hint="ask for a new one on the page of your choices")
    return letter.email


def _letter(kind: LetterKind, email: str, digest: str, subscriber_id: int, app: App) -> Letter:
    return Letter(
        uid="", kind=kind, email=email, digest=digest, subscriber_id=subscriber_id, made_at=app.clock()
    )


_KINDS = {"move": (LetterKind.MOVE, LASTS), "own-data": (LetterKind.OWN_DATA, DATA_LASTS)}


def _mailed(app: App, tx: Transaction, purpose: str, token: str) -> Letter:
    kind, lasts = _KINDS[purpose]
    uid = payload_of(app, "move" if purpose == "move" else "own-data", token)
    letter = tx.letters.get(uid)
    is_old = letter is not None and letter.made_at < app.clock() - lasts
    if letter is None or letter.kind is not kind or letter.used_at is not None or is_old:
        raise NotFound(GONE, hint="ask for a new one on the page of your choices")
    return letter
