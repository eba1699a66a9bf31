"""What a row of refusals says of the relay that they are from."""

from __future__ import annotations

import pytest

from digest.deliver.run.row import MANY, Row
from digest.model import DeliveryState, Outcome
from sending_cast import NOW, MemoryLedger

DOMAINS = ("one.example", "two.example", "three.example")
GONE = Outcome(state=DeliveryState.FAILED, at=NOW, code=550, status="5.1.1", text="5.1.1 no such user")


def row_of(count: int) -> Row:
    """Let a relay refuse so many in a row, of three domains."""
    row = Row()
    for one in MemoryLedger([f"reader{n}@{DOMAINS[n % 3]}" for n in range(count)]).rows.values():
        row.add(one, GONE, 1.0, counts=True)
    return row


@pytest.mark.parametrize("late", [0, 7])
def test_each_mail_that_was_taken_meanwhile_wants_one_refusal_more(late: int) -> None:
    """As many dead as there are messages under way may come before the first new answer."""
    short, long = row_of(MANY + late - 1), row_of(MANY + late)
    short.late = long.late = late

    assert (short.tells, long.tells) == (False, True)


def test_a_row_that_has_ended_begins_anew() -> None:
    """The relay knows somebody: neither what it refused nor what it took before counts."""
    row = row_of(MANY)
    row.late = 3
    row.end()

    assert (row.count, row.late, row.tells) == (0, 0, False)
