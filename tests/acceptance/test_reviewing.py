"""Review as editors meet it on the command line: what waits, why it is held, what was looked at."""

from __future__ import annotations

from pathlib import Path

from commands import run_here
from digest.model import EditionState
from newsroom import DUE, newsroom


def test_an_editor_sees_until_when_an_edition_waits(tmp_path: Path) -> None:
    """In the list, beside the edition, after each step, and for programs."""
    home = tmp_path / "home"
    with newsroom(home, "review: {mode: window, at_deadline: skip}") as room:
        edition = room.build()
    listed = run_here("editions", "list", home=home)
    shown = run_here("editions", "show", edition, home=home)
    data = run_here("editions", "show", edition, "--json", home=home).data
    waits = "waits for approval until 2026-11-19 07:00 CET; then it is left out."

    assert "2026-11-19T07:00  review  11-19 07:00" in listed.out
    assert waits in " ".join(shown.out.split())
    assert data["deadline"] == "2026-11-19T06:00:00+00:00"
    held = run_here("editions", "hold", edition, "--note", "wait for the verdict", home=home)
    assert "waits for approval until 2026-11-19 19:00 CET; then it expires." in held.out
    assert "Note: wait for the verdict" in run_here("editions", "show", edition, home=home).out


def test_an_editor_approves_what_they_looked_at(tmp_path: Path) -> None:
    """A hash that is another's word is refused with the way to look again."""
    home = tmp_path / "home"
    with newsroom(home, "review: {mode: required}", clock=None) as room:
        edition = room.build(scheduled=False)
        seen = room.stored(edition).content_hash
    other = run_here("editions", "approve", edition, "--seen", "0" * 64, "--json", home=home)
    same = run_here("editions", "approve", edition, "--seen", seen, "--json", home=home)

    assert (other.code, other.error["error"]) == (1, "edition 1 has changed since it was looked at")
    assert "digest preview 1" in other.error["hint"]
    assert (same.code, same.data["state"], same.data["deadline"]) == (0, "approved", None)


def test_who_builds_an_edition_that_is_held_is_told_why(tmp_path: Path) -> None:
    """The reason stands where the edition was made, not only in somebody's mail."""
    home = tmp_path / "home"
    with newsroom(home) as room:
        edition = room.build(hours=-1)
        with room.app.store.writing() as tx:
            tx.editions.set_state(
                edition, EditionState.APPROVED, expect=[EditionState.DRAFT], by="ada", at=DUE
            )
    built = run_here("build", "daily", "--at", DUE.isoformat(), home=home)
    said = run_here("build", "daily", "--at", DUE.isoformat(), "--dry-run", "--json", home=home).data

    assert "held: its subject is the last edition's: “" in " ".join(built.out.split())
    assert (said["state"], len(said["held"])) == ("held", 1)
