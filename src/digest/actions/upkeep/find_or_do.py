"""Find editions, digests and sources by the beginnings of their words, and readers by their address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from digest.actions.app import App
from digest.actions.editing.states import SHAPEABLE
from digest.actions.readers.readers_desk import find_reader, reader, readers_like
from digest.errors import NotFound
from digest.model import EditionState, Source, Subscriber
from digest.model.accounts import Right, User
from digest.settings import DigestSettings
from digest.store import NamedEdition
from digest.words import folded_words

_NEWEST = 100  #: editions that are looked through
_SHOWN = 6  #: of a kind
_ADDRESS_CHARS = 3  #: typed before readers are looked through
_UNDER_WAY = (*SHAPEABLE, EditionState.SENDING)


@dataclass(frozen=True, kw_only=True)
class Things:
    """What was found, the likeliest of each kind first."""

    editions: tuple[NamedEdition, ...] = ()  #: the newest first
    digests: tuple[DigestSettings, ...] = ()  #: by title
    sources: tuple[Source, ...] = ()  #: as config/sources.yaml has them
    readers: tuple[Subscriber, ...] = ()  #: by address
    #: Of each digest that may be seen, whatever was typed, the edition that ends next; by key.
    coming: Mapping[str, NamedEdition] = field(default_factory=dict)


def find_things(app: App, typed: str, user: User) -> Things:
    """Find what has all the words that somebody typed, each of them as the beginning of one of its own.

    Readers are found by the beginning of their address by who operates all digests, and by the whole of it
    by who operates one of theirs.

    Args:
        app: The installation.
        typed: In any case, with or without accents; '' finds nothing but what comes.
        user: Who looks; what they may not see is not there.
    """
    words = folded_words(typed).split()
    seen = {key: one for key, one in app.digests.items() if user.may(Right.READ, key)}
    with app.store.reading() as tx:
        newest = tx.editions.named(limit=_NEWEST, among=None if user.may(Right.READ, None) else list(seen))
    newest = tuple(one for one in newest if one.digest in seen)
    coming = {
        one.digest: one
        for one in sorted(newest, key=lambda one: one.due, reverse=True)
        if one.state in _UNDER_WAY
    }
    if not words:
        return Things(coming=coming)
    editions = (
        one for one in newest if begins(words, f"{seen[one.digest].title} {one.subject} {one.number}")
    )
    titled = sorted(seen.values(), key=lambda one: one.title)
    return Things(
        editions=tuple(editions)[:_SHOWN],
        digests=tuple(one for one in titled if begins(words, f"{one.title} {one.key}"))[:_SHOWN],
        sources=tuple(one for one in app.sources if begins(words, f"{one.title} {one.key}"))[:_SHOWN],
        readers=_readers(app, typed.strip(), user),
        coming=coming,
    )


def begins(words: Collection[str], text: str) -> bool:
    """Tell whether each of the folded words begins a word of a text."""
    there = folded_words(text).split()
    return all(any(one.startswith(word) for one in there) for word in words)


def _readers(app: App, typed: str, user: User) -> tuple[Subscriber, ...]:
    if " " in typed or len(typed) < _ADDRESS_CHARS or not user.may_anywhere(Right.OPERATE):
        return ()
    if user.may(Right.OPERATE, None):
        return readers_like(app, typed)[:_SHOWN]
    try:
        found = reader(app, find_reader(app, typed))
    except NotFound:
        return ()
    return (found.person,) if any(user.may(Right.OPERATE, one.digest) for one in found.choices) else ()
