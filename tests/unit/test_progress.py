"""What is told while an edition goes out."""

from __future__ import annotations

import json

import pytest

from digest.cli.progress import Pace, left, showing
from digest.deliver import Progress
from digest.model import Books


def books(*, sent: int, of: int) -> Books:
    """Count."""
    return Books(frozen=of, sent=sent, failed=0, expired=0, excluded=0, unknown=0, open=of - sent)


def test_rate_is_that_of_the_last_ten_seconds() -> None:
    """An hour of waiting must not make the next minute look slow."""
    seconds = iter([0.0, 3600.0, 3605.0, 3610.0])
    pace = Pace(lambda: next(seconds))

    assert [pace.add(sent) for sent in (0, 0, 500, 1500)] == [0.0, 0.0, 100.0, 150.0]


@pytest.mark.parametrize(
    ("open_", "rate", "words"),
    [(0, 5.0, ""), (100, 0.0, ""), (100, 10.0, "0:10 left"), (900_000, 100.0, "2:30:00 left")],
)
def test_time_left_is_told_when_it_can_be(open_: int, rate: float, words: str) -> None:
    """Nobody is promised anything while nothing moves."""
    assert left(books(sent=0, of=open_), rate) == words


def test_programs_get_an_event_a_second_and_the_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object a line, with the books and no address."""
    with showing(7, events=True) as show:
        for sent in range(4):
            show(Progress(books=books(sent=sent, of=3), sent=sent, connections=2, trouble=None))
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert [(one["event"], one["edition"], one["sent"], one["open"]) for one in events] == [
        ("sending", 7, 0, 3),
        ("sending", 7, 3, 0),
    ]
