"""How many things at once a sender asks of its database: of a file one, since each connection keeps pages."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

import crashing
from crashing import EDITION, prepare
from digest.actions.mailing.ledger import StoreLedger
from digest.actions.mailing.sending import SendOptions, send
from digest.bootstrap import open_app
from digest.deliver import Look
from digest.store import open_store
from scripted_relay import ScriptedRelay


@pytest.mark.slow
@pytest.mark.parametrize("is_server", [False, True])
def test_looks_are_taken_at_once_of_a_server_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, is_server: bool
) -> None:
    """SQLite keeps 32 MB for each connection, of which a million recipients leave no room for more."""
    if is_server:
        url: str = request.getfixturevalue("postgres_bare")
        monkeypatch.setenv("DIGEST_DATABASE", url)
        monkeypatch.setattr(crashing, "opened", lambda root: open_store(url, home=root))
    askers: set[str] = set()
    look, step_on = StoreLedger.look, StoreLedger.step_on

    def slow_look(ledger: StoreLedger) -> Look:
        askers.add(threading.current_thread().name)
        time.sleep(0.5)
        return look(ledger)

    def noted_step(ledger: StoreLedger) -> None:
        askers.add(threading.current_thread().name)
        step_on(ledger)

    monkeypatch.setattr(StoreLedger, "look", slow_look)
    monkeypatch.setattr(StoreLedger, "step_on", noted_step)
    with ScriptedRelay({"dot": "<pause 0.02>250 taken"}) as relay:
        root = prepare(tmp_path / "home", relay.port, readers=120, on_unknown="hold", connections=2)
        with open_app(root) as app:
            assert send(app, EDITION, SendOptions(by="olu")).sent == 120

    assert (len(askers) > 1) is is_server
