"""When a relay is left alone, and when the sender is at fault."""

from __future__ import annotations

import pytest

from digest.deliver.run.breaker import Breaker, SenderFaults


def test_pauses_grow_to_less_than_a_minute() -> None:
    """1, 2, 4 ... seconds, so that a relay which is back is used within a minute."""
    breaker = Breaker(lambda: 1.0)
    pauses = []
    for hour in range(9):
        breaker.lost(hour * 3600.0)
        pauses.append(breaker.pause_s(hour * 3600.0))

    assert pauses == [1, 2, 4, 8, 16, 32, 50, 50, 50]


def test_connections_that_are_lost_together_count_once() -> None:
    """A relay that starts anew ends eight at a time, and is back in two seconds."""
    breaker = Breaker(lambda: 1.0)

    assert [breaker.lost(100.0) for _ in range(8)] == [True] + [False] * 7
    assert (breaker.losses, breaker.pause_s(100.0)) == (1, 1)
    breaker.lost(101.0)
    assert (breaker.losses, breaker.pause_s(101.0)) == (2, 2)


def test_a_quarter_of_each_pause_is_left_to_chance() -> None:
    """Sixteen workers must not knock in the same second."""
    breaker = Breaker(lambda: 0.0)
    breaker.lost(0.0)

    assert breaker.pause_s(0.0) == 0.75
    assert breaker.pause_s(0.75) == 0


def test_time_that_a_try_took_is_not_waited_for_once_more() -> None:
    """A relay that swallows what it is sent is tried again fifty seconds after a try began."""
    breaker = Breaker(lambda: 1.0)
    for _ in range(9):
        breaker.lost(1000.0 + 100 * breaker.losses)

    breaker.lost(3009.0, 3000.0)
    assert breaker.pause_s(3009.0) == 41
    breaker.lost(3300.0, 3050.0)
    assert breaker.pause_s(3300.0) == 0


def test_one_answer_makes_all_well() -> None:
    """Losses count in a row."""
    breaker = Breaker(lambda: 1.0)
    for _ in range(5):
        breaker.lost(0.0)
    breaker.worked()

    assert (breaker.losses, breaker.pause_s(0.0)) == (0, 0)


@pytest.mark.parametrize(
    ("answers", "stops"),
    [
        ("-----", True),
        ("----+-", False),
        ("+++++++-----", True),
        ("-+-+-+-+-+-+-+-+-+-", True),
        ("-++-++-++-++-++-++-++-++-++-++", False),
    ],
)
def test_sender_is_at_fault_after_five_in_a_row_or_half_of_twenty(answers: str, stops: bool) -> None:
    """One company that lets nothing in is no fault of ours."""
    faults = SenderFaults()

    said = [faults.add(refused=answer == "-") for answer in answers]

    assert any(said) is stops
