"""The brake in the middle of an edition that a service sends through a real relay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from braking_cast import BEFORE, DUE, Sluice, begun, cut_off, furnish_for
from commands import run_here
from digest.actions.app import App
from digest.actions.editing.approving import approve, cancel
from digest.actions.editions import find
from digest.actions.mailing.books import decide_unknown
from digest.actions.steering import braking
from digest.bootstrap import open_app
from digest.errors import Refused
from digest.model import Books, DeliveryState, EditionState
from digest.render import Rendered
from newsroom import Newsroom, newsroom
from scripted_relay import ScriptedRelay
from service_cast import Hurried, Running, until

READERS = 60


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def books(app: App) -> Books:
    """Count the rows of the only edition."""
    with app.store.reading() as tx:
        return tx.deliveries.books(1)


def in_hand(app: App) -> int:
    """Count those that a sender has in hand."""
    states = (DeliveryState.CLAIMED, DeliveryState.DOTTED)
    with app.store.reading() as tx:
        return len(tx.deliveries.list(1, states=states))


def correct(room: Newsroom, edition: int) -> None:
    """Let an editor give a stopped edition another content."""
    with room.app.store.writing() as tx:
        tx.editions.replace(
            edition,
            room.stored(edition).edition,
            content_hash="corrected",
            expect=[EditionState.HELD],
            by="ada",
            at=room.clock(),
        )


@pytest.mark.slow
def test_a_brake_stops_an_edition_on_its_way_and_nobody_is_lost(tmp_path: Path) -> None:
    """Ten have it when it is pulled; the rest come after the release."""
    with ScriptedRelay() as relay:
        home = furnish_for(tmp_path / "home", relay.port, readers=READERS)
        sluice = Sluice(relay, after=10)
        with Running(home, Hurried(BEFORE, 60)), open_app(home, clock=Hurried(DUE)) as app:
            until(sluice.reached.is_set)
            held = braking.pull(app, 1, by="olu", note="wrong headline")
            sluice.open()
            until(lambda: not in_hand(app))
            stopped = books(app)
            taken = len(relay.recipients)

            assert (held.state, held.note) == (
                EditionState.HELD,
                "the brake was pulled by olu: wrong headline",
            )
            assert 10 <= stopped.sent < READERS
            assert (stopped.open, stopped.failed, stopped.unknown) == (READERS - stopped.sent, 0, 0)
            assert taken == stopped.sent
            assert find(app, 1).state is EditionState.HELD

            sluice.lift()
            braking.resume(app, 1, by="olu")
            until(lambda: find(app, 1).state is EditionState.SENT)
            assert books(app).sent == READERS
        with open_app(home) as app, app.store.reading() as tx:
            told = [(one.event, one.outcome, one.by) for one in reversed(tx.history.list())]
    assert Counter(relay.recipients) == {f"r{n}@example.org": 1 for n in range(READERS)}
    deeds = [one for one in told if one[0] in {"send", "brake", "resume"}]
    assert deeds == [
        ("send", "begun", "worker"),
        ("brake", "held", "olu"),
        ("resume", "ok", "olu"),
        ("send", "ok", "worker"),
    ]


def test_only_what_goes_out_can_be_stopped(tmp_path: Path) -> None:
    """What has not begun is held, and says so."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = room.build()
        approve(room.app, edition, by="ada")
        with pytest.raises(Refused) as refused:
            braking.pull(room.app, edition, by="olu")
        assert "editions hold" in (refused.value.hint or "")
        with pytest.raises(Refused, match="was not stopped while it went out"):
            braking.resume(room.app, edition, by="olu")


def test_what_some_readers_may_have_is_ended_and_never_cancelled(tmp_path: Path) -> None:
    """Cancelled is unsent: its books would stay open for ever, and its articles come again."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        with pytest.raises(Refused, match="is sending"):
            cancel(room.app, edition, by="ada")
        braking.pull(room.app, edition, by="olu")
        with pytest.raises(Refused, match="is held, and some readers may have it") as refused:
            cancel(room.app, edition, by="ada")
        assert f"`digest editions resume {edition} --end`" in (refused.value.hint or "")
        approve(room.app, edition, by="ada")
        with pytest.raises(Refused, match="is approved, and some readers may have it"):
            cancel(room.app, edition, by="ada")
        assert braking.end(room.app, edition, by="olu").balance


def test_a_released_edition_keeps_its_approval(tmp_path: Path) -> None:
    """Who lets it go on has not approved it: that was the editor."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        braking.pull(room.app, edition, by="olu")
        assert room.sendable() == ()
        room.clock.now += timedelta(minutes=31)
        moved = braking.resume(room.app, edition, by="olu")

        assert (moved.state, moved.approved_by) == (EditionState.SENDING, "ada")
        assert room.sendable() == (edition,)
        assert not braking.is_braked(room.app, moved)


