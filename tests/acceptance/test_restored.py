"""A restored backup or a copied home mails nobody until somebody says so."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commands import AT, SYSTEM, Ran, run_here
from digest.deliver.mailbox import Mailbox

Command = Callable[..., Ran]


@pytest.fixture
def mailbox(home: Path, tmp_path: Path) -> Iterator[Mailbox]:
    """A real SMTP server that the home's relay points at; no edition is ever too late."""
    with Mailbox(tmp_path / "mail") as running:
        text = SYSTEM.format(port=running.port) + "delivery: {max_lateness: 520w}\n"
        (home / "config" / "digest.yaml").write_text(text, encoding="utf-8")
        yield running


@pytest.fixture
def edition(digest: Command, articles: Path, mailbox: Mailbox) -> int:
    """An edition that may be sent without review, for Sam and Olu."""
    assert mailbox.port
    assert digest("ingest", articles).code == 0
    for name in ("sam", "olu"):
        digest("subscribers", "add", f"{name}@example.org", "-d", "daily", "--consent", "form")
    return int(digest("build", "daily", "--at", AT, "--json").data["edition"])


def restore(home: Path, backup: Path) -> None:
    """Copy a backup over the database, as an operator does who has read no page of ours."""
    for left in (home / "var").glob("digest.db-*"):
        left.unlink()
    shutil.copyfile(backup, home / "var" / "digest.db")


def test_a_restored_backup_mails_nobody_until_it_is_adopted_and_approved(
    digest: Command, edition: int, home: Path, tmp_path: Path, mailbox: Mailbox
) -> None:
    """The backup holds the edition unsent; its readers have had it."""
    backup = tmp_path / "nightly.db"
    assert digest("db", "backup", backup).code == 0
    assert digest("send", edition).code == 0
    restore(home, backup)
    refused = digest("send", edition, "--json")

    assert refused.code == 1
    assert "the database is a copy that `digest db backup` made" in refused.error["error"]
    assert "`digest db adopt`" in refused.error["hint"]
    assert digest("db", "check").code == 1
    assert "digest db adopt" in digest("check").out
    assert digest("send", edition, "--test", "ada@example.org").code == 0
    assert len(mailbox.messages()) == 3

    adopted = digest("db", "adopt", "--json")
    held = digest("send", edition, "--json")

    assert adopted.data["held"] == [edition]
    why = "found in a restored backup or a copied home; approve it again once you know who got it"
    assert held.error["error"] == f"edition {edition} is held: {why}"
    assert "restored backup" in digest("editions", "show", edition, "--json").out
    assert len(mailbox.messages()) == 3

    assert digest("editions", "approve", edition).code == 0
    assert digest("send", edition).code == 0
    assert len(mailbox.messages()) == 5
    assert digest("check").code == 0


def test_the_end_of_an_edition_moves_the_home_on(digest: Command, edition: int, home: Path) -> None:
    """A copy that was made while it went out is behind from then on, whatever tool made it.

    One step for the run's beginning, one once its audience is fixed, one for its end, one for the edition's,
    and one for each second of it.
    """
    assert digest("send", edition).code == 0

    assert json.loads((home / "var" / "instance.json").read_text("utf-8"))["epoch"] >= 4


def test_a_copied_home_is_refused_while_the_original_goes_on(
    digest: Command, edition: int, home: Path, tmp_path: Path, mailbox: Mailbox
) -> None:
    """A rehearsal on a copy of the real thing must not reach real readers."""
    assert digest("send", edition).code == 0
    second = digest("build", "daily", "--at", "2026-11-20T07:00", "--json").data["edition"]
    elsewhere = tmp_path / "rehearsal"
    shutil.copytree(home, elsewhere)
    refused = run_here("send", second, "--json", home=elsewhere)

    assert f"the home was {home} when it last sent, and is {elsewhere} now" in refused.error["error"]
    assert "the database is another file" in refused.error["error"]
    assert digest("send", second).code == 0
    assert len(mailbox.messages()) == 4


def test_a_home_that_was_moved_goes_on_when_somebody_says_that_it_is_no_copy(
    digest: Command, edition: int, home: Path, tmp_path: Path, mailbox: Mailbox
) -> None:
    """The same files in another place look like a snapshot's; only a person knows."""
    assert digest("send", edition).code == 0
    second = digest("build", "daily", "--at", "2026-11-20T07:00", "--json").data["edition"]
    home.rename(tmp_path / "moved")
    moved = tmp_path / "moved"

    assert run_here("send", second, home=moved).code == 1
    adopted = run_here("db", "adopt", "--live", home=moved)
    assert "found: the home was" in adopted.out
    assert run_here("db", "adopt", "--json", home=moved).data == {"noticed": [], "held": []}
    assert run_here("send", second, home=moved).code == 0
    assert len(mailbox.messages()) == 4


def test_a_slot_from_before_the_restore_is_built_held(
    digest: Command, edition: int, home: Path, tmp_path: Path, mailbox: Mailbox
) -> None:
    """The backup may be older than the edition that went out for the slot."""
    backup = tmp_path / "nightly.db"
    assert digest("db", "backup", backup).code == 0
    assert digest("send", edition).code == 0
    second = digest("build", "daily", "--at", "2026-11-20T07:00", "--json").data["edition"]
    assert digest("send", second).code == 0
    restore(home, backup)
    assert digest("db", "adopt").code == 0
    again = digest("build", "daily", "--at", "2026-11-20T07:00", "--json").data

    assert again["state"] == "held"
    assert digest("send", again["edition"]).code == 1
    assert digest("build", "daily", "--at", "2100-01-01T07:00", "--dry-run", "--json").data["state"] != "held"
    assert len(mailbox.messages()) == 4


def test_an_edition_held_half_way_reaches_those_who_were_left_and_nobody_new(
    digest: Command, edition: int, home: Path, tmp_path: Path, mailbox: Mailbox
) -> None:
    """Its audience was fixed when it first went out; Eve subscribed after that."""
    assert digest("send", edition).code == 0
    with closing(sqlite3.connect(home / "var" / "digest.db")) as database, database:
        database.execute("UPDATE editions SET state = 'sending'")
        database.execute("UPDATE deliveries SET state = 'pending' WHERE address LIKE 'olu%'")
    backup = tmp_path / "nightly.db"
    assert digest("db", "backup", backup).code == 0
    restore(home, backup)
    assert digest("db", "adopt", "--json").data["held"] == [edition]
    digest("subscribers", "add", "eve@example.org", "-d", "daily", "--consent", "form")
    assert digest("editions", "approve", edition).code == 0
    books = digest("send", edition, "--json").data

    assert (books["frozen"], books["sent"]) == (2, 2)
    assert len(mailbox.messages()) == 3
