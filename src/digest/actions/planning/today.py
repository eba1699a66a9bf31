"""A day at a glance: what has gone out, what waits for a hand, what comes; and how the machine room is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.actions.app import App
from digest.actions.content.sources import Standing, healths
from digest.actions.mailing.books import shown_books
from digest.actions.making.facts import recall_facts
from digest.actions.planning.agenda import Coming, coming
from digest.actions.timing.courses import course_of
from digest.actions.timing.deadlines import Course
from digest.actions.timing.standing import Stand, standing_of
from digest.model import RELEASED, Books, EditionState, SlotState
from digest.store import LogEntry, OpenEdition, StoredEdition, Transaction

_ENDED = 60  #: editions of the day that are shown
_MOST = 60  #: editions that are open, on one page: the newest
_DAYS = 7  #: ahead, for what comes after the day
_LATER = 12  #: slots of them
_BAD = frozenset({Standing.FAILING, Standing.DEAD, Standing.GONE, Standing.SILENT})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One edition or slot of the day."""

    due: datetime
    digest: str  #: key
    title: str  #: of the digest
    language: str
    zone: str  #: of the digest
    edition: StoredEdition | None = None  #: None: it is not built yet
    course: Course | None = None  #: of an open edition: its moments
    standing: Stand | None = None  #: of an open edition: what it waits for, and who stopped it and why
    books: Books | None = None  #: once it was frozen
    last: LogEntry | None = None  #: the last step of its life, with who took it
    coming: Coming | None = None  #: of a slot that is not built yet
    size: int | None = None  #: bytes of HTML, when it was built
    readers: int | None = None  #: who would have got it, when it was built
    faults: tuple[str, ...] = ()  #: what stands in its way, when it was built

    @property
    def is_late(self) -> bool:
        """True when it is too late for those still open, and a person says what becomes of them."""
        return self.standing is not None and self.standing.is_late

    @property
    def is_over(self) -> bool:
        """True when nothing is to be decided any more: sent, being sent, or ended otherwise."""
        return self.edition is not None and self.edition.state in {
            EditionState.SENT,
            EditionState.SENDING,
            EditionState.SKIPPED,
            EditionState.CANCELLED,
            EditionState.EXPIRED,
        }

    @property
    def waits(self) -> bool:
        """True when it waits for a person: in review, held, or too late."""
        return self.edition is not None and (
            self.edition.state is EditionState.HELD
            or self.is_late
            or (self.course is not None and self.course.waits)
        )


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day, as one person may see it."""

    now: datetime
    entries: tuple[Entry, ...]  #: of today and what is left from before, in the order of the clock
    later: tuple[Coming, ...]  #: slots of the days after, at most 12
    sources: dict[str, int]  #: how many sources stand how, by the words of `Standing`
    unknown: int  #: deliveries that nobody can vouch for, and that wait for a person's word

    @property
    def ill_sources(self) -> int:
        """How many sources need a look."""
        return sum(number for word, number in self.sources.items() if Standing(word) in _BAD)


def today(app: App, *, zone: str, digests: Collection[str] | None = None) -> Day:
    """Return a day at a glance.

    Args:
        app: The installation.
        zone: Whose midnight ends the day.
        digests: Only these digests; None is all.
    """
    now = app.clock()
    local = now.astimezone(ZoneInfo(zone))
    ends = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with app.store.reading() as tx:
        mine = [one for one in tx.editions.open() if digests is None or one.digest in digests]
        opened = mine[-_MOST:]  # many old ones that were forgotten must not hide those of the day
        entries = [entry for one in opened if (entry := _open_entry(app, tx, one)) is not None]
        entries += _ended(app, tx, ends - timedelta(days=1), {one.id for one in mine}, digests)
        unknown = sum(tx.deliveries.undecided_counts(digests=digests).values())
    entries = _with_books(app, entries)
    slots = [one for one in coming(app, now + timedelta(days=_DAYS)) if _is_shown(one, digests)]
    entries += [_slot_entry(one) for one in slots if one.planned.due < ends and not _is_built(one)]
    return Day(
        now=now,
        entries=tuple(sorted(entries, key=lambda entry: (entry.due, entry.digest))),
        later=tuple(one for one in slots if one.planned.due >= ends)[:_LATER],
        sources=dict(Counter(one.standing.value for one in healths(app, now))),
        unknown=unknown,
    )


def _open_entry(app: App, tx: Transaction, opened: OpenEdition) -> Entry | None:
    stored = tx.editions.get(opened.id)
    if stored is None:
        return None
    return _entry(app, tx, stored, opened.due, course_of(app, opened))


def _ended(
    app: App, tx: Transaction, since: datetime, known: Collection[int], digests: Collection[str] | None
) -> list[Entry]:
    """Find those of the day that are sent or have ended."""
    due = tx.editions.due_within(since, since + timedelta(days=1), limit=_ENDED)
    found = [tx.editions.get(one) for one in due if one not in known]
    return [
        _entry(app, tx, one, one.edition.slot.local, None)
        for one in found
        if one is not None and (digests is None or one.edition.digest in digests)
    ]


def _entry(app: App, tx: Transaction, stored: StoredEdition, due: datetime, course: Course | None) -> Entry:
    digest = app.digests.get(stored.edition.digest)
    facts = recall_facts(stored)
    steps = tx.editions.log(stored.id)
    return Entry(
        due=due,
        digest=stored.edition.digest,
        title=digest.title if digest else stored.edition.digest,
        language=stored.edition.language,
        zone=digest.zone if digest else "UTC",
        edition=stored,
        course=course,
        standing=None if course is None else standing_of(stored.state, steps, course, app.clock()),
        last=steps[-1] if steps else None,
        size=facts.size if facts else None,
        readers=facts.audience if facts else None,
        faults=facts.faults if facts else (),
    )


def _with_books(app: App, entries: list[Entry]) -> list[Entry]:
    """Add the books of those that were frozen, what was stopped on its way too."""
    begun = [
        one.edition
        for one in entries
        if one.edition is not None
        and (one.edition.state in RELEASED or (one.course and one.course.edition.begun_at))
    ]
    books = shown_books(app, begun)
    return [
        replace(one, books=books.get(one.edition.id)) if one.edition is not None else one for one in entries
    ]


def _slot_entry(slot: Coming) -> Entry:
    digest = slot.digest
    return Entry(
        due=slot.planned.due,
        digest=digest.key,
        title=digest.title,
        language=digest.language,
        zone=digest.zone,
        coming=slot,
    )


def _is_shown(slot: Coming, digests: Collection[str] | None) -> bool:
    return digests is None or slot.digest.key in digests


def _is_built(slot: Coming) -> bool:
    return slot.record is not None and slot.record.state is SlotState.BUILT
