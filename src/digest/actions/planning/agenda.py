"""What schedules hold for the coming days, and where each digest stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.model import REFUSED, EditionState, HistoryEntry, Pause, SlotRecord, SlotState
from digest.settings import DigestSettings
from digest.store import Transaction
from digest.timetable import Planned, after, planned

_RUNS = frozenset({"build", "missed", "off"})  #: what becomes of slots
_GOING_OUT = frozenset({EditionState.DRAFT, EditionState.REVIEW, EditionState.APPROVED, EditionState.SENDING})
_SKIPPED = "skipped by "  #: how the reason of a slot that somebody had skipped begins
_LOOKED_AT = 100  #: history lines among which the last run is looked for
_AHEAD = 50  #: slots among which the next that takes place is looked for


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A slot that is to come, with what is known of it already."""

    digest: DigestSettings
    planned: Planned
    record: SlotRecord | None  #: once it came near, or somebody had it skipped
    pause: Pause | None  #: of its digest

    @property
    def is_wanted(self) -> bool:
        """Tell whether it takes place once no pause is in the way."""
        ended = self.record is not None and self.record.state in {SlotState.OFF, SlotState.MISSED}
        return self.planned.off is None and not ended

    @property
    def marks(self) -> tuple[str, ...]:
        """What is special about it, each as one word for programs."""
        found = [*self.planned.marks, *(["subscriber"] if self.digest.local_to == "subscriber" else [])]
        record = self.record
        if self.planned.off is not None:
            found.append("blackout")
        elif record is not None and record.state is SlotState.OFF:
            found.append("skipped" if (record.note or "").startswith(_SKIPPED) else "off")
        elif record is not None and record.state is SlotState.MISSED:
            found.append("missed")
        if record is not None and record.state is SlotState.BUILT:
            found.append("built")
        elif self.pause is not None and self.is_wanted:
            found.append("paused")
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the schedule of a digest stands."""

    digest: DigestSettings
    pause: Pause | None
    next: Coming | None  #: the next slot that is wanted; None when none is planned
    last: HistoryEntry | None  #: what became of its newest slot; None when none has come yet


def coming(app: App, until: datetime, digest_key: str | None = None) -> tuple[Coming, ...]:
    """Return the slots that are due after now and not after a moment, in that order, then by digest.

    Args:
        app: The installation.
        until: The last moment, inside.
        digest_key: Only this digest's; None gives all.

    Raises:
        NotFound: There is no such digest.
    """
    digests = app.digests.values() if digest_key is None else [app.digest(digest_key)]
    now = app.clock()
    with app.store.reading() as tx:
        found = [one for digest in digests for one in _known(tx, digest, planned(digest, now, until), now)]
    return tuple(sorted(found, key=lambda one: (one.planned.due, one.digest.key, one.planned.slot.key)))


def next_slots(app: App, digest_key: str, count: int) -> tuple[Coming, ...]:
    """Return a digest's next slots, those that do not take place too.

    Raises:
        NotFound: There is no such digest.
    """
    digest = app.digest(digest_key)
    now = app.clock()
    with app.store.reading() as tx:
        return _known(tx, digest, after(digest, now, count), now)


def standings(app: App, digest_key: str | None = None) -> tuple[Standing, ...]:
    """Return where every digest stands, or only one, by key.

    Raises:
        NotFound: There is no such digest.
    """
    digests = app.digests.values() if digest_key is None else [app.digest(digest_key)]
    now = app.clock()
    with app.store.reading() as tx:
        return tuple(_standing(tx, digest, now) for digest in digests)


def unsent(app: App, digest_key: str) -> tuple[int, ...]:
    """Return the ids of a digest's editions that are built and go out all the same, the oldest slot first."""
    with app.store.reading() as tx:
        found = tx.editions.open()
    return tuple(
        one.id for one in found if one.digest == digest_key and one.is_scheduled and one.state in _GOING_OUT
    )


def told(
    app: App,
    digest_key: str | None = None,
    *,
    event: str | None = None,
    without: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[HistoryEntry, ...]:
    """Return lines of the history, the newest first; bounds as `History.list` has them.

    A digest whose file is gone keeps its lines.

    Raises:
        NotFound: There is no such digest, and there never was.
    """
    with app.store.reading() as tx:
        lines = tx.history.list(digest=digest_key, event=event, without=without, before=before, limit=limit)
        is_known = bool(lines) or digest_key is None or tx.schedules.get(digest_key) is not None
    if not is_known and digest_key is not None:
        app.digest(digest_key)
    return lines


def _standing(tx: Transaction, digest: DigestSettings, now: datetime) -> Standing:
    lines = tx.history.list(digest=digest.key, without=REFUSED, limit=_LOOKED_AT)
    slots = _known(tx, digest, after(digest, now, _AHEAD), now)
    known = tx.schedules.get(digest.key)
    return Standing(
        digest=digest,
        pause=known.pause if known else None,
        next=next((one for one in slots if one.is_wanted), None),
        last=next((line for line in lines if line.event in _RUNS), None),
    )


def _known(
    tx: Transaction, digest: DigestSettings, plan: tuple[Planned, ...], now: datetime
) -> tuple[Coming, ...]:
    if not plan:
        return ()
    known = tx.schedules.get(digest.key)
    records = {one.key: one for one in tx.slots.list(since=now, until=plan[-1].due, digest=digest.key)}
    pause = known.pause if known else None
    return tuple(
        Coming(digest=digest, planned=one, record=records.get(one.slot.key), pause=pause) for one in plan
    )
