"""What the service's log says of how far an edition is while it is sent."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import structlog

from braking_cast import BEFORE, furnish_for
from digest.schedule import Pace, Way
from scripted_relay import ScriptedRelay
from service_cast import QUICK, Hurried, Running, until

READERS = 12


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_log_says_how_far_a_sending_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts and rate: who reads the log must not have to wait for the end to see that it goes on."""
    relay = ScriptedRelay()
    relay.on_command = lambda line: time.sleep(0.1) if line.startswith("MAIL") else None
    with relay:
        root = furnish_for(tmp_path / "home", relay.port, readers=READERS)
        with Running(root, Hurried(BEFORE, 60), Way(pace=replace(QUICK, tell_s=0.2), listen="127.0.0.1:0")):
            until(lambda: len(relay.recipients) == READERS)
    written = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (begun,) = [line for line in written if line["event"] == "sending_begun"]
    told = [line for line in written if line["event"] == "sending"]
    sums = [line["sent"] + line["still_open"] for line in told]

    assert len(told) > 1
    assert {(line["run"], line["edition"], line["level"]) for line in told} == {(begun["run"], 1, "info")}
    assert sums == [READERS] * len(told)
    assert all(before["sent"] <= after["sent"] for before, after in pairwise(told))
    assert max(line["per_second"] for line in told) > 0
    assert max(line["connections"] for line in told) > 0


def test_log_hears_of_a_sending_once_a_minute() -> None:
    """The hours of a big list are hundreds of lines, not thousands."""
    assert Pace().tell_s == 60
