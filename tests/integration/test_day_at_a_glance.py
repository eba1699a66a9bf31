"""A day at a glance holds so many open editions."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.actions.planning import today as glance
from newsroom import newsroom


def test_those_of_the_day_are_shown_though_many_were_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafts that nobody approved or ended pile up for months."""
    monkeypatch.setattr(glance, "_MOST", 2)
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        built = [room.build(hours=hours) for hours in (0, 1, 2)]
        day = glance.today(room.app, zone="Europe/Berlin")

    assert [one.edition.id for one in day.entries if one.edition is not None] == built[-2:]
