"""Rehearse digests: what rules would make of the stored past or the coming days. Changes nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from digest.actions.app import App
from digest.actions.making.gather import Known, gather
from digest.actions.making.rehearsed import Rehearsed
from digest.actions.making.remembered import Memory, RehearsedPast
from digest.actions.timing.local_hours import zones_of
from digest.clock import aware
from digest.errors import DigestError, Refused
from digest.group import Reader, read
from digest.pipeline import BuildInput, build_edition
from digest.settings import DigestSettings, load_digest
from digest.timetable import LocalHours, Planned, lead_of, planned

MOST_DAYS = 366
_REMEMBERED = 2_000  #: articles taken apart, about 50 kB each
_DAY = timedelta(days=1)
_BEFORE = timedelta(microseconds=1)  #: a slot at the very first moment counts

Row = tuple[Rehearsed | None, ...]  #: one place for each rule set; None when it has no such slot


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """The rules that one side of a rehearsal plays by."""

    name: str  #: the file they stand in, as the operator knows it
    digest: DigestSettings


def rule_sets(app: App, key: str, files: Sequence[Path] = ()) -> tuple[RuleSet, ...]:
    """Take the rules to compare: those in force and a file's, or those of two files.

    Args:
        app: The installation.
        key: Of the digest; every file is read as if it were this digest's.
        files: At most two; none gives the rules in force alone.

    Raises:
        NotFound: There is no such digest.
        SettingsError: A file has faults.
        Refused: A rule set has no schedule, so that there is nothing to rehearse.
    """
    present = RuleSet(name=f"config/digests/{key}.yaml", digest=app.digest(key))
    others = [
        RuleSet(name=str(file), digest=load_digest(file, key=key, home=app.home.root)) for file in files
    ]
    sets = others if len(others) > 1 else [present, *others]
    for each in sets:
        if not each.digest.schedule:
            raise Refused(
                "without a schedule there is nothing to rehearse",
                where=each.name,
                hint="add one, such as schedule: [{at: 07:00}], here or in a file for --config",
            )
    return tuple(sets)


def rehearse(app: App, rules: Sequence[DigestSettings], first: date, last: date) -> Iterator[Row]:
    """Build the edition of every slot of some days, each as if those before it had been sent.

    Begins with what the store says was sent before the first day. At each slot the articles count
    that had come in by the moment of building, in the words they had then. Stores nothing and sends nothing.

    Args:
        app: Brings articles, limits and templates.
        rules: Of one digest; each plays on its own, side by side.
        first: The first day, on the clocks of each rule set's zone.
        last: The last day, inside.

    Returns:
        Rows by the moment that slots are due, ascending. They are built while you ask for them.

    Raises:
        DigestError: The days are in the wrong order or too many.
        TemplateError: A theme is broken; while rows are asked for.
    """
    if last < first:
        raise DigestError(f"{last} is before {first}", where="--to", hint="give the earlier day to --from")
    if (last - first).days >= MOST_DAYS:
        raise DigestError(
            f"{(last - first).days + 1:,} days are too many at once",
            where="--to",
            hint=f"rehearse {MOST_DAYS} days at most, one part after the other",
        )
    reader = lru_cache(maxsize=_REMEMBERED)(read)  # most candidates stand again, and for every rule set
    return _in_step([_Player(app, digest, first, last, reader) for digest in rules])


def _in_step(players: Sequence[_Player]) -> Iterator[Row]:
    while any(player.plan for player in players):
        due = min(player.plan[0].due for player in players if player.plan)
        yield tuple(
            player.next() if player.plan and player.plan[0].due == due else None for player in players
        )


class _Player:
    """Plays one rule set from slot to slot."""

    def __init__(self, app: App, digest: DigestSettings, first: date, last: date, reader: Reader) -> None:
        self._app = app
        self._reader = reader
        self._digest = digest
        self._start = datetime.combine(first, time(), tzinfo=digest.timezone)
        end = datetime.combine(last + _DAY, time(), tzinfo=digest.timezone)
        self._memory = Memory()
        with app.store.reading() as tx:
            self._zones = zones_of(tx, digest)
        self.plan = deque(planned(digest, self._start - _BEFORE, end - _BEFORE))  #: what is still to come

    def next(self) -> Rehearsed:
        """Play the next slot."""
        slot = self.plan.popleft()
        first = LocalHours.of(slot.slot, self._zones).first  # of those whose clocks are ahead
        build_at = aware(first) - lead_of(self._digest)
        if slot.off is not None:
            return Rehearsed(planned=slot, build_at=build_at, given=None, built=None)
        given = self._gather(slot, build_at)
        look = self._app.look(self._digest)
        built = build_edition(given, self._app.renderer, look, reader=self._reader)
        self._memory.keep(given, built)
        return Rehearsed(planned=slot, build_at=build_at, given=given, built=built)

    def _gather(self, slot: Planned, now: datetime) -> BuildInput:
        with self._app.store.reading() as tx:
            past = RehearsedPast(
                memory=self._memory, before=tx.editions.before(self._start), now=tx.editions.before(now)
            )
            known = Known(articles=tx.articles.known(now), past=past, stories=tx.stories, by=now)
            return gather(self._app, self._digest, slot.slot, now, known=known)
