"""Seats as one run holds them: never more than all together may have, however late answers come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from digest.deliver import Limit, LocalAllotments
from digest.deliver.limits.share import Drawing, Share
from digest.deliver.loop import Call, Crew, Loop

TWO = Limit(key="relay main", connections=2)


class Slow(Crew):
    """A crew that does what is asked of it when the test says so, in order."""

    def __init__(self) -> None:
        super().__init__(0, "slow")
        self.waiting: list[Call] = []

    def do(self, task: Call) -> None:
        self.waiting.append(task)


class Scene:
    """A run that shares two seats with others, and a clock that stands still."""

    def __init__(self, loop: Loop) -> None:
        self.now = 1_000.0
        self.loop, self.crew = loop, Slow()
        loop.now = lambda: self.now
        self.table = LocalAllotments(monotonic=lambda: self.now)
        self.share = Share(TWO, Drawing(loop=loop, crew=self.crew, allotments=self.table, worker="first"))

    def at_the_table(self) -> None:
        """Have all done that was asked for; nobody in the loop has heard of it yet."""
        while self.crew.waiting:
            self.crew.waiting.pop(0)()

    def hear(self) -> None:
        """Have the loop hear what came of it."""
        rounds = iter((False, True))
        self.loop.run(lambda: next(rounds))

    def ask(self, wanted: int, taken: int) -> None:
        self.share.stock_seats(wanted, taken)
        self.at_the_table()
        self.hear()

    def others(self, worker: str) -> int:
        return self.table.seats(TWO.key, worker, 2, 2)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with Loop() as loop:
        yield Scene(loop)


def test_seat_is_not_left_behind_an_answer_that_counts_on_it(scene: Scene) -> None:
    """The run would go on with a seat that the table has given to somebody else."""
    scene.ask(2, 0)
    assert scene.others("second") == 0
    scene.now += 11
    scene.ask(2, 2)  # told to end one
    assert scene.share.seats == 1
    scene.table.leave(TWO.key, "second")
    scene.now += 11
    scene.share.stock_seats(2, 2)
    scene.at_the_table()  # both are the run's again, but it has not heard so
    scene.share.stock_seats(2, 1)  # and one of its connections ends
    scene.at_the_table()
    scene.hear()

    assert scene.share.seats == 2
    assert scene.others("third") == 0


def test_lease_runs_from_the_question(scene: Scene) -> None:
    """The table counts it so: an answer that came late would let two workers sit on one seat."""
    scene.share.stock_seats(2, 0)
    scene.at_the_table()
    scene.now += 5
    scene.hear()
    assert scene.share.seats == 2

    scene.now += 25
    assert scene.others("second") == 2
    assert scene.share.seats == 0


def test_run_that_waits_for_a_seat_no_more_takes_no_share(scene: Scene) -> None:
    """Others would be told to end connections for a run that has nothing to send."""
    assert scene.others("second") == 2
    scene.ask(2, 0)
    assert scene.share.seats == 0
    scene.ask(0, 0)

    assert scene.others("second") == 2


def test_run_that_has_left_its_seats_asks_at_once_when_it_comes_back(scene: Scene) -> None:
    """A second of waiting would be a second for each message of a domain with few readers."""
    scene.ask(2, 0)
    scene.ask(0, 0)
    assert scene.share.seats == 0
    scene.ask(2, 0)

    assert scene.share.seats == 2
