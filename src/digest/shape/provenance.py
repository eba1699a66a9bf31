"""Where each sentence of a summary comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from digest.model import Summary

Origin = Literal["source", "draft", "hand", "nowhere"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One sentence of a summary and what stands behind it."""

    text: str
    origin: Origin  #: nowhere: by hand, and the article does not say it
    paragraph: int | None = None  #: of the article, 1 is first; None when the sentence has no place there
    source: str = ""  #: the article's words at that place
    reasons: tuple[str, ...] = ()  #: what was found against a sentence of 'nowhere'


def provenance(
    summary: Summary, paragraphs: Sequence[str], unsupported: Mapping[str, Sequence[str]]
) -> tuple[Told, ...]:
    """Tell where the sentences of a summary come from, in order.

    Args:
        summary: Of an item.
        paragraphs: Of its article, as its text joins them by an empty line.
        unsupported: Sentences that the article does not bear out, with the reasons.
    """
    text = "\n\n".join(paragraphs)
    ends = _ends(paragraphs)
    found = []
    for sentence in summary.sentences:
        if sentence.start == sentence.end:
            reasons = tuple(unsupported.get(sentence.text, ()))
            found.append(Told(text=sentence.text, origin="nowhere" if reasons else "hand", reasons=reasons))
            continue
        number = next((at for at, end in enumerate(ends, 1) if sentence.start < end), None)
        origin: Origin = "draft" if summary.is_drafted else "source"
        found.append(
            Told(
                text=sentence.text,
                origin=origin,
                paragraph=number,
                source=text[sentence.start : sentence.end],
            )
        )
    return tuple(found)


def _ends(paragraphs: Sequence[str]) -> list[int]:
    ends, at = [], 0
    for paragraph in paragraphs:
        at += len(paragraph) + 2
        ends.append(at)
    return ends
