"""`digest serve` in a process of its own, on a clock that stands where a file says.

Run it as `python stepped_service.py HOME CLOCKFILE`; it prints the port of its pages once it is at work.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from digest.cli.stopping import serving
from digest.schedule import Pace, Way, serve


def main(home: str, clock_file: str) -> None:
    """Serve until SIGTERM."""

    def clock() -> datetime:
        return datetime.fromisoformat(Path(clock_file).read_text())

    def begun(port: int) -> None:
        print(port, flush=True)  # noqa: T201  # why: read by the test

    pace = Pace(tick_s=0.05, poll_s=0.05, look_s=0.2, back_off_s=0.2)
    with serving() as stopped:
        serve(Path(home), Way(clock=clock, pace=pace, listen="127.0.0.1:0", stopped=stopped, begun=begun))


if __name__ == "__main__":
    main(*sys.argv[1:])
