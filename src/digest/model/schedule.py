"""What becomes of slots, and what the history of a home tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SlotState(StrEnum):
    """What has become of a slot that came near."""

    DUE = "due"  #: its edition is to be built
    BUILT = "built"  #: it has its edition
    MISSED = "missed"  #: nobody built it in time
    OFF = "off"  #: it does not take place: a blackout, a pause, or somebody's wish


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Somebody's wish that a digest does not come out for now."""

    at: datetime
    by: str
    note: str | None = None

    def __str__(self) -> str:
        """Say it: 'paused by olu: summer break'."""
        return f"paused by {self.by}" + (f": {self.note}" if self.note else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSchedule:
    """A digest's schedule as it was when a scheduler last looked at it."""

    digest: str
    rules: Mapping[str, object]  #: all that decides when it is due, JSON-able; empty when its file is gone
    seen_until: datetime  #: slots that were due until then are on record
    next_at: datetime | None  #: when to look again at the latest; None when no slot is planned
    pause: Pause | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotRecord:
    """A slot of a digest with what has become of it."""

    digest: str
    key: str  #: unique per digest
    due: datetime  #: when its mail is to go out, UTC
    #: When it is to go out to the first and to the last, by each one's own clocks; None: all at once.
    span: tuple[datetime, datetime] | None = None
    build_at: datetime  #: when its edition is to be built, UTC
    state: SlotState
    edition_id: int | None = None  #: once it is built
    note: str | None = None  #: why it is missed or off, or what went wrong last
    worker: str | None = None  #: who is building it, or built it last
    tries: int = 0  #: builds that were begun

    @property
    def first(self) -> datetime:
        """When the first are due."""
        return self.due if self.span is None else self.span[0]

    @property
    def last(self) -> datetime:
        """When the last are due."""
        return self.due if self.span is None else self.span[1]


REFUSED = "refused"  #: the event of a try that was turned away, and its outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """One line of the history: who or what did what, when, and how it ended. Never changed, never removed."""

    at: datetime  #: when it ended
    by: str  #: a person, or 'schedule', 'worker', 'service'
    event: str  #: such as 'build', 'send', 'missed', 'held', 'pause'
    outcome: str  #: such as 'ok', 'failed', 'refused'
    run: str | None = None  #: of the service or command that did it; the same word stands in its logs
    digest: str | None = None
    slot: str | None = None
    edition_id: int | None = None
    seconds: float | None = None  #: how long it took
    counts: Mapping[str, int] = field(default_factory=dict)
    note: str | None = None  #: in a person's words
    id: int | None = None  #: ascending in order of writing; None before it is written


class AlertKind(StrEnum):
    """What an alert is about; operators choose by these words what goes where."""

    HELD = "held"  #: an edition waits for somebody's word
    MISSED = "missed"  #: a slot has no edition, and will have none
    FAILED = "failed"  #: building or sending fails again and again
    SENDER_FAULT = "sender-fault"  #: every relay refuses the sender
    SOURCE_DEAD = "source-dead"  #: a source has given nothing for many tries
    SOURCE_SILENT = "source-silent"  #: a source can be read and brings nothing for unusually long
    REMINDER = "reminder"  #: an editor's word is still missing
    EXPIRED = "expired"  #: an edition was not approved in time
    SETTINGS = "settings"  #: changed files are faulty, so that the old ones stay in force
    BUILT = "built"  #: an edition is there; this and those below are news, told to who names them alone
    APPROVED = "approved"  #: an edition may go out
    SENDING = "sending"  #: an edition began to go out, or goes on
    BRAKED = "braked"  #: somebody stopped an edition while it went out
    SENT = "sent"  #: the books of an edition were closed
    TEST = "test"  #: somebody tries a webhook, which alone gets it

    @property
    def is_news(self) -> bool:
        """True when nothing is amiss: it is told only where the settings name it."""
        return self in _NEWS


_NEWS = {
    AlertKind.BUILT,
    AlertKind.APPROVED,
    AlertKind.SENDING,
    AlertKind.BRAKED,
    AlertKind.SENT,
    AlertKind.TEST,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """Something that people are to be told. Names nobody: neither addresses nor tokens stand in it."""

    key: str  #: names the occasion for good, such as 'held:7': it is told once
    kind: AlertKind
    title: str  #: one line
    text: str  #: what happened and what to do, in lines
    digest: str | None = None
    slot: str | None = None
    edition_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertSend:
    """An alert on its way through one channel."""

    id: int  #: the alert's number
    at: datetime  #: when it was made
    alert: Alert
    channel: str  #: 'mail' or 'webhook NAME'; 'log' when nobody is to be told
    tries: int  #: begun until now
    next_at: datetime | None  #: when it is tried again; None once it has ended
    sent_at: datetime | None = None  #: None unless it has arrived
    error: str | None = None  #: of the last try, when it failed
