"""Who leaves while an edition goes out is not mailed from a second later on, whoever wrote it down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands import run_here
from crashing import Sender, Sink, addresses, books, opened, prepare, reader

pytestmark = pytest.mark.slow
READERS = 1_200  #: more than two blocks: some are in the sender's hands, some are not claimed yet


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A relay that writes down all it sees."""
    with Sink(tmp_path) as running:
        yield running


def suppress(root: Path, email: str) -> None:
    """Put an address on the list of those never to be mailed."""
    assert run_here("suppress", "add", email, home=root).code == 0


def erase(root: Path, email: str) -> None:
    """Erase a person."""
    assert run_here("subscribers", "erase", email, "--yes", home=root).code == 0


def unsubscribe(root: Path, email: str) -> None:
    """End a subscription, as one click does."""
    with closing(opened(root)) as store, store.writing() as tx:
        person = tx.people.find(email)
        assert person is not None
        assert tx.people.end(person.id, "daily", at=datetime.now(UTC), reason="one click")


def test_nobody_is_mailed_who_has_left_more_than_a_second_before(tmp_path: Path, sink: Sink) -> None:
    """Asked of the relay, which notes when each MAIL came; those who leave are next in line.

    How far ahead of the line they are goes by its pace: a quicker machine has mailed more meanwhile.
    """
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=8)
    sink.tell("pace", 0.02, 0.08)
    sender = Sender(root)
    assert sink.wait_for_first(sender)
    left: dict[str, float] = {}
    began, first, chosen = time.monotonic(), len(sink.seen("mail")), 0
    time.sleep(0.5)  # the pace is known then
    for turn in range(24):
        leave = (suppress, erase, unsubscribe)[turn % 3]
        mailed_by_now = len(sink.seen("mail"))
        per_second = (mailed_by_now - first) / (time.monotonic() - began)
        ahead = round(per_second * (1.3, 2.2, 3.2)[turn // 8])
        chosen = max(chosen + 1, mailed_by_now + ahead)
        leave(root, reader(chosen))
        left[reader(chosen)] = time.monotonic()
    time.sleep(1.1)  # who left last is known, too, before all the rest is let go at once
    assert not sender.has_ended
    sink.tell("pace", 0, 0)
    code, said = sender.end()
    mailed = {one.recipient: one.came_at for one in sink.seen("mail")}
    late = {email: mailed[email] - at for email, at in left.items() if mailed.get(email, 0) > at + 1}

    assert late == {}
    assert sum(email not in mailed for email in left) >= 20, "who leaves in good time is not mailed"
    assert (code, books(root).balance) == (0, True), said
    assert books(root).sent + books(root).excluded == READERS
    assert not addresses(root, "sent") & (left.keys() - mailed.keys())
