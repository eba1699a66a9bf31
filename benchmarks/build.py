"""How long building an edition takes, warm: `python benchmarks/build.py [--articles 200]`.

Prints the stages' share, and the ratios to two bars in the same run: 25 ms for grouping, picking
and rendering 24 items (summaries apart), 1 s for everything from 200 candidates.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

from digest.group import find_stories
from digest.model import Article, Candidate, Slot, Source, Summary, SummarySentence, Tag, TagOrigin
from digest.paths import template_folders
from digest.pick import pick
from digest.pipeline import BuildInput, Heading, build_edition
from digest.pipeline import compose as compose_module
from digest.pipeline.placing import placements
from digest.render import Look, Renderer
from digest.settings import DigestSettings, SiteSettings

NOW = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
SECTIONS = ("World", "Estuary", "Science", "Engineering", "Money", "Culture")
WORDS = (
    "harbour council vote barrier ferry winter river science moss telescope engine signal market rate",
    "bank bread theatre novel minister treaty island storm tide bridge school hospital museum festival",
)
VOCABULARY = [word for line in WORDS for word in line.split()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--runs", type=int, default=15)
    args = parser.parse_args()
    chance = random.Random(7)
    articles = [make_article(number, chance) for number in range(1, args.articles + 1)]
    digest = make_digest()
    site = SiteSettings(base_url="https://news.example.org", postal_address="14 Quay Street, Vellmouth")
    folders = template_folders(None)
    look = Look(digest=digest, site=site, folders=folders)
    given = BuildInput(
        digest=digest,
        heading=Heading(number=1, slot=Slot(local=NOW.astimezone(digest.timezone))),
        articles=articles,
        window=(NOW - timedelta(hours=24), NOW),
        now=NOW,
        pins={},
    )
    with closing(Renderer(folders)) as renderer:
        whole = timed(lambda: build_edition(given, renderer, look), args.runs)
        few = replace(given, articles=articles[:24])
        with mock.patch.object(compose_module, "summarise", lead_sentence):
            bare = timed(lambda: build_edition(few, renderer, look), args.runs)
        edition = build_edition(given, renderer, look).edition
        if edition is None:
            raise SystemExit("too few articles for an edition")
        rendering = timed(lambda: renderer.render(edition, look), args.runs)
    grouping = timed(lambda: find_stories(articles), args.runs)
    stories = {member: story for story in find_stories(articles) for member in story.members}
    placed = placements(articles, digest, ())
    candidates = [
        Candidate(article=one, section=placed[one.id].section, story=stories[one.id]) for one in articles
    ]
    picking = timed(lambda: pick(candidates, digest, given.window, NOW), args.runs)
    print(f"{args.articles} candidates, {len(edition.items)} items; median of {args.runs} warm runs")
    for name, seconds in (("group", grouping), ("pick", picking), ("render", rendering), ("whole", whole)):
        print(f"  {name:<8}{seconds * 1000:8.1f} ms")
    print(f"  24 candidates without summaries {bare * 1000:8.1f} ms   {bare / 0.025:5.2f} x the bar of 25 ms")
    print(
        f"  {args.articles} candidates, everything   {whole * 1000:8.1f} ms   {whole:5.2f} x the bar of 1 s"
    )


def timed(work: Callable[[], object], runs: int) -> float:
    """Return the median of some runs in seconds, after one that warms up."""
    work()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def lead_sentence(text: str, *, title: str, language: str | None, sentences: int) -> Summary:
    """Stand in for the summariser, to time all the rest."""
    del title, language, sentences
    end = text.index(".") + 1
    return Summary(method="lead", sentences=(SummarySentence(text=text[:end], start=0, end=end),))


def make_article(number: int, chance: random.Random) -> Article:
    """Make an article of about 400 words, unlike the others."""
    paragraphs = tuple(" ".join(make_sentence(chance) for _ in range(4)) for _ in range(6))
    section = chance.choice(SECTIONS)
    return Article(
        id=number,
        revision=1,
        origin=Source(key=f"s{number % 12}", title=f"Source {number % 12}", weight=0.5 + (number % 5) / 4),
        collected_at=NOW,
        published=NOW - timedelta(minutes=chance.randrange(1400)),
        title=f"{' '.join(chance.choices(VOCABULARY, k=6)).capitalize()} {number}",
        paragraphs=paragraphs,
        html="",
        url=f"https://s{number % 12}.example/{number}",
        language="en",
        tags=(Tag(name=section.lower(), origin=TagOrigin.SOURCE),),
    )


def make_sentence(chance: random.Random) -> str:
    """Make a sentence of 16 words that starts with a name and ends in a figure."""
    words = chance.choices(VOCABULARY, k=15)
    return f"{words[0].capitalize()} {' '.join(words[1:])} {chance.randrange(9999)}."


def make_digest() -> DigestSettings:
    """Make a digest of six sections of four."""
    return DigestSettings.model_validate(
        {
            "key": "bench",
            "title": "The Estuary Gazette",
            "zone": "Europe/Berlin",
            "from": "The Estuary Gazette <gazette@news.example.org>",
            "selection": {"at_most": 24, "per_source": 20},
            "sections": [{"title": name, "tags": [name.lower()], "at_most": 4} for name in SECTIONS],
        }
    )


if __name__ == "__main__":
    main()
