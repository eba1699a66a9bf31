"""Run a sink, and a sender against it, and weigh the sender's process."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """What one process took, from its start to its end."""

    wall_s: float
    cpu_s: float  #: user and system
    rss_mb: float  #: resident at the peak
    out: str  #: its standard output


@dataclass(frozen=True, kw_only=True)
class Sink:
    """A running smtp-sink."""

    port: int
    pid: int
    counted: IO[bytes]

    def accepted(self) -> int:
        """Tell how many messages it has taken so far."""
        self.counted.seek(0)
        counts = re.findall(rb"mesg=(\d+)", self.counted.read())
        return int(counts[-1]) if counts else 0

    def cpu_s(self) -> float:
        """Tell its processor time so far, user and system (Linux's /proc, in hundredths of a second)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_sink(program: str) -> Iterator[Sink]:
    """Run a fresh smtp-sink on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
    with tempfile.TemporaryFile() as counted:
        command = [program, *user, "-c", f"127.0.0.1:{port}", "1000"]
        sink = subprocess.Popen(command, stdout=counted, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield Sink(port=port, pid=sink.pid, counted=counted)
        finally:
            sink.kill()
            sink.wait()


def weigh(command: Sequence[str], variables: Mapping[str, str] | None = None) -> Weighed:
    """Run a sender to its end.

    The peak counts what the process that starts it holds as well, so keep that small.

    Raises:
        SystemExit: It failed; with the end of what it said.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, env={**_usual(), **(variables or {})})
        _, status, used = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            said = (err.read() or out.read()).decode("utf-8", "replace")[-2_000:]
            raise SystemExit(f"{Path(command[0]).name} ended with {child.returncode}: {said}")
        return Weighed(
            wall_s=wall_s,
            cpu_s=used.ru_utime + used.ru_stime,
            rss_mb=used.ru_maxrss * 1024 / 1e6,
            out=out.read().decode("utf-8", "replace"),
        )


def _usual() -> dict[str, str]:
    """Return the variables of this process, save that Python keeps what it compiled, as when installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise SystemExit("smtp-sink does not listen") from None
            time.sleep(0.02)
        else:
            return
