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


def after(sent: int) -> Progress:
    """Be so far."""
    return replace(NOTHING, sent=sent)


def test_who_takes_long_to_hear_of_it_holds_up_no_mail() -> None:
    """A reader of the log that hangs for as long as the run lasts."""
    is_back = threading.Event()
    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=lambda _: assert_waited(is_back))
    with ScriptedRelay() as relay:
        done = send(MemoryLedger(readers(5)), route(relay.port), watch=watch)
    is_back.set()

    assert done.sent == 5


def test_what_was_missed_is_left_out_and_the_newest_is_told() -> None:
    """Whoever is back hears how far it is, not how far it was."""
    told, is_told, is_back = list[int](), threading.Event(), threading.Event()

    def hear(progress: Progress) -> None:
        told.append(progress.sent)
        is_told.set()
        assert_waited(is_back)

    teller = Teller(hear)
    teller.tell(after(1))
    assert_waited(is_told)
    for sent in (2, 3, 4):
        teller.tell(after(sent))
    is_back.set()
    teller.close()

    assert told == [1, 4]


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
