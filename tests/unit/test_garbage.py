"""The collector looks seldom while that is wanted, and as before afterwards."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from digest import garbage

PYTHONS_OWN = (700, 10, 10)


@pytest.fixture(autouse=True)
def _as_python_has_it() -> Iterator[None]:
    """Leave the collector of the test run as it was found."""
    before = gc.get_threshold()
    gc.set_threshold(*PYTHONS_OWN)
    gc.unfreeze()
    yield
    gc.set_threshold(*before)
    gc.freeze()


def test_a_command_looks_seldom_to_its_end() -> None:
    """It makes much and keeps little: looking every 700 objects costs a sender an eighth of its time."""
    garbage.look_seldom()

    assert gc.get_threshold()[0] > 10_000
    assert gc.isenabled()


def test_a_process_that_ends_is_not_looked_over() -> None:
    """All of it goes anyway; looking at each object of every module takes longer than most commands do."""
    code = (
        "import atexit, gc; atexit.register(lambda: print(len(gc.get_objects())));"
        "from digest import garbage; garbage.look_seldom()"
    )
    left = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout

    assert int(left) < 100  # nothing that could be looked at is older than the freezing


def test_what_is_there_before_pages_are_served_is_not_looked_at_while_they_are() -> None:
    """Hundreds of thousands of objects of modules and templates stay for ever anyway."""
    with garbage.spared():
        assert gc.get_freeze_count() > 1_000
        assert gc.get_threshold()[0] > 10_000

    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == PYTHONS_OWN


def test_what_somebody_else_has_frozen_stays_so() -> None:
    """Whoever served pages for a while would else hand all of it to the collector again."""
    gc.freeze()
    before = gc.get_freeze_count()
    with garbage.spared():
        pass

    assert gc.get_freeze_count() >= before > 0


def test_rings_of_objects_still_go() -> None:
    """Seldom is not never: what refers to itself would fill the memory of a service that runs for years."""

    class Ring:
        def __init__(self) -> None:
            self.self = self

    with garbage.spared():
        for _ in range(60_000):
            Ring()
        left = sum(isinstance(one, Ring) for one in gc.get_objects())

    assert left < 30_000
