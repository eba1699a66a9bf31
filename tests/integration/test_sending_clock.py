"""A clock that jumps while an edition goes out: nobody is mailed twice, nobody is lost, nobody waits long."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from crashing import Sender, Sink, books, opened, prepare

pytestmark = pytest.mark.slow
READERS = 500
FOLLOWER = """
import threading, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
import time_machine

def follow():
    shown = 0
    while True:
        if (hours := int(Path({file!r}).read_text())) != shown:
            clock.shift(timedelta(hours=hours - shown))
            shown = hours
        time.sleep(0.01)

clock = time_machine.travel(datetime.now(UTC)).start()
threading.Thread(target=follow, daemon=True).start()
"""  #: what such a process runs first; its monotonic clock goes on


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A relay that writes down all it sees."""
    with Sink(tmp_path) as running:
        yield running


class WallClock:
    """The wall clock of processes that are started with `variables`, set by a file; theirs alone."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(0)
        (folder / "sitecustomize.py").write_text(FOLLOWER.format(file=str(self._file)))
        search = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.variables = {"PYTHONPATH": os.pathsep.join(search)}

    def set(self, hours: int) -> None:
        """Let the clock jump to so far from the true time."""
        new = self._file.with_suffix(".new")
        new.write_text(str(hours))
        new.replace(self._file)


def longest_pause(sink: Sink) -> float:
    """Return the longest time in which nothing was taken, in seconds."""
    moments = [one.at for one in sink.seen()]
    return max(after - before for before, after in pairwise(moments))


def on_record(root: Path) -> float:
    """Return how many hours the moments of the books lie apart."""
    query = text("SELECT max(changed_at) - min(changed_at) FROM deliveries")
    with closing(opened(root)) as store, store.reading() as tx:
        return float(tx.deliveries.connection.execute(query).scalar_one()) / 3.6e9


@pytest.mark.timeout(300)
@pytest.mark.parametrize("limits", ["", ", per_second: 100, per_hour: 20000"])
def test_three_hours_forward_and_three_back_change_nothing(tmp_path: Path, sink: Sink, limits: str) -> None:
    """Waiting goes by a clock that nobody sets; with limits a jump may cost the seconds that they say."""
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=8)
    file = root / "config" / "digest.yaml"
    file.write_text(file.read_text().replace("connections: 8", f"connections: 8{limits}"))
    clock = WallClock(tmp_path)
    sink.tell("pace", 0.01, 0.08)
    sender = Sender(root, variables=clock.variables)
    for count, hours in ((80, 3), (200, -3), (320, 0)):
        sink.wait_for(count)
        clock.set(hours)
    code, said = sender.end(within_s=120)

    assert (code, books(root).sent) == (0, READERS), said
    assert on_record(root) > 5.9  # or the clock did not jump at all
    assert set(Counter(one.recipient for one in sink.seen()).values()) == {1}
    assert longest_pause(sink) < 25  # of reserved moments, 9 s; the rest is for a busy machine


@pytest.mark.timeout(300)
def test_a_kill_and_a_clock_three_hours_back_leave_nobody_waiting(tmp_path: Path, sink: Sink) -> None:
    """Leases and reservations of the dead lie in the future then."""
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=8)
    clock = WallClock(tmp_path)
    sink.tell("pace", 0.01, 0.08)
    for hours in (0, -3, 3):
        clock.set(hours)
        sender = Sender(root, variables=clock.variables)
        assert sink.wait_for_first(sender)
        assert time.monotonic() - sender.begun_at < 25  # a lease of a connection would be 30 s
        time.sleep(0.5)
        sender.process.kill()
        sender.end()
    clock.set(0)
    sink.tell("well")
    code, said = Sender(root, variables=clock.variables).end(within_s=120)
    after = books(root)

    assert (code, after.balance) == (1 if after.unknown else 0, True), said
    assert after.unknown <= 3 * 8
    assert after.sent + after.unknown == READERS
    assert set(Counter(one.recipient for one in sink.seen()).values()) == {1}
