"""Which deeds came after a step: by the order of the records, whatever clocks said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digest.actions.editing.deeds_since import deeds_since
from digest.model import EditionState
from digest.store import LogEntry, Version

NOW = datetime(2026, 11, 19, 6, tzinfo=UTC)
REVIEW, APPROVED = EditionState.REVIEW, EditionState.APPROVED


def line(before: EditionState | None, after: EditionState, *, by: str = "ada", minutes: int = 0) -> LogEntry:
    """Make a line of the log."""
    at = NOW + timedelta(minutes=minutes)
    return LogEntry(at=at, by=by, before=before, after=after, note=None)


def state(number: int, *, deed: str = "write", by: str = "ada", minutes: int = 0) -> Version:
    """Make a state of an edition."""
    return Version(
        version=number,
        at=NOW + timedelta(minutes=minutes),
        by=by,
        deed=deed,
        note="",
        stands_for=number,
        parent=None,
        content_hash=str(number),
    )


def test_deeds_of_one_moment_are_told_apart_by_their_order() -> None:
    """One person wrote, approved and wrote again, all at the same tick of the clock."""
    states = [state(0, deed="build"), state(1), state(2)]
    approved = line(REVIEW, APPROVED)
    log = [
        line(None, REVIEW),
        line(REVIEW, REVIEW),
        approved,
        line(APPROVED, APPROVED),
        line(APPROVED, REVIEW),
    ]
    assert [one.version for one in deeds_since(states, log, approved)] == [2]
    assert [one.version for one in deeds_since(states, log, None)] == [1, 2]
    assert [one.version for one in deeds_since(states, log, log[-1])] == []


def test_a_clock_that_is_behind_and_other_changes_do_not_mislead() -> None:
    """The deed's machine was ten minutes behind; in between the templates changed, which is no deed."""
    states = [state(0, deed="build"), state(1, minutes=-10), state(2, deed="machine"), state(3, minutes=-9)]
    approved = line(REVIEW, APPROVED, by="olu")
    log = [
        line(None, REVIEW),
        approved,
        line(APPROVED, APPROVED, minutes=-10),
        line(APPROVED, REVIEW, minutes=-10),
        line(REVIEW, REVIEW, by="digest"),
        line(REVIEW, REVIEW, minutes=-9),
    ]
    assert [one.version for one in deeds_since(states, log, approved)] == [1, 3]
    assert deeds_since([], log, approved) == ()
