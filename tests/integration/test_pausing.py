"""Digests that rest and slots that are left out, on a real home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from digest.actions.app import App
from digest.actions.making.build import BuildReport, build
from digest.actions.planning import building
from digest.actions.planning.slots import pause, resume, skip, unskip
from digest.errors import NotFound, Refused, TemplateError
from digest.model import Slot
from slots_cast import DAY, HOUR, MINUTE, SIX, House, daily, open_house

SOON = SIX - 5 * MINUTE
SEVEN = "2026-11-19T07:00"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A home with a digest that is due at seven and at nine in Berlin, seen an hour before."""
    with open_house(tmp_path / "home", daily("07:00", "09:00"), now=SIX - HOUR) as opened:
        opened.tick()
        yield opened


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """No edition can be built."""

    def fail(*_given: object, **_more: object) -> BuildReport:
        raise TemplateError("no such tag")

    monkeypatch.setattr(building, "build", fail)


def test_a_paused_digest_records_its_slots_as_off(house: House) -> None:
    """Whoever asks later why there was no mail finds who wanted that."""
    assert pause(house.app, "daily", by="olu", note="strike")
    assert not pause(house.app, "daily", by="ada")
    house.tick(SOON)
    assert house.slots() == []

    done = house.tick(SIX)
    assert [one.key for one in done.off] == [SEVEN]
    assert house.slots() == [("11-19T07:00", "off", "paused by olu: strike")]
    assert [(line.by, line.event, line.note) for line in house.history()] == [
        ("olu", "pause", "strike"),
        ("schedule", "off", "paused by olu: strike"),
    ]
    assert house.told() == []


def test_resuming_never_fires_for_the_past(house: House) -> None:
    """Not even when no scheduler ran during the pause."""
    pause(house.app, "daily", by="olu")
    house.now = SIX + HOUR
    assert resume(house.app, "daily", by="ada", note="over")
    assert not resume(house.app, "daily", by="ada")
    house.tick()

    assert house.slots() == [("11-19T07:00", "off", "paused by olu")]
    house.tick(SIX + 2 * HOUR)
    assert house.editions() == ["11-19T09:00"]
    assert [line.event for line in house.history()] == ["pause", "off", "resume", "build"]


def test_who_resumes_in_time_gets_the_slot(house: House) -> None:
    """Paused by mistake at three minutes to seven and resumed two minutes later."""
    house.now = SIX - 3 * MINUTE
    pause(house.app, "daily", by="olu")
    house.tick(SIX - 2 * MINUTE)
    house.now = SIX - MINUTE
    resume(house.app, "daily", by="olu")

    assert len(house.tick().built) == 1
    assert house.editions() == ["11-19T07:00"]


@pytest.mark.usefixtures("broken")
def test_a_pause_ends_what_waits_for_another_try(house: House) -> None:
    """Past or coming: nothing of a paused digest is built any more."""
    house.tick(SOON)
    house.tick(SIX)
    house.now = SIX + MINUTE
    pause(house.app, "daily", by="olu")

    assert house.slots() == [("11-19T07:00", "off", "paused by olu")]


@pytest.mark.usefixtures("broken")
def test_a_pause_takes_a_slot_back_that_was_seen_coming(house: House) -> None:
    """It is recorded when it is past, like those that nobody had seen."""
    house.tick(SOON)
    pause(house.app, "daily", by="olu")
    assert house.slots() == []

    house.tick(SIX)
    assert house.slots() == [("11-19T07:00", "off", "paused by olu")]


@pytest.mark.parametrize("now", [SOON, SIX + MINUTE], ids=["before it is due", "after"])
@pytest.mark.parametrize("end", [None, TemplateError("no such tag"), KeyboardInterrupt()], ids=repr)
def test_a_pause_is_stronger_than_a_build_under_way(
    house: House, monkeypatch: pytest.MonkeyPatch, now: datetime, end: BaseException | None
) -> None:
    """However the build ends: there is no edition, now or later, and nobody is paged."""

    def pausing(app: App, key: str, **more: Any) -> BuildReport:  # noqa: ANN401  # why: of a build
        assert pause(app, key, by="olu")
        if end is not None:
            raise end
        return build(app, key, **more)

    with monkeypatch.context() as while_building:
        while_building.setattr(building, "build", pausing)
        with suppress(KeyboardInterrupt):
            house.tick(now)
    house.tick(SIX + 30 * MINUTE, worker="w2")
    house.now = SIX + 40 * MINUTE
    resume(house.app, "daily", by="olu")
    house.tick(SIX + HOUR)

    assert house.slots() == [("11-19T07:00", "off", "paused by olu")]
    assert (house.editions(), house.told()) == ([], [])
    assert [line.event for line in house.history()] == (
        ["pause", "off", "resume"] if now == SOON else ["off", "pause", "resume"]
    )


def test_a_digest_that_no_scheduler_has_seen_can_be_paused(house: House) -> None:
    """The operator prepares before starting the service."""
    house.schedule(daily("07:00"), daily("07:00", key="sport"))
    pause(house.app, "sport", by="olu")
    house.tick(SOON)
    house.tick(SIX)

    assert house.slots("sport") == [("11-19T07:00", "off", "paused by olu")]
    assert not resume(house.app, "daily", by="olu")


