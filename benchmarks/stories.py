"""Measure how long it takes to find the stories of new articles among many recent ones.

    python benchmarks/stories.py --recent 50000 --new 10000

Makes up articles of about 250 words, a third of them in events that two to twelve sources tell, all within
three days; words are as frequent as in English news. The recent ones are taken in first; what is timed is
taking in the new ones and gathering the stories of all. Prints processor seconds, new ones a second, memory,
and how much of the 60 seconds allowed was needed.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from digest.group import StoryIndex
from digest.model import Article, Source
from digest.rarity import english

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = timedelta(days=3)
BAR_S = 60
SOURCES = tuple(Source(key=f"source-{number}", title=f"Source {number}") for number in range(200))
SYLLABLES = ("ka", "ro", "mel", "tin", "var", "shu", "dor", "bel", "ist", "ona", "gra", "lem", "fy", "quo")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recent", type=int, default=50_000, metavar="N")
    parser.add_argument("--new", type=int, default=10_000, metavar="N")
    parser.add_argument("--batch", type=int, default=500, metavar="N")
    arguments = parser.parse_args()
    made = Maker(random.Random(7)).articles(arguments.recent + arguments.new)
    recent = [next(made) for _ in range(arguments.recent)]
    begun = time.process_time()
    index = StoryIndex(recent)
    print(f"{arguments.recent:,} recent articles taken in: {time.process_time() - begun:.1f} s", flush=True)
    new = list(made)
    begun = time.process_time()
    for at in range(0, len(new), arguments.batch):
        index.add(new[at : at + arguments.batch])
    added = time.process_time() - begun
    stories = index.stories()
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = sum(1 for story in stories if story.size > 1)
    print(f"{len(new):,} new ones: {added:.1f} s to take in, {seconds - added:.1f} s to gather all stories")
    print(f"{told:,} stories of several; {len(new) / seconds:,.0f} new ones a second; {peak:,.0f} MB")
    print(f"needed of the {BAR_S} s allowed: {seconds / BAR_S:.2f}")


class Maker:
    """Makes up articles."""

    def __init__(self, chance: random.Random) -> None:
        table, _ = english()
        self._chance = chance
        self._words = list(table)
        self._cumulative: list[int] = []
        total = 0
        for count in table.values():
            total += count
            self._cumulative.append(total)

    def articles(self, count: int) -> Iterator[Article]:
        """Make up so many, ascending by time and number."""
        events: list[tuple[list[str], int]] = []
        for number in range(count):
            told = self._chance.random() < 0.35 and bool(events)
            at = self._chance.randrange(len(events)) if told else -1
            facts = events[at][0] if told else self._facts()
            if told and events[at][1] <= 1:
                events.pop(at)
            elif told:
                events[at] = (facts, events[at][1] - 1)
            elif self._chance.random() < 0.15:
                events = [*events[-400:], (facts, self._chance.randint(1, 11))]
            yield self._article(number, facts, START + DAYS * number / count)

    def _facts(self) -> list[str]:
        names = ["".join(self._chance.choices(SYLLABLES, k=3)).title() for _ in range(8)]
        return [*names, *self._chance.sample(self._words, 30), str(self._chance.randint(20, 9_000))]

    def _article(self, number: int, facts: list[str], at: datetime) -> Article:
        chance = self._chance
        words = chance.choices(self._words, cum_weights=self._cumulative, k=170)
        words += chance.choices(facts, k=80)
        chance.shuffle(words)
        sentences = [" ".join(words[start : start + 18]) for start in range(0, len(words), 18)]
        return Article(
            id=number,
            revision=1,
            origin=chance.choice(SOURCES),
            collected_at=START + DAYS,
            published=at,
            title=" ".join(chance.sample(facts, 7)),
            paragraphs=tuple(f"{each[:1].upper()}{each[1:]}." for each in sentences),
            html="",
        )


if __name__ == "__main__":
    main()
