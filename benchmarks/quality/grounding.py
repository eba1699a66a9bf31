"""The gate for drafts: errors put into people's summaries, and people's verdicts on what models wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from injections import KINDS, Text, inject
from rows import Row, own_articles, records

from digest.summarise.grounding import SentenceVerdict, check, ground

OWN = Path(__file__).parent / "own"
_BARS = {
    "name of another article": (0.90, 0.93),
    "date changed": (0.80, 0.88),
    "number changed": (0.63, 0.80),
    "number swapped": (0.35, 0.45),
    "name swapped": (0.35, 0.45),
    "negation": (None, None),
    "wrong article": (None, None),
}


def measure(data: Path, half: int = 1) -> list[Row]:
    """Measure on the articles that nothing was tuned on (the odd ones), and on what models wrote."""
    texts = _texts(records(data / "summaries" / "cnn_validation.jsonl.gz"))[half::2]
    return [*_gate(texts), *_drafts(OWN), _qags(data / "grounding" / "qags_cnndm_half.jsonl.gz")]


def measure_own(own: Path) -> list[Row]:
    """Put the same errors into summaries of our own articles."""
    return [*_gate(_texts(own_articles(own))), *_drafts(own)]


def _drafts(own: Path) -> Iterator[Row]:
    """Judge drafts of ours that tell an article in other words, and such with one error, by language."""
    by_language: dict[str, list[dict[str, Any]]] = {}
    for record in records(own / "drafts.jsonl"):
        by_language.setdefault(record["language"], []).append(record)
    for language, told in sorted(by_language.items()):
        for kind, what, is_ok in (("faithful", "refused", False), ("unfaithful", "taken", True)):
            verdicts = [_is_taken(record, draft) is is_ok for record in told for draft in record[kind]]
            yield Row(
                what=f"gate: {language}, {kind} drafts {what} of {len(verdicts)}",
                measured=sum(verdicts) / len(verdicts),
                floor=0.15,
                goal=0.10,
                least=False,
            )


def _is_taken(record: dict[str, Any], draft: str) -> bool:
    return check(
        record["text"], title=record["title"], byline="", summary=draft, language=record["language"]
    ).ok


def _gate(texts: Sequence[Text]) -> list[Row]:
    clean = {
        (at, sentence)
        for at, text in enumerate(texts)
        for sentence in text.sentences
        if _verdict(text, sentence).ok
    }
    total = sum(len(text.sentences) for text in texts)
    alarms = Row(
        what="gate: false alarms on people's highlights",
        measured=1 - len(clean) / total,
        floor=0.15,
        goal=0.10,
        least=False,
    )
    rows = [alarms]
    pooled: list[bool] = []
    for kind, (floor, goal) in _BARS.items():
        caught = _caught(texts, kind, clean)
        if kind in ("number swapped", "name swapped"):
            pooled += caught
        rows.append(
            Row(
                what=f"gate: {kind}, caught of {len(caught)}",
                measured=sum(caught) / max(1, len(caught)),
                floor=floor,
                goal=goal,
            )
        )
    rows.append(
        Row(
            what=f"gate: swaps together, caught of {len(pooled)}",
            measured=sum(pooled) / max(1, len(pooled)),
            floor=0.35,
            goal=0.45,
        )
    )
    return rows


def _texts(rows: Iterable[dict[str, Any]]) -> list[Text]:
    return [
        Text(row["article"], tuple(line.strip() for line in row["highlights"].split("\n") if line.strip()))
        for row in rows
    ]


def _verdict(text: Text, sentence: str) -> SentenceVerdict:
    return ground(text.article, title="", byline=None, sentences=[sentence], language="en")[0]


def _caught(texts: Sequence[Text], kind: str, clean: Iterable[tuple[int, str]]) -> list[bool]:
    """Judge what was made wrong of sentences that passed when they were right."""
    passed = set(clean)
    number = {id(text): at for at, text in enumerate(texts)}
    return [
        not _verdict(text, new).ok
        for text, old, new in inject(texts, kind)
        if (number[id(text)], old) in passed
    ]


def _qags(path: Path) -> Row:
    good, bad = [], []
    for row in records(path):
        sentences = [each["sentence"] for each in row["summary_sentences"]]
        verdicts = ground(row["article"], title="", byline=None, sentences=sentences, language="en")
        for each, verdict in zip(row["summary_sentences"], verdicts, strict=True):
            votes = [answer["response"] == "yes" for answer in each["responses"]]
            (good if sum(votes) * 2 > len(votes) else bad).append(verdict.novelty)
    wins = sum((b > g) + 0.5 * (b == g) for b in bad for g in good)
    return Row(
        what="gate: sentences of models, AUC of new wording",
        measured=wins / (len(good) * len(bad)),
        floor=0.78,
        goal=0.83,
    )


assert set(_BARS) == set(KINDS)  # noqa: S101
