"""Find editions, digests and sources by the beginnings of their words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from digest.actions.app import App
from digest.model import Source
from digest.settings import DigestSettings
from digest.store import StoredEdition
from digest.words import folded_words

_NEWEST = 200  #: editions that are looked through
_SHOWN = 6  #: of a kind


@dataclass(frozen=True, kw_only=True)
class Things:
    """What was found, the likeliest of each kind first."""

    editions: tuple[StoredEdition, ...] = ()  #: the newest first
    digests: tuple[DigestSettings, ...] = ()  #: by title
    sources: tuple[Source, ...] = ()  #: as config/sources.yaml has them


def find_things(app: App, typed: str, *, digests: Collection[str] | None) -> Things:
    """Find what has all the words that somebody typed, each of them as the beginning of one of its own.

    Args:
        app: The installation.
        typed: In any case, with or without accents; '' finds nothing.
        digests: Only these digests and their editions; None takes all.
    """
    words = folded_words(typed).split()
    if not words:
        return Things()
    seen = {key: one for key, one in app.digests.items() if digests is None or key in digests}
    with app.store.reading() as tx:
        newest = tx.editions.list(limit=_NEWEST, among=None if digests is None else list(digests))
    editions = (
        one
        for one in newest
        if (digest := seen.get(one.edition.digest))
        and begins(words, f"{digest.title} {one.edition.subject} {one.edition.number}")
    )
    titled = sorted(seen.values(), key=lambda one: one.title)
    return Things(
        editions=tuple(editions)[:_SHOWN],
        digests=tuple(one for one in titled if begins(words, f"{one.title} {one.key}"))[:_SHOWN],
        sources=tuple(one for one in app.sources if begins(words, f"{one.title} {one.key}"))[:_SHOWN],
    )


def begins(words: Collection[str], text: str) -> bool:
    """Tell whether each of the folded words begins a word of a text."""
    there = folded_words(text).split()
    return all(any(one.startswith(word) for one in there) for word in words)
