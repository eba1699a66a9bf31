"""A sender that is killed or frozen at any moment: the books hold, and hardly anybody is mailed twice."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from commands import run_digest
from crashing import Sender, Sink, addresses, books, left_over, opened, prepare
from kill_campaign import Campaign

pytestmark = pytest.mark.slow
CONNECTIONS = 4


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A relay that writes down all it sees."""
    with Sink(tmp_path) as running:
        yield running


def home(tmp_path: Path, sink: Sink, readers: int, on_unknown: str = "hold") -> Path:
    """Make a home with an edition for so many."""
    return prepare(
        tmp_path / "home", sink.port, readers=readers, on_unknown=on_unknown, connections=CONNECTIONS
    )


def copies(sink: Sink) -> Counter[str]:
    """Count the mails that were taken, by recipient."""
    return Counter(one.recipient for one in sink.seen())


def kill(sender: Sender, sink: Sink, after_s: float = 0.3) -> None:
    """Kill a sender a moment after its first mail was taken."""
    assert sink.wait_for_first(sender)
    time.sleep(after_s)
    sender.tell(signal.SIGKILL)
    assert sender.end()[0] == -signal.SIGKILL


def let_leases_run_out(root: Path) -> None:
    """Do what twenty minutes do: to deliveries that are claimed, and to connections."""
    with closing(opened(root)) as store, store.writing() as tx:
        for table, column in (("deliveries", "lease_until"), ("limit_seats", "until")):
            tx.deliveries.connection.execute(
                text(f"UPDATE {table} SET {column} = 0 WHERE {column} IS NOT NULL")  # noqa: S608  # why: ours
            )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("on_unknown", ["hold", "resend"])
def test_ten_kills_lose_nobody_and_leave_no_doubt_beyond_one_for_each_connection(
    tmp_path: Path, sink: Sink, on_unknown: str
) -> None:
    """The promise that the whole design is for; `benchmarks/crash.py` tries it with two hundred."""
    root = home(tmp_path, sink, 800, on_unknown)
    sink.tell("pace", 0.01, 0.06)
    campaign = Campaign(
        root=root,
        sink=sink,
        chance=random.Random(on_unknown),  # noqa: S311  # why: moments, not secrets
        readers=800,
        connections=CONNECTIONS,
        sending_s=(0.0, 0.8),
    )
    campaign.run(10)
    sink.tell("pace", 0, 0)
    campaign.finish()
    verdict = campaign.verdict()

    assert verdict.misses(on_unknown) == [], verdict
    assert verdict.kills == 10


def test_the_same_command_right_after_a_kill_goes_on_at_once(tmp_path: Path, sink: Sink) -> None:
    """The journal's lock tells that the sender is dead: neither claims nor connections are waited for."""
    root = home(tmp_path, sink, 300, "resend")
    sink.tell("pace", 0.01, 0.03)
    kill(Sender(root), sink)
    after = Sender(root)
    assert sink.wait_for_first(after)
    first_at = next(one.came_at for one in sink.seen() if one.came_at > after.begun_at)
    sink.tell("pace", 0, 0)
    code, said = after.end()

    assert (code, books(root).sent) == (0, 300), said
    assert first_at - after.begun_at < 25  # a lease of a connection is 30 s, of a delivery 20 minutes
    assert max(copies(sink).values()) <= 2
    assert sum(copies(sink).values()) <= 300 + CONNECTIONS


@pytest.mark.timeout(300)
def test_of_two_senders_at_once_both_end_well(tmp_path: Path, sink: Sink) -> None:
    """Somebody sends by hand what the service sends: that the other mailed the last reader is no fault."""
    root = home(tmp_path, sink, 1_200)
    sink.tell("pace", 0.01, 0.05)
    senders = [Sender(root, "--wait") for _ in range(3)]
    sink.wait_for(300)
    sink.tell("pace", 0, 0)
    ends = [sender.end(within_s=120) for sender in senders]

    assert [code for code, _ in ends] == [0, 0, 0], ends
    assert books(root).sent == 1_200
    assert max(copies(sink).values()) == 1


@pytest.mark.timeout(300)
def test_of_two_senders_at_once_one_is_killed_and_the_other_goes_on(tmp_path: Path, sink: Sink) -> None:
    """Each recipient is one's alone, and what the dead one held waits for the next run."""
    root = home(tmp_path, sink, 1_600)
    sink.tell("pace", 0.01, 0.05)
    one, other = Sender(root), Sender(root)
    sink.wait_for(400)
    one.tell(signal.SIGKILL)
    one.end()
    let_leases_run_out(root)  # of connections: the living one need not wait half a minute for its share
    sink.tell("pace", 0, 0)
    code, said = other.end(within_s=120)
    between = books(root)
    if between.open:
        _, said = Sender(root).end()
    after = books(root)

    # On a busy machine the other begins after the kill, and finds all that the dead one held.
    assert code == int(between.open + between.unknown > 0), said
    assert after.balance, said
    assert after.sent + after.unknown == 1_600
    assert after.unknown <= CONNECTIONS
    assert max(copies(sink).values()) == 1
    assert not list(left_over(root))


@pytest.mark.timeout(300)
def test_a_sender_that_was_frozen_for_longer_than_its_lease_changes_nothing_wrong(
    tmp_path: Path, sink: Sink
) -> None:
    """A machine that was asleep wakes up in the middle of a mail; another has sent the rest meanwhile."""
    root = home(tmp_path, sink, 1_200)
    sink.tell("pace", 0.01, 0.05)
    frozen = Sender(root)
    sink.wait_for(50)
    frozen.freeze(root)
    let_leases_run_out(root)
    sink.tell("pace", 0, 0)
    code, said = Sender(root).end(within_s=120)
    between = books(root)
    frozen.tell(signal.SIGCONT)
    woken, words = frozen.end(within_s=120)
    after = books(root)

    assert code == 1, said
    assert 0 < between.open <= 500  # what the frozen one holds, nobody has touched
    assert between.unknown == 0
    assert (woken, after.sent, after.balance) == (0, 1_200, True), words
    assert addresses(root, "sent") == set(copies(sink))
    assert max(copies(sink).values()) == 1


@pytest.mark.timeout(300)
def test_who_sends_beside_a_sender_that_hangs_is_told_that_it_holds_the_rest(
    tmp_path: Path, sink: Sink
) -> None:
    """Else nobody knows why the same command, given again and again, mails nobody."""
    root = home(tmp_path, sink, 100)
    sink.tell("pace", 0.01, 0.05)
    hanging = Sender(root)
    sink.wait_for(10)
    hanging.freeze(root)
    ran = run_digest("send", 1, home=root)
    held = books(root).open
    hanging.tell(signal.SIGKILL)
    hanging.end()

    assert ran.code == 1
    assert f"Another sender has {held} of them in hand" in ran.out
    assert "put off" not in ran.out


@pytest.mark.timeout(300)
def test_a_sender_that_waits_takes_over_from_one_that_was_killed(tmp_path: Path, sink: Sink) -> None:
    """With `--wait` an edition comes to its end without another command, whoever dies meanwhile."""
    root = home(tmp_path, sink, 1_200)
    sink.tell("pace", 0.01, 0.05)
    first = Sender(root)
    sink.wait_for(20)
    waiting = Sender(root, "--wait")
    sink.wait_for(200)
    first.tell(signal.SIGKILL)
    first.end()
    sink.tell("pace", 0, 0)
    _, said = waiting.end(within_s=120)
    found = books(root)

    assert found.balance, said
    assert found.unknown <= CONNECTIONS
    assert max(copies(sink).values()) == 1
