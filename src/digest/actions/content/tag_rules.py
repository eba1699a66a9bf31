"""The tags that a digest's rules give to stored articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from digest.classify import given_tags
from digest.model import Article
from digest.pipeline import tag_rules
from digest.settings import DigestSettings
from digest.store import ArticleReading


def under_rules(
    articles: Iterable[Article], digest: DigestSettings, stored: ArticleReading
) -> tuple[Article, ...]:
    """Give articles the tags that a digest's rules have for them; what editors took off stays off.

    Args:
        articles: As they are stored.
        digest: Whose rules.
        stored: Where it is looked up what editors took off.
    """
    rules = tag_rules(digest)
    found = tuple(articles)
    if not rules:
        return found
    off = stored.taken_off([one.id for one in found])
    return tuple(replace(one, tags=given_tags(one, rules, off.get(one.id, ()))) for one in found)
