"""How many refused tries get a line, and where from they are said to be."""

from __future__ import annotations

import pytest

from digest.actions.staff.refused_tries import SINGLY, STRANGERS, RefusedTries, shortened


class _Hours:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def counted(tries: RefusedTries, key: str, times: int, *, is_stranger: bool = True) -> list[str]:
    """What the lines of so many tries say besides."""
    found = [tries._count(key, is_stranger=is_stranger) for _ in range(times)]
    return [said for said in found if said is not None]


def test_after_a_few_of_one_network_one_line_says_that_there_are_more() -> None:
    """Lines stay for good: whoever guesses all night must not write the record."""
    said = counted(RefusedTries(), "from 192.0.2.7", 1_000)

    assert said == [""] * SINGLY + ["; more of theirs are not listed in this hour"]


def test_very_many_networks_are_bounded_together_and_hide_nobody_who_is_known() -> None:
    """A hired crowd has thousands of addresses; what Ada tries is listed all the same."""
    tries = RefusedTries()
    said = [line for number in range(5_000) for line in counted(tries, f"from {number}", 1)]

    assert len(said) == STRANGERS
    assert said[-1] == "; more of strangers are not listed in this hour"
    assert len(tries._seen) <= STRANGERS + 1
    assert counted(tries, "ada@example.org", 1, is_stranger=False) == [""]


def test_an_hour_later_tries_are_listed_again() -> None:
    """Or one bad night would blind the record until the next start."""
    clock = _Hours()
    tries = RefusedTries(clock)
    counted(tries, "from 192.0.2.7", 1_000)
    clock.now_s = 3_599.0
    assert counted(tries, "from 192.0.2.7", 1) == []
    clock.now_s = 3_600.0
    assert counted(tries, "from 192.0.2.7", 1) == [""]


@pytest.mark.parametrize(
    ("network", "place"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("testclient", "an unknown network"),
        ("", "an unknown network"),
    ],
)
def test_a_network_is_kept_as_roughly_as_a_street(network: str, place: str) -> None:
    """The record is never emptied, so a whole address would be a person's for good."""
    assert shortened(network) == place
