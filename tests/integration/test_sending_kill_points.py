"""A sender killed at the very places where its knowledge and the relay's part, and so is who takes over."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import unmeasured
from crashing import EDITION, Sender, Sink, addresses, books, left_over, prepare, reader

pytestmark = pytest.mark.slow
READERS, CONNECTIONS = 60, 4

#: Runs a command, and kills it at the so-and-so-manieth pass of a place.
KILLED = """
import os, signal, sys
from pathlib import Path
from digest.actions.mailing.ledger import StoreLedger
from digest.cli import main
from digest.deliver.journal import file as journal_file
from digest.deliver.run import lane
from digest.deliver.run import sending

place, left = sys.argv[1], int(sys.argv[2])
FileRecord = journal_file.FileRecord
PLACES = {
    "claimed": (StoreLedger, "claim", "after"),
    "a permit not written": (FileRecord, "write", "before"),
    "a permit written": (FileRecord, "write", "after"),
    "a dot written": (lane.Lane, "dot", "after"),
    "an answer read": (sending.Run, "_ended", "before"),
    "answers to be settled": (StoreLedger, "settle", "before"),
    "answers settled": (StoreLedger, "settle", "after"),
    "a journal made and not shown": (Path, "rename", "before"),
    "a journal shown and empty": (Path, "rename", "after"),
    "a journal read": (StoreLedger, "take_over", "before"),
    "a journal taken over": (StoreLedger, "take_over", "after"),
    "a journal half removed": (journal_file.shutil, "rmtree", "before"),
    "a journal removed": (journal_file.shutil, "rmtree", "after"),
}
owner, name, when = PLACES[place]
real = getattr(owner, name)

def killed(*args, **kwargs):
    global left
    left -= 1
    if left <= 0 and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*args, **kwargs)
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(owner, name, killed)
sys.argv = ["digest", *sys.argv[3:]]
main()
"""


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A relay that writes down all it sees."""
    with Sink(tmp_path) as running:
        yield running


def kill_at(root: Path, place: str, times: int) -> None:
    """Send, and be killed at a place."""
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, place, str(times), "send", str(EDITION)],
        env={**unmeasured(), "DIGEST_HOME": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL, (place, ran.stderr)


def garble_open_permits(segment: Path) -> None:
    """Flip a bit of each permit that no answer follows."""
    lines = segment.read_bytes().split(b"\n")
    answered = {line.split(b" ")[2] for line in lines if line[9:10] == b"R"}
    for place, line in enumerate(lines):
        if line[9:10] == b"P" and line.split(b" ")[2] not in answered:
            lines[place] = bytes([line[0] ^ 1]) + line[1:]
    segment.write_bytes(b"\n".join(lines))


SENDING = (
    ("claimed", 1),
    ("a permit written", 4),
    ("a dot written", 1),
    ("a dot written", 30),
    ("an answer read", 30),
    ("answers settled", 1),
)
#: Where two are killed, one after the other, who come after that.
TAKING_OVER = (
    ("a journal read", "a journal taken over"),
    ("a journal taken over", "a journal half removed"),
    ("a journal half removed", "claimed"),
    ("a journal removed", "a journal shown and empty"),
    ("a journal read", "a journal made and not shown"),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", range(len(SENDING)))
def test_nobody_is_mailed_twice_or_lost_wherever_sender_and_heir_are_killed(
    tmp_path: Path, sink: Sink, number: int
) -> None:
    """Then three come at once, and find what both have left."""
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=CONNECTIONS)
    kill_at(root, *SENDING[number])
    for place in TAKING_OVER[number % len(TAKING_OVER)]:
        kill_at(root, place, 1)
    heirs = [Sender(root, "--wait") for _ in range(3)]
    ends = [heir.end(within_s=120) for heir in heirs]
    found, copies = books(root), Counter(one.recipient for one in sink.seen())

    assert found.balance, ends
    assert max(copies.values()) == 1
    assert set(copies) | addresses(root, "unknown") == set(map(reader, range(1, READERS + 1)))
    assert addresses(root, "sent") <= set(copies)
    assert found.unknown <= CONNECTIONS
    assert [name for name in left_over(root) if not name.startswith(".")] == []


@pytest.mark.timeout(300)
def test_nobody_is_mailed_twice_whose_permit_the_disk_has_garbled(tmp_path: Path, sink: Sink) -> None:
    """Who has the mail of a sender that was killed right behind a dot is named in its journal alone."""
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=CONNECTIONS)
    kill_at(root, "a dot written", 30)
    garble_open_permits(next(root.glob("var/journal/j-*/000001")))
    _, said = Sender(root).end(within_s=120)
    found, copies = books(root), Counter(one.recipient for one in sink.seen())

    assert "event=journal_damaged" in said
    assert found.balance, said
    assert max(copies.values()) == 1
    assert set(copies) | addresses(root, "unknown") == set(map(reader, range(1, READERS + 1)))
