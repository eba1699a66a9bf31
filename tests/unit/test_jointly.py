"""Those who write at the same moment are written together, and each hears what became of their own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from digest.jointly import Jointly


class Desk:
    """Does jobs in one go; the first time it waits until it is told."""

    def __init__(self) -> None:
        self.goes: list[list[int]] = []
        self.begun, self.go_on = Event(), Event()
        self.fault: Exception | None = None

    def do_all(self, jobs: Sequence[int]) -> None:
        self.goes.append(list(jobs))
        self.begun.set()
        assert self.go_on.wait(60)
        if self.fault is not None and len(self.goes) > 1:
            raise self.fault


def _gathered(jointly: Jointly[int]) -> int:
    return len(jointly._gathered)


def _rush(desk: Desk, jointly: Jointly[int]) -> list[BaseException | None]:
    """Let one begin, seven come while it is at work, and return what each of the eight heard."""
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(jointly.do, 0, desk.do_all)
        assert desk.begun.wait(60)
        others = [pool.submit(jointly.do, number, desk.do_all) for number in range(1, 8)]
        while _gathered(jointly) < 7:
            Event().wait(0.001)
        desk.go_on.set()
        return [one.exception() for one in (first, *others)]


def test_who_comes_while_others_are_written_goes_together_next() -> None:
    """Eight who leave at once wait for the disk twice, not eight times; none is done twice or left behind."""
    desk, jointly = Desk(), Jointly[int]()

    assert _rush(desk, jointly) == [None] * 8
    assert desk.goes[0] == [0]
    assert sorted(desk.goes[1]) == [1, 2, 3, 4, 5, 6, 7]
    assert len(desk.goes) == 2


def test_a_fault_is_heard_by_those_it_befell_and_by_nobody_else() -> None:
    """Who was written before is written, and who comes after is not held up."""
    desk, jointly = Desk(), Jointly[int]()
    desk.fault = OSError("the disk is full")

    heard = _rush(desk, jointly)

    assert heard == [None, *[desk.fault] * 7]
    desk.fault = None
    jointly.do(8, desk.do_all)
    assert desk.goes[-1] == [8]
    desk.fault = OSError("again")
    with pytest.raises(OSError, match="again"):
        jointly.do(9, desk.do_all)
