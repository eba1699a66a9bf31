"""What the service's log says of relays that are in trouble while an edition is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from braking_cast import BEFORE, furnish_for
from digest.actions.mailing.ledger import StoreLedger
from digest.deliver import Look
from digest.errors import TransportError
from scripted_relay import ScriptedRelay
from service_cast import Hurried, Running, until


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.slow
def test_trouble_is_logged_once_for_a_relay_and_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each answer names another queue id: an outage of an hour filled the log."""
    relay, mails = ScriptedRelay(), list[str]()

    def full(line: str) -> None:
        if line.startswith("MAIL"):
            mails.append(line)
            code = "452 4.3.1" if len(mails) < 6 else "451 4.3.0"
            relay.script["mail"] = f"{code} A{len(mails):X}7: no room for {len(mails)} bytes"

    relay.on_command = full
    with relay:
        root = furnish_for(tmp_path / "home", relay.port, readers=30)
        with Running(root, Hurried(BEFORE, 60)):
            until(lambda: len(mails) > 7)
    written = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    causes = [line["cause"] for line in written if line["event"] == "relays_in_trouble"]

    assert [cause.split(": ")[2][:9] for cause in causes] == ["452 4.3.1", "451 4.3.0"]


@pytest.mark.slow
def test_database_that_is_too_slow_to_ask_who_has_left_is_logged_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no relay's fault that nobody is mailed, and an operator is not to look for one."""
    is_well, look = threading.Event(), StoreLedger.look

    def slow(ledger: StoreLedger) -> Look:
        is_well.wait(1.2)
        return look(ledger)

    monkeypatch.setattr(StoreLedger, "look", slow)
    mails: list[str] = []
    with ScriptedRelay() as relay:
        relay.on_command = lambda line: mails.append(line) if line.startswith("MAIL") else None
        root = furnish_for(tmp_path / "home", relay.port, readers=3)
        with Running(root, Hurried(BEFORE, 60)):
            written = ""

            def is_told() -> bool:
                nonlocal written
                written += capsys.readouterr().err
                return "mail_held_up" in written

            until(is_told)
            assert not mails
            is_well.set()
            until(lambda: len(mails) == 3)
    (line,) = [json.loads(line) for line in written.splitlines() if "mail_held_up" in line]

    assert line["cause"].endswith("to say who has left; after 0.9 s nobody is mailed on it")
    assert line["open"] == 3


def test_kind_of_a_trouble_leaves_numbers_out() -> None:
    """Where no code came the words tell it, but for those that change."""
    lost = [f"the connection was lost: bye from mx{n}.example after {n} s" for n in (1, 23)]
    first, second = (TransportError(words, permanent=False, where="relay main, mail").kind for words in lost)

    assert first == second
    assert first != TransportError(lost[0], permanent=False, where="relay other, mail").kind
    assert first != TransportError("no answer", permanent=False, where="relay main, mail").kind
