"""What a reader sees and changes behind the link of a mail: their choices, their next and last editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.actions.app import App
from digest.actions.readers.letters import ONCE
from digest.actions.readers.missed import Missed, missed
from digest.actions.readers.next_edition import next_edition
from digest.actions.readers.people import MAX_NAME, read_sections
from digest.actions.readers.reader_links import Holder, holder
from digest.actions.readers.reader_wishes import (
    clocks_of,
    read_form,
    read_hour,
    read_language,
    read_pause,
    sections_of,
)
from digest.errors import DigestError, NotFound, Refused
from digest.markup import clean_line
from digest.model import RELEASED, Letter, LetterKind, Subscription, SubscriptionState
from digest.settings import DigestSettings
from digest.store import PersonalMail, Transaction
from digest.timetable import read_zone

LAST = 10  #: editions whose fate is told
RESENDS = 3  #: in 24 hours
AGAIN = frozenset({LetterKind.EDITION, LetterKind.CATCH_UP})  #: what counts as one of these
BY_CHOICE = "taken up on the page of choices"  #: the consent of who gets another digest already


@dataclass(frozen=True, kw_only=True)
class NewChoices:
    """What a form says, as it came in; '' is what the form calls usual."""

    sections: tuple[str, ...] | None = None  #: keys in the reader's order; None for all
    hour: str = ""
    zone: str = ""
    language: str = ""
    length: str = ""
    is_plain: bool = False
    pause_until: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of one edition for a reader."""

    mail: PersonalMail
    can_come_again: bool


@dataclass(frozen=True, kw_only=True)
class Choices:
    """All that the page of choices shows."""

    digest: DigestSettings
    subscription: Subscription
    clocks: ZoneInfo  #: of the reader
    next_at: datetime | None  #: when their next edition comes; None when none is planned
    past: tuple[Fate, ...]  #: the newest first
    missed: Missed | None  #: what can be sent to them on their return; None: nothing
    resends_left: int
    others: tuple[
        tuple[DigestSettings, bool], ...
    ]  #: the other digests one may choose, and whether they get it

    @property
    def is_on(self) -> bool:
        """True when they get the digest."""
        return self.subscription.state is SubscriptionState.CONFIRMED


def choices(app: App, token: str) -> Choices:
    """Return what a reader has chosen and what came of it. Changes nothing.

    Raises:
        NotFound: The link is not ours, the person was erased, or the digest is gone.
    """
    now = app.clock()
    with app.store.reading() as tx:
        held = holder(app, tx, "preferences", token)
        digest, choice = app.digest(held.digest), _choice(tx, held)
        past = tx.people.mails_of(held.person.id, digest.key, before=now, limit=LAST)
        sent = tx.letters.made_to(held.person.email, AGAIN, since=now - ONCE)
        absent = missed(app, tx, choice)
        states = {one.digest: one.state for one in tx.people.subscriptions(held.person.id)}
        fates = tuple(Fate(mail=one, can_come_again=_can_come_again(tx, one)) for one in past)
        next_at = next_edition(app, tx, digest, choice)
    clocks = clocks_of(held.person.zone, digest)
    return Choices(
        digest=digest,
        subscription=choice,
        clocks=clocks,
        next_at=next_at,
        past=fates,
        missed=absent,
        resends_left=max(0, RESENDS - sent),
        others=tuple(
            (other, states.get(other.key) is SubscriptionState.CONFIRMED)
            for other in app.digests.values()
            if other.key != digest.key
            and (other.sign_up.open or states.get(other.key) is SubscriptionState.CONFIRMED)
        ),
    )


