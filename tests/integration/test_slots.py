"""What becomes of slots on a real home: exactly one edition each, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.actions.app import App
from digest.actions.home.instance import adopt, begin_run
from digest.actions.making.build import BuildReport, build
from digest.actions.making.orders import Order
from digest.actions.planning import building
from digest.actions.planning.slots import advance
from digest.bootstrap import open_app
from digest.errors import TemplateError
from digest.model import EditionState, Slot, SlotState
from digest.timetable import SUPERSEDED, TOO_LATE
from slots_cast import DAY, HOUR, MINUTE, SIX, House, daily, open_house

SOON = SIX - 5 * MINUTE
A_DAY = {"mode": "window", "minutes": 1440}  #: of review


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A home with a digest that is due at seven in Berlin, seen an hour before."""
    with open_house(tmp_path / "home", daily("07:00"), now=SIX - HOUR) as opened:
        opened.tick()
        yield opened


def breaks(monkeypatch: pytest.MonkeyPatch, error: BaseException, *digests: str) -> None:
    """Let the building of these digests fail."""

    def fail(app: App, key: str, *, slot: Slot, order: Order) -> BuildReport:
        if key in digests:
            raise error
        return build(app, key, slot=slot, order=order)

    monkeypatch.setattr(building, "build", fail)


def test_a_slot_is_built_once_and_in_time(house: House) -> None:
    """Five minutes before seven the edition is there, for seven; later ticks leave it alone."""
    house.write_article()
    idle = house.tick()
    assert (idle.next_at, idle.built) == (SOON, ())

    done = house.tick(SOON)
    assert [(one.key, one.state) for one in done.built] == [("2026-11-19T07:00", SlotState.BUILT)]
    assert done.next_at == SOON + DAY
    assert house.tick(SIX).built == ()
    with house.app.store.reading() as tx:
        stored = tx.editions.by_slot("daily", "2026-11-19T07:00")
    assert stored is not None
    assert (stored.edition.slot.local, stored.built_at, stored.state) == (SIX, SOON, EditionState.DRAFT)
    assert done.built[0].edition_id == stored.id


def test_the_history_tells_of_a_build(house: House) -> None:
    """Who, when, what came of it, how long it took."""
    house.write_article()
    house.tick(SOON)

    (line,) = house.history()
    assert (line.by, line.event, line.outcome, line.run) == ("schedule", "build", "ok", "r1")
    assert (line.digest, line.slot, line.at) == ("daily", "2026-11-19T07:00", SOON)
    assert line.edition_id == house.records()[0].edition_id
    assert line.seconds is not None
    assert {name: line.counts[name] for name in ("kept", "dropped", "items")} == {
        "kept": 1,
        "dropped": 0,
        "items": 1,
    }
    assert line.counts["bytes"] > 1_000


def test_too_little_for_an_edition_is_a_build_too(house: House) -> None:
    """The slot has its edition, which is skipped; nobody tries again."""
    house.tick(SOON)

    assert house.slots() == [("11-19T07:00", "built", None)]
    assert [line.outcome for line in house.history()] == ["skipped"]


def test_after_an_outage_the_newest_is_built_and_the_others_are_missed(tmp_path: Path) -> None:
    """Six hours down: one mail, one alert, and every slot on record."""
    hours = daily(*[f"{hour:02}:00" for hour in range(24)])
    with open_house(tmp_path / "home", hours, now=SIX + 10 * MINUTE) as house:
        house.tick()
        back = house.tick(SIX + 6 * HOUR + 10 * MINUTE)

        assert house.slots() == [
            *[(f"11-19T{hour:02}:00", "missed", SUPERSEDED) for hour in range(8, 13)],
            ("11-19T13:00", "built", None),
        ]
        assert (len(back.missed), len(back.built)) == (5, 1)
        assert house.editions() == ["11-19T13:00"]
        assert house.told() == ["missed:daily:2026-11-19T12:00"]
        assert [line.event for line in house.history()] == ["missed"] * 5 + ["build"]


