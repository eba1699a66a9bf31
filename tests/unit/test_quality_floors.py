"""The benchmark of quality on the texts that ship with it: nothing may fall below its floor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

QUALITY = Path(__file__).parents[2] / "benchmarks" / "quality"
FLOORS = 32  #: extract 1, sentences 1, summary 3, sections 4, copies 2, stories 2, grounding 7, drafts 12


def test_own_texts_hold_every_floor() -> None:
    """They are few and plain: what falls below a floor here has broken something."""
    command = [sys.executable, str(QUALITY)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    verdicts = [line.split()[-1] for line in told.stdout.splitlines()[1:]]
    assert told.returncode == 0, told.stdout + told.stderr
    assert sum(verdict in ("floor", "goal") for verdict in verdicts) == FLOORS, told.stdout
