"""The articles part of a transaction, whole."""

from __future__ import annotations

from digest.store.articles_write import ArticleWriting


class Articles(ArticleWriting):
    """Finds, stores, tags and drops articles."""
