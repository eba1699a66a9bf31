"""Recognising articles that come again: under another address, or as something else under an old name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select

from digest.model import UNKNOWN_SOURCE, ArticleContent
from digest.model.article import fold
from digest.store.contents import Incoming, content_fields, name_by_feed, name_by_text
from digest.store.part import Line, Part
from digest.store.tables import article_revisions, articles, sources

_HEADS = (
    articles.c.id,
    articles.c.identity,
    articles.c.also,
    articles.c.source,
    articles.c.revision,
    articles.c.content_hash,
    articles.c.collected_at,
    articles.c.dropped_at,
)
_BY_NAME = select(*_HEADS).where(articles.c.identity.in_(bindparam("names", expanding=True)))
_BY_SECOND_NAME = (
    select(*_HEADS)
    .where(articles.c.also.in_(bindparam("names", expanding=True)))
    .order_by(articles.c.id.desc())
)
_WORDS = select(article_revisions).where(
    article_revisions.c.article_id == bindparam("article"),
    article_revisions.c.revision == bindparam("revision"),
)
_RUN = 3  #: words
_ALIKE = 0.3  #: share of the shorter text's runs of words that make two texts one
_CANDIDATES = 3  #: articles that one feed identifier is compared with


class Recognising(Part):
    """Finds out which stored article a content is, if any."""

    def known(self, names: Collection[bytes]) -> dict[bytes, Line]:
        """Find articles by their first names."""
        rows = self.connection.execute(_BY_NAME, {"names": list(names)})
        return {row.identity: row for row in rows}

    def recognise(self, incoming: Sequence[Incoming]) -> list[Incoming]:
        """Give each content the name of the article that it is, so that it is found by that."""
        known = self.known({one.identity for one in incoming})
        moved = {one.also for one in incoming if one.also and one.identity not in known}
        second: dict[bytes, list[Line]] = {}
        if moved:
            for row in self.connection.execute(_BY_SECOND_NAME, {"names": list(moved)}):
                second.setdefault(row.also, []).append(row)
        named = [self._named(one, known, second) for one in incoming]
        return list(_apart(named))

    def may_revise(self, new: Sequence[tuple[Incoming, Line]]) -> list[bool]:
        """Tell of each content whether it may replace the words of the article that is there."""
        strangers = [(one, row) for one, row in new if row.source not in {one.content.source, UNKNOWN_SOURCE}]
        keys = {key for one, row in strangers for key in (one.content.source, row.source) if key}
        homes = self._homes(keys) if strangers else {}
        return [
            row.source in {one.content.source or UNKNOWN_SOURCE, UNKNOWN_SOURCE}
            or (_is_at_home(one, one.content.source, homes) and not _is_at_home(one, row.source, homes))
            for one, row in new
        ]

    def _named(
        self, one: Incoming, known: Mapping[bytes, Line], second: Mapping[bytes, Sequence[Line]]
    ) -> Incoming:
        row = known.get(one.identity)
        if row is not None:
            name = _name_beside(one, row.source, row.also)
            if name is None or row.content_hash == one.hash or self._is_alike(one, row):
                return one
            return replace(one, identity=name)
        for candidate in second.get(one.also or b"", ())[:_CANDIDATES]:
            if self._is_alike(one, candidate):
                return replace(one, identity=candidate.identity)
        return one

    def _is_alike(self, one: Incoming, row: Line) -> bool:
        """Tell whether a content says what a stored article says, title or text."""
        stored = self.connection.execute(_WORDS, {"article": row.id, "revision": row.revision}).one()
        fields = content_fields(stored)
        return _are_alike(one.content, fields["title"], fields["paragraphs"])

    def _homes(self, keys: Collection[str]) -> dict[str, str]:
        query = select(sources.c.key, sources.c.homepage).where(sources.c.key.in_(list(keys)))
        return {row.key: row.homepage or "" for row in self.connection.execute(query)}


def _apart(incoming: Iterable[Incoming]) -> Iterator[Incoming]:
    """Give what comes at once under one name, and is not one article, names of its own."""
    first: dict[bytes, Incoming] = {}
    for one in incoming:
        other = first.setdefault(one.identity, one)
        name = None if other is one else _name_beside(one, other.content.source or UNKNOWN_SOURCE, other.also)
        if name is None or _are_alike(one.content, other.content.title, other.content.paragraphs):
            yield one
        else:
            yield replace(one, identity=name)


def _name_beside(one: Incoming, source: str, also: bytes | None) -> bytes | None:
    """Name a content for the case that another article has its first name; None: it can only be that article.

    Some feeds use an identifier again, and some let all their entries lead to one page.
    """
    content = one.content
    if not content.url:
        return name_by_text(content) if content.guid else None
    is_other_entry = one.also is not None and also not in {None, one.also}
    return name_by_feed(content) if is_other_entry and source == (content.source or UNKNOWN_SOURCE) else None


def _are_alike(content: ArticleContent, title: str, paragraphs: Sequence[str]) -> bool:
    if fold(title) == fold(content.title):
        return True
    mine, theirs = _runs(content.paragraphs), _runs(paragraphs)
    return len(mine & theirs) > _ALIKE * min(len(mine), len(theirs))


def _runs(paragraphs: Sequence[str]) -> set[tuple[str, ...]]:
    words = fold(" ".join(paragraphs)).split()
    return {tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))}


def _is_at_home(one: Incoming, source: str | None, homes: Mapping[str, str]) -> bool:
    """Tell whether an address leads to the source's own site, or below it."""
    host, home = _host(one.content.url or ""), _host(homes.get(source or "", ""))
    return bool(home) and (host == home or host.endswith(f".{home}"))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
