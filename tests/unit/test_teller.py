"""How far a run is, told to somebody who may take their time."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from dataclasses import replace

from digest.deliver import Progress, Watch
from digest.deliver.run.teller import Teller
from digest.model import Books
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, readers, route, send

NOTHING = Progress(
    books=Books(frozen=9, sent=0, failed=0, expired=0, excluded=0, unknown=0, open=9), sent=0, connections=1
)
RUN: ContextVar[str] = ContextVar("RUN", default="")


class Slow:
    """Hears how far a run is, and takes its time over the first word until it is let go."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.is_told = threading.Event()
        self.is_back = threading.Event()

    def __call__(self, progress: Progress) -> None:
        """Hear it."""
        self.told.append(progress.sent)
        self.is_told.set()
        assert_waited(self.is_back)


def after(sent: int) -> Progress:
    """Be so far."""
    return replace(NOTHING, sent=sent)


def test_who_takes_long_to_hear_of_it_holds_up_no_mail() -> None:
    """A reader of the log that hangs for as long as the run lasts."""
    slow = Slow()
    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=slow)
    with ScriptedRelay() as relay:
        done = send(MemoryLedger(readers(5)), route(relay.port), watch=watch)
    slow.is_back.set()

    assert done.sent == 5


def test_what_was_missed_is_left_out_and_the_newest_is_told() -> None:
    """Whoever is back hears how far it is, not how far it was."""
    slow = Slow()
    teller = Teller(slow)
    teller.tell(after(1))
    assert_waited(slow.is_told)
    for sent in (2, 3, 4):
        teller.tell(after(sent))
    slow.is_back.set()
    teller.close()

    assert slow.told == [1, 4]


def test_whoever_comes_back_after_the_end_hears_nothing_more() -> None:
    """A service would count the run among its parts again, and later as one that hangs."""
    slow, is_over = Slow(), threading.Event()
    teller = Teller(slow)
    teller.tell(after(1))
    assert_waited(slow.is_told)
    teller.tell(after(2))
    teller._crew.do(is_over.set)
    teller.close()
    slow.is_back.set()
    assert_waited(is_over)

    assert slow.told == [1]


def test_it_is_told_as_part_of_the_run_and_may_fail() -> None:
    """A log's lines name the run; a pipe that nobody reads any more costs no mail, nor what comes after."""
    told = list[tuple[str, int]]()

    def hear(progress: Progress) -> None:
        told.append((RUN.get(), progress.sent))
        raise BrokenPipeError

    RUN.set("morning")
    for sent in (1, 2):
        teller = Teller(hear)
        teller.tell(after(sent))
        teller.close()

    assert told == [("morning", 1), ("morning", 2)]


def assert_waited(event: threading.Event) -> None:
    """Wait for it, not for ever."""
    assert event.wait(60)
