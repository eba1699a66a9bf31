"""A sender that does not see a stop in time: what was stopped goes to nobody, whoever goes on meanwhile."""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog

import crashing
from braking_cast import BEFORE, DUE, Sluice, begun, furnish_for
from commands import run_here
from crashing import EDITION, Sender, prepare
from digest.actions.app import App
from digest.actions.editing.approving import approve
from digest.actions.editions import find
from digest.actions.mailing import sending
from digest.actions.mailing.ledger import StoreLedger
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.mailing.setting_out import Approved
from digest.actions.steering import braking
from digest.actions.telling import Hand
from digest.bootstrap import open_app
from digest.errors import Halted
from digest.model import EditionState
from digest.store import open_store
from newsroom import Newsroom, newsroom
from postgres import own_server
from scripted_relay import ScriptedRelay
from service_cast import Hurried, Running, until

READERS, CONNECTIONS = 520, 2  # one sender takes 500 in hand, the other the rest
NEW = "The corrected subject"


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture(params=["file", "server"])
def _kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the data of each home in a file, or on a server."""
    if request.param == "file":
        yield
        return
    request.getfixturevalue("postgres_server")
    with own_server() as running:
        monkeypatch.setenv("DIGEST_DATABASE", running.url)
        monkeypatch.setattr(crashing, "opened", lambda root: open_store(running.url, home=root))
        yield


def correct(root: Path) -> None:
    """Give the edition another subject, and approve that."""
    for words in (("edit", EDITION, "subject", NEW), ("approve", EDITION)):
        ran = run_here("editions", *words, home=root)
        assert ran.code == 0, ran.err


def subjects(relay: ScriptedRelay, first: int = 0) -> Counter[str]:
    """Count the mails by subject that a relay took, from one on."""
    found = (re.search(rb"^Subject: (.*?)\r?$", body, re.MULTILINE) for body in relay.bodies[first:])
    return Counter(one[1].decode() for one in found if one)


def on_its_way(room: Newsroom) -> StoreLedger:
    """Let an edition be on its way, and open its books as a sender does that begins now."""
    edition = begun(room)
    with room.app.store.reading() as tx:
        _, after = tx.editions.way_of(edition)
    return StoreLedger(store=room.app.store, edition_id=edition, worker="j-1", clock=room.clock, after=after)


@pytest.mark.slow
@pytest.mark.usefixtures("_kept")
def test_what_was_braked_goes_to_nobody_from_a_sender_that_slept_through_it(tmp_path: Path) -> None:
    """Ctrl-Z in a terminal; at the desk it is stopped, corrected and sent on; then `fg`."""
    with ScriptedRelay() as relay:
        relay.on_taken = lambda _: time.sleep(0.02)
        root = prepare(
            tmp_path / "home", relay.port, readers=READERS, on_unknown="hold", connections=CONNECTIONS
        )
        first = Sender(root)
        until(lambda: len(relay.recipients) >= 20)
        first.freeze(root)
        try:
            assert run_here("editions", "brake", EDITION, home=root).code == 0
            correct(root)
            second = Sender(root)
            with closing(crashing.opened(root)) as store:

                def is_begun() -> bool:
                    with store.reading() as tx:
                        return tx.editions.state_of(EDITION) is EditionState.SENDING

                until(is_begun)
            taken = len(relay.recipients)
        finally:
            first.tell(signal.SIGCONT)
        code, said = first.end()
        assert code == 1, said
        assert "edition 1 was stopped after this sender had begun" in said
        second.end()
        run_here("send", EDITION, home=root)  # whom the first gave back after the second had ended, if any

    late = subjects(relay, taken)
    # What the relay had begun to take by then is finished: one on each connection, one behind its dot.
    assert late.total() - late[NEW] <= 2 * CONNECTIONS
    assert Counter(relay.recipients) == {crashing.reader(n): 1 for n in range(1, READERS + 1)}


def test_what_is_approved_while_a_sender_begins_is_what_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has rendered the old words already; the same command sends the new ones."""
    with ScriptedRelay() as relay:
        root = prepare(tmp_path / "home", relay.port, readers=3, on_unknown="hold", connections=1)
        set_out = sending.set_out

        def after_a_correction(app: App, found: Approved, hand: Hand, *, late: bool, failed: bool) -> int:
            correct(root)
            monkeypatch.setattr(sending, "set_out", set_out)
            return set_out(app, found, hand, late=late, failed=failed)

        monkeypatch.setattr(sending, "set_out", after_a_correction)
        with open_app(root) as app:
            approve(app, EDITION, by="ada")
            with pytest.raises(Halted, match="was changed before this sender had begun"):
                send(app, EDITION, SendOptions(by="olu"))
            assert find(app, EDITION).state is EditionState.APPROVED
            assert not relay.bodies
            assert send(app, EDITION, SendOptions(by="olu")).sent == 3
    assert subjects(relay) == {NEW: 3}


def test_a_sender_takes_nobody_after_a_stop_that_it_did_not_see(tmp_path: Path) -> None:
    """It is on its way again by the time of the next look, as it was or corrected: with another sender."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        ledger = on_its_way(room)
        (mail,) = ledger.claim(1)
        assert ledger.look().halted is None
        braking.pull(room.app, ledger.edition_id, by="olu")
        assert ledger.look().halted == "edition 1 is held"
        assert ledger.claim(1) == ()
        braking.resume(room.app, ledger.edition_id, by="olu")

        assert ledger.look().halted == "edition 1 was stopped after this sender had begun"
        assert ledger.claim(3) == ()
        ledger.release()
        with room.app.store.reading() as tx:
            _, after = tx.editions.way_of(ledger.edition_id)
        again = StoreLedger(
            store=room.app.store, edition_id=ledger.edition_id, worker="j-2", clock=room.clock, after=after
        )
        assert mail.id in {one.id for one in again.claim(4)}


def test_senders_of_one_edition_go_on_when_one_of_them_is_told_to_send_it_late(tmp_path: Path) -> None:
    """That is a line of its log, too, and stops nobody."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        ledger = on_its_way(room)
        with room.app.store.writing() as tx:
            tx.editions.set_state(
                ledger.edition_id,
                EditionState.SENDING,
                expect=[EditionState.SENDING],
                by="olu",
                at=room.clock(),
            )

        assert ledger.look().halted is None
        assert len(ledger.claim(4)) == 4


@pytest.mark.slow
def test_a_service_goes_on_after_a_brake_that_was_released_at_once(tmp_path: Path) -> None:
    """Its run ends, the next begins; that is no failure, and nobody gets it twice."""
    with ScriptedRelay() as relay:
        home = furnish_for(tmp_path / "home", relay.port, readers=60)
        sluice = Sluice(relay, after=10)
        with Running(home, Hurried(BEFORE, 60)), open_app(home, clock=Hurried(DUE)) as app:
            until(sluice.reached.is_set)
            braking.pull(app, 1, by="olu")
            braking.resume(app, 1, by="olu")
            sluice.lift()
            sluice.open()
            until(lambda: find(app, 1).state is EditionState.SENT)
            with app.store.reading() as tx:
                told = [(one.event, one.outcome) for one in reversed(tx.history.list())]
    assert Counter(relay.recipients) == {f"r{n}@example.org": 1 for n in range(60)}
    assert [one for one in told if one[0] in {"send", "brake", "resume"}] == [
        ("send", "begun"),
        ("brake", "held"),
        ("resume", "ok"),
        ("send", "ok"),
    ]
