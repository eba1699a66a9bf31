"""Recognising articles that come again: under another address, or as something else under an old name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select

from digest.canonical import canonical_address
from digest.model import UNKNOWN_SOURCE, ArticleContent
from digest.model.article import fold
from digest.model.likeness import are_alike
from digest.store.contents import (
    Incoming,
    content_fields,
    hash_before,
    is_named_by_feed,
    name_by_place,
    name_by_text,
    name_of_board,
)
from digest.store.part import Line, Part
from digest.store.tables import article_revisions, articles, sources

_HEADS = (
    articles.c.id,
    articles.c.identity,
    articles.c.also,
    articles.c.source,
    articles.c.revision,
    articles.c.content_hash,
    articles.c.title_folded,
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
_ADDRESSES = (
    select(articles.c.id, article_revisions.c.url, article_revisions.c.guid)
    .join(
        article_revisions,
        (article_revisions.c.article_id == articles.c.id)
        & (article_revisions.c.revision == articles.c.revision),
    )
    .where(articles.c.id.in_(bindparam("ids", expanding=True)))
)
_CANDIDATES = 3  #: articles that one feed identifier is compared with
_NEIGHBOURS = 20  #: articles of one address whose words another one is compared with, the newest


class Recognising(Part):
    """Finds out which stored article a content is, if any."""

    def known(self, names: Collection[bytes]) -> dict[bytes, Line]:
        """Find articles by their first names."""
        rows = self.connection.execute(_BY_NAME, {"names": list(names)})
        return {row.identity: row for row in rows}

    def recognise(self, incoming: Sequence[Incoming]) -> list[Incoming]:
        """Give each content the name of the article that it is, so that it is found by that."""
        known = self.known({one.identity for one in incoming})
        doubtful = [one.content for one in incoming if _is_doubtful(one, known.get(one.identity))]
        names = {one.also for one in incoming if one.also and one.identity not in known}
        names |= {name_of_board(content) for content in doubtful}
        second: dict[bytes, list[Line]] = {}
        if names:
            for row in self.connection.execute(_BY_SECOND_NAME, {"names": list(names)}):
                second.setdefault(row.also, []).append(row)
        if doubtful:
            known |= self.known({name_by_place(content) for content in doubtful})
        boards = _boards(incoming)
        named = [self._named(one, known, second, is_board=one.identity in boards) for one in incoming]
        return list(_apart(named))

    def are_told(self, incoming: Sequence[tuple[Incoming, Line]]) -> list[bool]:
        """Tell of each content whether the article that is there was hashed from the same words once."""
        query = {"ids": [row.id for _, row in incoming]}
        told = {row.id: row for row in self.connection.execute(_ADDRESSES, query)} if incoming else {}
        return [
            _place(told[row.id].url) == _place(one.content.url)
            and row.content_hash == hash_before(one, told[row.id].url, told[row.id].guid)
            for one, row in incoming
        ]

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
        self,
        one: Incoming,
        known: Mapping[bytes, Line],
        second: Mapping[bytes, Sequence[Line]],
        *,
        is_board: bool,
    ) -> Incoming:
        row = known.get(one.identity)
        if row is None:
            for candidate in second.get(one.also or b"", ())[:_CANDIDATES]:
                if self._is_alike(one, candidate):
                    return replace(one, identity=candidate.identity)
            return one
        if _is_doubtful(one, row):
            name = _beside(one)
            others = second.get(name.also or b"", ())
            if name.identity in known:
                return name
            return self._on_board(one, row, others) if others or is_board or _is_other(one, row.also) else one
        is_feed_name = not one.content.url and bool(one.content.guid)
        if is_feed_name and row.content_hash != one.hash and not self._is_alike(one, row):
            return _beside(one)
        return one

    def _on_board(self, one: Incoming, first: Line, others: Sequence[Line]) -> Incoming:
        """Find out which of the articles that share an address a content is, if any."""
        title = fold(one.content.title)
        row = next((row for row in (first, *others) if row.title_folded == title), None)
        if row is None:
            some = (first, *others[:_NEIGHBOURS])
            row = next((row for row in some if self._is_alike(one, row)), None)
        if row is first:
            return one
        name = _beside(one)
        return name if row is None else replace(name, identity=row.identity)

    def _is_alike(self, one: Incoming, row: Line) -> bool:
        """Tell whether a content says what a stored article says, title or text."""
        fields = self._fields(row)
        return are_alike(one.content, fields["title"], fields["paragraphs"])

    def _fields(self, row: Line) -> Mapping[str, Any]:  # why Any: fields of several types
        stored = self.connection.execute(_WORDS, {"article": row.id, "revision": row.revision}).one()
        return content_fields(stored)

    def _homes(self, keys: Collection[str]) -> dict[str, str]:
        query = select(sources.c.key, sources.c.homepage).where(sources.c.key.in_(list(keys)))
        return {row.key: row.homepage or "" for row in self.connection.execute(query)}


def _is_doubtful(one: Incoming, row: Line | None) -> bool:
    """Tell whether the article at a content's address might be another one of its source."""
    own = one.content.source or UNKNOWN_SOURCE
    return bool(one.content.url) and row is not None and row.content_hash != one.hash and row.source == own


def _is_other(one: Incoming, also: bytes | None) -> bool:
    """Tell whether a content has another identifier than what is known at its address."""
    return one.also is not None and also not in {None, one.also}


def _boards(incoming: Iterable[Incoming]) -> set[bytes]:
    """Name the addresses that entries of one source share at once, without identifiers of their own."""
    first: dict[bytes, ArticleContent] = {}
    found: set[bytes] = set()
    for one in incoming:
        if one.content.url and not is_named_by_feed(one.content):
            other = first.setdefault(one.identity, one.content)
            if other.source == one.content.source and not _are_one(one, other):
                found.add(one.identity)
    return found


def _apart(incoming: Iterable[Incoming]) -> Iterator[Incoming]:
    """Give what comes at once under one name, and is not one article, names of its own."""
    first: dict[bytes, Incoming] = {}
    titles: dict[tuple[bytes, str], Incoming] = {}
    for one in incoming:
        other = first.setdefault(one.identity, one)
        if not _may_be_apart(one, other) or _are_one(one, other.content):
            yield one
        elif one.content.url:
            name = titles.setdefault((one.identity, fold(one.content.title)), _beside(one))
            yield replace(one, identity=name.identity, also=name.also)
        else:
            yield _beside(one)


def _may_be_apart(one: Incoming, other: Incoming) -> bool:
    """Tell whether two contents of one name may be two articles: some feeds use names again."""
    content = one.content
    if not content.url:
        return bool(content.guid)
    is_other = _is_other(one, other.also) or not is_named_by_feed(content)
    return is_other and content.source == other.content.source


def _beside(one: Incoming) -> Incoming:
    """Name a content for the case that another article has its first name."""
    content = one.content
    if not content.url:
        return replace(one, identity=name_by_text(content))
    return replace(one, identity=name_by_place(content), also=name_of_board(content))


def _are_one(one: Incoming, other: ArticleContent) -> bool:
    return one.content is other or are_alike(one.content, other.title, other.paragraphs)


def _place(address: str | None) -> str | None:
    return address and canonical_address(address)


def _is_at_home(one: Incoming, source: str | None, homes: Mapping[str, str]) -> bool:
    """Tell whether an address leads to the source's own site, or below it."""
    host, home = _host(one.content.url or ""), _host(homes.get(source or "", ""))
    return bool(home) and (host == home or host.endswith(f".{home}"))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
