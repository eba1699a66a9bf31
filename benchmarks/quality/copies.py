"""Near copies: news articles among copies of some of them, cut, wrapped and rewritten by rule."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from grouping import an_article
from rows import Row, records

from digest.group import find_stories
from digest.model import Article

ORIGINALS, EACH = 600, 60
_SEED = 11
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WRAPPING = (
    "Sign up for our newsletter and never miss a story. Share this page with your friends on every network.",
    "This article first appeared in our weekend edition. All rights reserved; nothing may be reprinted.",
    "Read more: the ten gardens to see this spring, and why the bakers of our town get up at three.",
)
_OTHER_WORDS = {
    "said": "stated", "will": "shall", "big": "large", "also": "too", "after": "following", "says": "states",
    "but": "yet", "show": "reveal", "help": "aid", "new": "recent", "made": "produced", "get": "obtain",
    "many": "numerous", "start": "begin", "end": "finish", "now": "currently", "about": "around",
    "over": "above", "people": "persons", "told": "informed", "company": "firm", "including": "among them",
}  # fmt: skip

Edit = Callable[[list[str], random.Random], list[str]]


def measure(data: Path) -> list[Row]:
    """Find the copies among 600 articles and 240 copies, 60 of each kind."""
    texts = _distinct([record["text"] for record in records(data / "sections" / "bbc_half.jsonl.gz")])
    return _among(texts, [])


def measure_own(own: Path) -> list[Row]:
    """Find a copy of each of twelve articles, three of each kind, beside tellings of like events."""
    texts = [record["text"] for record in records(own / "articles.jsonl")]
    return _among(texts, [record["text"] for record in records(own / "stories.jsonl")])


def _among(texts: list[str], others: list[str]) -> list[Row]:
    """Copy some texts by rule and look for the copies; the others have none, however alike they are."""
    chance = random.Random(_SEED)
    originals = chance.sample(texts, min(ORIGINALS, len(texts)))
    articles = [an_article(number, text) for number, text in enumerate(originals)]
    kinds: dict[int, str] = {}
    true: set[tuple[int, int]] = set()
    copied = chance.sample(range(len(originals)), min(EACH * len(EDITS), len(originals)))
    for at, original in enumerate(copied):
        kind = list(EDITS)[at % len(EDITS)]
        number = len(articles)
        articles.append(an_article(number, edited(originals[original], EDITS[kind], chance)))
        kinds[number] = kind
        true.add((original, number))
    articles += [an_article(len(articles) + at, text) for at, text in enumerate(others)]
    return _rows(_found(articles), true, kinds)


def edited(text: str, edit: Edit, chance: random.Random) -> str:
    """Return a text whose sentences were edited, in one paragraph."""
    return " ".join(edit(_SENTENCE.split(text.replace("\n\n", " ")), chance))


def _distinct(texts: list[str]) -> list[str]:
    """Leave out what opens like another: some articles stand in the set twice."""
    return list({text[:200]: text for text in texts}.values())


def _found(articles: list[Article]) -> set[tuple[int, int]]:
    pairs = [pair for story in find_stories(articles) for pair in story.copies]
    return {(min(pair), max(pair)) for pair in pairs}


def _rows(found: set[tuple[int, int]], true: set[tuple[int, int]], kinds: dict[int, str]) -> list[Row]:
    right = found & true
    rows = [
        Row(what="near copies: precision", measured=len(right) / max(1, len(found)), floor=0.99, goal=0.995),
        Row(what="  recall", measured=len(right) / len(true), floor=0.97, goal=0.98),
    ]
    for kind in EDITS:
        held = {pair for pair in true if kinds[pair[1]] == kind}
        rows.append(Row(what=f"  recall, {kind}", measured=len(held & right) / len(held)))
    return rows


def _wrap(sentences: list[str], chance: random.Random) -> list[str]:
    first, *rest = chance.sample(_WRAPPING, len(_WRAPPING))
    return [first, *sentences, *rest]


def _truncate(sentences: list[str], _: random.Random) -> list[str]:
    words = " ".join(sentences).split()
    return words[: max(1, round(len(words) * 0.55))]


def _edit_lightly(sentences: list[str], chance: random.Random) -> list[str]:
    kept = [each for each in sentences if chance.random() > 0.1] or sentences
    return [_other_words(each, chance, share=0.5) for each in kept]


def _edit_heavily(sentences: list[str], chance: random.Random) -> list[str]:
    kept = [each for each in sentences if chance.random() > 0.45] or sentences[:1]
    chance.shuffle(kept)
    words = [_other_words(each, chance, share=1.0).split() for each in kept]
    return [word for sentence in words for word in sentence if chance.random() > 0.15]


def _other_words(sentence: str, chance: random.Random, *, share: float) -> str:
    return " ".join(
        _OTHER_WORDS.get(word, word) if chance.random() < share else word for word in sentence.split()
    )


EDITS: dict[str, Edit] = {
    "boilerplate added": _wrap,
    "45 % cut off": _truncate,
    "edited lightly": _edit_lightly,
    "edited heavily": _edit_heavily,
}
