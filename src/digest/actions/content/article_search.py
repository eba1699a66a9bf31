"""Look for articles by their words, tags, sources and days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.model import Article
from digest.words import folded_words, may_go_on, phrases_of

MAX_QUERY = 200  #: characters of a search that are read
MAX_PAGE = 100  #: articles on a page at the most
_BATCH = 1_000  #: articles whose words are taken in at once; under a second
_AROUND = 90  #: characters of a paragraph that are shown on each side of what was found
_MOST_MARKED = 400  #: characters of what was found; a text may go on without a gap for ever
_PIECE = re.compile(r"\S+")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which articles to look for; what is empty does not restrict."""

    words: str = (
        ""  #: as typed; each part between spaces is looked for as a phrase, the last may be a beginning
    )
    tags: tuple[str, ...] = ()  #: any of them
    sources: tuple[str, ...] = ()  #: any of them, by key
    since: datetime | None = None  #: oldest effective moment, inside
    until: datetime | None = None  #: newest effective moment, inside
    limit: int = 30
    after: int | None = None  #: number of the last article of the page before


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of a text."""

    text: str
    is_found: bool  #: it is what was looked for


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """An article that was found."""

    article: Article
    snippet: tuple[Piece, ...]  #: a part of its text around what was found, else its beginning; may be empty


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Articles that were found, the last stored first."""

    hits: tuple[Hit, ...]
    after: int | None  #: what the next page begins after; None when this is the last


def search(app: App, wanted: Wanted) -> Page:
    """Look for articles, the last stored first; words are compared without case and accents.

    A search that holds only signs, such as quotation marks, finds nothing.
    """
    typed = wanted.words[:MAX_QUERY]
    phrases = phrases_of(typed)
    if typed.strip() and not phrases:
        return Page(hits=(), after=None)
    if phrases and _is_behind(app):
        catch_up(app)
    limit = max(1, min(wanted.limit, MAX_PAGE))
    with app.store.reading() as tx:
        numbers = tx.articles.search(
            phrases,
            tags=wanted.tags,
            sources=wanted.sources,
            since=wanted.since,
            until=wanted.until,
            limit=limit + 1,
            before_id=wanted.after,
        )
        found = tx.articles.many(numbers[:limit])
    after = numbers[limit - 1] if len(numbers) > limit else None
    return Page(hits=tuple(Hit(article=one, snippet=snippet_of(one, phrases)) for one in found), after=after)


def catch_up(app: App) -> None:
    """Make all articles ready to be found by their words; storing leaves that to this."""
    more = True
    while more:
        with app.store.writing() as tx:
            more = tx.articles.take_in_words(limit=_BATCH)


def _is_behind(app: App) -> bool:
    with app.store.reading() as tx:
        return tx.articles.lacks_words()


def snippet_of(article: Article, phrases: Sequence[str]) -> tuple[Piece, ...]:
    """Return a part of an article's text around the first of the phrases that stands there.

    Args:
        article: Whose paragraphs are looked through; the title is not.
        phrases: As `phrases_of` reads them; of the last one the last word may be a beginning.

    Returns:
        Pieces that together are one stretch of a paragraph, with '…' where it is cut.
    """
    for place, phrase in enumerate(phrases):
        ending = "" if place == len(phrases) - 1 and may_go_on(phrase) else " "
        for paragraph in article.paragraphs:
            if f" {phrase}{ending}" in f" {folded_words(paragraph)} ":
                return _around(paragraph, phrase)
    text = article.paragraphs[0] if article.paragraphs else ""
    return _cut(text, 0, 0) if text else ()


def _around(paragraph: str, phrase: str) -> tuple[Piece, ...]:
    """Cut a paragraph around where a phrase begins."""
    words = phrase.split()
    for found in _PIECE.finditer(paragraph):
        if not f" {folded_words(found.group())}".count(f" {words[0]}"):
            continue
        end = _end_of(paragraph, found.start(), phrase)
        if end:
            return _cut(paragraph, found.start(), end)
    return _cut(paragraph, 0, 0)


def _end_of(paragraph: str, start: int, phrase: str) -> int:
    """Find the end of the parts between spaces that hold a whole phrase; 0 when it does not begin here."""
    for found in _PIECE.finditer(paragraph, start):
        so_far = folded_words(paragraph[start : found.end()])
        if f" {phrase}" in f" {so_far}":
            return found.end()
        if len(so_far) > 2 * len(phrase) + 40:
            return 0
    return 0


def _cut(text: str, start: int, end: int) -> tuple[Piece, ...]:
    end = min(end, start + _MOST_MARKED)
    left, right = max(0, start - _AROUND), min(len(text), max(end, start + _AROUND // 3) + _AROUND)
    if left:
        left = text.rfind(" ", 0, left) + 1 or left
    if right < len(text):
        right = max(text.rfind(" ", end, right), end) if " " in text[end:right] else right
    pieces = (
        Piece(text=("…" if left else "") + text[left:start], is_found=False),
        Piece(text=text[start:end], is_found=True),
        Piece(text=text[end:right] + ("…" if right < len(text) else ""), is_found=False),
    )
    return tuple(piece for piece in pieces if piece.text)
