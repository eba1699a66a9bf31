"""Limits that are used up are told, for as long as they are."""

from __future__ import annotations

import time

from digest.deliver import Limit, LocalAllotments
from digest.deliver.run.used_up import Overheard
from sending_cast import NOW


def test_limit_of_which_others_have_given_back_is_used_up_no_more() -> None:
    """A run that goes on must not say for an hour that it waits."""
    hourly = Limit(key="relay main", per_hour=1)
    overheard = Overheard(LocalAllotments(), lambda: NOW, time.monotonic)
    begun = overheard.draw(hourly, 1)
    overheard.draw(hourly, 1)
    assert [one.limit for one in overheard.used_up()] == ["relay main"]
    overheard.give_back(hourly, begun.at)

    assert len(overheard.draw(hourly, 1).at) == 1
    assert overheard.used_up() == ()