def test_an_outage_tells_a_digest_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven was seen coming and the builder died; then nobody was there until noon."""
    house.schedule(daily("07:00", "08:00", "11:00"))
    house.tick()
    with monkeypatch.context() as dying:
        breaks(dying, KeyboardInterrupt(), "daily")  # as a kill, past every except
        with pytest.raises(KeyboardInterrupt):
            house.tick(SOON)
    house.tick(SIX + 5 * HOUR)

    assert [(key, state) for key, state, _ in house.slots()] == [
        ("11-19T07:00", "missed"),
        ("11-19T08:00", "missed"),
        ("11-19T11:00", "built"),
    ]
    assert house.told() == ["missed:daily:2026-11-19T08:00"]
    with house.app.store.reading() as tx:
        ((_, _, alert),) = tx.alerts.list()
    assert alert.title == "daily has missed 2 slots"
    assert alert.text.splitlines()[:2] == [
        f"2026-11-19T07:00: {SUPERSEDED}",
        f"2026-11-19T08:00: {SUPERSEDED}",
    ]


def test_beyond_max_lateness_even_the_newest_is_missed(house: House) -> None:
    """Twelve hours later nobody wants the morning's news."""
    house.tick(SIX + 12 * HOUR + MINUTE)

    assert house.slots() == [("11-19T07:00", "missed", TOO_LATE)]
    assert house.told() == ["missed:daily:2026-11-19T07:00"]


@pytest.mark.parametrize("steps", [(-1, 0, 1), (3, 0, 3, -2, 4)])
def test_a_clock_that_jumps_builds_nothing_twice(house: House, steps: tuple[int, ...]) -> None:
    """An hour back, or three hours forth and back: still one edition."""
    house.tick(SOON)
    for hours in steps:
        house.tick(SIX + hours * HOUR)

    assert house.editions() == ["11-19T07:00"]
    assert house.slots() == [("11-19T07:00", "built", None)]


def test_a_fault_costs_its_slot_only_and_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template of one digest is broken; it is mended twenty minutes later."""
    house.schedule(daily("07:00"), daily("07:00", key="sport"), daily("07:00", key="world"))
    house.tick()
    with monkeypatch.context() as broken:
        breaks(broken, TemplateError("no such tag", where="email/edition.mjml:3"), "daily")
        tried = house.tick(SOON)
        assert [one.digest for one in tried.built] == ["sport", "world"]
        assert [(one.digest, one.note) for one in tried.failed] == [
            ("daily", "email/edition.mjml:3: no such tag")
        ]
        assert tried.next_at == SOON + MINUTE
        assert house.tick(SOON + MINUTE).next_at == SOON + 3 * MINUTE
        assert house.slots() == [("11-19T07:00", "due", "email/edition.mjml:3: no such tag")]

    assert len(house.tick(SOON + 20 * MINUTE).built) == 1
    assert house.slots() == [("11-19T07:00", "built", None)]
    assert house.told() == ["failed:daily:2026-11-19T07:00"]
    lines = [line.outcome for line in house.history() if line.digest == "daily"]
    assert lines == ["failed", "failed", "skipped"]
    assert all(line.seconds is not None for line in house.history())


def test_a_surprise_is_logged_and_the_others_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even what nobody thought of costs one digest only; its words, maybe secrets, stay in the log."""
    house.schedule(daily("07:00"), daily("07:00", key="sport"))
    house.tick()
    breaks(monkeypatch, RuntimeError("s3cr3t"), "daily")
    tried = house.tick(SOON)

    assert [one.digest for one in tried.built] == ["sport"]
    told = "an unexpected RuntimeError: look for build_crashed of run r1 in the log"
    assert [one.note for one in tried.failed] == [told]
    assert house.slots() == [("11-19T07:00", "due", told)]
    assert [line.note for line in house.history() if line.outcome == "failed"] == [told]
    with house.app.store.reading() as tx:
        ((_, _, alert),) = tx.alerts.list()
    assert told in alert.text
    assert "s3cr3t" not in alert.text
    logged = capsys.readouterr().err
    assert "build_crashed" in logged
    assert "s3cr3t" in logged
    assert "raise error" in logged


