"""Lines of authors below a headline, in more languages and with a day right behind the name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.collect.credits import read_credit


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Von Anna Muster 12. März 2026", "Anna Muster"),
        ("Par Anne Modèle 12 mars 2026", "Anne Modèle"),
        ("Di Anna Modello 12 marzo 2026", "Anna Modello"),
        ("Автор: Анна Иванова 12 марта 2026", "Анна Иванова"),
        ("作者：张小明 2026年3月12日", "张小明"),
        ("文：山田花子 2026年3月12日", "山田花子"),
        ("מאת: דנה כהן 12 במרץ 2026", "דנה כהן"),
        ("بقلم: أحمد علي 12 مارس 2026", "أحمد علي"),
    ],
)
def test_a_line_tells_who_wrote_and_when(line: str, byline: str) -> None:
    """Left in the text, it would begin the article and its summary."""
    credit = read_credit(line)

    assert credit is not None
    assert (credit.byline, credit.published) == (byline, datetime(2026, 3, 12, tzinfo=UTC))


def test_the_hour_may_stand_behind_the_day() -> None:
    """Italian pages say 'ore' before it."""
    credit = read_credit("Di Anna Modello, 12 marzo 2026, ore 14:30")

    assert credit is not None
    assert credit.published == datetime(2026, 3, 12, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("line", ["Von 2010 bis 2012 war sie in Berlin", "Автор: книги не нашёл ответа"])
def test_a_sentence_that_begins_so_is_no_credit(line: str) -> None:
    """'From 2010', and a word in small letters where a name would stand."""
    assert read_credit(line) is None
