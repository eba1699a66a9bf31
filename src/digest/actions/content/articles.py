"""Look at stored articles and change what editors may change: tags, pins, bans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from digest.actions.app import App
from digest.actions.content.stories import stories_of
from digest.errors import DigestError, NotFound
from digest.markup import clean_line
from digest.model import Article, Tag, TagOrigin

TAG_CHARS = 80


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which articles to list; what is None does not restrict."""

    tag: str | None = None
    source: str | None = None
    text: str | None = None
    limit: int = 50
    before_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """An article in a list, with its place among the others listed."""

    article: Article
    story: int  #: article number that leads its story; its own when it stands alone
    copy_of: int | None  #: article number it is nearly copied from


def listing(app: App, wanted: Filter) -> tuple[Line, ...]:
    """List articles, newest number first, each with its story and its original."""
    with app.store.reading() as tx:
        articles = tx.articles.list(
            tag=wanted.tag,
            source=wanted.source,
            text=wanted.text,
            limit=wanted.limit,
            before_id=wanted.before_id,
        )
        stories = stories_of(tx, articles)
    lead = {member: story.lead for story in stories for member in story.members}
    original = dict(pair for story in stories for pair in story.copies)
    return tuple(
        Line(article=article, story=lead[article.id], copy_of=original.get(article.id))
        for article in articles
    )


def get(app: App, article_id: int) -> Article:
    """Return one article.

    Raises:
        NotFound: There is none with this number, or it was dropped.
    """
    with app.store.reading() as tx:
        article = tx.articles.get(article_id)
    if article is None:
        raise NotFound(f"no article {article_id}", hint="`digest articles list` shows those there are")
    return article


def retag(app: App, article_id: int, *, add: Sequence[str], remove: Sequence[str]) -> Article:
    """Add and take off tags in an editor's name.

    Raises:
        NotFound: There is none with this number.
        DigestError: A tag is empty.
    """
    names = [clean_line(name, TAG_CHARS) for name in add]
    if not all(names):
        raise DigestError("a tag needs at least one letter or sign", where="--add")
    tags = [Tag(name=name, origin=TagOrigin.EDITOR) for name in names]
    with app.store.writing() as tx:
        tx.articles.tag(article_id, add=tags, remove=remove)
    return get(app, article_id)


def drop(app: App, article_id: int) -> None:
    """Drop an article for good.

    Raises:
        NotFound: There is none with this number.
    """
    with app.store.writing() as tx:
        tx.articles.drop(article_id, at=app.clock())


def mark(app: App, article_id: int, digest_key: str, kind: Literal["pin", "ban"] | None, *, by: str) -> None:
    """Pin an article into a digest, ban it from there, or take either back.

    Raises:
        NotFound: There is no such article or digest.
    """
    app.digest(digest_key)
    get(app, article_id)
    with app.store.writing() as tx:
        tx.editions.set_pin(digest_key, article_id, kind, by=by, at=app.clock())
