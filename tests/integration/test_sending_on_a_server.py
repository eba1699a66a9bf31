"""Sending with a PostgreSQL server as the ledger: permits are rows, and the server may go away in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

import crashing
from crashing import EDITION, Sender, Sink, addresses, books, prepare, reader
from digest.actions.mailing.journals import pick_up
from digest.actions.mailing.ledger import StoreLedger
from digest.bootstrap import open_app
from digest.clock import system_clock
from digest.model import DeliveryState, EditionState
from digest.store import open_store
from postgres import Server, own_server
from scripted_relay import ScriptedRelay

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("postgres_server")]
READERS, LANES = 600, 6
PATIENCE_S = 45.0  #: of a test with a process that is to end within 30; the rest is for a busy machine


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A relay that writes down all it sees."""
    with Sink(tmp_path) as running:
        yield running


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of our own, where every home of this test keeps its data."""
    with own_server() as running:
        monkeypatch.setenv("DIGEST_DATABASE", running.url)
        monkeypatch.setattr(crashing, "opened", lambda root: open_store(running.url, home=root))
        yield running


def accepted(sink: Sink) -> Counter[str]:
    """Count how often each reader's mail was accepted."""
    return Counter(one.recipient for one in sink.seen("accepted"))


def in_the_middle(tmp_path: Path, sink: Sink) -> tuple[Path, Sender]:
    """Let a sender send an edition until the first mail is taken."""
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=LANES)
    sink.tell("pace", 0.01, 0.03)
    sender = Sender(root)
    assert sink.wait_for_first(sender)
    return root, sender


def let_leases_end(root: Path) -> None:
    """Let twenty minutes pass, as far as claims are concerned."""
    with closing(crashing.opened(root)) as store, store.writing() as tx:
        tx.deliveries.connection.exec_driver_sql(
            "UPDATE deliveries SET lease_until = 0 WHERE lease_until > 0"
        )


def test_restart_of_the_server_in_the_middle_of_an_edition_loses_nobody(
    tmp_path: Path, sink: Sink, server: Server
) -> None:
    """An update at five past seven: the run waits for its ledger, and goes on."""
    root, sender = in_the_middle(tmp_path, sink)
    server.stop()
    server.start()
    sink.tell("pace", 0, 0)
    code, said = sender.end()
    found = books(root)
    mailed = accepted(sink)

    assert (found.sent + found.unknown, found.open) == (READERS, 0), said
    assert found.unknown <= LANES
    assert code == int(found.unknown > 0)
    assert max(mailed.values()) == 1
    assert set(mailed) >= addresses(root, "sent")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("ahead", [timedelta(minutes=25), timedelta(hours=3)])
def test_clocks_of_two_machines_that_differ_make_nobody_late(tmp_path: Path, ahead: timedelta) -> None:
    """A machine that has just come up, and knows no better time yet, takes nothing from a sender at work."""
    root = prepare(tmp_path / "home", 9, readers=4, on_unknown="resend", connections=1)
    with open_app(root) as one, open_app(root, clock=lambda: system_clock() + ahead) as other:
        with one.store.writing() as tx:
            tx.deliveries.freeze(EDITION)
            on_its_way = EditionState.SENDING
            tx.editions.set_state(
                EDITION, on_its_way, expect=[EditionState.DRAFT], by="olu", at=system_clock()
            )
        for app, name in ((one, "s-one"), (other, "s-other")):
            ledger = StoreLedger(store=app.store, edition_id=EDITION, worker=name, clock=app.clock)
            first, _ = ledger.claim(2)
            ledger.renew()
            ledger.dotted([(first.id, first.attempt)])
        for app in (one, other):
            pick_up(app, EDITION)
        with one.store.reading() as tx:
            states = [row.state for row in tx.deliveries.list(EDITION)]

    assert states == [DeliveryState.DOTTED, DeliveryState.CLAIMED] * 2


@pytest.mark.usefixtures("server")
def test_whoever_is_refused_at_the_dot_for_the_senders_sake_is_not_penalised(tmp_path: Path) -> None:
    """The edition is held with the relay's words: until that is mended nobody has had a try."""
    with ScriptedRelay({"dot": "554 5.7.1 message refused by policy"}) as relay:
        root = prepare(tmp_path / "home", relay.port, readers=12, on_unknown="hold", connections=2)
        code, said = Sender(root).end(within_s=20)
    with closing(crashing.opened(root)) as store, store.reading() as tx:
        rows = {(row.state, row.attempt) for row in tx.deliveries.list(EDITION)}
        state = tx.editions.state_of(EDITION)

    assert (code, state) == (1, EditionState.HELD), said
    assert rows == {(DeliveryState.PENDING, 0)}


