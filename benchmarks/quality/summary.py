"""ROUGE-2: how much of a person's highlights summaries hold, beside the first sentences of each article."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rouge import f1
from rows import Row, own_articles, records

from digest.summarise import split, summaries

FLOOR = (0.3, 0.3, 0.3)
GOAL = (2.4, 1.3, 0.8)
MS = 8.0  #: of processor, an article
OWN_FLOOR = (
    -1.0,
    -1.0,
    -1.0,
)  #: our articles begin with their news, so that nothing beats their first sentences


def measure(data: Path) -> list[Row]:
    """Compare 1, 2 and 3 sentences on 500 news articles; the pairs' weights were fitted on the same ones."""
    rows = _compare(list(records(data / "summaries" / "cnn_validation.jsonl.gz")), FLOOR, GOAL)
    return [replace(row, floor=MS, goal=MS) if row.what.endswith("ms an article") else row for row in rows]


def measure_own(own: Path) -> list[Row]:
    """Compare on a dozen articles of our own: far too few to tell more than whether something broke."""
    return _compare(own_articles(own), OWN_FLOOR, (None, None, None))


def _compare(
    articles: Sequence[dict[str, str]], floors: Sequence[float], goals: Sequence[float | None]
) -> list[Row]:
    begun = time.process_time()
    told = [summaries(each["article"], title="", language="en") for each in articles]
    per_article_ms = (time.process_time() - begun) / len(articles) * 1000
    rows = []
    for count in (1, 2, 3):
        ours = _mean([(short[count - 1].text, each) for short, each in zip(told, articles, strict=True)])
        lead = _mean([(first_sentences(each["article"], count), each) for each in articles])
        rows += [
            Row(what=f"ROUGE-2 of the first {count}", measured=lead, digits=1),
            Row(
                what=f"  gain of {count} sentence{'s' * (count > 1)}",
                measured=ours - lead,
                floor=floors[count - 1],
                goal=goals[count - 1],
                digits=1,
            ),
        ]
    what = "summaries of 1, 2 and 3 sentences together, ms an article"
    return [*rows, Row(what=what, measured=per_article_ms, least=False, digits=1)]


def first_sentences(text: str, count: int) -> str:
    """Return the first sentences of a text as one paragraph."""
    return " ".join(text[span.start : span.end] for span in split(text, "en")[:count])


def _mean(pairs: list[tuple[str, dict[str, str]]]) -> float:
    return 100 * sum(f1(shown, each["highlights"], size=2) for shown, each in pairs) / len(pairs)