def choose(app: App, token: str, new: NewChoices) -> Subscription:
    """Store a reader's choices; a pause holds at once, all else from the next edition on.

    Raises:
        NotFound: The link is not ours, or the person was erased.
        Refused: They do not get the digest any more.
        DigestError: There is no such section, hour, zone, length or date.
    """
    now = app.clock()
    with app.store.writing() as tx:
        held = holder(app, tx, "preferences", token)
        digest = app.digest(held.digest)
        zone = read_zone(new.zone or None)
        if not tx.people.choose(
            held.person.id,
            digest.key,
            sections=_in_order(digest, new.sections),
            hour=read_hour(digest, new.hour),
            form=read_form(new.length, is_plain=new.is_plain),
            paused_until=read_pause(new.pause_until, clocks_of(zone, digest), now=now),
            at=now,
        ):
            raise Refused(f"you don’t get {digest.title} any more", hint="take it up again first")
        tx.people.describe(
            held.person.id,
            name=clean_line(new.name, MAX_NAME) or None,
            language=read_language(new.language),
            zone=zone,
        )
        return _choice(tx, held)


def take_up(app: App, token: str, digest_key: str) -> Subscription:
    """Let a reader of one digest have another as well; their address is confirmed already.

    Raises:
        NotFound: The link is not ours, the person was erased, or there is no such digest.
        Refused: It takes no sign-ups, they do not get any digest, or the address must not be mailed.
    """
    other = app.digest(digest_key)
    with app.store.writing() as tx:
        held = holder(app, tx, "preferences", token)
        if not other.sign_up.open or _choice(tx, held).state is not SubscriptionState.CONFIRMED:
            raise Refused(f"{other.title} takes no sign-ups here", hint="use its sign-up page")
        return tx.people.subscribe(
            held.person.id,
            other.key,
            state=SubscriptionState.CONFIRMED,
            at=app.clock(),
            consent=BY_CHOICE,
            reopen=True,
        )


def send_again(app: App, token: str, edition_id: int) -> None:
    """Send a reader an edition once more that was meant for them.

    Raises:
        NotFound: The link is not ours, the person was erased, or the edition was not meant for them.
        Refused: They do not get the digest any more, their own mail is still on its way, or they had
            `RESENDS` in 24 hours.
    """
    now = app.clock()
    with app.store.writing() as tx:
        held = holder(app, tx, "preferences", token)
        choice = _choice(tx, held)
        mails = tx.people.mails_of(held.person.id, held.digest, before=now, limit=LAST)
        mail = next((one for one in mails if one.edition_id == edition_id), None)
        if mail is None:
            raise NotFound("this edition is none of your last ten", hint="look into the archive")
        if choice.state is not SubscriptionState.CONFIRMED or not _can_come_again(tx, mail):
            raise Refused("this edition is on its way, or you don’t get the digest any more")
        if tx.letters.made_to(held.person.email, AGAIN, since=now - ONCE) >= RESENDS:
            raise Refused(f"that makes {RESENDS} today", hint="try again tomorrow")
        tx.letters.add(
            Letter(
                uid="",
                kind=LetterKind.EDITION,
                email=held.person.email,
                digest=held.digest,
                subscriber_id=held.person.id,
                edition_id=edition_id,
                made_at=now,
            )
        )


def _choice(tx: Transaction, held: Holder) -> Subscription:
    found = tx.people.subscription(held.person.id, held.digest)
    if found is None:
        raise NotFound("this address has not signed up to that digest", hint="use the link of a newer mail")
    return found


def _can_come_again(tx: Transaction, mail: PersonalMail) -> bool:
    """Tell whether an edition went out and a reader's own mail of it is not on its way still."""
    return mail.state.is_final and tx.editions.state_of(mail.edition_id) in RELEASED


def _in_order(digest: DigestSettings, sections: tuple[str, ...] | None) -> tuple[str, ...]:
    """Read the sections; all of them in the digest's own order are no choice, so that new ones come too."""
    if sections is None:
        return ()
    chosen = read_sections(digest, ";".join(sections))
    if not chosen:
        raise DigestError("no section is chosen", hint="choose one at least, or stop these mails")
    return () if chosen == sections_of(digest) else chosen
