"""Storing articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, update

from digest.clock import aware
from digest.model import UNKNOWN_SOURCE, ArticleContent
from digest.model.article import fold
from digest.store import searching
from digest.store.article_tags import ArticleTagging, Tagged
from digest.store.contents import Incoming, effective_at, examine, revision_row, searched_text
from digest.store.dialects import insert_many, reserve_ids
from digest.store.part import Line, chunks
from digest.store.recognising import Recognising
from digest.store.server import take_turn
from digest.store.sources import Sources
from digest.store.tables import article_revisions, articles
from digest.store.values import Outcome, Put

Revise = Callable[[ArticleContent, str], bool]
#: Tells whether a content may replace the words of a known article of the source with that key
_REVISE = (
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(
        {
            name: bindparam(name)
            for name in ("revision", "content_hash", "also", "title_folded", "effective_at", "source")
        }
    )
)


class ArticleWriting(ArticleTagging):
    """The writing half of the articles part."""

    def put(
        self,
        contents: Sequence[ArticleContent],
        collected_at: datetime,
        *,
        revise: Revise | None = None,
    ) -> tuple[Put, ...]:
        """Store contents: new articles, or new revisions of known ones.

        An article is the same when its address is, in canonical form; without an address, when source
        and feed identifier are; without both, when title and text are. A new address of one that its
        source names alike and tells alike is the same article, too; a feed identifier that comes back
        with other words is another one, and so is another identifier with other words at a known address.
        Without an address, the same words of one date are one article under any identifier. What a source
        told is revised by that source alone, or by the one whose own site the address leads to.

        Args:
            contents: Any number; the same article may come twice.
            collected_at: When they came in; an article keeps the first such moment.
            revise: Asked of each that is known with other words; None keeps to the rule above.

        Returns:
            What became of each, in the order given.

        Raises:
            DocumentError: A content holds what no database takes; nothing was written.
        """
        moment = aware(collected_at)
        incoming = [examine(content) for content in contents]
        take_turn(self.connection, "articles")
        outcomes: dict[int, Put] = {}
        recognising = Recognising(self.connection, self.fingerprint)
        for chunk in chunks(incoming):
            at = len(outcomes)
            for wave in _waves(enumerate(recognising.recognise(chunk), at)):
                outcomes.update(self._put_wave(wave, moment, revise))
        return tuple(outcomes[place] for place in range(len(incoming)))

    def _put_wave(
        self, wave: Mapping[int, Incoming], moment: datetime, revise: Revise | None
    ) -> dict[int, Put]:
        """Store contents that are all different articles."""
        recognising = Recognising(self.connection, self.fingerprint)
        known = recognising.known([one.identity for one in wave.values()])
        new = [one for one in wave.values() if one.identity not in known]
        hashed = [(one, known[one.identity]) for one in wave.values() if _differs(one, known)]
        told = recognising.are_told(hashed)
        differing = [pair for pair, is_told in zip(hashed, told, strict=True) if not is_told]
        if revise is None:
            allowed = recognising.may_revise(differing)
        else:
            allowed = [revise(one.content, row.source) for one, row in differing]
        changed = [one for (one, _), may in zip(differing, allowed, strict=True) if may]
        Sources(self.connection, self.fingerprint).add_unheard(_sources([*new, *changed]))
        numbers = self._add(new, moment)
        self._revise([(one, known[one.identity]) for one in changed], moment)
        words: dict[bytes, Outcome] = dict.fromkeys(numbers, "new")
        words |= dict.fromkeys((one.identity for one, _ in differing), "kept")
        words |= dict.fromkeys((one.identity for one in changed), "revised")
        ids = {identity: row.id for identity, row in known.items()} | numbers
        return {
            place: Put(article_id=ids[one.identity], outcome=words.get(one.identity, "same"))
            for place, one in wave.items()
        }

    def _add(self, new: Sequence[Incoming], moment: datetime) -> dict[bytes, int]:
        if not new:
            return {}
        reserved = reserve_ids(self.connection, articles, len(new))
        numbers = {one.identity: number for one, number in zip(new, reserved, strict=True)}
        rows = [
            {"id": number, "identity": identity, "collected_at": moment, "dropped_at": None}
            for identity, number in numbers.items()
        ]
        heads = [row | _head(one, 1, moment) for row, one in zip(rows, new, strict=True)]
        insert_many(self.connection, articles, heads)
        revisions = [
            revision_row(one, article_id=numbers[one.identity], revision=1, stored_at=moment) for one in new
        ]
        insert_many(self.connection, article_revisions, revisions)
        self.give_tags(
            [
                Tagged(numbers[one.identity], effective_at(one.content, moment), one.content.tags)
                for one in new
            ]
        )
        return numbers

    def _revise(self, changed: Sequence[tuple[Incoming, Line]], moment: datetime) -> None:
        if not changed:
            return
        heads = [
            {"article": old.id, **_head(one, old.revision + 1, old.collected_at)} for one, old in changed
        ]
        self.connection.execute(_REVISE, heads)
        revisions = [
            revision_row(one, article_id=old.id, revision=old.revision + 1, stored_at=moment)
            for one, old in changed
        ]
        insert_many(self.connection, article_revisions, revisions)
        last = searching.last(self.connection)
        searching.add(
            self.connection,
            [
                (old.id, old.revision + 1, searched_text(one.content))
                for one, old in changed
                if old.id <= last
            ],
        )
        self.retag(
            [
                Tagged(old.id, effective_at(one.content, old.collected_at), one.content.tags)
                for one, old in changed
                if old.dropped_at is None
            ]
        )


def _waves(chunk: Iterable[tuple[int, Incoming]]) -> Iterable[dict[int, Incoming]]:
    """Split contents so that no article comes twice in one part; nearly always there is one part."""
    rest = list(chunk)
    while rest:
        seen: set[bytes] = set()
        wave, later = {}, []
        for place, one in rest:
            if one.identity in seen:
                later.append((place, one))
            else:
                seen.add(one.identity)
                wave[place] = one
        yield wave
        rest = later


def _differs(one: Incoming, known: Mapping[bytes, Line]) -> bool:
    return one.identity in known and bool(known[one.identity].content_hash != one.hash)


def _sources(incoming: Iterable[Incoming]) -> dict[str, str]:
    """Name the sources of articles by key; the first title that is heard counts."""
    titles: dict[str, str] = {}
    for one in incoming:
        key = one.content.source
        titles.setdefault(key or UNKNOWN_SOURCE, one.content.source_title or key or "Unknown source")
    return titles


def _head(one: Incoming, revision: int, collected_at: datetime) -> dict[str, object]:
    """Make the columns of an article that follow its newest revision."""
    return {
        "source": one.content.source or UNKNOWN_SOURCE,
        "revision": revision,
        "content_hash": one.hash,
        "also": one.also,
        "title_folded": fold(one.content.title),
        "effective_at": effective_at(one.content, collected_at),
    }
