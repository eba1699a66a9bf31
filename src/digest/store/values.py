"""What goes into the store and comes out of it, beside the words of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.model import Books, BounceKind, DeliveryState, Edition, EditionState

Outcome = Literal["new", "revised", "kept", "same"]
PinKind = Literal["pin", "ban"]
UnknownPolicy = Literal["resend", "hold"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Put:
    """What became of one content that was put."""

    article_id: int
    outcome: Outcome  #: kept: known, with other words, which were not taken


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEdition:
    """An edition with its life so far."""

    id: int
    edition: Edition
    state: EditionState
    content_hash: str
    built_at: datetime
    plan: Mapping[str, object]  #: how it was built, as the builder wrote it down
    approved_hash: str | None = None  #: what was approved; None when nothing is
    approved_by: str | None = None
    approved_at: datetime | None = None
    note: str | None = None  #: the newest remark on its state


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedEdition:
    """An edition by what people call it, without its content."""

    id: int
    digest: str
    number: int
    subject: str
    due: datetime
    state: EditionState
    is_begun: bool  #: some readers may have it


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenEdition:
    """An edition that is neither sent nor ended, without its content."""

    id: int
    digest: str
    slot: str  #: key of its slot
    due: datetime  #: when its mail is to go out, to the first when that is by each one's own clocks
    last_due: datetime  #: when it is to go out to the last
    state: EditionState
    built_at: datetime
    note: str | None  #: the newest remark on its state
    is_scheduled: bool  #: it fills a slot that the schedule has on record and wants
    begun_at: datetime | None  #: when it was first begun to be sent; None when no reader can have it
    let_go_at: datetime | None  #: when it was last approved or begun to be sent
    late_at: datetime | None  #: when somebody last said that it is to be sent however late
    reminded_at: datetime | None  #: when editors were last reminded of it


@dataclass(frozen=True, kw_only=True, slots=True)
class PastEdition:
    """An earlier edition of a digest, as far as a new one is compared with it."""

    id: int
    state: EditionState
    plan: Mapping[str, object]  #: how it was built


@dataclass(frozen=True, kw_only=True, slots=True)
class LogEntry:
    """One step in the life of an edition."""

    at: datetime
    by: str
    before: EditionState | None  #: None when the edition was made
    #: Equal to `before` when the content was replaced, or, of one being sent, when somebody let it go late.
    after: EditionState
    note: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSubscriber:
    """A person as they come in; None keeps what is known."""

    email: str
    name: str | None = None
    language: str | None = None
    zone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalMail:
    """What became of one edition for one person."""

    edition_id: int
    edition: Edition  #: in that state
    state: DeliveryState
    reason: str | None  #: why excluded, what the relay said
    code: int | None  #: what the relay answered last
    changed_at: datetime | None
    version: int | None = None  #: the state of the edition, as `Delivery` has it


@dataclass(frozen=True, kw_only=True, slots=True)
class Mix:
    """Mails of an edition that were put together alike."""

    sections: tuple[str, ...]  #: as their readers chose; () is all, in the edition's order
    at_most: int | None  #: items of each section; None: all
    version: int | None  #: as `Delivery` has it
    count: int  #: that were sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolment:
    """One line of an import: a person who has agreed elsewhere."""

    new: NewSubscriber
    consent: str  #: where the consent came from: 'import:members.csv'
    sections: tuple[str, ...] = ()  #: empty means all


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled:
    """What became of one enrolment."""

    email: str  #: as it came in
    outcome: Literal["new", "updated", "suppressed", "ended", "bad address"]
    subscriber_id: int | None = None  #: None when nobody was added
    detail: str | None = None  #: what is wrong with the address, why it is suppressed


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBounce:
    """A report as it comes in."""

    subscriber_id: int
    edition_id: int
    kind: BounceKind
    digest: str  #: names the report for good; a second one of that name is the same report
    status: str | None = None  #: such as 5.1.1
    is_refusal: bool = False  #: the relay said so while it was handed over, and may take it another time


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """What became of deliveries whose sender went silent and that had no end."""

    released: int  #: claimed, now pending: no dot was written
    resent: int  #: dotted, now pending: a second copy is possible
    unknown: int  #: dotted, now unknown: held for a person to decide


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The books of an edition, and when its mail was sent."""

    books: Books
    #: The beginning of each stretch in which mail was sent, and how much; in order, without empty ones.
    sent: tuple[tuple[datetime, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why so many have no mail."""

    state: DeliveryState  #: failed, expired, excluded or deferred
    code: int | None  #: the relay's reply code
    text: str  #: in the relay's words or ours; '' when none are on record
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """A delivery of which nobody can tell how it ended, and nobody has decided."""

    id: int
    edition_id: int
    digest: str
    email: str  #: where the mail may have gone; '' once erased
    at: datetime | None  #: when it was cut off
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """An edition that began to be sent."""

    edition_id: int
    digest: str
    due: datetime
    at: datetime  #: when its sending began first


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """The last time that the books of an edition were closed."""

    edition_id: int
    digest: str
    slot: str  #: key of its slot
    at: datetime
    seconds: float | None  #: that its sending took, since it was begun or let go on last
    counts: Mapping[str, int]  #: frozen, sent, failed, expired, excluded, unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """What tells whether anything has happened: equal marks, nothing new."""

    history: int  #: number of the newest line
    log: int  #: number of the newest step of an edition
    alerts: int  #: number of the newest alert
    sending: tuple[int, ...]  #: editions that are being sent: their deliveries move all the time


@dataclass(frozen=True, kw_only=True, slots=True)
class RelayHour:
    """What a relay answered within an hour."""

    hour: datetime  #: it begins then
    relay: str
    replies: Mapping[str, int]  #: messages by kind of answer
    times: Mapping[int, int]  #: messages by step of the time to the final answer


@dataclass(frozen=True, kw_only=True, slots=True)
class RelayLook:
    """How a relay answered when a service last looked at it."""

    at: datetime
    since: datetime  #: it takes connections, or takes none, since the look of this moment
    trouble: str | None  #: why it took no connection; None: it did
    ms: int | None  #: milliseconds until it was ready for mail


@dataclass(frozen=True, kw_only=True, slots=True)
class Prunable:
    """Recipients who may be taken off the record."""

    recipients: int
    room_bytes: int  #: that their rows take in the database, about


@dataclass(frozen=True, kw_only=True, slots=True)
class OffRecord:
    """Recipients of an edition of whom only the sums are left."""

    recipients: int
    since: datetime  #: when the first of them went
