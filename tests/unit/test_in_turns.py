"""Long work of one thread leaves others their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.store import in_turns as module
from digest.store.in_turns import in_turns

if TYPE_CHECKING:
    import pytest


def test_others_get_their_turn_after_each_fifty_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few items are done in no time; of many none is left out, and their order stays."""
    told: list[object] = []
    monkeypatch.setattr(module, "sleep", lambda _seconds: told.append("pause"))

    for count in (49, 120):
        told.append(f"of {count}")
        for item in in_turns(range(count)):
            told += [item]

    few, many = ["of 49", *range(49)], ["of 120", *range(50), "pause", *range(50, 100), "pause"]
    assert told == [*few, *many, *range(100, 120)]
