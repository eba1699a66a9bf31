"""Postfix's smtp-sink as a second opinion: a peer that others wrote fails, and our books say how."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digest.deliver import Watch
from digest.errors import TransportError
from digest.model import DeliveryState
from sending_cast import NOW, MemoryLedger, MemoryRecord, readers, route, send

PENDING, SENT, UNKNOWN = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNKNOWN
DEFERRED = DeliveryState.DEFERRED
PROGRAM = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/lib/postfix/sbin")
COUNT = 12

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="smtp-sink is missing; Debian's package postfix has it"),
]


@contextmanager
def sink(tmp_path: Path, *options: str) -> Iterator[tuple[int, Path]]:
    """Run a sink that fails as its options say; give its port and where it counts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
    counts = tmp_path / "counts"
    with counts.open("wb") as out:
        running = subprocess.Popen(
            [str(PROGRAM), *user, "-c", *options, f"127.0.0.1:{port}", "100"], stdout=out
        )
        try:
            _wait_for(port)
            yield port, counts
        finally:
            running.kill()
            running.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("smtp-sink does not listen")


def _counted(counts: Path) -> int:
    """Return how many dots the sink says that it has seen."""
    found = re.findall(rb"mesg=(\d+)", counts.read_bytes())
    return int(found[-1]) if found else 0


@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize(
    ("options", "states", "stops"),
    [
        ((), {SENT}, False),
        (("-p",), {SENT}, False),
        (("-e",), {SENT}, False),
        (("-E", "-8", "-N"), {SENT}, False),
        (("-w", "1"), {SENT}, False),
        (("-W", ".:1"), {SENT}, False),
        (("-q", "."), {UNKNOWN, PENDING}, True),
        (("-q", "CONNECT"), {PENDING}, True),
        (("-q", "EHLO,HELO"), {PENDING}, True),
        (("-q", "MAIL"), {PENDING}, True),
        (("-q", "RCPT"), {PENDING}, True),
        (("-q", "DATA"), {PENDING}, True),
        (("-Q", "CONNECT"), {PENDING}, True),
        (("-Q", "EHLO"), {PENDING}, True),
        (("-Q", "MAIL"), {PENDING}, True),
        (("-Q", "RCPT"), {PENDING}, True),
        (("-Q", "DATA"), {PENDING}, True),
        (("-Q", "."), {DEFERRED}, False),
        # 4.3.0 does, too: three who are put off in a row, and it is left alone with the rest.
        (("-r", "MAIL"), {DEFERRED, PENDING}, True),
        (("-r", "RCPT"), {DEFERRED, PENDING}, True),
        (("-r", "DATA"), {DEFERRED, PENDING}, True),
        (("-r", "."), {DEFERRED, PENDING}, True),
        # 5.3.0 speaks of the relay, not of the recipient: nobody is to be blamed.
        (("-f", "MAIL"), {PENDING}, True),
        (("-f", "RCPT"), {PENDING}, True),
        (("-f", "DATA"), {PENDING}, True),
        (("-f", "."), {PENDING}, True),
        # All of a short list are unknown: it waits for a person, who may believe the relay.
        (("-f", "RCPT", "-B", "550 5.1.1 unknown"), {PENDING}, True),
        (("-f", ".", "-B", "550 5.2.1 disabled"), {PENDING}, True),
        (("-f", "MAIL", "-B", "550 5.1.1 unknown"), {PENDING}, True),
        (("-f", "RSET", "-r", "RCPT"), {DEFERRED, PENDING}, True),
        # 550 without a telling code, before the dot or after it: RCPT was taken, so it is about the message.
        (("-A", "0"), {PENDING}, True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_books_say_what_the_sink_did(
    tmp_path: Path, options: tuple[str, ...], states: set[DeliveryState], stops: bool, connections: int
) -> None:
    """Nobody is lost; whom the sink has taken is sent, and a dot without an answer is unknown."""
    ledger, record = MemoryLedger(readers(COUNT)), MemoryRecord()
    error = None
    with sink(tmp_path, *options) as (port, counts):
        watch = Watch(clock=lambda: NOW, chance=lambda: -2.9)  # pauses of hundredths of a second
        try:
            send(
                ledger, route(port, connections=connections), record=record, block=COUNT, watch=watch, tries=3
            )
        except TransportError as raised:
            error = raised
        dots = _counted(counts)

    found = set(ledger.states())
    assert (found, error is not None) == (states, stops)
    assert dots <= COUNT
    if states == {SENT}:
        assert dots == COUNT
    pending = [row for row in ledger.rows.values() if row.state is PENDING]
    assert {row.attempt for row in pending} <= {0}
    assert record.kept is False