def test_a_fault_that_stays_ends_as_missed_aloud(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody mended it in twelve hours: people are told, with the last fault."""
    breaks(monkeypatch, TemplateError("no such tag"), "daily")
    house.tick(SOON)
    house.tick(SIX + 12 * HOUR)
    house.tick(SIX + 12 * HOUR + 2 * MINUTE)

    assert house.slots() == [("11-19T07:00", "missed", f"{TOO_LATE}; no such tag")]
    assert house.told() == ["failed:daily:2026-11-19T07:00", "missed:daily:2026-11-19T07:00"]


def test_a_builder_that_died_is_followed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle, it leaves its claim; after the lease another one builds."""
    with monkeypatch.context() as dying:
        breaks(dying, KeyboardInterrupt(), "daily")  # as a kill, past every except
        with pytest.raises(KeyboardInterrupt):
            house.tick(SOON)

    assert house.tick(SOON + MINUTE, worker="w2").built == ()
    assert len(house.tick(SOON + building.LEASE, worker="w2").built) == 1
    assert house.editions() == ["11-19T07:00"]


def test_a_builder_that_was_overtaken_stores_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """It slept for an hour, and meanwhile the slot was declared missed: no edition comes after all."""

    def sleepy(app: App, key: str, *, slot: Slot, order: Order) -> BuildReport:
        assert order.claimed is not None
        with app.store.writing() as tx:
            assert tx.slots.end(
                order.claimed, SlotState.MISSED, note="too late", now=SIX + HOUR, shared=SIX + HOUR
            )
        return build(app, key, slot=slot, order=order)

    monkeypatch.setattr(building, "build", sleepy)
    tried = house.tick(SOON)

    assert (tried.built, tried.failed) == ((), ())
    assert house.editions() == []
    assert house.slots() == [("11-19T07:00", "missed", "too late")]
    assert house.history() == []


def test_an_edition_that_is_there_already_counts(house: House) -> None:
    """Built by hand or by somebody who could not say so any more: the slot finds it."""
    house.now = SIX - 30 * MINUTE
    by_hand = build(house.app, "daily", at=SIX)
    assert house.slots() == [("11-19T07:00", "built", None)]

    assert house.tick(SOON).built == ()
    assert house.records()[0].edition_id == by_hand.edition_id
    assert house.editions() == ["11-19T07:00"]


def test_an_edition_from_before_the_schedule_is_found(house: House) -> None:
    """The minute was nobody's slot when it was built; then the operator wrote it into the file."""
    house.schedule(daily())
    house.tick()
    built = build(house.app, "daily", at=SIX)
    house.schedule(daily("07:00"))
    house.tick(SIX - 30 * MINUTE)
    done = house.tick(SOON)

    assert [one.edition_id for one in done.built] == [built.edition_id]
    assert house.editions() == ["11-19T07:00"]
    assert house.history()[-1].note == "it had its edition already"
    assert house.history()[-1].seconds is not None


def test_an_edition_for_a_missed_slot_can_still_be_built_by_hand(house: House) -> None:
    """The operator decides that it shall come out all the same; the slot was missed for all that."""
    house.tick(SIX + 13 * HOUR)
    build(house.app, "daily", at=SIX)

    assert house.slots() == [("11-19T07:00", "missed", "it was not built in time, and now it is too late")]
    assert house.editions() == ["11-19T07:00"]


def test_a_slot_with_a_name_is_built_by_hand_too(house: House) -> None:
    """The minute decides, whatever the slot is called."""
    house.schedule(daily(schedule=[{"at": "07:00", "name": "early"}]))
    house.tick()
    report = build(house.app, "daily", at=SIX + timedelta(seconds=30))

    assert report.edition.slot.key == "2026-11-19T07:00#early"
    assert house.slots() == [("11-19T07:00#early", "built", None)]


def test_a_blackout_is_off_with_its_reason(house: House) -> None:
    """An operator who wonders reads it in the history."""
    house.schedule(daily("07:00", blackouts={"dates": ["2026-11-19"]}))
    coming = house.tick(SOON)
    assert (coming.next_at, house.slots(), house.history()) == (SIX, [], [])

    done = house.tick(SIX)
    assert house.slots() == [("11-19T07:00", "off", "2026-11-19 (blackouts.dates)")]
    assert [one.key for one in done.off] == ["2026-11-19T07:00"]
    assert [(line.event, line.at, line.note) for line in house.history()] == [
        ("off", SIX, "2026-11-19 (blackouts.dates)")
    ]
    assert house.told() == []
    assert house.tick(SIX + HOUR).off == ()


def test_a_blackout_that_is_taken_back_in_time_does_not_count(house: House) -> None:
    """The slot was near a day before, for its review; the operator thinks again an hour later."""
    house.schedule(daily("07:00", review=A_DAY, blackouts={"dates": ["2026-11-20"]}))
    house.tick(SIX + MINUTE)
    house.schedule(daily("07:00", review=A_DAY))
    house.tick(SIX + HOUR)

    assert "11-20T07:00" in house.editions()


def test_a_blackout_that_comes_late_counts_for_what_is_not_built(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template is broken since yesterday; meanwhile the day was taken out."""
    house.schedule(daily("07:00", review=A_DAY))
    with monkeypatch.context() as broken:
        breaks(broken, TemplateError("no such tag"), "daily")
        house.tick(SIX + MINUTE)
    house.schedule(daily("07:00", review=A_DAY, blackouts={"dates": ["2026-11-20"]}))
    house.tick(SIX + 5 * MINUTE)
    house.tick(SIX + DAY)

    assert "11-20T07:00" not in house.editions()
    assert ("11-20T07:00", "off", "2026-11-20 (blackouts.dates)") in house.slots()


def test_slots_behind_a_blackout_come_once(house: House) -> None:
    """The next morning is near before the evening that is blacked out is past."""
    rules = daily("07:00", "23:00", review=A_DAY, blackouts={"dates": ["2026-11-20"]})
    house.schedule(rules)
    house.tick(SIX + 2 * HOUR)
    for hours in range(3, 50):
        house.tick(SIX + hours * HOUR)

    assert [(key, state) for key, state, _ in house.slots()] == [
        ("11-19T07:00", "built"),
        ("11-19T23:00", "built"),
        ("11-20T07:00", "off"),
        ("11-20T23:00", "off"),
        ("11-21T07:00", "built"),
        ("11-21T23:00", "built"),
        ("11-22T07:00", "built"),
    ]
    events = [line.event for line in house.history() if line.slot]
    assert (events.count("build"), events.count("off")) == (5, 2)


def test_a_changed_schedule_keeps_what_was_promised(house: House) -> None:
    """While nothing ran, the file was changed: seven was promised, half past six was not."""
    house.schedule(daily("06:30", "08:30"))
    house.tick(SIX + HOUR)

    assert house.slots() == [("11-19T07:00", "built", None)]
    house.tick(SIX + 85 * MINUTE)
    assert house.editions() == ["11-19T07:00", "11-19T08:30"]


def test_a_slot_that_was_moved_in_the_last_minute_comes_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen coming at five to seven and not built yet; then the operator makes it five past seven."""
    with monkeypatch.context() as broken:
        breaks(broken, TemplateError("no such tag"), "daily")
        house.tick(SOON)
    house.schedule(daily("07:05"))
    house.tick(SOON + 2 * MINUTE)
    house.tick(SIX)

    assert house.slots() == [("11-19T07:05", "built", None)]


def test_a_digest_without_a_file_rests(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its record stays; when the file comes back it begins anew."""
    with monkeypatch.context() as broken:
        breaks(broken, TemplateError("no such tag"), "daily")
        house.tick(SIX)
    house.schedule()
    gone = house.tick(SIX + MINUTE)
    assert gone.next_at is None
    assert house.slots() == [("11-19T07:00", "off", "the digest's file is gone; no such tag")]

    house.schedule(daily("07:00", "10:00"))
    back = house.tick(SIX + 2 * DAY + HOUR)
    assert (back.built, back.missed) == ((), ())
    assert back.next_at == SIX + 2 * DAY + 3 * HOUR - 5 * MINUTE


def test_a_copied_home_does_nothing_by_itself(house: House) -> None:
    """A restored backup waits for somebody's word, who is told once; then it catches up."""
    begin_run(house.app)
    file = house.app.home.instance
    before = file.read_bytes()
    begin_run(house.app)
    file.write_bytes(before)  # the home is older than the database by one run
    refused = house.tick(SIX)
    house.tick(SIX + MINUTE)

    assert refused.refused
    assert house.slots() == []
    assert house.told() == ["refused:2026-11-19"]

    adopt(house.app, "olu", live=True)
    assert len(house.tick(SIX + 2 * MINUTE).built) == 1


def test_a_restored_database_holds_what_may_have_gone_out(house: House) -> None:
    """The slot was built and sent after the backup was made; nobody gets it twice unnoticed."""
    house.write_article()
    begin_run(house.app)
    file = house.app.home.instance
    before = file.read_bytes()
    begin_run(house.app)
    file.write_bytes(before)
    house.now = SIX + HOUR
    adopt(house.app, "olu")
    house.tick()

    with house.app.store.reading() as tx:
        (stored,) = tx.editions.list("daily")
    assert stored.state is EditionState.HELD
    assert [line.outcome for line in house.history() if line.event == "build"] == ["held"]


def test_a_scheduler_with_old_settings_goes_by_the_record(house: House) -> None:
    """The other one has read the new files already; this one will in a moment."""
    with open_app(house.app.home.root, clock=lambda: newer.now) as app:
        newer = House(app=app, now=SIX)
        newer.schedule(daily("08:00"), daily("08:00", key="sport"))
        newer.tick()
    tried = house.tick(SIX + 55 * MINUTE)

    assert [(one.digest, one.key) for one in tried.built] == [("daily", "2026-11-19T08:00")]
    assert tried.failed == ()
    assert house.slots() == [("11-19T07:00", "built", None), ("11-19T08:00", "built", None)]
    assert house.slots("sport") == [("11-19T08:00", "due", None)]


def test_a_tick_for_one_digest_leaves_the_slots_of_others_alone(house: House) -> None:
    """A hand that tries one digest at a moment ahead gives up no slot of another one."""
    house.schedule(daily("07:00"), daily("07:00", key="sport"))
    house.tick()
    house.now = SIX + 3 * DAY
    done = advance(house.app, worker="hand", only="sport")

    assert {one.digest for one in (*done.missed, *done.built)} == {"sport"}
    assert house.slots() == []
    assert [state for _, state, _ in house.slots("sport")] == ["missed"] * 3 + ["built"]


def test_rules_of_a_newer_program_are_left_to_it(house: House) -> None:
    """It runs beside this one for the days of an update; the digest must not come to rest for both."""
    with house.app.store.writing() as tx:
        (known,) = tx.schedules.take(["daily"])
        newer = replace(known, rules={**known.rules, "phase_of_moon": "full"}, next_at=SOON)
        tx.schedules.put([newer])
    ticked = house.tick(SOON)
    house.tick(SOON + MINUTE)

    with house.app.store.reading() as tx:
        assert tx.schedules.get("daily") == newer
        ((_, _, alert),) = tx.alerts.list()
    assert alert.key == "rules:daily:2026-11-19"
    assert house.slots() == []
    assert ticked.next_at == SOON + timedelta(seconds=1)
