"""Sections: the share of articles that go where their newsroom had them.

By the shipped words alone, and with 20 and 100 labelled articles a section: five draws each by fixed
seeds, the mean. What is labelled is never judged; articles that share a title with another are left out.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from rows import Row, records

from digest.classify import Choices, Record, choices_of, choose

_DRAWS = 5
Labelled = tuple[str, Record]  #: the section, and the record without it


def articles_of(path: Path) -> list[Labelled]:
    """Read labelled articles; of one title only the first counts."""
    found: dict[str, Labelled] = {}
    for one in records(path):
        record = Record(title=one["title"], text=one["text"], language=one.get("language"))
        found.setdefault(one["title"].casefold(), (one["section"], record))
    return list(found.values())


def accuracy(judged: Sequence[Labelled], choices: Choices) -> float:
    """Return the share of records that go where they belong; those that go nowhere are wrong."""
    return statistics.mean(choose(record, choices).section == section for section, record in judged)


def draws(articles: Sequence[Labelled], each: int) -> Iterator[tuple[Choices, list[Labelled]]]:
    """Part articles at random into so many labelled ones a section and the rest, which is judged."""
    by_section = defaultdict(list)
    for section, record in articles:
        by_section[section].append(record)
    for seed in range(_DRAWS):
        chance = random.Random(seed)
        chosen = {name: chance.sample(by_section[name], each) for name in sorted(by_section)}
        labelled = [
            Record(title=one.title, text=one.text, sections=(name,))
            for name, some in chosen.items()
            for one in some
        ]
        taken = {id(one) for some in chosen.values() for one in some}
        yield choices_of(labelled), [pair for pair in articles if id(pair[1]) not in taken]


def measure_own(own: Path) -> list[Row]:
    """Score by rules alone: English articles of six sections, others of two."""
    english = articles_of(own / "articles.jsonl")
    found = [Row(what="sections by rules, en", measured=by_rules(english), floor=0.88, goal=0.92)]
    for language in ("de", "fr", "es"):
        told = [pair for pair in articles_of(own / "sections.jsonl") if pair[1].language == language]
        found.append(Row(what=f"sections by rules, {language}", measured=by_rules(told), floor=0.75))
    return found


def by_rules(articles: Sequence[Labelled]) -> float:
    """Return the accuracy of the shipped words, all sections of the articles to choose from."""
    names = tuple(sorted({section for section, _ in articles}))
    return accuracy(articles, choices_of([Record(title="", text="", sections=names)]))


def measure(data: Path) -> list[Row]:
    """Score the set by rules and with labels, and take the time."""
    articles = articles_of(next((data / "sections").glob("*.jsonl.gz")))
    names = tuple(sorted({section for section, _ in articles}))
    rules = choices_of([Record(title="", text="", sections=names)])
    accuracy(articles[:20], rules)  # reads the lists
    started = time.perf_counter()
    score = accuracy(articles, rules)
    ms = (time.perf_counter() - started) * 1000 / len(articles)
    sure = [pair for pair in articles if choose(pair[1], rules).confidence >= 0.77]
    found = [Row(what="sections by rules", measured=score, floor=0.88, goal=0.92)]
    for each, floor, goal in ((20, 0.91, 0.93), (100, 0.95, 0.96)):
        scores = [accuracy(judged, choices) for choices, judged in draws(articles, each)]
        what = f"sections with {each} labels each"
        found.append(Row(what=what, measured=statistics.mean(scores), floor=floor, goal=goal))
    return [
        *found,
        Row(what="share where keywords are clear", measured=len(sure) / len(articles)),
        Row(what="sections by rules, where clear", measured=accuracy(sure, rules)),
        Row(what="section of one article, ms", measured=ms, least=False, digits=1),
    ]
