"""Say what a tick of the scheduler would do now, and do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.home.instance import notice
from digest.actions.planning.noting import note_some
from digest.actions.timing.courses import courses
from digest.actions.timing.deadlines import Course, Step
from digest.model import SlotRecord, SlotState
from digest.store import CHUNK, Store, Transaction


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What a tick would do, in order of due time."""

    build: tuple[SlotRecord, ...] = ()  #: the slots whose editions would be built
    missed: tuple[SlotRecord, ...] = ()
    off: tuple[SlotRecord, ...] = ()
    steps: tuple[tuple[Course, Step], ...] = ()  #: with open editions
    refused: tuple[str, ...] = ()  #: why this home must not go on: then nothing would be done


def foresee(app: App, only: str | None = None) -> Foreseen:
    """Say what `slots.advance` and `review.steer` would do now.

    What becomes of an edition that is only to be built is not foreseen.

    Args:
        app: The installation.
        only: Tell of this digest alone.

    Raises:
        StoreError: The database cannot be read or written.
    """
    now = app.clock()
    refused = notice(app.home, app.store, app.keyring)
    if refused:
        return Foreseen(refused=refused)
    with _undone(app.store) as tx:
        ended = _end(tx, app, now, only)
        ready = tx.slots.ready(now, shared=tx.shared_now(now), digest=only)
    steps = [(course, course.step(now)) for course in courses(app, only)]
    return Foreseen(
        build=tuple(one for one in ready if one.digest in app.digests),
        missed=_of(SlotState.MISSED, ended),
        off=_of(SlotState.OFF, ended),
        steps=tuple((course, step) for course, step in steps if step is not None),
    )


def _end(tx: Transaction, app: App, now: datetime, only: str | None) -> tuple[SlotRecord, ...]:
    """Take note of slots, as a tick does; return those that are new on record or ended by it."""
    keys = sorted({*tx.schedules.keys(), *app.digests}) if only is None else [only]
    ended = [one for chunk in _chunks(keys) for one in note_some(tx, app, chunk, now)]
    return tuple(sorted(ended, key=lambda one: one.due))


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))


def _of(state: SlotState, slots: Iterable[SlotRecord]) -> tuple[SlotRecord, ...]:
    return tuple(one for one in slots if one.state is state)


class _Undo(Exception):
    """Ends a writing block so that nothing of it is kept."""


@contextmanager
def _undone(store: Store) -> Iterator[Transaction]:
    """Open a block whose changes are seen in it, and by nobody else, and are gone afterwards."""
    try:
        with store.writing() as tx:
            yield tx
            raise _Undo
    except _Undo:
        pass
