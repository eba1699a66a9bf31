"""Shorten an edition until its mail stays below the size at which mail programs cut it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from digest.model import Edition, EditionSection, Item
from digest.render.sizing import STORIES

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Fitted(Generic[T]):
    """An edition that fits, or is as short as it gets, and what was done to it."""

    edition: Edition
    made: T  #: what `make` made of it
    size: int
    notes: tuple[str, ...]  #: a phrase per thing that was shortened; empty when nothing was
    left_out: tuple[int, ...]  #: article ids that were moved to the left-over count


def fit(
    edition: Edition, *, make: Callable[[Edition], T], measure: Callable[[T], int], limit: int
) -> Fitted[T]:
    """Make an edition, shortening it while it is too large.

    In this order: last sentences of briefs, pictures of briefs, then the last items of the
    largest sections, never the last item of all. The same edition is shortened the same way.

    Args:
        edition: As it was built.
        make: Lays an edition out.
        measure: Size of what `make` made, in bytes.
        limit: Largest size that fits, in bytes.
    """
    made = make(edition)
    size = measure(made)
    notes: list[str] = []
    left_out: list[int] = []
    for note, shorten in _STEPS:
        if size <= limit:
            break
        shorter = shorten(edition)
        if shorter != edition:
            edition, made = shorter, make(shorter)
            size = measure(made)
            notes.append(note)
    while size > limit and len(edition.items) > 1:
        share = max(1, size // (len(edition.items) + 4))
        for _ in range(min(len(edition.items) - 1, max(1, (size - limit) // share))):
            edition, article_id = _without_one(edition)
            left_out.append(article_id)
        made = make(edition)
        size = measure(made)
    if left_out:
        notes.append(f"{len(left_out)} of the last stories left out")
    return Fitted(edition=edition, made=made, size=size, notes=tuple(notes), left_out=tuple(left_out))


def _shorter_briefs(edition: Edition) -> Edition:
    return _each_brief(edition, _without_last_sentence)


def _plain_briefs(edition: Edition) -> Edition:
    return _each_brief(edition, lambda item: replace(item, image=None))


_STEPS: tuple[tuple[str, Callable[[Edition], Edition]], ...] = (
    ("last sentences of briefs left out", _shorter_briefs),
    ("pictures of briefs left out", _plain_briefs),
)


def _each_brief(edition: Edition, change: Callable[[Item], Item]) -> Edition:
    sections = tuple(
        replace(section, items=(*section.items[:STORIES], *map(change, section.items[STORIES:])))
        for section in edition.sections
    )
    return replace(edition, sections=sections)


def _without_last_sentence(item: Item) -> Item:
    sentences = item.summary.sentences
    if len(sentences) < 2:
        return item
    return replace(item, summary=replace(item.summary, sentences=sentences[:-1]))


def _without_one(edition: Edition) -> tuple[Edition, int]:
    """Move the last item of the largest section to the left-over count; of equal ones, the last."""
    sections = list(edition.sections)
    place = max(range(len(sections)), key=lambda index: (len(sections[index].items), index))
    *kept, gone = sections[place].items
    sections[place : place + 1] = [replace(sections[place], items=tuple(kept))] if kept else []
    rest: tuple[EditionSection, ...] = tuple(sections)
    return replace(edition, sections=rest, left_over=edition.left_over + 1), gone.article_id
