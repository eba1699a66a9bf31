"""How an edition stands: what it waits for, who stopped it, and since when it was late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.actions.timing.deadlines import Course
from digest.actions.timing.standing import standing_of
from digest.model import EditionState
from digest.settings import ReviewSettings
from digest.store import LogEntry, OpenEdition

DUE = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST = DUE + 12 * HOUR
Taken = tuple[float, str, str, str]  #: hours after it was due, from where, where to, and by whom

APPROVED: Taken = (-1, "review", "approved", "ada")
BEGUN: Taken = (0, "approved", "sending", "worker")
BRAKED: Taken = (1, "sending", "held", "ada")
REFUSED: Taken = (1, "sending", "held", "worker")
TOO_LATE: Taken = (12.1, "sending", "held", "schedule")


def course(*taken: Taken, is_known: bool = True) -> tuple[EditionState, tuple[LogEntry, ...], Course]:
    """Return where an edition is after some steps, the steps, and its moments."""
    log = tuple(
        LogEntry(at=DUE + at * HOUR, by=by, before=EditionState(before), after=EditionState(after), note=None)
        for at, before, after, by in taken
    )
    begun = [one.at for one in log if one.after is EditionState.SENDING]
    edition = OpenEdition(
        id=1,
        digest="daily",
        slot="2026-11-19T07:00",
        due=DUE,
        last_due=DUE,
        state=log[-1].after,
        built_at=DUE - 2 * HOUR,
        note=None,
        is_scheduled=False,
        begun_at=begun[0] if begun else None,
        let_go_at=None,
        late_at=None,
        reminded_at=None,
    )
    moments = Course(
        edition=edition, review=ReviewSettings(), is_known=is_known, max_lateness=12 * HOUR, zone=UTC
    )
    return edition.state, log, moments


@pytest.mark.parametrize(
    ("taken", "hours", "word", "stopped_by"),
    [
        ([APPROVED], 1, "at_rest", None),
        ([APPROVED, BEGUN], 1, "going", None),
        ([APPROVED, BEGUN, BRAKED], 2, "braked", "ada"),
        ([APPROVED, BEGUN, BRAKED], 12, "braked", "ada"),  # the last moment
        ([APPROVED, BEGUN, BRAKED], 13, "late", "ada"),
        ([APPROVED, BEGUN, REFUSED], 13, "late", "worker"),
        ([APPROVED, BEGUN, TOO_LATE], 13, "late", None),
        ([APPROVED], 13, "late_unsent", None),
        ([APPROVED, BEGUN, TOO_LATE, (13, "held", "approved", "ada")], 14, "late", None),
        ([APPROVED, BEGUN, BRAKED, (2, "held", "held", "olu")], 3, "braked", "ada"),  # a change, no step
        ([APPROVED, BEGUN, BRAKED, (2, "held", "sending", "ada")], 3, "going", None),
        ([APPROVED, BEGUN, (1, "approved", "held", "schedule")], 13, "late", "schedule"),  # it had changed
    ],
)
def test_it_says_what_an_edition_waits_for_and_who_stopped_it(
    taken: list[Taken], hours: float, word: str, stopped_by: str | None
) -> None:
    """That the schedule found it too late is no reason of its own."""
    found = standing_of(*course(*taken), DUE + hours * HOUR)

    assert (found.word, found.stop.by if found.stop else None) == (word, stopped_by)
    assert found.waits == (word not in {"going", "at_rest"})
    assert found.last == LAST


def test_since_when_it_went_late_is_the_last_word_that_came_too_late() -> None:
    """In time, a word to let it go is none of that; a brake afterwards is told as it is."""
    word = [(20, "held", "sending", "olu"), (20, "sending", "sending", "olu")]
    taken = [APPROVED, BEGUN, TOO_LATE, *word, (21, "sending", "held", "ada")]
    found = standing_of(*course(*taken), DUE + 22 * HOUR)

    assert (found.word, found.stop and found.stop.at) == ("late", DUE + 21 * HOUR)
    assert found.sent_late is not None
    assert found.sent_late.at == DUE + 20 * HOUR
    assert standing_of(*course(APPROVED, BEGUN), DUE + HOUR).sent_late is None
    begun_late = course(APPROVED, (13, "approved", "sending", "worker"))  # in the last second, say
    assert standing_of(*begun_late, DUE + 14 * HOUR).sent_late is None


def test_one_whose_file_is_gone_is_late_and_nobody_can_send_it() -> None:
    """There are no settings to send it by."""
    found = standing_of(*course(APPROVED, BEGUN, TOO_LATE, is_known=False), DUE + 13 * HOUR)
    assert (found.word, found.is_known) == ("late", False)


def test_one_that_is_over_waits_for_nothing() -> None:
    """It has no moments any more."""
    _, log, _ = course(APPROVED, BEGUN, (1, "sending", "sent", "worker"))
    found = standing_of(EditionState.SENT, log, None, DUE + 13 * HOUR)
    assert (found.word, found.last, found.is_known) == ("at_rest", None, True)
