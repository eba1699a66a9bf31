"""Whom the books of an edition name first."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from commands import run_here
from crashing import opened, prepare
from digest.cli import deliveries as command
from digest.model import EditionState
from digest.store.people_tables import deliveries

STATES = ("excluded", "expired", "sent", "failed", "excluded", "unknown", "failed", "unknown")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An edition that has ended, with a reader in each of some states, in this order."""
    home = prepare(tmp_path / "home", 9, readers=len(STATES), on_unknown="hold", connections=1)
    with closing(opened(home)) as store, store.writing() as tx:
        tx.deliveries.freeze(1)
        tx.editions.set_state(1, EditionState.SENT, expect=list(EditionState), by="olu", at=datetime.now(UTC))
        for number, state in enumerate(STATES, start=1):
            values = {"state": state, "reason": f"reason {number}"}
            tx.deliveries.connection.execute(
                update(deliveries).where(deliveries.c.id == number).values(values)
            )
    return home


def test_unknown_ones_come_before_all_others(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has to decide on them, and a hundred whom nobody wanted to mail may stand before them."""
    monkeypatch.setattr(command, "SHOWN", 3)
    short = run_here("deliveries", "1", home=root).out
    whole = run_here("deliveries", "1", "--json", home=root).data["recipients"]
    every = run_here("deliveries", "1", "--all", "--json", home=root).data["recipients"]

    assert [f"reason {number}" in short for number in range(1, 9)] == [
        number in {4, 6, 8} for number in range(1, 9)
    ]
    assert "and 4 more; --json lists them all" in short
    assert [one["reason"] for one in whole] == [f"reason {number}" for number in (6, 8, 4, 7, 2, 1, 5)]
    assert [one["state"] for one in every] == list(STATES)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("--resend-unknown", "2 unknown are mailed again by the service, or by `digest send 1"),
        ("--accept-unknown", "2 unknown stay as they are, on record"),
    ],
)
def test_it_is_told_on_how_many_was_decided(root: Path, word: str, told: str) -> None:
    """Who decides on a thousand should see that it were a thousand."""
    said = run_here("deliveries", "1", word, home=root).out

    assert said.startswith(told)


def test_programs_are_told_on_how_many_was_decided(root: Path) -> None:
    """Where nothing is decided there is no such count."""
    assert "decided" not in run_here("deliveries", "1", "--json", home=root).data
    assert run_here("deliveries", "1", "--accept-unknown", "--json", home=root).data["decided"] == 2
