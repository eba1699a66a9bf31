"""What ends a process that was asked to stop and does not."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

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