@pytest.mark.parametrize("late", [False, True])
def test_who_lets_an_edition_go_on_twice_has_what_they_want(tmp_path: Path, *, late: bool) -> None:
    """Two operators, or one who is not sure: an error would have them look for a fault."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        braking.pull(room.app, edition, by="olu")
        room.clock.now += timedelta(hours=13 if late else 1)
        braking.resume(room.app, edition, by="olu", late=late)
        told = room.told()
        again = braking.resume(room.app, edition, by="sam", late=late)

        assert (again.state, room.told()) == (EditionState.SENDING, told)


def test_what_is_on_its_way_without_the_word_to_send_it_late_says_how_to_give_it(tmp_path: Path) -> None:
    """`resume --late` on one that nobody has stopped: the word is not there, and must not seem to be."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        with pytest.raises(Refused, match="was not stopped while it went out") as refused:
            braking.resume(room.app, edition, by="olu", late=True)
        assert f"`digest send {edition} --late` sends it however late" in (refused.value.hint or "")


def test_who_meets_a_stopped_edition_reads_what_lets_it_go_on(tmp_path: Path) -> None:
    """At night: by the command that sends, the brake's own words, and the edition's page in a terminal."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        (unknown,) = cut_off(room, edition, 1)
        home = room.app.home.root
        pulled = run_here("editions", "brake", edition, home=home)
        sent = run_here("send", edition, "--late", home=home)
        shown = run_here("editions", "show", edition, home=home)
        books = run_here("deliveries", edition, home=home)
        assert decide_unknown(room.app, edition, resend=False, by="olu", only=[unknown]) == 1
        decided = run_here("deliveries", edition, home=home)

    way = f"`digest editions resume {edition} --late` lets it go on as it was approved"  # it was due long ago
    assert (pulled.code, sent.code) == (0, 1)
    assert all(way in " ".join(said.split()) for said in (pulled.out, shown.out, sent.err))
    assert f"1 unknown wait for your word: `digest deliveries {edition} --resend-unknown`" in books.out
    assert "wait for your word" not in decided.out


def test_what_was_corrected_goes_on_only_when_it_is_approved_again(tmp_path: Path) -> None:
    """The brake's release is the operator's; another content is the editor's to answer for."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        braking.pull(room.app, edition, by="olu")
        correct(room, edition)
        with pytest.raises(Refused, match="is not what was approved"):
            braking.resume(room.app, edition, by="olu")
        assert approve(room.app, edition, by="ada").state is EditionState.APPROVED
        room.clock.now += timedelta(minutes=31)
        assert room.sendable() == (edition,)


def test_what_is_corrected_while_somebody_lets_it_go_on_does_not_go_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor saves in the very moment after the operator's press was judged."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        braking.pull(room.app, edition, by="olu")
        name_of = braking.content_hash

        def named(rendered: Rendered) -> str:
            correct(room, edition)
            return name_of(rendered)

        monkeypatch.setattr(braking, "content_hash", named)
        with pytest.raises(Refused, match="has changed since it was looked at"):
            braking.resume(room.app, edition, by="olu")

        assert room.stored(edition).state is EditionState.HELD
        assert room.sendable() == ()


def test_a_stopped_edition_can_end_for_those_who_wait(tmp_path: Path) -> None:
    """Its books balance, and it counts as sent: some may have it."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        cut_off(room, edition, 1)
        braking.pull(room.app, edition, by="olu")
        found = braking.end(room.app, edition, by="olu")

        assert (found.expired, found.unknown, found.open, found.balance) == (3, 1, 0, True)
        assert room.stored(edition).state is EditionState.SENT


def test_an_edition_that_is_too_late_does_not_go_on(tmp_path: Path) -> None:
    """Nobody wants the morning's news at night."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        braking.pull(room.app, edition, by="olu")
        room.clock.now += timedelta(hours=13)
        with pytest.raises(Refused, match="could go on until 2026-11-19 19:00 CET"):
            braking.resume(room.app, edition, by="olu")


def test_unknown_ones_are_decided_one_by_one(tmp_path: Path) -> None:
    """One is mailed again, one is left on record; the third still waits for somebody."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        first, second, third = cut_off(room, edition, 3)
        assert decide_unknown(room.app, edition, resend=True, by="olu", only=[first]) == 1
        assert decide_unknown(room.app, edition, resend=False, by="olu", only=[second]) == 1
        with room.app.store.reading() as tx:
            states = {one.id: (one.state, one.reason) for one in tx.deliveries.list(edition)}
            waiting = tx.deliveries.undecided([edition])

        again = "mailed again on somebody's word; they may have a copy"
        assert states[first] == (DeliveryState.PENDING, again)
        assert states[second] == (DeliveryState.UNKNOWN, "accepted by olu")
        assert [one.id for one in waiting] == [third]
        assert ("decide", "ok") in room.told()
        with pytest.raises(Refused, match="nobody unknown that is to be"):
            decide_unknown(room.app, edition, resend=True, by="olu", only=[first])


def test_unknown_ones_are_not_mailed_again_when_it_is_too_late(tmp_path: Path) -> None:
    """The service would let them expire at once; `digest send --late` is another's decision."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        cut_off(room, edition, 1)
        room.clock.now += timedelta(hours=13)
        with pytest.raises(Refused, match="longer than max_lateness allows"):
            decide_unknown(room.app, edition, resend=True, by="olu")
        assert decide_unknown(room.app, edition, resend=True, by="olu", late=True) == 1
