"""Where sentences end: against UD English GUM, and against hard cases of our own."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from rows import Row, records

from digest.summarise import split

SPOKEN = frozenset(("conversation", "court", "interview", "podcast", "speech", "vlog"))  #: genres of GUM
OWN = Path(__file__).parent / "own"
_CLOSING = ".!?…\"'”’)]0123456789"


def measure(data: Path) -> list[Row]:
    """Measure GUM's paragraphs as they are, the running prose among them, and the hard cases."""
    found = list(_paragraphs(data / "sentences" / "gum-dev.conllu.gz"))
    written = [gold for genre, gold in found if genre not in SPOKEN]
    prose = [gold for gold in written if all(_closed(sentence) for sentence in gold)]
    return [
        Row(what="sentence boundaries F1, GUM, running prose", measured=f1(prose), floor=0.990, goal=0.997),
        Row(what="  written genres with captions, lists, letter heads", measured=f1(written)),
        Row(what="  all genres, speech too", measured=f1([gold for _, gold in found])),
        *measure_own(OWN),
    ]


def measure_own(own: Path) -> list[Row]:
    """Measure the hard cases alone."""
    right, cases = hard_cases(own / "sentences.jsonl")
    return [
        Row(
            what=f"hard cases all right, of {cases}",
            measured=right,
            floor=cases * 55 // 60,
            goal=cases * 58 // 60,
            digits=0,
        ),
    ]


def f1(paragraphs: list[tuple[str, ...]]) -> float:
    """Compare ends of sentences in paragraphs; the end of a paragraph counts as well."""
    shared = total = 0
    for gold in paragraphs:
        ends, at = set(), -1
        for sentence in gold:
            at += 1 + len(sentence)
            ends.add(at)
        found = {span.end for span in split(" ".join(gold), "en")}
        shared += len(ends & found)
        total += len(ends) + len(found)
    return 2 * shared / total


def hard_cases(path: Path) -> tuple[int, int]:
    """Count the texts whose sentences are all found, and all texts."""
    cases = list(records(path))
    right = sum(
        [case["text"][span.start : span.end] for span in split(case["text"], case["language"])]
        == case["sentences"]
        for case in cases
    )
    return right, len(cases)


def _closed(sentence: str) -> bool:
    return sentence[-1] in _CLOSING and any(mark in sentence[-8:] for mark in ".!?…")


def _paragraphs(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read genre and sentences of each paragraph of a CoNLL-U file."""
    genre, gold = "", list[str]()
    for line in gzip.decompress(path.read_bytes()).decode().split("\n"):
        if line.startswith(("# newdoc", "# newpar\n")) or line.strip() == "# newpar":
            if gold:
                yield genre, tuple(gold)
            gold = []
        if line.startswith("# newdoc id"):
            genre = line.split("=")[1].strip().split("_")[1]
        elif line.startswith("# text = "):
            gold.append(line.removeprefix("# text = "))
    if gold:
        yield genre, tuple(gold)
