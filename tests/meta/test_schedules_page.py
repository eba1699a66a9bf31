"""The page for operators: what it shows is what the program takes and says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands import DAILY
from digest.settings import load_digest
from digest.timetable import describe

PAGE = (Path(__file__).parents[2] / "docs" / "schedules.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n([^`]*)```\n((?:> .*\n)+)", PAGE)
HOLIDAYS = """\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
SUMMARY:New Year
DTSTART;VALUE=DATE:20270101
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(("wish", "said"), EXAMPLES)
def test_every_wish_on_the_page_is_taken_and_means_what_stands_below(
    home: Path, wish: str, said: str
) -> None:
    """Operators copy examples."""
    (home / "config" / "holidays").mkdir()
    (home / "config" / "holidays" / "de.ics").write_text(HOLIDAYS.replace("\n", "\r\n"), encoding="utf-8")
    file = home / "trial.yaml"
    file.write_text(DAILY + wish, encoding="utf-8")

    assert describe(load_digest(file, key="daily", home=home)) == tuple(
        line.removeprefix("> ") for line in said.splitlines()
    )


def test_no_example_is_overlooked() -> None:
    """An example without its meaning below would not be tried."""
    assert len(EXAMPLES) == PAGE.count("```yaml") == 7
