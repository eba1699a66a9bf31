"""A sender that is asked to stop: what is in flight is finished, and it ends before the machine kills it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest

from crashing import Sender, Sink, addresses, books, left_over, prepare, reader

pytestmark = pytest.mark.slow
READERS, CONNECTIONS = 300, 4
SOON_S = 15.0  #: an end that waited for no silent relay, on a busy machine


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A relay that writes down all it sees."""
    with Sink(tmp_path) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, sink: Sink) -> Path:
    """A home with an edition."""
    sink.tell("pace", 0.01, 0.05)
    return prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=CONNECTIONS)


def end(sender: Sender, number: signal.Signals) -> tuple[int, str, float]:
    """Send a signal; return the status, what was said and after how many seconds it ended."""
    at = time.monotonic()
    sender.tell(number)
    code, said = sender.end()
    return code, said, time.monotonic() - at


def wait_until_it_hangs(sink: Sink) -> None:
    """Wait until a dot has had no answer for a second; else it takes hundredths."""
    until = time.monotonic() + 60
    while not (waiting := sink.seen("dot")[len(sink.seen()) :]) or waiting[-1].at > time.monotonic() - 1:
        assert time.monotonic() < until, "every dot is answered"
        time.sleep(0.05)


def is_right_after_the_next_run(root: Path, sink: Sink, *, unknown: int) -> bool:
    """Give the command again, to a relay that is well, and tell whether everybody got one mail at most."""
    sink.tell("well")
    Sender(root).end()
    after = books(root)
    taken = [one.recipient for one in sink.seen()]
    return (
        (after.sent, after.unknown, after.balance) == (READERS - unknown, unknown, True)
        and addresses(root, "sent") <= set(taken)
        and len(taken) == len(set(taken))
        and not list(left_over(root))
    )


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_what_is_in_flight_is_finished_and_nothing_is_unknown(
    home: Path, sink: Sink, number: signal.Signals, status: int
) -> None:
    """A machine that is shut down in good order leaves no doubt, and no claim that others must wait for."""
    sender = Sender(home)
    sink.wait_for(20)
    code, said, seconds = end(sender, number)
    between = books(home)

    assert code == status
    assert "the same command goes on" in said
    assert seconds < SOON_S
    assert between.unknown == 0
    assert between.sent == len(sink.seen("dot")) < READERS
    assert not addresses(home, "claimed", "dotted")
    assert is_right_after_the_next_run(home, sink, unknown=0)


def test_a_relay_that_says_nothing_after_the_dot_leaves_that_one_unknown(home: Path, sink: Sink) -> None:
    """Nobody can tell whether it was taken; all others can be told."""
    sink.tell("hang dot", reader(3))
    sender = Sender(home)
    sink.wait_for(20)
    code, _, seconds = end(sender, signal.SIGTERM)

    assert code == 143
    assert seconds < 30
    assert addresses(home, "unknown") == {reader(3)}
    assert is_right_after_the_next_run(home, sink, unknown=1)


def test_a_relay_that_says_nothing_before_the_dot_leaves_nobody_unknown(home: Path, sink: Sink) -> None:
    """No dot, no mail."""
    sink.tell("hang data")
    sender = Sender(home)
    sink.wait_for(2, "mail")
    code, _, seconds = end(sender, signal.SIGTERM)

    assert code == 143
    assert seconds < 30
    assert books(home).open == READERS
    assert is_right_after_the_next_run(home, sink, unknown=0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_at_once(home: Path, sink: Sink, number: signal.Signals) -> None:
    """Somebody is in a hurry; those whose answers were awaited are in doubt, and nobody else."""
    sender = Sender(home)
    sink.wait_for(20)
    sink.tell("hang dot")
    wait_until_it_hangs(sink)
    sender.tell(number)
    time.sleep(1)  # two signals that come together are one
    assert not sender.has_ended
    code, said, seconds = end(sender, number)

    assert code in (130, 143), said
    assert "the same command goes on" in said
    assert "`digest deliveries EDITION` names them" in said
    assert "fault" not in said
    assert seconds < SOON_S
    hanging = len(sink.seen("dot")) - len(sink.seen())
    assert 1 <= hanging <= CONNECTIONS
    assert is_right_after_the_next_run(home, sink, unknown=hanging)


def full_pipe() -> tuple[BinaryIO, int]:
    """Make a pipe that takes nothing more; its end to read from, and the other one."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"#" * 512)
    os.set_blocking(writing, True)
    return os.fdopen(reading, "rb"), writing


def test_who_reads_no_progress_holds_up_no_mail(home: Path, sink: Sink) -> None:
    """A log's reader hangs, a terminal was stopped: answers are heard, and the end is in good order."""
    log, writing = full_pipe()
    sender = Sender(home, "--events", stderr=writing)
    os.close(writing)
    sink.wait_for(READERS // 3)
    sender.tell(signal.SIGTERM)
    until = time.monotonic() + SOON_S
    while addresses(home, "claimed", "dotted"):
        assert time.monotonic() < until, "somebody is in hand still"
        time.sleep(0.05)
    between = books(home)
    with log:
        log.read()

    assert sender.end()[0] == 143
    assert between.unknown == 0
    assert between.sent == len(sink.seen("dot")) < READERS
    assert is_right_after_the_next_run(home, sink, unknown=0)
