"""What an operator is told of the unknown who are to be mailed again is what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from braking_cast import begun, cut_off
from commands import Ran, run_here
from digest.actions.mailing.sending import SendOptions, begin
from digest.actions.steering import braking
from digest.bootstrap import open_app
from digest.errors import Refused
from digest.model import EditionState
from newsroom import Newsroom, newsroom

LATE = timedelta(hours=20)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """An edition of four readers on its way, two of them unknown; commands go by the room's clock."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        cut_off(room, begun(room), 2)
        monkeypatch.setattr("digest.bootstrap.open_app", partial(open_app, clock=room.clock))
        yield room


def ended(room: Newsroom) -> None:
    """Let the others expire, and the books close."""
    braking.expire(room.app, 1, by="olu")
    assert room.stored(1).state is EditionState.SENT


def asked(room: Newsroom, *more: str) -> Ran:
    """Ask for the unknown to be mailed again."""
    return run_here("deliveries", 1, "--resend-unknown", *more, home=room.app.home.root)


def told(room: Newsroom) -> str:
    """Ask for it, and return what is said of those two."""
    ran = asked(room)
    assert ran.code == 0, ran.err
    return " ".join(ran.out.partition("edition 1:")[0].split())


@pytest.mark.parametrize("is_sent", [False, True])
def test_in_time_the_service_or_the_plain_command_mails_them(room: Newsroom, *, is_sent: bool) -> None:
    """Whether or not the books were closed."""
    if is_sent:
        ended(room)
    assert told(room) == "2 unknown are mailed again by the service, or by `digest send 1`"
    room.clock.now += timedelta(hours=1)
    assert room.sendable() == (1,)
    begin(room.app, 1, SendOptions(by="olu"))


def test_of_a_late_edition_that_was_sent_the_service_mails_them_or_a_late_command(room: Newsroom) -> None:
    """Asking for it is the word to send it late; a plain command is refused."""
    ended(room)
    room.clock.now += LATE
    assert told(room) == "2 unknown are mailed again by the service, or by `digest send 1 --late`"
    assert room.sendable() == (1,)
    with pytest.raises(Refused, match="longer than max_lateness"):
        begin(room.app, 1, SendOptions(by="olu"))


def test_of_a_late_edition_on_its_way_they_wait_for_a_late_command(room: Newsroom) -> None:
    """No service goes on with it, as nobody has said that it is to go late."""
    room.clock.now += LATE
    assert told(room) == (
        "2 unknown wait, since max_lateness has passed: `digest send 1 --late` mails them all the same"
    )
    assert room.sendable() == ()
    begin(room.app, 1, SendOptions(by="olu", late=True))
    assert room.sendable() == (1,)


@pytest.mark.parametrize("is_late", [False, True])
def test_of_a_stopped_edition_they_wait_with_the_others(room: Newsroom, *, is_late: bool) -> None:
    """One command lets it go on, late or not, and says who mails them then."""
    braking.pull(room.app, 1, by="olu")
    room.clock.now += LATE if is_late else timedelta(hours=1)
    more = ["--late"] * is_late
    way = " ".join(["digest editions resume 1", *more])
    why = "stopped, and late" if is_late else "stopped"
    assert told(room) == f"2 unknown wait with those still open: the edition is {why}; `{way}` lets it go on"
    assert room.sendable() == ()
    if is_late:
        refused = run_here("editions", "resume", 1, home=room.app.home.root)
        assert (refused.code, f"`{way}`" in " ".join(refused.err.split())) == (1, True)
    ran = run_here("editions", "resume", 1, *more, home=room.app.home.root)
    assert (ran.code, room.sendable()) == (0, (1,)), ran.err
    by_hand = " ".join(["digest send 1", *more])
    assert f"where none runs, `{by_hand}` does." in " ".join(ran.out.split())
    begin(room.app, 1, SendOptions(by="olu", late=is_late))


def test_a_stopped_edition_either_ends_or_goes_on_late(room: Newsroom) -> None:
    """A slip of the hand must not be taken for one of two opposite wishes."""
    assert run_here("editions", "resume", 1, "--end", "--late", home=room.app.home.root).code == 2
