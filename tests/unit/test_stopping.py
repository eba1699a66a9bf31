"""What ends a process that was asked to stop and does not."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from digest.cli import stopping

PROGRAM = """
import time
from digest.cli import stopping
stopping._AT_MOST_S, stopping._TOLD_S = 0.2, 20.0
def hang():
    print("hangs", flush=True)
    time.sleep(60)
try:
    with stopping.{kind}() as stopped:
        {inside}
finally:
    {behind}
"""
UNTIL_TOLD = "print('works', flush=True)\n        while not stopped(): time.sleep(0.01)"


TWICE = """
import os, signal, time
from digest.cli import stopping
with stopping.{kind}() as stopped:
    for pause in ({pause}, 0):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(pause)
    print("finished", stopped(), flush=True)
"""


def test_a_process_has_left_before_the_machine_would_kill_it() -> None:
    """systemd and Docker are told to wait for thirty seconds."""
    assert stopping._AT_MOST_S + stopping._TOLD_S < 30


@pytest.mark.parametrize("kind", ["serving", "finishing"])
@pytest.mark.parametrize(("pause", "is_finished"), [(0.0, True), (0.05, True), (0.8, False)])
def test_signals_that_come_together_are_one(kind: str, pause: float, *, is_finished: bool) -> None:
    """A wrapper passes a signal on that its whole group has had: nobody asked to leave answers behind."""
    program = TWICE.format(kind=kind, pause=pause)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )

    assert ("finished True" in ran.stdout) is is_finished
    if not is_finished:
        assert ran.returncode == 143


@pytest.mark.parametrize(
    ("kind", "inside", "behind"),
    [("serving", "hang()", "pass"), ("finishing", "hang()", "pass"), ("finishing", UNTIL_TOLD, "hang()")],
)
def test_what_hangs_is_left_behind_and_told(kind: str, inside: str, behind: str) -> None:
    """It waits for an answer of a database, or for its connections to close once all is done."""
    program = PROGRAM.format(kind=kind, inside=inside, behind=behind)
    running = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline()
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=30)

    assert (running.returncode, "not_ended" in said) == (1, True)
