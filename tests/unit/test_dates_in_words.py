"""Dates in words of languages beyond the seven, and with hours as the French write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.collect.dates import find_date, read_date


@pytest.mark.parametrize(
    "written",
    [
        *(
            "12 марта 2026",
            "12 березня 2026",
            "12 marca 2026",
            "12 مارس 2026",
            "١٢ مارس ٢٠٢٦",
            "12 במרץ 2026",
        ),
        *("2026年3月12日", "2026 年 3 月 12 日", "2026년 3월 12일", "2026年3月12日（木）", "12 mars 2026"),
    ],
)
def test_a_day_in_words_is_read(written: str) -> None:
    """Pages of these languages have their day in no other form, and what has no day is dated by its fetch."""
    assert read_date(written) == datetime(2026, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "12 mars 2026 à 14 h 30",
        "12 mars 2026, 14h30",
        "2026年3月12日 14:30",
        "2026年3月12日14時30分",
        "2026년 3월 12일 14시 30분",
    ],
)
def test_the_hour_is_read_with_its_day(written: str) -> None:
    """In French the h stands apart as a rule."""
    assert read_date(written) == datetime(2026, 3, 12, 14, 30, tzinfo=UTC)


def test_an_italian_first_of_the_month_is_read() -> None:
    """It has a degree sign where Spanish has an ordinal one."""
    assert read_date("giovedì 1° agosto 2026") == datetime(2026, 8, 1, tzinfo=UTC)


def test_a_day_is_found_among_other_words() -> None:
    """'Published:' stands before it and the year's short word after it."""
    assert find_date("Опубликовано: 12 марта 2026 г.") == datetime(2026, 3, 12, tzinfo=UTC)
    assert find_date("发布时间：2026年3月12日 来源") == datetime(2026, 3, 12, tzinfo=UTC)


def test_a_month_that_is_none_is_no_date() -> None:
    """The thirteenth month, and a word that only looks like one."""
    assert read_date("2026年13月12日") is None
    assert read_date("12 мартини 2026") is None


@pytest.mark.parametrize("written", ["Tue Nov 19 2019 03:05:46 GMT+0000", "19 November 2019, 3:05:46"])
def test_seconds_are_read_where_they_are_written(written: str) -> None:
    """Two pages that came within a minute keep their order."""
    assert read_date(written) == datetime(2019, 11, 19, 3, 5, 46, tzinfo=UTC)
