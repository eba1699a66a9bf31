"""What a run of sending is told, asks and answers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from digest.clock import Clock
from digest.deliver.journal.group import Record
from digest.deliver.limits.limit import HOUR, Allotments, Limits
from digest.deliver.limits.local_allotments import LocalAllotments
from digest.deliver.run.ledger import Ledger
from digest.model.people import Books, Delivery


@dataclass(frozen=True, kw_only=True, slots=True)
class SendingRules:
    """How an edition is handed over; until when, unless a look says otherwise."""

    sender: str  #: envelope sender, where bounces go; '' is the null sender
    #: An envelope sender for each delivery, which must be ASCII; None takes `sender` for all.
    sender_of: Callable[[Delivery], str] | None = None
    give_up_at: datetime  #: aware; nobody is mailed after it, and who was put off beyond it expires
    give_up_of: Callable[[Delivery], datetime] | None = None  #: the same for one recipient, not later
    resend_unknown: bool = False  #: mail again whose connection was lost after the dot; else they are unknown
    #: A relay that refuses many in a row: whom it does not know, and of whom a word is on record already.
    believes: bool = False
    wait: bool = False  #: stay until everybody has an end, through outages and put-offs
    block: int = 500  #: deliveries claimed at a time
    per_connection: int = 1000  #: messages after which a connection is replaced
    tries: int = 5  #: connections lost in a row after which a run that does not wait stops
    patience_s: float = 120.0  #: for how long a database that does not answer is tried


@dataclass(frozen=True, kw_only=True, slots=True)
class UsedUp:
    """A limit that lets nothing more begin for now."""

    limit: str  #: such as 'relay main' or 'domain gmail.com'
    most: int  #: messages
    window: timedelta  #: in which so many may begin: an hour or a day
    again_at: datetime  #: when the next may begin; sooner when others give some back

    @property
    def words(self) -> str:
        """Say which limit it is, and until when."""
        again_at = self.again_at.astimezone(UTC)
        window = "an hour" if self.window <= HOUR else "a day"
        until = f"{again_at:%Y-%m-%d %H:%M} UTC"
        return f"the limit of {self.limit}, {self.most:,} {window}, is used up until {until}"


HELD = ("home", "database")  #: what holds mail up beside relays: it does not step on, it is slow to look


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a run is."""

    books: Books  #: of the edition, as far as this run knows
    sent: int  #: by this run
    connections: int  #: open now
    trouble: str | None = None  #: what the relays are waited for, or the home or the database
    #: The same for a relay and its code, whatever words it says this time; or one of `HELD`.
    trouble_kind: str | None = None
    used_up: tuple[UsedUp, ...] = ()  #: limits that are waited for, by name


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """What the run asks and tells on its way."""

    clock: Clock
    #: Told a few times a second, in a thread of its own; may take its time.
    progress: Callable[[Progress], None] = lambda _: None
    stopped: Callable[[], bool] = lambda: False  #: True when the run is to end in good order
    short_of: Callable[[], str | None] = lambda: None  #: asked before each MAIL: what has run out
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What one run did; the books are the truth about the edition."""

    sent: int
    failed: int
    deferred: int
    expired: int
    excluded: int
    unknown: int
    stopped: bool = False  #: it was asked to end before its time


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """Where an edition's deliveries come from and where their ends are written."""

    ledger: Ledger
    record: Record  #: where permits are written
    #: Builds one recipient's message, of which no line begins with a dot unless it is doubled.
    stamp: Callable[[Delivery], bytes]  # MessageError fails that recipient only
    hands: int = 0  #: threads that stamp ahead of the loop; 0 stamps in the loop itself
    worker: str = "sender"  #: this run, as no other that shares limits was ever named
    allotments: Allotments = field(default_factory=LocalAllotments)  #: where limits are drawn from
    at_once: bool = True  #: the ledger can be asked several things at once, at the price of connections
    limits: Limits = field(default_factory=lambda: Limits(relays={}, domains={}))
