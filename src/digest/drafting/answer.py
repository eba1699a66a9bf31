"""What a model answered, read as if by an enemy."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from digest.errors import DraftError

_CONTENT_CHARS = 200_000
_SUMMARY_CHARS = 4_000
_TOKENS = 100_000_000
_THOUGHT = "</think>"  #: what some models say before they answer ends so
_FENCE = re.compile(r"\A\s*```[a-z]*\s*(.*?)\s*```\s*\Z", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back of one request."""

    summaries: Mapping[str, str]  #: by id; those whose id was asked for and given once
    tokens: int | None  #: as the endpoint counts; None when it does not, or not in sense


def read_answer(body: bytes, ids: Collection[str]) -> Answer:
    """Read an answer of /chat/completions.

    Args:
        body: The whole body, bounded already.
        ids: Of the articles that were asked about.

    Raises:
        DraftError: It is not JSON, or has no text where the answer should be.
    """
    whole = _load(body.decode("utf-8", "replace"))
    if not isinstance(whole, dict):
        raise DraftError("the endpoint's answer is not the JSON of a chat completion")
    return Answer(summaries=_summaries(_content(whole), ids), tokens=_tokens(whole.get("usage")))


def _load(text: str) -> Any:  # noqa: ANN401  # why: JSON of any shape
    try:
        return json.loads(text, parse_constant=lambda _: None)  # NaN and the like are nothing
    except (ValueError, RecursionError) as error:
        raise DraftError("the endpoint's answer is not JSON") from error


def _content(whole: Mapping[str, Any]) -> str:
    try:
        content = whole["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        content = None
    if not isinstance(content, str) or not content.strip():
        raise DraftError("the endpoint's answer is empty", is_model=True)
    return content[:_CONTENT_CHARS]


def _summaries(content: str, ids: Collection[str]) -> dict[str, str]:
    """Match summaries by id; one that was given twice, or for nobody, counts for nothing."""
    bare = content.rpartition(_THOUGHT)[2]
    fenced = _FENCE.match(bare)
    try:
        inner = _load(fenced[1] if fenced else bare)
    except DraftError:
        inner = None
    entries = inner.get("summaries") if isinstance(inner, dict) else None
    if not isinstance(entries, list):
        raise DraftError("the model's answer is not the JSON that was asked for", is_model=True)
    given = [
        (entry["id"], entry["summary"])
        for entry in entries
        if isinstance(entry, dict)
        and isinstance(entry.get("id"), str)
        and isinstance(entry.get("summary"), str)
    ]
    times = Counter(name for name, _ in given)
    return {
        name: summary.strip()
        for name, summary in given
        if name in ids and times[name] == 1 and 0 < len(summary.strip()) <= _SUMMARY_CHARS
    }


def _tokens(usage: object) -> int | None:
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    if isinstance(total, bool) or not isinstance(total, int) or not 0 < total <= _TOKENS:
        return None
    return total
