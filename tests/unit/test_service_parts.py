"""The parts that a service is made of: alarms, failures, heart beats, what is told to systemd."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.clock import system_clock
from digest.errors import StoreError
from digest.log import configure
from digest.schedule.beats import Beats
from digest.schedule.cached import Cached
from digest.schedule.deed import Call, Deed
from digest.schedule.notify import notify
from digest.schedule.ticker import Ticker

SOON_S = 20.0  #: how long a loaded machine may take for what takes milliseconds


def until(is_so: Callable[[], object]) -> None:
    """Wait for a condition."""
    ends = time.monotonic() + SOON_S
    while not is_so():
        assert time.monotonic() < ends, "it did not come true"
        time.sleep(0.01)


def deed(call: Call, *, name: str = "plan", beats: Beats | None = None, back_off_s: float = 60.0) -> Deed:
    """Make a deed."""
    return Deed(name, call, beats=beats or Beats(900), back_off_s=back_off_s)


def test_a_part_that_dies_is_logged_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """With its traceback, and without taking the service with it."""
    configure("info", json=True)
    times: list[float] = []

    def call(_run: str) -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            raise ZeroDivisionError("of sam@readers.example.org")

    part = deed(call, back_off_s=0.05)
    part.do()
    until(lambda: part.do() is None and len(times) > 1)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert [line["event"] for line in lines] == ["part_died", "part_waits"]
    assert "ZeroDivisionError" in lines[0]["exception"]
    assert "sam@" not in lines[0]["exception"]
    assert (lines[0]["part"], lines[0]["run"]) == ("plan", lines[1]["run"])
    assert times[1] - times[0] >= 0.05


def test_a_part_that_keeps_failing_waits_longer_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    """A database that is away for a night must not fill the disk with tracebacks."""
    configure("info", json=True)

    def call(_run: str) -> None:
        raise StoreError("away")

    part = deed(call)
    for _ in range(8):
        part._not_before = 0.0
        part.do()
    waits = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert [line["seconds"] for line in waits if line["event"] == "part_waits"] == [
        *(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0)
    ]
    assert {line.get("cause") for line in waits if line["event"] == "part_failed"} == {"away"}


def test_a_part_that_waits_is_alive() -> None:
    """Its heart beats although it does nothing, or the machine would restart it for nothing."""
    now = [100.0]
    beats = Beats(900, lambda: now[0])

    def call(_run: str) -> None:
        raise StoreError("away")

    part = deed(call, beats=beats)
    part.do()
    now[0] += 7
    part.do()

    assert beats.ages()["plan"] == 0


def test_a_part_that_was_not_heard_of_for_long_hangs() -> None:
    """One that has left is none."""
    now = [100.0]
    beats = Beats(60, lambda: now[0])
    beats.beat("a")
    beats.beat("b")
    now[0] += 61
    beats.beat("b")

    assert beats.ages() == {"a": 61.0, "b": 0.0}
    assert beats.hung() == ("a",)
    beats.leave("a")
    beats.leave("a")
    assert beats.hung() == ()


def test_the_alarm_rings_at_once_and_again() -> None:
    """A service that was down looks first, and waits then."""
    often: list[str] = []
    rarely: list[str] = []
    ticker = Ticker({deed(often.append): 0.05, deed(rarely.append, name="rare"): 3_600}, system_clock)
    ticker.start()
    until(lambda: len(often) >= 3 and rarely)
    ticker.stop()
    until(lambda: not ticker.busy())

    assert len(rarely) == 1


def test_the_alarm_rings_sooner_for_what_is_due_sooner() -> None:
    """A slot is due to the second, whatever the interval."""
    rung: list[float] = []

    def call(_run: str) -> datetime:
        rung.append(time.monotonic())
        return datetime.now(UTC) + timedelta(seconds=0.3 if len(rung) == 1 else 4_000)

    ticker = Ticker({deed(call): 3_600}, system_clock)
    ticker.start()
    until(lambda: len(rung) == 2)
    ticker.stop()

    assert rung[1] - rung[0] >= 0.25


class Unguarded(Deed):
    """A deed that notes how often it is being done at once; what is in its own way, it does not mind."""

    inside = 0
    most = 0
    times = 0

    def do(self) -> None:
        """Take longer than the interval of the test."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.1)
        self.inside -= 1
        self.times += 1


def test_the_alarm_does_not_ring_into_itself() -> None:
    """A tick that takes longer than its interval is followed by one, not by a crowd of waiting threads."""
    slow = Unguarded("slow", lambda _run: None, beats=Beats(900), back_off_s=60.0)
    others = {deed(lambda _run: None, name=f"other {n}"): 3_600.0 for n in range(3)}  # each has a thread
    ticker = Ticker({slow: 0.02, **others}, system_clock)
    ticker.start()
    until(lambda: slow.times >= 3)
    ticker.stop()
    until(lambda: slow.inside == 0)

    assert slow.most == 1


def test_a_clock_that_was_set_back_does_not_stop_the_alarm() -> None:
    """Left alone, the library would wait for the hour to come again."""
    rung: list[str] = []
    part = deed(rung.append)
    ticker = Ticker({part: 3_600}, system_clock)
    ticker.start()
    until(lambda: len(rung) == 1)
    ticker._alarm.modify_job("plan", next_run_time=datetime.now(UTC) + timedelta(hours=2))
    real = time.time() - time.monotonic()

    assert not ticker.mind_the_clock(real)
    assert ticker.mind_the_clock(real - 3_600)
    until(lambda: len(rung) == 2)
    ticker.stop()


def test_an_answer_is_kept_for_a_while() -> None:
    """Many who ask at once cost one count of rows."""
    asked = [0]

    def ask() -> int:
        asked[0] += 1
        return asked[0]

    kept = Cached(ask, 60)
    assert [kept.get() for _ in range(5)] == [1] * 5
    fresh = Cached(ask, 0)
    first = fresh.get()
    until(lambda: fresh.get() > first)


def test_systemd_is_told_where_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nobody where it does not, or where it has gone."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")
    for name in (str(tmp_path / "notify"), f"@digest-{tmp_path.name}-{time.monotonic_ns()}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
            monkeypatch.setenv("NOTIFY_SOCKET", name)
            notify("READY=1")

            assert systemd.recv(100) == b"READY=1"
