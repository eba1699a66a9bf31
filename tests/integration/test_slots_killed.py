"""Several schedulers that are killed all the time, across changes of clocks: one edition a slot."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import furnish
from digest.actions.app import App
from digest.actions.planning.slots import advance
from digest.bootstrap import open_app
from digest.model import SlotState
from digest.timetable import planned
from ticking import Schedulers, SharedClock

STEP = timedelta(minutes=20)  #: of the clock, ten times a second
HOUR = timedelta(hours=1)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # processes begin slowly on a busy machine

DIGEST = """\
title: Daily
zone: {zone}
from: brief@news.example.org
schedule: [{{at: "{at}"}}]
sections: [{{title: World, tags: [world]}}]
"""
# All change clocks on 29 March and 25 October 2026; these minutes are skipped then, and come twice.
DIGESTS = {
    "berlin": ("Europe/Berlin", "02:30"),
    "london": ("Europe/London", "01:30"),
    "utc": ("UTC", "12:00"),
}
SPRING, AUTUMN = datetime(2026, 3, 28, 6, 0, tzinfo=UTC), datetime(2026, 10, 24, 6, 0, tzinfo=UTC)


def home_of(root: Path, database: str | None = None) -> Path:
    """Make a home with a digest for each of these zones."""
    furnish(root)
    system = root / "config" / "digest.yaml"
    text = system.read_text(encoding="utf-8") + "delivery: {max_lateness: 3d}\n"
    if database is not None:
        text = text.replace("sqlite:///var/digest.db", database)
    system.write_text(text, encoding="utf-8")
    (root / "config" / "digests" / "daily.yaml").unlink()
    for key, (zone, at) in DIGESTS.items():
        file = root / "config" / "digests" / f"{key}.yaml"
        file.write_text(DIGEST.format(zone=zone, at=at), encoding="utf-8")
    return root


def check(root: Path, start: datetime, days: int) -> None:
    """Let schedulers be killed for some days; then hold the record against the plan."""
    clock = SharedClock(file=root / "clock")
    clock.turn(start)
    with open_app(root, clock=clock.now) as app:
        advance(app, worker="first")

        def is_done(now: datetime) -> bool:
            """Tell whether nothing is open at nine in the evening: a day's outage is another test's."""
            if now.hour != 21:
                return True
            with app.store.reading() as tx:
                slots = tx.slots.list(since=start, until=now)
            built = {(one.digest, one.key) for one in slots if one.state is SlotState.BUILT}
            return built >= {(key, slot) for key in DIGESTS for slot in plan(app, key, start, now)}

        schedulers = Schedulers(root=root, clock=clock, chance=random.Random(7))  # noqa: S311  (of victims)
        schedulers.run(start + timedelta(days=days), step=STEP, is_done=is_done)
        end = clock.now() + 4 * HOUR  # those ahead have been there
        clock.turn(end)
        advance(app, worker="last")
        for key in DIGESTS:
            wanted = plan(app, key, start, end)
            with app.store.reading() as tx:
                slots = tx.slots.list(since=start, until=end, digest=key)
                editions = [one.edition.slot.key for one in tx.editions.list(key)]
                lines = [line.slot for line in tx.history.list(digest=key) if line.event == "build"]

            assert [(one.key, one.state) for one in slots] == [(slot, SlotState.BUILT) for slot in wanted]
            assert sorted(editions) == wanted
            assert Counter(lines) == Counter(wanted)
    assert schedulers.kills >= 3 + days * 24 * 3 / 10 / 4


def plan(app: App, key: str, start: datetime, end: datetime) -> list[str]:
    """Return the keys of a digest's slots."""
    return [one.slot.key for one in planned(app.digest(key), start, end)]


@pytest.mark.parametrize("start", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_killed_schedulers_build_one_edition_a_slot(tmp_path: Path, start: datetime) -> None:
    """Three on one file, one killed every two seconds; clocks of some go an hour back or three forth."""
    check(home_of(tmp_path / "home"), start, days=2)


def test_killed_schedulers_on_a_server_build_one_edition_a_slot(tmp_path: Path, postgres_tables: str) -> None:
    """On PostgreSQL writers do not wait for each other."""
    check(home_of(tmp_path / "home", postgres_tables), AUTUMN, days=2)
