"""Stories: look-alike events of one topic, mixed with unrelated news."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from grouping import an_article, b_cubed, f1, pairs
from rows import Row, records

from digest.group import find_stories
from digest.model import Article

SINGLETONS = 500
_SEED = 5


def measure(data: Path) -> list[Row]:
    """Group the events of all topics, ten topics at a time, each time among 500 other articles."""
    events = list(records(data / "stories" / "ecb_1_35.jsonl.gz"))
    others = list(records(data / "sections" / "bbc_half.jsonl.gz"))
    topics = sorted({event["topic"] for event in events})
    random.Random(_SEED).shuffle(topics)
    scores = []
    for at in range(0, len(topics) - 9, 10):
        chosen = set(topics[at : at + 10])
        told = [event for event in events if event["topic"] in chosen]
        scores.append(score(told, random.Random(at).sample(others, SINGLETONS)))
    means = [sum(each) / len(scores) for each in zip(*scores, strict=True)]
    return _rows(means, SINGLETONS)


def measure_own(own: Path) -> list[Row]:
    """Group eight events, each like another in kind or place, among the articles that stand alone."""
    others = list(records(own / "articles.jsonl"))
    return _rows(score(list(records(own / "stories.jsonl")), others), len(others))


def _rows(means: Sequence[float], singletons: int) -> list[Row]:
    return [
        Row(what=f"stories among {singletons} singletons: pairs, precision", measured=means[0]),
        Row(what="  recall", measured=means[1]),
        Row(what="  F", measured=means[2], floor=0.84, goal=0.90),
        Row(what="  B-cubed F", measured=means[3], floor=0.92, goal=0.94),
    ]


def score(told: list[dict[str, str]], others: list[dict[str, str]]) -> tuple[float, float, float, float]:
    """Return precision, recall and F of pairs, and F of B-cubed."""
    articles: list[Article] = []
    true: dict[int, str] = {}
    for record in (*told, *others):
        number = len(articles) + 1
        articles.append(an_article(number, record["text"], record.get("title", "")))
        true[number] = record.get("story", f"alone {number}")
    random.Random(_SEED).shuffle(articles)
    found = {member: story.lead for story in find_stories(articles) for member in story.members}
    precision, recall = pairs(found, true)
    return precision, recall, f1(precision, recall), f1(*b_cubed(found, true))
