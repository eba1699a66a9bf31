"""Made-up articles: words as often as in a language, a few in every article and a few in hardly any."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate

from digest.model import ArticleContent, Tag, TagOrigin

COMMON = "harbour"  #: a word that every article holds
RARE = "quillwort"  #: one that stands in every 5,000th
A_DAY = 1_000
BATCH = 500
TAGS = ("estuary", "ports", "world", "elections", "science", "biology", "engineering", "money", "culture")
_RARE_EACH = 5_000
_SYLLABLES = ("ka", "lo", "mer", "tin", "sa", "vel", "dor", "ip", "ran", "ost", "be", "nu", "gra", "fi")
_STREAM = 400_000  #: words that texts are cut from


def batches(count: int, until: datetime, sources: tuple[str, ...]) -> Iterator[list[ArticleContent]]:
    """Make up articles in the order of their time, the last at `until`."""
    chance = random.Random(7)
    stream = _words(chance)
    step = timedelta(days=1) / A_DAY
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        yield [
            _article(number, until - step * (count - number), stream, chance, sources) for number in numbers
        ]


def _words(chance: random.Random) -> list[str]:
    """Draw words of three syllables: the n-th most frequent comes 1/n as often as the first (Zipf)."""
    known = [a + b + c for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES]
    chance.shuffle(known)
    weights = list(accumulate(1 / place for place in range(1, len(known) + 1)))
    return chance.choices(known, cum_weights=weights, k=_STREAM)


def _article(
    number: int, published: datetime, stream: list[str], chance: random.Random, sources: tuple[str, ...]
) -> ArticleContent:
    at = chance.randrange(_STREAM - 200)
    rare = f" {RARE}" if number % _RARE_EACH == 0 else ""
    paragraphs = tuple(
        f"The {COMMON} {' '.join(stream[begin : begin + 22])}. A {' '.join(stream[begin + 22 : begin + 44])}."
        for begin in range(at, at + 135, 45)
    )
    source = sources[number % len(sources)]
    return ArticleContent(
        title=f"{' '.join(stream[at + 135 : at + 143])}{rare}".capitalize(),
        paragraphs=paragraphs,
        html="\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        url=f"https://{source}.example.org/{number}",
        source=source,
        published=published,
        tags=tuple(Tag(name=name, origin=TagOrigin.SOURCE) for name in chance.sample(TAGS, 2)),
    )
