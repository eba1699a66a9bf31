"""What a dry tick says is what the tick then does, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from digest.actions.home.instance import begin_run
from digest.actions.planning.foresight import foresee
from digest.actions.planning.slots import advance, pause
from digest.actions.steering.review import steer
from digest.model import EditionState, SlotRecord
from newsroom import DUE, newsroom
from slots_cast import DAY, HOUR, MINUTE, SIX, House, daily, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A home with a digest at seven and one at eight, looked at by a scheduler at noon the day before."""
    digests = daily("07:00"), daily("08:00", key="sport")
    with open_house(tmp_path / "home", *digests, now=SIX - 18 * HOUR) as opened:
        opened.tick()
        yield opened


def names(slots: Iterable[SlotRecord]) -> list[tuple[str, str]]:
    """Name slots."""
    return [(one.digest, one.key[5:]) for one in slots]


def test_an_outage_is_foreseen_slot_by_slot(house: House) -> None:
    """Two days down: the newest of each digest is built, the others are missed; then it is so."""
    house.schedule(daily("07:00"), daily("08:00", key="sport"))
    house.now = SIX + 2 * DAY + HOUR
    seen = foresee(house.app)
    kept = (house.slots(), house.slots("sport"), house.history(), house.told())
    done = house.tick()

    assert kept == ([], [], [], [])
    assert names(seen.build) == names(done.built) == [("daily", "11-21T07:00"), ("sport", "11-21T08:00")]
    assert names(seen.missed) == sorted(names(done.missed), key=lambda one: one[1])
    assert names(seen.missed) == [
        ("daily", "11-19T07:00"),
        ("sport", "11-19T08:00"),
        ("daily", "11-20T07:00"),
        ("sport", "11-20T08:00"),
    ]
    assert (seen.off, seen.steps, seen.refused) == ((), (), ())


def test_one_digest_is_foreseen_and_built_alone(house: House) -> None:
    """What is noted of the other waits for the next tick."""
    house.now = SIX + HOUR
    seen = foresee(house.app, "sport")
    done = advance(house.app, worker="w1", only="sport")

    assert names(seen.build) == names(done.built) == [("sport", "11-19T08:00")]
    assert names(house.tick().built) == [("daily", "11-19T07:00")]


def test_slots_of_a_paused_digest_are_foreseen_as_off(house: House) -> None:
    """They are off when they pass."""
    pause(house.app, "daily", by="olu")
    house.now = SIX + MINUTE
    seen = foresee(house.app)
    done = house.tick()

    assert names(seen.off) == names(done.off) == [("daily", "11-19T07:00")]
    assert seen.build == ()


def test_a_home_that_must_not_go_on_is_told_so(house: House) -> None:
    """A restored backup would do nothing, so nothing else is foreseen."""
    begin_run(house.app)
    before = house.app.home.instance.read_bytes()
    begin_run(house.app)
    house.app.home.instance.write_bytes(before)
    seen = foresee(house.app)

    assert seen.refused
    assert (seen.build, seen.missed, seen.steps) == ((), (), ())


def test_the_deadline_of_a_review_is_foreseen(tmp_path: Path) -> None:
    """Half an hour later the window ends: it would be let out, and it is."""
    with newsroom(tmp_path / "home", "review: {mode: window, minutes: 30}") as room:
        edition = room.build()
        early = foresee(room.app)
        room.clock.now = DUE
        seen, other = foresee(room.app), foresee(room.app, "nobody")
        state = room.stored(edition).state
        left = steer(room.app, only="nobody")
        done = steer(room.app, only="daily")

    assert [step.deed for _, step in early.steps] == ["remind"]
    assert [(course.edition.id, step.deed) for course, step in seen.steps] == [(edition, "send")]
    assert (other.steps, left.approved, state) == ((), (), EditionState.REVIEW)
    assert done.approved == (edition,)
