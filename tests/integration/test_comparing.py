"""Two files are compared over the last days, in a thread that can be stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import DAILY, furnish
from digest.actions.app import App
from digest.actions.making.comparing import Comparison, Comparisons
from digest.bootstrap import open_app
from digest.errors import NotFound, Refused, SettingsError
from store_cast import content

NOW = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
RULES = DAILY + "schedule: [{at: 07:00}]\n"
LESS = RULES.replace("at_most: 20, at_least: 2", "at_most: 2, at_least: 2")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation with three articles a day for four days."""
    home = furnish(tmp_path / "home")
    (home / "config" / "digests" / "daily.yaml").write_text(RULES, "utf-8")
    with open_app(home, clock=lambda: NOW) as opened:
        with opened.store.writing() as tx:
            for number in range(12):
                at = NOW - timedelta(days=number // 3 + 1, hours=number % 3 + 6)
                tag = "science" if number % 3 else "world"
                words = f"pier{number} ferry{number} opened{number}"
                tx.articles.put([content(number, tag, published=at, words=words)], at)
        yield opened


@pytest.fixture
def known() -> Iterator[Comparisons]:
    """The comparisons of a process; nothing runs on after the test."""
    made = Comparisons()
    yield made
    made.close()


def ended(known: Comparisons, found: Comparison) -> Comparison:
    """Wait until its thread has ended."""
    for thread in known._threads:
        thread.join()
    return found


def test_what_comes_in_and_goes_out_is_told_slot_by_slot(app: App, known: Comparisons) -> None:
    """With room for two instead of three, one article less goes out."""
    found = ended(known, known.begin(app, "daily", LESS, days=3, by="olu"))

    assert (found.state, found.problem) == ("done", None)
    assert len(found.rows) == 3
    row = found.rows[-1]
    assert row.before is not None
    assert row.after is not None
    assert (len(row.before.items), len(row.after.items)) == (3, 2)
    assert len(row.goes_out) == 1
    assert row.comes_in == ()
    with app.store.reading() as tx:
        assert tx.editions.list() == ()


def test_a_file_alone_is_rehearsed(app: App, known: Comparisons) -> None:
    """Both sides are the same then."""
    found = ended(known, known.begin(app, "daily", RULES, days=2, by="olu"))

    assert [(row.comes_in, row.goes_out) for row in found.rows] == [((), ()), ((), ())]


def test_one_runs_at_a_time_and_can_be_stopped(app: App, known: Comparisons) -> None:
    """The machine sends mail, too."""
    first = known.begin(app, "daily", LESS, days=31, by="olu")
    first.stop.set()
    try:
        known.begin(app, "daily", LESS, days=1, by="ada")
    except Refused as error:
        assert "is running" in error.message  # noqa: PT017  # why: it may have ended by now
    ended(known, first)

    assert first.state in {"stopped", "done"}
    assert known.get("daily", first.name) is first
    with pytest.raises(NotFound, match="gone"):
        known.get("weekly", first.name)


def test_what_cannot_be_compared_is_refused_before_it_begins(app: App, known: Comparisons) -> None:
    """Faults, too many days, and nothing to rehearse."""
    with pytest.raises(SettingsError, match="window"):
        known.begin(app, "daily", RULES.replace("24h", "25 o'clock"), days=3, by="olu")
    with pytest.raises(Refused, match="32 days"):
        known.begin(app, "daily", LESS, days=32, by="olu")
    (app.home.config / "digests" / "daily.yaml").write_text(DAILY, "utf-8")
    with pytest.raises(Refused, match="without a schedule"):
        known.begin(app, "daily", DAILY + "# x\n", days=3, by="olu")
