"""The articles part of a transaction, whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, exists, select

from digest.errors import DocumentError
from digest.model import ArticleContent
from digest.model.article import fold
from digest.store import searching
from digest.store.articles_known import KnownArticles
from digest.store.articles_write import ArticleWriting
from digest.store.contents import examine
from digest.store.part import chunks
from digest.store.recognising import Recognising
from digest.store.server import take_turn
from digest.store.tables import article_revisions, article_tags, articles

_WORDS = (
    select(
        articles.c.id,
        articles.c.revision,
        article_revisions.c.title,
        article_revisions.c.byline,
        article_revisions.c.paragraphs,
    )
    .join(
        article_revisions,
        (article_revisions.c.article_id == articles.c.id)
        & (article_revisions.c.revision == articles.c.revision),
    )
    .where(articles.c.id > bindparam("last", type_=BigInteger))
    .order_by(articles.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)


class Articles(ArticleWriting):
    """Finds, stores, tags and drops articles."""

    def known(self, by: datetime) -> KnownArticles:
        """Return what finds articles as they were known at a moment."""
        return KnownArticles(self.connection, self.fingerprint, by)

    def are_known(self, contents: Sequence[ArticleContent]) -> list[bool]:
        """Tell of each content whether an article with its name is stored, also one that was dropped.

        None that cannot be stored is.
        """
        names = [_name(content) for content in contents]
        recognising = Recognising(self.connection, self.fingerprint)
        known = {found for chunk in chunks(filter(None, names)) for found in recognising.known(chunk)}
        return [name in known for name in names]

    def take_in_words(self, *, limit: int) -> bool:
        """Make articles ready to be found by their words, the first stored first.

        Apart from `put`, so that storing does not wait for it.

        Args:
            limit: At most so many.

        Returns:
            True when there are more.
        """
        take_turn(self.connection, "articles")
        last = searching.last(self.connection)
        # Dropped ones, too: what is passed over would be asked for again each time.
        rows = self.connection.execute(_WORDS, {"last": last, "limit": limit + 1}).all()
        searching.add(
            self.connection,
            [
                (row.id, row.revision, "\n".join((row.title, row.byline or "", *json.loads(row.paragraphs))))
                for row in rows[:limit]
            ],
        )
        return len(rows) > limit

    def lacks_words(self) -> bool:
        """Tell whether there are articles that are not ready to be found by their words."""
        query = select(articles.c.id).where(articles.c.id > searching.last(self.connection))
        return self.connection.execute(query.limit(1)).first() is not None

    def search(  # noqa: PLR0913  (each narrows what is found)
        self,
        phrases: Sequence[str],
        *,
        tags: Sequence[str] = (),
        sources: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 30,
        before_id: int | None = None,
    ) -> tuple[int, ...]:
        """Return numbers of articles whose newest words hold all phrases, the last stored first.

        Args:
            phrases: Of folded words, as `digest.words.phrases_of` reads them; of the last one the last word
                may be a beginning, unless it is common. () finds all.
            tags: Only those that carry one of these, by name or key; () does not restrict.
            sources: Only those of one of these, by key; () does not restrict.
            since: Oldest effective moment, inside; None does not restrict.
            until: Newest effective moment, inside.
            limit: At most so many.
            before_id: Only smaller numbers: the last one of the page before.
        """
        if phrases:
            query = searching.holding(self.connection, phrases)
            below = None if before_id is None else searching.before(self.connection, before_id)
        else:
            query = select(articles.c.id).order_by(articles.c.id.desc())
            below = None if before_id is None else articles.c.id < before_id
        query = query.where(articles.c.dropped_at.is_(None))
        if below is not None:
            query = query.where(below)
        if tags:
            numbers = list(self.tag_ids(fold(name) for name in tags).values())
            carried = exists().where(
                article_tags.c.article_id == articles.c.id, article_tags.c.tag_id.in_(numbers)
            )
            query = query.where(carried)
        if sources:
            query = query.where(articles.c.source.in_(list(sources)))
        if since is not None:
            query = query.where(articles.c.effective_at >= since)
        if until is not None:
            query = query.where(articles.c.effective_at <= until)
        return tuple(self.connection.execute(query.limit(limit)).scalars())


def _name(content: ArticleContent) -> bytes | None:
    try:
        return examine(content).identity
    except DocumentError:
        return None
