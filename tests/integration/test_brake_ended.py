"""An edition that is ended right after its brake: whoever has it in hand lets go, then the books close."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from braking_cast import begun
from commands import run_here
from crashing import EDITION, Sender, addresses, books, prepare
from digest.actions.app import App
from digest.actions.editing.approving import approve
from digest.actions.editions import find
from digest.actions.home.instance import begin_run
from digest.actions.mailing.ending import close
from digest.actions.mailing.journals import new_worker, pick_up
from digest.actions.steering import braking
from digest.bootstrap import open_app
from digest.deliver.journal.file import FileRecord
from digest.errors import Refused
from digest.model import AlertKind, Books, EditionState
from digest.store import StoredEdition
from newsroom import Newsroom, newsroom
from scripted_relay import ScriptedRelay
from service_cast import until

READERS, CONNECTIONS = 300, 2


@contextmanager
def held(root: Path) -> Iterator[tuple[Newsroom, int]]:
    """Stop an edition of four readers while a sender has two of them in hand."""
    with newsroom(root, "review: {mode: required}") as room:
        edition = begun(room)
        with room.app.store.writing() as tx:
            tx.deliveries.claim(edition, "s-1", now=room.clock(), limit=2, lease=timedelta(minutes=20))
        braking.pull(room.app, edition, by="olu")
        yield room, edition


def waits_untouched(room: Newsroom, edition: int) -> bool:
    """Tell whether the edition is still held, with all four open."""
    with room.app.store.reading() as tx:
        return (room.stored(edition).state, tx.deliveries.books(edition).open) == (EditionState.HELD, 4)


@contextmanager
def under_way(folder: Path) -> Iterator[tuple[ScriptedRelay, Path, Sender]]:
    """Let an edition go out that has reached twenty; gives its relay, home and sender."""
    with ScriptedRelay() as relay:
        relay.on_taken = lambda _: time.sleep(0.02)
        root = prepare(
            folder / "home", relay.port, readers=READERS, on_unknown="hold", connections=CONNECTIONS
        )
        sender = Sender(root)
        until(lambda: len(relay.recipients) >= 20)
        yield relay, root, sender


@pytest.mark.slow
def test_an_end_right_after_the_brake_is_the_end(tmp_path: Path) -> None:
    """The sender has all of them in hand, and has not looked yet; two buttons beside each other."""
    with under_way(tmp_path) as (relay, root, sender):
        with open_app(root) as app:
            braking.pull(app, EDITION, by="olu")
            begun_by_then = len(relay.recipients) + 1.2 / 0.02 * CONNECTIONS
            ended = braking.end(app, EDITION, by="olu")
            assert find(app, EDITION).state is EditionState.SENT
        sender.end()

    assert ended == books(root)
    assert (ended.sent, ended.balance) == (READERS - ended.expired, True)
    assert 20 <= ended.sent <= begun_by_then < READERS
    assert Counter(relay.recipients) == dict.fromkeys(addresses(root, "sent"), 1)


@pytest.mark.slow
def test_an_edition_that_is_told_to_expire_beside_its_sender_is_over(tmp_path: Path) -> None:
    """`digest send --expire` said done: whoever the sender had in hand is not mailed after that."""
    with under_way(tmp_path) as (relay, root, sender):
        begun_by_then = len(relay.recipients) + 1.2 / 0.02 * CONNECTIONS
        told = run_here("send", EDITION, "--expire", "--json", home=root)
        taken = len(relay.recipients)
        sender.end()

    assert (told.code, told.data["open"]) == (0, 0), told.err
    assert len(relay.recipients) == taken <= begun_by_then < READERS
    assert (books(root).sent, books(root).expired) == (taken, READERS - taken)
    with open_app(root) as app:
        assert find(app, EDITION).state is EditionState.SENT


def test_an_edition_that_is_told_to_expire_waits_stopped_for_who_is_in_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender that stands still keeps it from ending; the same command again ends it."""
    monkeypatch.setattr(braking, "PATIENCE_S", 0.0)
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        with room.app.store.writing() as tx:
            tx.deliveries.claim(edition, "s-1", now=room.clock(), limit=2, lease=timedelta(minutes=20))
        with pytest.raises(Refused, match="a sender has 2 of its mails in hand"):
            braking.expire(room.app, edition, by="olu")
        assert waits_untouched(room, edition)
        (told,) = room.alerts(AlertKind.HELD)
        assert "the brake was pulled by olu: to end it for those still open" in told.text
        assert f"`digest editions resume {edition} --end` ends it" in told.text
        with room.app.store.writing() as tx:
            tx.deliveries.give_back("s-1")
        found = braking.expire(room.app, edition, by="olu")

        assert (found.expired, found.open, found.balance) == (4, 0, True)
        assert room.stored(edition).state is EditionState.SENT
        assert not room.alerts(AlertKind.HELD)  # nobody had been told yet, and nobody need be
        with pytest.raises(Refused, match="is sent") as over:
            braking.expire(room.app, edition, by="olu")
        assert over.value.hint == f"`digest deliveries {edition}` shows who has got it"