def test_a_pause_outlives_the_file(house: House) -> None:
    """The file was moved away and came back: nobody said that the digest may come out."""
    pause(house.app, "daily", by="olu")
    house.schedule()
    house.tick()
    house.schedule(daily("07:00"))
    house.tick()
    house.tick(SIX)

    assert house.slots() == [("11-19T07:00", "off", "paused by olu")]


def test_one_slot_can_be_skipped(house: House) -> None:
    """The others come; skipping twice is once."""
    assert skip(house.app, "daily", SEVEN, by="olu", note="election day")
    assert not skip(house.app, "daily", SEVEN, by="ada")
    house.tick(SIX)
    house.tick(SIX + 2 * HOUR)

    assert house.slots() == [
        ("11-19T07:00", "off", "skipped by olu: election day"),
        ("11-19T09:00", "built", None),
    ]
    assert [(line.by, line.event, line.slot) for line in house.history()] == [
        ("olu", "skip", SEVEN),
        ("schedule", "build", "2026-11-19T09:00"),
    ]


def test_a_skipped_slot_can_take_place_after_all(house: House) -> None:
    """Somebody thinks again, in good time."""
    skip(house.app, "daily", SEVEN, by="olu")
    assert unskip(house.app, "daily", SEVEN, by="ada")
    assert not unskip(house.app, "daily", SEVEN, by="ada")

    assert len(house.tick(SOON).built) == 1
    assert [line.event for line in house.history()] == ["skip", "unskip", "build"]


@pytest.mark.usefixtures("broken")
def test_a_slot_that_waits_for_another_try_can_be_skipped_and_brought_back(house: House) -> None:
    """It was seen coming already, so it will not be seen coming again."""
    house.tick(SOON)
    assert skip(house.app, "daily", SEVEN, by="olu")
    assert house.tick(SOON + MINUTE).failed == ()
    assert unskip(house.app, "daily", SEVEN, by="olu")

    assert len(house.tick(SOON + 2 * MINUTE).failed) == 1


@pytest.mark.parametrize("key", ["2026-11-19T07:30", "2026-11-19T05:00", "tomorrow", "9999-12-31T23:59"])
def test_only_a_coming_slot_can_be_skipped(house: House, key: str) -> None:
    """A slip of the pen shows what could have been meant."""
    with pytest.raises(Refused, match="is to come") as told:
        skip(house.app, "daily", key, by="olu")

    assert told.value.hint == f"the next: {SEVEN}, 2026-11-19T09:00, 2026-11-20T07:00"


def test_what_is_built_is_held_and_not_skipped(house: House) -> None:
    """The edition is there and would go out."""
    house.tick(SOON)
    with pytest.raises(Refused, match="has edition 1") as told:
        skip(house.app, "daily", SEVEN, by="olu")

    assert told.value.hint == "`digest editions hold 1` keeps it from going out"


def test_what_is_being_built_is_not_skipped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its builder would not hear of it."""

    def skipping(app: App, key: str, *, slot: Slot, **_more: object) -> BuildReport:
        with pytest.raises(Refused, match="is being built"):
            skip(app, key, slot.key, by="olu")
        raise TemplateError("no such tag")

    monkeypatch.setattr(building, "build", skipping)

    assert len(house.tick(SOON).failed) == 1


def test_a_blackout_needs_no_skip(house: House) -> None:
    """And nobody can bring it back this way: the file says what is off."""
    house.schedule(daily("07:00", blackouts={"dates": ["2026-11-20"]}))
    house.tick()
    for wish in (skip, unskip):
        with pytest.raises(Refused, match="does not take place anyway: 2026-11-20"):
            wish(house.app, "daily", "2026-11-20T07:00", by="olu")


@pytest.mark.parametrize("wish", [pause, resume])
def test_nobody_pauses_what_is_not_there(house: House, wish: object) -> None:
    """A slip of the pen must not look like a pause."""
    assert callable(wish)
    with pytest.raises(NotFound):
        wish(house.app, "dayly", by="olu")


def test_a_skip_in_the_far_future_is_kept(house: House) -> None:
    """The summer break is planned in spring."""
    key = "2027-07-19T07:00"
    assert skip(house.app, "daily", key, by="olu")
    house.tick(SIX + DAY)

    assert (key[5:], "off", "skipped by olu") in house.slots()


def test_a_slot_that_a_wrong_clock_gave_up_can_be_brought_back(house: House) -> None:
    """A machine was three days ahead; tomorrow's slots are still to come."""
    house.tick(SIX + 3 * DAY)
    house.now = SIX + HOUR
    assert ("11-20T07:00", "missed") in [(key, state) for key, state, _ in house.slots()]

    assert unskip(house.app, "daily", "2026-11-20T07:00", by="olu")
    house.tick(SIX + DAY - 5 * MINUTE)
    assert "11-20T07:00" in house.editions()
