"""An edition mailed to one address, to try mail and relays out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.mailing.own_turn import Turn
from digest.actions.mailing.relays import impatient, in_order
from digest.actions.printing.presses import press_of
from digest.actions.printing.preview import reader_for
from digest.actions.telling import Hand, Named, write_down
from digest.deliver import Phase, Receipt, RelayConnection, check_address
from digest.deliver.smtp.replies import puts_off_everybody
from digest.errors import TransportError
from digest.model import DeliveryState
from digest.settings import RelaySettings


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of a mail that was to try things out."""

    receipt: Receipt
    relay: str  #: whose answer that is
    passed: tuple[TransportError, ...] = ()  #: what was wrong with each relay before it, in their order


@dataclass(frozen=True, kw_only=True)
class _Mail:
    sender: str
    recipient: str
    message: bytes


def send_test(app: App, edition_id: int, address: str, *, by: str) -> Trial:
    """Send an edition to one address, without touching the books; a line of the history says who did.

    A relay that cannot be reached, whose limit is used up, that refuses sender or message or puts them off,
    or that cannot carry it, is passed over for the next, in the order in which an edition would turn to them.

    Raises:
        NotFound: There is no such edition.
        MessageError: The address is none.
        TransportError: No relay can be reached, their limits are used up, or they refuse the sender or
            the message.
    """
    stored = find(app, edition_id)
    recipient = check_address(address, smtputf8=True, where="--test")
    press = press_of(app, stored)
    with app.store.reading() as tx:
        known = tx.people.find(address) is not None
    reader = reader_for(app, stored, address if known else None)
    message = press.message(replace(reader, email=address))
    trial = _tried(app, _Mail(sender=press.sender.email, recipient=recipient, message=message))
    with app.store.writing() as tx:
        hand = Hand(by=by, at=app.clock())
        write_down(tx, Named.of(stored), hand, "test", outcome=trial.receipt.state.value)
    return trial


def _tried(app: App, mail: _Mail) -> Trial:
    """Turn to one relay after the other; the last one is given all the time that it may take."""
    passed: list[TransportError] = []
    *others, last = in_order(app)
    for relay in others:
        try:
            receipt = _hand_over(app, impatient(relay), mail)
        except TransportError as error:
            passed.append(error)
            continue
        if not _is_passed_over(receipt, mail.recipient):
            return Trial(receipt=receipt, relay=relay.name, passed=tuple(passed))
        said = receipt.text if receipt.code is None else f"{receipt.code} {receipt.text}"
        passed.append(TransportError(said, permanent=True, where=f"relay {relay.name}"))
    try:
        return Trial(receipt=_hand_over(app, last, mail), relay=last.name, passed=tuple(passed))
    except TransportError as error:
        if passed:
            error.hint = "; ".join([*filter(None, [error.hint]), *(f"before it: {one}" for one in passed)])
        raise


def _hand_over(app: App, relay: RelaySettings, mail: _Mail) -> Receipt:
    with (
        Turn(app, relay.name, mail.recipient) as turn,
        RelayConnection(relay, home=app.home.root) as connection,
    ):
        turn.begin()
        return connection.send(mail.sender, mail.recipient, mail.message, lambda: None)


def _is_passed_over(receipt: Receipt, recipient: str) -> bool:
    """Tell whether a relay lacks what the message needs, or puts us off, whoever it is for."""
    is_unable = receipt.state is DeliveryState.FAILED and receipt.code is None
    is_deaf = receipt.state is DeliveryState.DEFERRED and receipt.phase is Phase.MAIL
    return is_unable or is_deaf or puts_off_everybody(receipt, recipient)
