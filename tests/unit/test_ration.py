"""How much a relay takes on one connection."""

from __future__ import annotations

import pytest

from digest.deliver.run.ration import Ration


def told(ration: Ration, *ends: int) -> list[bool]:
    """Tell of connections that the relay ended with 421 after so many messages."""
    said = []
    for taken in ends:
        said.append(ration.ended(taken))
        ration.closed(taken + 1, by_relay=True)
    return said


@pytest.mark.parametrize("ends", [(4, 4, 4, 4), (9, 9, 8, 9, 9), (9, 9)])
def test_few_messages_or_ends_that_differ_are_no_rule(ends: tuple[int, ...]) -> None:
    """A relay that is busy ends whatever there is; to believe it would cost all mails that follow."""
    ration = Ration(1000)

    assert not any(told(ration, *ends))
    assert ration.most == 1000


def test_connection_that_takes_more_refutes_a_rule() -> None:
    """Three restarts of a relay in a night are no rule."""
    ration = Ration(1000)
    told(ration, 9, 9)
    ration.closed(1000, by_relay=False)

    assert told(ration, 9) == [False]
    assert ration.most == 1000


def test_rule_of_a_relay_is_tried_again_after_twenty_connections() -> None:
    """What was learnt wrongly costs twenty connections; where it holds, it is believed at once."""
    ration, bounds = Ration(1000), []
    assert told(ration, 9, 9, 9) == [False, False, True]
    for _ in range(20):
        bounds.append(ration.most)
        ration.closed(9, by_relay=False)

    assert (bounds, ration.most) == ([9] * 20, 1000)
    assert told(ration, 9) == [True]
    assert ration.most == 9


def test_rule_that_turned_out_to_be_none_is_forgotten() -> None:
    """A relay put somebody off after nine, three times, and went on with the tenth."""
    ration = Ration(1000)
    told(ration, 9, 9, 9)
    ration.lift()

    assert ration.most == 1000
    assert told(ration, 9, 9) == [False, False]