@pytest.mark.usefixtures("server")
def test_nobody_is_unknown_whom_a_relay_refused_at_the_dot_before_a_kill(tmp_path: Path) -> None:
    """They are set aside until the run is over; but they have no mail, whatever becomes of it."""
    with ScriptedRelay({"dot": "<pause 0.05>250 ok"}) as relay:
        root = prepare(tmp_path / "home", relay.port, readers=80, on_unknown="hold", connections=1)
        particular = [reader(number) for number in range(5, 81, 5)]
        relay.script |= {f"dot {one}": "554 5.7.1 content refused for you" for one in particular}
        sender = Sender(root)
        while len(relay.recipients) < 40 and not sender.has_ended:
            time.sleep(0.01)
        sender.tell(signal.SIGKILL)
        sender.end()
    let_leases_end(root)
    with open_app(root) as app:
        pick_up(app, EDITION)

    assert books(root).sent >= 30
    assert len(addresses(root, "pending").intersection(particular)) >= 5
    assert books(root).unknown <= 1


def test_sender_that_is_asked_to_stop_does_not_wait_for_a_server_that_hangs(
    tmp_path: Path, sink: Sink, server: Server
) -> None:
    """The machine goes down and would kill it after half a minute; nobody is lost over that."""
    root, sender = in_the_middle(tmp_path, sink)
    server.tell(signal.SIGSTOP)
    try:
        time.sleep(1)  # the answers to what was permitted are in
        sender.tell(signal.SIGTERM)
        code, said = sender.end(within_s=PATIENCE_S)
    finally:
        server.tell(signal.SIGCONT)
    let_leases_end(root)
    sink.tell("pace", 0, 0)
    Sender(root).end()
    found = books(root)
    mailed = accepted(sink)

    assert (code, "the database does not answer" in said) == (1, True), said
    assert "not_ended" not in said  # what ends it before half a minute is over had nothing to do
    assert (found.sent + found.unknown, found.open) == (READERS, 0)
    assert found.unknown <= LANES
    assert max(mailed.values()) == 1


def test_sender_that_is_asked_to_stop_before_its_first_mail_waits_for_no_server_that_hangs(
    tmp_path: Path, server: Server
) -> None:
    """It is about to write down who gets the edition, and has no ledger of its own yet."""
    root = prepare(tmp_path / "home", 9, readers=2, on_unknown="hold", connections=1)
    with psycopg.connect(server.url) as other:
        other.execute("SELECT * FROM editions FOR UPDATE")
        sender = Sender(root)
        wait_until_it_waits(server)
        server.tell(signal.SIGSTOP)
        try:
            sender.tell(signal.SIGTERM)
            code, said = sender.end(within_s=PATIENCE_S)
        finally:
            server.tell(signal.SIGCONT)

    assert (code, "not_ended" in said) == (1, True), said


def wait_until_it_waits(server: Server) -> None:
    """Wait until some session waits for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with psycopg.connect(server.url, autocommit=True) as looker:
        until = time.monotonic() + 60
        while looker.execute(query).fetchone() == (0,):
            assert time.monotonic() < until, "nobody waits for a lock"
            time.sleep(0.05)


@pytest.mark.usefixtures("server")
def test_killed_sender_is_cleared_up_by_another_machine_once_its_lease_is_over(
    tmp_path: Path, sink: Sink
) -> None:
    """Another home has no journal to read: the rows say what may have been taken."""
    root, sender = in_the_middle(tmp_path, sink)
    sender.tell(signal.SIGKILL)
    sender.end()
    let_leases_end(root)
    sink.tell("pace", 0, 0)
    code, said = Sender(root).end()
    found = books(root)
    mailed = accepted(sink)

    assert (found.sent + found.unknown, found.open) == (READERS, 0), said
    assert found.unknown <= LANES
    assert code == int(found.unknown > 0)
    assert max(mailed.values()) == 1
    assert set(mailed) >= addresses(root, "sent")


def test_service_that_is_told_to_stop_does_not_wait_for_a_server_that_hangs(
    tmp_path: Path, sink: Sink, server: Server
) -> None:
    """Neither for its pages, nor to write down that it has ended."""
    root = prepare(tmp_path / "home", sink.port, readers=2, on_unknown="hold", connections=1)
    service = subprocess.Popen(
        [sys.executable, "-m", "digest", "serve", "--listen", "none", "--web", "127.0.0.1:0"],
        env={**os.environ, "DIGEST_HOME": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert service.stderr is not None
    assert any('"service_started"' in line for line in service.stderr)
    server.tell(signal.SIGSTOP)
    try:
        time.sleep(3)  # each of its parts asks for something
        service.send_signal(signal.SIGTERM)
        said = service.communicate(timeout=PATIENCE_S)[1]
    finally:
        service.kill()
        server.tell(signal.SIGCONT)

    assert service.returncode == 1
    assert '"service_stopped"' in said
