"""What is a person's word to send an edition however late, and what is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from braking_cast import begun, cut_off
from digest.actions.app import App
from digest.actions.editing.approving import approve
from digest.actions.home.instance import begin_run
from digest.actions.mailing import sending
from digest.actions.mailing.books import decide_unknown
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.steering import braking
from digest.actions.steering.late import let_go_late
from digest.errors import Refused
from digest.model import EditionState
from digest.render import Rendered
from digest.store import StoredEdition
from newsroom import DUE, Newsroom, newsroom
from store_cast import add_readers

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
REQUIRED = "review: {mode: required}"


def test_an_edition_that_was_ended_is_not_mailed_as_a_sender_gives_back_what_it_had(tmp_path: Path) -> None:
    """Stopped for good, twenty hours late: that is no word to send it, and it waits for one."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = begun(room)
        assert room.at(20 * 60).held == (edition,)
        with room.app.store.writing() as tx:
            tx.deliveries.claim(edition, "w2", now=room.clock(), limit=2, lease=HOUR)
        with room.app.store.writing() as tx:  # as `braking.end` does while such a sender still has them
            tx.deliveries.expire(edition, reason="ended by olu", at=room.clock())
            tx.editions.set_state(
                edition, EditionState.SENDING, expect=[EditionState.HELD], by="olu", at=room.clock()
            )
            tx.deliveries.give_back("w2")

        assert room.sendable() == ()
        assert room.at(20 * 60 + 1).held == (edition,)


def test_what_begins_in_the_last_second_has_no_twelve_hours_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service begins, and to lay it out takes ten seconds: nobody has said that it is to."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        with room.app.store.writing() as tx:
            add_readers(tx, 3)
        edition = room.build()
        approve(room.app, edition, by="ada")
        begin_run(room.app)
        room.clock.now = DUE + 12 * HOUR - SECOND
        assert room.sendable() == (edition,)
        render = sending.render

        def slowly(app: App, stored: StoredEdition) -> Rendered:
            room.clock.now += 10 * SECOND
            return render(app, stored)

        monkeypatch.setattr(sending, "render", slowly)
        assert send(room.app, edition, SendOptions(by="worker", follows=True)).open == 3

        assert room.sendable() == ()
        assert room.at(12 * 60 + 6).held == (edition,)


def test_a_word_from_the_desk_is_a_line_of_its_own(tmp_path: Path) -> None:
    """As the command writes it; only whoever stops it takes the word back."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = begun(room)
        assert room.at(20 * 60).held == (edition,)
        let_go_late(room.app, edition, by="olu")
        assert last_steps(room, edition, 2) == [
            (EditionState.HELD, EditionState.SENDING),
            (EditionState.SENDING, EditionState.SENDING),
        ]
        assert room.sendable() == (edition,)
        room.clock.now += HOUR
        braking.pull(room.app, edition, by="olu")
        approve(room.app, edition, by="ada")
        assert room.sendable() == ()
        assert room.at(22 * 60).held == ()  # approved, it waits for another word


def test_the_unknown_are_mailed_again_by_the_service_however_late(tmp_path: Path) -> None:
    """A week later all others have their ends: the command is the word for those it is about."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = begun(room)
        cut_off(room, edition, 1)
        braking.expire(room.app, edition, by="olu")
        week = 7 * 24 * 60
        room.at(week)
        with pytest.raises(Refused) as refused:
            decide_unknown(room.app, edition, resend=True, by="olu")
        assert "--resend-unknown` has them mailed" in (refused.value.hint or "")
        assert decide_unknown(room.app, edition, resend=True, by="olu", late=True) == 1

        assert room.sendable() == (edition,)
        books = send(room.app, edition, SendOptions(by="worker", follows=True, stopped=lambda: True))
        assert (books.unknown, books.open) == (0, 1)
        assert room.at(week + 12 * 60).held == ()
        assert room.at(week + 12 * 60 + 6).held == (edition,)


def test_the_unknown_of_one_that_waits_wait_with_the_others(tmp_path: Path) -> None:
    """It is too late for all of them, and the word to send it late is about everybody."""
    with newsroom(tmp_path / "home", REQUIRED) as room:
        edition = begun(room)
        cut_off(room, edition, 1)
        assert room.at(20 * 60).held == (edition,)
        assert decide_unknown(room.app, edition, resend=True, by="olu", late=True) == 1

        assert room.sendable() == ()
        assert room.stored(edition).state is EditionState.HELD


def last_steps(room: Newsroom, edition: int, count: int) -> list[tuple[EditionState | None, EditionState]]:
    """Return the newest steps of an edition, the oldest of them first."""
    with room.app.store.reading() as tx:
        return [(one.before, one.after) for one in tx.editions.log(edition)[-count:]]
