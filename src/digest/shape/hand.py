"""Summaries that a hand has written."""

from __future__ import annotations

from digest.markup import clean_line
from digest.model import Summary, SummarySentence

EDITOR = "editor"  #: method of a summary that a hand has written
SUMMARY_CHARS = 3_000
_MOST = 12  #: sentences


def summary_by_hand(written: str, sentences: tuple[str, ...], article: str) -> Summary:
    """Make a summary of what an editor wrote.

    Args:
        written: As typed; empty makes a summary without sentences, which leaves the headline alone.
        sentences: The same, taken apart.
        article: The article's text. A sentence that stands there as it is keeps its place; the others
            have the empty place 0 to 0: they are the editor's own.
    """
    found = []
    for sentence in sentences[:_MOST]:
        text = clean_line(sentence, SUMMARY_CHARS).strip()
        if text and text in written.replace("\n", " "):
            at = article.find(text)
            found.append(SummarySentence(text=text, start=max(at, 0), end=at + len(text) if at >= 0 else 0))
    return Summary(method=EDITOR, sentences=tuple(found))
