"""Time of laying out an edition: one compile an edition against one compile a subscriber.

Prints milliseconds of a warm render, and how many times more mails a second come from joining
fragments than from compiling MJML for each subscriber, both measured in this run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.model import Edition, EditionSection, Image, Item, Slot, Summary, SummarySentence
from digest.render import Look, Renderer
from digest.render.compiler import Compiler
from digest.settings.digests import DigestSettings
from digest.settings.system import SiteSettings

TEMPLATES = Path(__file__).parent.parent / "templates"
TEXT = "The river stood four metres above the mark, and the lower town slept on behind its new gates."


def make_item(number: int) -> Item:
    sentences = tuple(SummarySentence(text=TEXT, start=at, end=at + len(TEXT)) for at in (0, 100))
    return Item(
        article_id=number,
        revision=1,
        rank=number % 4 + 1,
        title=f"Story {number} of the morning, with a headline of usual length",
        url=f"https://paper.example.com/2026/11/19/story-{number}",
        source=f"Paper {number % 7}",
        minutes=number % 9 + 1,
        summary=Summary(method="weighted", sentences=sentences),
        language="en",
        image=Image(url=f"media:p{number}", alt="A picture of the place.") if number % 3 == 0 else None,
        also=("Coast Radio", "Harbour Wire", "Delta & Dyke")[: number % 4],
    )


def make_edition(sections: int, per_section: int) -> Edition:
    parts = tuple(
        EditionSection(
            key=f"part-{index}",
            title=f"Part {index}",
            items=tuple(make_item(index * per_section + rank) for rank in range(per_section)),
        )
        for index in range(sections)
    )
    return Edition(
        digest="daily",
        number=7,
        slot=Slot(local=datetime(2026, 11, 19, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))),
        language="en",
        subject="The lower town slept on",
        preheader="And twenty-three more stories from the coast, the bench and the kitchen.",
        sections=parts,
    )


def make_look(edition: Edition) -> Look:
    sections = [{"title": part.title, "key": part.key, "tags": [part.key]} for part in edition.sections]
    digest = DigestSettings.model_validate(
        {"key": "daily", "title": "The Daily", "from": "desk@example.org", "sections": sections}
    )
    site = SiteSettings(base_url="https://news.example.org", postal_address="1 Lock Row, Tarnmouth")
    return Look(digest=digest, site=site, folders=(TEMPLATES,))


def timed(work: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--subscribers", type=int, default=1000)
    options = parser.parse_args()
    edition = make_edition(6, 4)
    look, renderer, compiler = make_look(edition), Renderer((TEMPLATES,)), Compiler()
    timed(lambda: renderer.render(edition, look), 5)
    warm = timed(lambda: renderer.render(edition, look), options.rounds)
    print(f"warm render of {len(edition.items)} items: median {statistics.median(warm):.1f} ms")

    rendered = renderer.render(edition, look)
    compiled = timed(lambda: compiler.compile(rendered.mjml, template="edition"), options.rounds)
    print(f"compile of its MJML alone: median {statistics.median(compiled):.1f} ms")

    keys = [section.key for section in edition.sections]
    choices = [choice for size in range(1, 7) for choice in combinations(keys, size)]
    wanted = [choices[number % len(choices)] for number in range(options.subscribers)]
    start = time.perf_counter()
    stencil = renderer.render(edition, look).stencil
    for choice in wanted:
        stencil.assemble(choice)
    ours = time.perf_counter() - start
    theirs = statistics.median(compiled) / 1000 * options.subscribers
    print(
        f"{options.subscribers} subscribers, {len(choices)} choices: {ours * 1000:.0f} ms joined, "
        f"{theirs * 1000:.0f} ms compiled each (compile alone, without filling the template)"
    )
    print(f"ratio {theirs / ours:.1f}")
    renderer.close()
    compiler.close()


if __name__ == "__main__":
    main()
