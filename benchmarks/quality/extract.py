"""Article bodies: 4-word shingles against the true text, as the article-extraction-benchmark counts them."""

from __future__ import annotations

import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rows import Row, records

from digest.collect import Context, Document, Format, Unreadable, extract

_WORD = re.compile(r"\w+")
_SHINGLE = 4  #: words
Shingles = Counter[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page and what it should give."""

    name: str
    html: bytes
    url: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one page came out."""

    page: Page
    text: str  #: '' for an unreadable page
    precision: float
    recall: float
    ms: float  #: of processor


def pages_of(data: Path) -> list[Page]:
    """Read the extraction set, in the order of its names."""
    truth = json.loads((data / "extraction" / "ground-truth.json").read_text("utf-8"))
    return [
        Page(
            name=name,
            html=gzip.decompress((data / "extraction" / "html" / f"{name}.html.gz").read_bytes()),
            url=truth[name]["url"],
            body=truth[name]["articleBody"],
        )
        for name in sorted(truth)
    ]


def score_page(page: Page) -> Score:
    """Extract one page and compare the text."""
    started = time.process_time()
    document = Document(name=page.name, format=Format.HTML, data=page.html, url=page.url)
    found = extract(document, Context())[0]
    ms = (time.process_time() - started) * 1000
    text = "" if isinstance(found, Unreadable) else found.text
    told, true = shingles_of(text), shingles_of(page.body)
    both = (told & true).total()
    return Score(
        page=page,
        text=text,
        precision=both / told.total() if told else float(not true),
        recall=both / true.total() if true else float(not told),
        ms=ms,
    )


def shingles_of(text: str) -> Shingles:
    """Count the runs of four words; a shorter text is one run."""
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))


def f1_of(scores: Sequence[Score]) -> float:
    """Return the F1 of the mean precision and the mean recall."""
    precision = statistics.mean(score.precision for score in scores)
    recall = statistics.mean(score.recall for score in scores)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def measure(data: Path) -> list[Row]:
    """Score every page of the public set."""
    return _rows([score_page(page) for page in pages_of(data)])


def measure_own(own: Path) -> list[Row]:
    """Score six pages of ours, each in the markup of a well-known system."""
    pages = [Page(**{**record, "html": record["html"].encode()}) for record in records(own / "pages.jsonl")]
    return _rows([score_page(page) for page in pages])


def _rows(scores: Sequence[Score]) -> list[Row]:
    times = sorted(score.ms for score in scores)
    return [
        Row(what="body F1", measured=f1_of(scores), floor=0.965, goal=0.975),
        Row(what="body F1, even pages", measured=f1_of(scores[::2])),
        Row(what="body F1, odd pages", measured=f1_of(scores[1::2])),
        Row(what="body precision", measured=statistics.mean(score.precision for score in scores)),
        Row(what="body recall", measured=statistics.mean(score.recall for score in scores)),
        Row(what="pages without a body", measured=sum(not score.text for score in scores), digits=0),
        Row(what="extract one page, ms", measured=statistics.mean(times), least=False, digits=1),
        Row(what="extract one page, ms, 95 %", measured=times[int(len(times) * 0.95)], least=False, digits=1),
    ]
