"""Finding articles as they were known at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, select

from digest.store.articles_read import NEWEST, ArticleReading, lookup
from digest.store.tables import article_revisions, article_tags, articles
from digest.store.time_type import Moment

_KNOWN_BY = bindparam("known_by", type_=Moment)
_COLLECTED = articles.c.collected_at <= _KNOWN_BY
_REVISION = (
    select(func.max(article_revisions.c.revision))
    .where(article_revisions.c.article_id == articles.c.id, article_revisions.c.stored_at <= _KNOWN_BY)
    .correlate(articles)
    .scalar_subquery()
)


@dataclass(frozen=True)
class KnownArticles(ArticleReading):
    """The reading half of the articles part, as if it were a moment in the past.

    Articles that came in later are not there, and each has the words of its newest revision at that
    moment. What is not kept is as it is now: tags, the moment that windows find an article by, and
    that an article was dropped.
    """

    known_by: datetime  #: the moment, inside

    _lookup = lookup(_REVISION).where(_COLLECTED)
    _newest = NEWEST.join(articles, articles.c.id == article_tags.c.article_id).where(_COLLECTED)

    def _asked(self) -> Mapping[str, object]:
        return {"known_by": self.known_by}

    def _there(self) -> Sequence[ColumnElement[bool]]:
        return (articles.c.collected_at <= self.known_by,)
