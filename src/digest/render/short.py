"""The shorter form of an edition, for readers who want less of each section."""

from __future__ import annotations

from dataclasses import replace

from digest.model import Edition, Item
from digest.render.choice import NAMED_CHARS, PREHEADER_CHARS, SUBJECT_CHARS
from digest.render.typography import clamp


def shortened(edition: Edition, at_most: int) -> Edition:
    """Keep the first items of each section; the others count as left over.

    Subject and preheader stay unless they name a story that is left out.

    Args:
        edition: The whole edition.
        at_most: Items of each section, 1 or more.
    """
    kept = tuple(replace(part, items=part.items[:at_most]) for part in edition.sections)
    out = [item for part in edition.sections for item in part.items[at_most:]]
    titles = [item.title for part in kept for item in part.items]
    subject, preheader = edition.subject, edition.preheader
    if titles and _names(subject, out):
        subject = clamp(titles[0], SUBJECT_CHARS)
    if titles and _names(preheader, out):
        others = [title for title in titles if title != subject]
        preheader = clamp(" · ".join(others) or titles[0], PREHEADER_CHARS)
    return replace(
        edition,
        sections=kept,
        left_over=edition.left_over + len(out),
        subject=subject,
        preheader=preheader,
    )


def _names(text: str, out: list[Item]) -> bool:
    return any(item.title.casefold()[:NAMED_CHARS] in text.casefold() for item in out)
