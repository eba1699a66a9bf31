"""How long rehearsing a season takes: `python benchmarks/rehearsal.py [--articles 10000 --days 90]`.

Makes a home with a daily digest of six sections and so many articles of about 400 words, spread evenly
over the days, then rehearses all of them. Prints the seconds and the ratio to the bar of one minute.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.actions.app import App
from digest.actions.making.rehearse import rehearse
from digest.actions.upkeep.homes import make_home
from digest.bootstrap import open_app
from digest.model import ArticleContent, Tag, TagOrigin
from digest.paths import Home

NOW = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
SECTIONS = ("World", "Estuary", "Science", "Engineering", "Money", "Culture")
WORDS = tuple(f"word{number}" for number in range(4_000))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--rules", type=int, default=1, help="rule sets side by side")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(root=Path(folder) / "home")
        make_home(home)
        (home.config / "digests" / "daily.yaml").write_text(digest_file(), encoding="utf-8")
        with open_app(home.root, clock=lambda: NOW) as app:
            fill(app, args.articles, args.days)
            measure(app, args.days, args.rules)


def measure(app: App, days: int, rules: int) -> None:
    """Rehearse once, cold, and print."""
    first, last = (NOW - timedelta(days=days - 1)).date(), NOW.date()
    begin, cpu = time.perf_counter(), time.process_time()
    outcomes: Counter[str] = Counter()
    items = 0
    for row in rehearse(app, [app.digest("daily")] * rules, first, last):
        outcomes.update(one.outcome for one in row if one)
        items += sum(len(one.items) for one in row if one)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    print(f"{days} days, {rules} rule sets: {dict(outcomes)}, {items:,} items")
    print(f"{seconds:.1f} s ({cpu:.1f} s of processor)   {seconds / 60:.2f} x the bar of 60 s")


def fill(app: App, count: int, days: int) -> None:
    """Store articles, each as it came in."""
    chance = random.Random(7)
    step = timedelta(days=days) / count
    for number in range(count):
        moment = NOW - (count - number) * step
        with app.store.writing() as tx:
            tx.articles.put([make_content(number, moment, chance)], moment + timedelta(minutes=20))


def make_content(number: int, published: datetime, chance: random.Random) -> ArticleContent:
    """Make an article of about 400 words, unlike the others."""
    paragraphs = tuple(" ".join(make_sentence(chance) for _ in range(4)) for _ in range(6))
    return ArticleContent(
        title=f"{' '.join(chance.choices(WORDS, k=6)).capitalize()} {number}",
        paragraphs=paragraphs,
        html="".join(f"<p>{text}</p>" for text in paragraphs),
        url=f"https://s{number % 12}.example/{number}",
        source=f"s{number % 12}",
        published=published,
        language="en",
        tags=(Tag(name=chance.choice(SECTIONS), origin=TagOrigin.SOURCE),),
    )


def make_sentence(chance: random.Random) -> str:
    """Make a sentence of 16 words that starts with a name and ends in a figure."""
    words = chance.choices(WORDS, k=15)
    return f"{words[0].capitalize()} {' '.join(words[1:])} {chance.randrange(9999)}."


def digest_file() -> str:
    """Write a digest of six sections of four."""
    sections = "\n".join(f"  - {{title: {name}, tags: [{name.lower()}], at_most: 4}}" for name in SECTIONS)
    return (
        "title: The Estuary Gazette\nzone: Europe/Berlin\n"
        'from: "The Estuary Gazette <gazette@news.example.org>"\n'
        "schedule: [{at: 07:00}]\n"
        "selection: {at_most: 24, per_source: 20, carry_over: 3d}\n"
        f"sections:\n{sections}\n"
    )


if __name__ == "__main__":
    main()
