"""The articles part of a transaction, whole."""

from __future__ import annotations

from datetime import datetime

from digest.store.articles_known import KnownArticles
from digest.store.articles_write import ArticleWriting


class Articles(ArticleWriting):
    """Finds, stores, tags and drops articles."""

    def known(self, by: datetime) -> KnownArticles:
        """Return what finds articles as they were known at a moment."""
        return KnownArticles(self.connection, self.fingerprint, by)
