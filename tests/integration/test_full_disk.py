"""A disk that fills up while mail goes out: sending stops in good order, and goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crashing import Sender, Sink, addresses, books, left_over, prepare
from digest.actions.mailing.reserve import free_bytes

pytestmark = pytest.mark.slow
READERS, CONNECTIONS, MEGABYTE = 400, 4, 1_000_000


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB in memory."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(place)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("a small disk can be mounted by root alone, where mounting is allowed")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A relay that writes down all it sees, on another disk."""
    with Sink(tmp_path) as running:
        running.tell("pace", 0.02, 0.06)
        yield running


def home(small: Path, sink: Sink, reserve: str) -> Path:
    """Make a home on the small disk."""
    return prepare(
        small / "home",
        sink.port,
        readers=READERS,
        on_unknown="hold",
        connections=CONNECTIONS,
        more=f"reserve: {reserve}, ",
    )


def fill(small: Path, leave: int) -> Path:
    """Write a file that leaves so many bytes, or as few as can be."""
    filler = small / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (MEGABYTE, 4_096):
            try:
                while free_bytes(small) - size >= leave:
                    file.write(bytes(size))
            except OSError:
                continue
    return filler


def end_with_room(root: Path, filler: Path, sink: Sink) -> None:
    """Make room, give the same command again, and expect every recipient to have got one mail."""
    filler.unlink()
    sink.tell("well")
    code, said = Sender(root).end()
    after = books(root)

    assert (code, after.balance) == (1 if after.unknown else 0, True), said
    assert after.sent + after.unknown == READERS
    assert addresses(root, "sent") <= {one.recipient for one in sink.seen()}
    assert set(Counter(one.recipient for one in sink.seen()).values()) == {1}
    assert not list(left_over(root))


def test_sending_stops_before_the_next_mail_when_the_reserve_is_touched(small: Path, sink: Sink) -> None:
    """The database still has room for its books; when there is space again, the rest is mailed once."""
    sink.tell("pace", 0.05, 0.15)
    root = home(small, sink, "8MB")
    sender = Sender(root)
    sink.wait_for(20)
    filler = fill(small, 5 * MEGABYTE)
    at = time.monotonic()
    code, said = sender.end()
    stopped = books(root)

    assert code == 1
    assert "less than 8MB free in" in said
    assert "the same command goes on once there is room" in said
    assert [one for one in sink.seen("mail") if one.came_at > at + 4] == []  # it looks once a second
    assert stopped.sent == len(sink.seen())
    assert (stopped.open, stopped.unknown) == (READERS - stopped.sent, 0)
    end_with_room(root, filler, sink)
    assert books(root).unknown == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_answers_are_on_record_though_the_database_cannot_be_written(
    small: Path, sink: Sink, number: signal.Signals
) -> None:
    """The journal took its room in advance: what the relay has said meanwhile is known after the end."""
    root = home(small, sink, "0MB")
    sender = Sender(root)
    sink.wait_for(20)
    filler = fill(small, 0)
    full_at = len(sink.seen())
    sink.wait_for(full_at + 40)
    at = time.monotonic()
    sender.tell(number)
    sender.end()
    took_s = time.monotonic() - at
    between = books(root)

    assert took_s < 30  # a machine that goes down waits for no longer
    assert free_bytes(small) < 65_536
    assert between.sent < full_at + 20  # the database has not heard of those that came since
    end_with_room(root, filler, sink)
    assert books(root).unknown <= (CONNECTIONS if number is signal.SIGKILL else 0)
