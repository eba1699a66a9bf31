"""A sender that is killed at any moment: the books still hold, and hardly anybody is mailed twice."""

from __future__ import annotations

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commands import AT, SYSTEM, furnish, run_here
from digest.deliver.mailbox import Mailbox

READERS = 400
KILLS = 6


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """A real SMTP server on loopback."""
    with Mailbox(tmp_path / "mail") as running:
        yield running


def _home(tmp_path: Path, port: int, on_unknown: str) -> Path:
    """Make a home with a built edition and its readers."""
    root = furnish(tmp_path / "home")
    text = SYSTEM.format(port=port) + f"delivery: {{on_unknown: {on_unknown}, max_lateness: 520w}}\n"
    (root / "config" / "digest.yaml").write_text(text, encoding="utf-8")
    with (tmp_path / "readers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["email"], *([f"r{n}@readers.example.org"] for n in range(READERS))])
    articles = Path(__file__).parents[1] / "acceptance" / "articles.json"
    for args in (
        ("ingest", articles),
        ("subscribers", "import", tmp_path / "readers.csv", "-d", "daily", "--consent", "form"),
        ("build", "daily", "--at", AT),
    ):
        ran = run_here(*args, home=root)
        assert ran.code == 0, ran.err
    return root


def _end_a_sender(
    root: Path, mailbox: Mailbox, pause_s: float, number: signal.Signals = signal.SIGKILL
) -> tuple[int, str]:
    """Start the real command, and end it a moment after it has handed over something."""
    before = len(list(mailbox.folder.glob("*.eml")))
    sender = subprocess.Popen(
        [sys.executable, "-m", "digest", "send", "1"],
        env={**os.environ, "DIGEST_HOME": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 30
    while sender.poll() is None and len(list(mailbox.folder.glob("*.eml"))) == before:
        assert time.monotonic() < until, "the sender sends nothing"
        time.sleep(0.005)
    time.sleep(pause_s)
    sender.send_signal(number)
    said = sender.communicate()[1]
    return sender.returncode, said


def _let_leases_run_out(root: Path) -> None:
    """Do what ten minutes do."""
    with closing(sqlite3.connect(root / "var" / "digest.db")) as database, database:
        database.execute("UPDATE deliveries SET lease_until = 0 WHERE lease_until IS NOT NULL")


def _books(root: Path) -> dict[str, int]:
    fields: dict[str, int] = run_here("deliveries", "1", "--json", home=root).data
    ends = ("sent", "failed", "expired", "excluded", "unknown", "open")
    assert fields["frozen"] == sum(fields[name] for name in ends) == READERS
    return {name: fields[name] for name in (*ends, "balance")}


@pytest.mark.slow
@pytest.mark.parametrize("on_unknown", ["hold", "resend"])
def test_books_hold_and_nobody_is_mailed_twice_beyond_one_for_each_kill(
    tmp_path: Path, mailbox: Mailbox, on_unknown: str
) -> None:
    """The promise that the whole design is for, tried on a real process and a real relay.

    One connection is open at a time, so a kill can catch one message between its dot and the books.
    """
    root = _home(tmp_path, mailbox.port, on_unknown)
    chance = random.Random(on_unknown)  # noqa: S311  # why: moments, not secrets
    for _ in range(KILLS):
        _end_a_sender(root, mailbox, chance.uniform(0, 0.2))
        assert _books(root)["failed"] == 0
        _let_leases_run_out(root)
    last = run_here("send", "1", home=root)
    books = _books(root)
    arrived = Counter(name for one in mailbox.messages() for name in one.recipients)
    twice = sum(count - 1 for count in arrived.values())

    assert books["balance"], last.err
    assert twice <= (KILLS if on_unknown == "resend" else 0)
    assert books["unknown"] <= (KILLS if on_unknown == "hold" else 0)
    assert books["sent"] <= len(arrived) <= books["sent"] + books["unknown"]
    assert run_here("editions", "show", "1", "--json", home=root).data["state"] == "sent"


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_sender_that_is_asked_to_stop_gives_back_what_it_holds(
    tmp_path: Path, mailbox: Mailbox, number: signal.Signals, status: int
) -> None:
    """A machine that is shut down in good order must not make the audience wait for a lease."""
    root = _home(tmp_path, mailbox.port, "hold")
    code, said = _end_a_sender(root, mailbox, 0.1, number)
    with closing(sqlite3.connect(root / "var" / "digest.db")) as database:
        (held,) = database.execute("SELECT count(*) FROM deliveries WHERE lease_until IS NOT NULL").fetchone()

    assert code == status
    assert "the same command goes on" in said
    assert held <= 1
    assert _books(root)["open"] > 1


@pytest.mark.slow
def test_the_same_command_right_after_a_kill_takes_only_what_nobody_holds(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    """An operator is quicker than a lease: what the dead one held must wait, the rest must go out."""
    root = _home(tmp_path, mailbox.port, "resend")
    _end_a_sender(root, mailbox, 0.05)
    ran = run_here("send", "1", home=root)
    books = _books(root)
    arrived = Counter(name for one in mailbox.messages() for name in one.recipients)

    assert ran.code == 1
    assert 0 < books["open"] <= 100
    assert max(arrived.values()) == 1
    assert "goes on with those still open" in ran.out