def test_an_end_that_is_killed_midway_leaves_an_alert(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays stopped, and whoever typed it may be gone: others have to hear that it waits for a word."""

    def killed(_app: App, _edition: int) -> None:
        raise SystemExit(143)

    monkeypatch.setattr(braking, "pick_up", killed)
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        with pytest.raises(SystemExit):
            braking.expire(room.app, edition, by="olu")

        assert waits_untouched(room, edition)
        assert [told.edition_id for told in room.alerts(AlertKind.HELD)] == [edition]


def test_an_edition_that_was_approved_again_is_stopped_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service would begin it anew while its end waits for senders, and mail whom it was ended for."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        braking.pull(room.app, edition, by="olu")
        approve(room.app, edition, by="ada")
        states = []

        def look(app: App, number: int) -> None:
            states.append(room.stored(number).state)
            pick_up(app, number)

        monkeypatch.setattr(braking, "pick_up", look)
        found = braking.expire(room.app, edition, by="olu")

        assert states == [EditionState.HELD]
        assert (found.expired, found.open, found.balance) == (4, 0, True)


def test_an_approval_while_an_end_waits_is_not_overruled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever approves it meanwhile has said that it is to go out, and would hear of no end."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        braking.pull(room.app, edition, by="olu")

        def approved(app: App, number: int) -> None:
            pick_up(app, number)
            approve(app, number, by="ada")

        monkeypatch.setattr(braking, "pick_up", approved)
        with pytest.raises(Refused, match="is approved"):
            braking.end(room.app, edition, by="olu")

        with room.app.store.reading() as tx:
            assert tx.deliveries.books(edition).open == 4
        assert room.stored(edition).state is EditionState.APPROVED


def test_an_edition_that_two_people_end_at_once_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second looks before the first one has stopped it, and stops it after that."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        late = [find(room.app, edition)]

        def look(app: App, number: int) -> StoredEdition:
            return late.pop() if late else find(app, number)

        braking.pull(room.app, edition, by="ada")
        monkeypatch.setattr(braking, "find", look)
        found = braking.expire(room.app, edition, by="olu")

    assert (found.expired, found.open) == (4, 0)


def test_an_end_judges_what_another_edition_left_as_the_settings_do(tmp_path: Path) -> None:
    """A dead sender's readers of yesterday are mailed again by themselves, whatever is ended today."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        first = begun(room)
        worker = new_worker(room.app, begin_run(room.app), first, 0)
        with room.app.store.writing() as tx:
            (taken,) = tx.deliveries.claim(
                first, worker, now=room.clock(), limit=1, lease=timedelta(minutes=20)
            )
        record = FileRecord(room.app.home.database_dir / "journal", worker)
        record.write([(taken.id, taken.attempt)], [])
        record.close(keep=True)
        second = begun(room, readers=0, hours=1)
        delivery = room.app.system.delivery.model_copy(update={"on_unknown": "resend"})
        system = room.app.system.model_copy(update={"delivery": delivery})
        assert braking.expire(replace(room.app, system=system), second, by="olu").balance
        with room.app.store.reading() as tx:
            found = {one.id: one.state for one in tx.deliveries.list(first)}

        assert found[taken.id] == "pending"


def test_an_edition_that_a_sender_has_in_hand_does_not_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given back later, they would be mailed: it stays held, and says why."""
    monkeypatch.setattr(braking, "PATIENCE_S", 0.0)
    with held(tmp_path / "home") as (room, edition):
        with pytest.raises(Refused, match="a sender has 2 of its mails in hand") as refused:
            braking.end(room.app, edition, by="olu")
        assert "end it again" in (refused.value.hint or "")
        assert waits_untouched(room, edition)
        with room.app.store.writing() as tx:
            tx.deliveries.give_back("s-1")
        found = braking.end(room.app, edition, by="olu")

        assert (found.expired, found.open, found.balance) == (4, 0, True)
        assert room.stored(edition).state is EditionState.SENT


def test_whoever_is_taken_in_the_moment_of_the_end_counts_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server confirms late what was asked before the brake: nobody was in hand when it was looked."""

    def nobody(_app: App, _edition: int) -> int:
        return 0

    monkeypatch.setattr(braking, "in_hand", nobody)
    with held(tmp_path / "home") as (room, edition):
        with pytest.raises(Refused, match="a sender has 2 of its mails in hand"):
            braking.end(room.app, edition, by="olu")
        assert waits_untouched(room, edition)


def test_an_end_whose_books_a_sender_closes_first_is_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service looks just then: it finds an edition on its way of which nobody is open."""

    def closed_twice(app: App, edition: int, found: Books, *, by: str) -> Books:
        close(app, edition, found, by="the schedule")
        return close(app, edition, found, by=by)

    monkeypatch.setattr(braking, "close", closed_twice)
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        found = braking.expire(room.app, begun(room), by="olu")

        assert (found.expired, found.open, found.balance) == (4, 0, True)
        assert len(room.alerts(AlertKind.SENT)) <= 1


def test_whoever_a_dead_sender_had_in_hand_is_ended(tmp_path: Path) -> None:
    """Nothing was heard of it for its lease: what it may have mailed is unknown, the rest gets nothing."""
    with held(tmp_path / "home") as (room, edition):
        room.clock.now += timedelta(minutes=21)
        found = braking.end(room.app, edition, by="olu")
        assert (found.expired, found.open, found.balance) == (4, 0, True)
