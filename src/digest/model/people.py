"""Subscribers, their choices, and what was mailed to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.record import record


@record
class Subscriber:
    """A person who may be mailed."""

    id: int
    uid: str  #: random public name for links, 22 characters; says nothing of the person
    email: str  #: as given, domain in A-labels
    name: str | None = None
    language: str | None = None
    zone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MailForm:
    """How much of an edition a person wants, and in which shape."""

    is_plain: bool = False  #: plain text and nothing else
    at_most: int | None = None  #: items of each section; None for all


FULL_FORM = MailForm()
PARTICULAR = "others were taken: "  #: what the reason of a delivery begins with that is particular
LIMITED = "waits for the limit of "  #: begins the words of a delivery that is put off for a domain's limit
UNCARRIED = (
    "waits for a relay that can carry it"  #: the words of one that is put off since no relay at hand can
)
MAY_HAVE_IT = "; they may have a copy"  #: what the reason holds of a delivery that goes on after a lost dot


class SubscriptionState(StrEnum):
    """Whether a subscription may be mailed: only a confirmed one."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A person's choice of a digest."""

    subscriber: Subscriber
    digest: str
    state: SubscriptionState
    sections: tuple[str, ...] = ()  #: section keys in the person's order; empty means all
    hour: str | None = None  #: '18:30' on the person's own clocks; None: with everyone
    form: MailForm = FULL_FORM
    paused_until: datetime | None = None  #: no edition that is due before then
    #: The last time that they paused, or had left and came back: from when until when.
    away: tuple[datetime, datetime] | None = None
    consent: str | None = None  #: where the consent came from: 'import:members.csv', 'double opt-in'
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    """An address that must not be mailed."""

    email: str  #: normalised
    reason: str
    added_at: datetime


class DeliveryState(StrEnum):
    """Where one message to one person is."""

    PENDING = "pending"  #: nothing tried, or safe to try again
    CLAIMED = "claimed"  #: a sender has it in hand, the final dot is not written
    DOTTED = "dotted"  #: the final dot may have been written, the answer is not on record
    DEFERRED = "deferred"  #: the relay asked to try later
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"  #: the connection or process died after the dot; nobody can tell

    @property
    def is_final(self) -> bool:
        """True when the books count this state as an end."""
        return self in _FINAL


_FINAL = {
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.EXPIRED,
    DeliveryState.EXCLUDED,
    DeliveryState.UNKNOWN,
}
_IN_HAND = {DeliveryState.CLAIMED, DeliveryState.DOTTED}
_DEFERRED = DeliveryState.DEFERRED


MOVED = "moved"  #: why the last look sends a delivery back: it was claimed with an address of before


@record
class Delivery:
    """One edition to one subscriber."""

    id: int
    edition_id: int
    subscriber: Subscriber
    sections: tuple[str, ...]  #: frozen choice; empty means all
    state: DeliveryState
    attempt: int  #: tries begun so far
    reason: str | None = None  #: why excluded, what the relay said
    reply: str | None = None  #: the relay's last words, such as the 250 with its queue id
    #: When the subscription to the edition's digest was confirmed; None when there is none any more.
    since: datetime | None = None
    hour: str | None = None  #: frozen, as in the subscription
    form: MailForm = FULL_FORM  #: frozen
    #: The state of the edition that was last in hand for them; 0 as it was built, None: none was, or unknown.
    version: int | None = None
    #: Normalised, where that is not the address of now: the one that it was last in hand with, or frozen for.
    #: Of who may have a copy it stays the one that it went to, until a mail to the one of now was taken.
    went_to: str | None = None

    @property
    def was_answered(self) -> bool:
        """True when words of a relay are on record, and not those with which the program put them off."""
        words = self.reply or ""
        return bool(words) and not any(own in words for own in (LIMITED, UNCARRIED))

    @property
    def email(self) -> str:
        """Where it was mailed, a copy may be, or it was to go; what is to come goes to `email_now` if given.

        Empty: erased.
        """
        return self.went_to or self.subscriber.email

    @property
    def email_now(self) -> str | None:
        """The reader's address of now where that is another one; None where it is the same."""
        return self.subscriber.email if self.went_to else None

    @property
    def is_first_try(self) -> bool:
        """True when no try before this one left a word: one that a killed sender had claimed left none."""
        return self.attempt <= 1 or not (self.reason or self.reply)

    @property
    def is_particular(self) -> bool:
        """True when it is on record that they were refused for the sender's sake while others were taken."""
        return self.reason is not None and self.reason.startswith(PARTICULAR)

    @property
    def may_have_it(self) -> bool:
        """True when nobody can tell whether a try before this one has mailed it."""
        return self.reason is not None and MAY_HAVE_IT in self.reason


@record
class Outcome:
    """How one attempt at a delivery ended.

    Raises:
        ValueError: The state is no end of an attempt, or `next_at` does not fit it.
    """

    state: DeliveryState  #: an end; deferred until `next_at`; or pending, given back uncounted
    at: datetime
    code: int | None = None  #: the relay's reply code
    status: str | None = None  #: the enhanced status code, such as 5.1.1; judged, not stored
    text: str | None = None  #: the relay's last words, or why it failed
    next_at: datetime | None = None  #: when to try again, for a deferred one and no other
    is_try: bool = True  #: it counts as an attempt; a pending one never does

    def __post_init__(self) -> None:
        if self.state in _IN_HAND:
            raise ValueError(f"{self.state} is no end of an attempt")
        if (self.state is _DEFERRED) != (self.next_at is not None):
            raise ValueError("a deferred delivery, and no other, has a next moment")


@record
class Settlement:
    """The end of one attempt, with what it takes to write it down."""

    delivery_id: int
    attempt: int  #: as it was claimed
    outcome: Outcome

    @property
    def mark(self) -> tuple[int, int]:
        """Delivery id and attempt, by which permits are known."""
        return self.delivery_id, self.attempt


@dataclass(frozen=True, kw_only=True, slots=True)
class Books:
    """The sum of an edition's deliveries, counted from rows."""

    frozen: int
    sent: int
    failed: int
    expired: int
    excluded: int
    unknown: int
    open: int  #: pending, claimed, dotted or deferred

    @property
    def balance(self) -> bool:
        """True when nobody is open and every frozen recipient has an end."""
        ended = self.sent + self.failed + self.expired + self.excluded + self.unknown
        return self.open == 0 and self.frozen == ended
