"""Articles: list, show, send, tag; and which ones a digest must have or must not."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from digest.actions.app import App
from digest.actions.content import articles as acts
from digest.actions.content.pushing import Pushed, push
from digest.actions.content.tag_reasons import tag_reasons
from digest.collect import Document, Format, NameKind
from digest.errors import NotFound
from digest.model import Article as Stored
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.article_wishes import NewArticles, PinWish, TagWish
from digest.web.api.shapes import (
    ArticleNumber,
    Cursor,
    DigestKey,
    Limit,
    Line,
    Listed,
    Shape,
    number_in,
    turned,
)
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1", tags=["articles"])


class Tag(Shape):
    """A label on an article."""

    name: str
    origin: str = Field(description="Who gave it: source, rule, classifier, editor.")


class TagReason(Shape):
    """Why an article carries one of its tags."""

    name: str
    origin: str
    kind: NameKind | None = Field(description="What a name of the text is of; null: the tag is no such.")
    why: str


class ArticleLine(Shape):
    """An article in a list."""

    id: int
    title: str
    source: str
    section: str | None
    story: int = Field(description="The article that leads its story; its own number when it stands alone.")
    copy_of: int | None
    tags: list[Tag]
    published: datetime | None


class Article(Shape):
    """One stored article, whole."""

    id: int
    revision: int
    title: str
    source: str
    url: str | None
    byline: str | None
    published: datetime | None
    collected: datetime
    language: str | None
    section: str | None
    tags: list[Tag]
    tag_reasons: list[TagReason] = Field(description="Why it carries each of them, in their order.")
    image: str | None
    words: int
    text: str


class Taken(Shape):
    """What became of one article."""

    id: int | None
    title: str | None
    outcome: Literal["new", "revised", "same", "kept", "dropped", "failed"]
    reason: str | None = None


class ArticleDropped(Shape):
    """An article that is gone."""

    article: int
    dropped: bool


class Pinned(Shape):
    """What a digest was told of an article."""

    digest: str
    article: int
    kind: Literal["pin", "ban"] | None


@router.get("/articles", dependencies=scope(Right.READ))
def list_articles(  # why: FastAPI reads the query from the arguments
    request: Request,
    response: Response,
    app: Installed,
    tag: Annotated[Line | None, Query(description="Only those with this tag.")] = None,
    source: Annotated[Line | None, Query(description="Only those of this source, by key.")] = None,
    text: Annotated[Line | None, Query(description="Only those with these words in the title.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[ArticleLine]:
    """List articles, the newest number first, with the story each belongs to."""
    wanted = acts.Filter(tag=tag, source=source, text=text, limit=limit + 1, before_id=number_in(cursor))
    page, following = turned(request, response, acts.listing(app, wanted), limit, lambda one: one.article.id)
    return Listed(items=[_line(one) for one in page], next=following)


@router.post("/articles", dependencies=scope(Right.EDIT), status_code=200)
def push_articles(app: Installed, wish: NewArticles) -> Listed[Taken]:
    """Take articles in, each answered for; one that is none costs itself."""
    source = next((one for one in app.sources if one.key == wish.source), None)
    if wish.source is not None and source is None:
        raise NotFound(f"no source '{wish.source}'", where="source", hint="`GET /api/v1/sources` names them")
    data = wish.model_dump_json(include={"articles"}, exclude_none=True).encode()
    document = Document(name="pushed", format=Format.JSON, data=data)
    return Listed(items=[_taken(one) for one in push(app, document, source=source)], next=None)


@router.get("/articles/{article}", dependencies=scope(Right.READ))
def show_article(app: Installed, article: ArticleNumber) -> Article:
    """Show one article whole."""
    return _whole(app, acts.get(app, article))


@router.delete("/articles/{article}", dependencies=scope(Right.EDIT, over_all=True))
def drop_article(app: Installed, article: ArticleNumber) -> ArticleDropped:
    """Drop an article for good: no edition takes it, and it does not come back."""
    acts.drop(app, article)
    return ArticleDropped(article=article, dropped=True)


@router.post("/articles/{article}/tags", dependencies=scope(Right.EDIT))
def tag_article(app: Installed, article: ArticleNumber, wish: TagWish) -> Article:
    """Add or take off tags; what an editor says outlives later revisions."""
    return _whole(app, acts.retag(app, article, add=wish.add, remove=wish.remove))


@router.put("/digests/{digest}/pins/{article}", dependencies=scope(Right.EDIT))
def pin(app: Installed, user: Person, digest: DigestKey, article: ArticleNumber, wish: PinWish) -> Pinned:
    """Pin an article into a digest's next edition, or ban it from there."""
    acts.mark(app, article, digest, wish.kind, by=by(user))
    return Pinned(digest=digest, article=article, kind=wish.kind)


@router.delete("/digests/{digest}/pins/{article}", dependencies=scope(Right.EDIT))
def unpin(app: Installed, user: Person, digest: DigestKey, article: ArticleNumber) -> Pinned:
    """Take back what was said of an article."""
    acts.mark(app, article, digest, None, by=by(user))
    return Pinned(digest=digest, article=article, kind=None)


def _line(line: acts.Line) -> ArticleLine:
    article = line.article
    return ArticleLine(
        id=article.id,
        title=article.title,
        source=article.origin.key,
        section=article.section,
        story=line.story,
        copy_of=line.copy_of,
        tags=[Tag.model_validate(one) for one in article.tags],
        published=article.published,
    )


def _whole(app: App, article: Stored) -> Article:
    return Article(
        id=article.id,
        revision=article.revision,
        title=article.title,
        source=article.origin.key,
        url=article.url,
        byline=article.byline,
        published=article.published,
        collected=article.collected_at,
        language=article.language,
        section=article.section,
        tags=[Tag.model_validate(one) for one in article.tags],
        tag_reasons=[TagReason.model_validate(one) for one in tag_reasons(article, app.sources)],
        image=article.image.url if article.image else None,
        words=article.word_count,
        text=article.text,
    )


def _taken(one: Pushed) -> Taken:
    if one.put is None:
        return Taken(id=None, title=one.title, outcome="failed", reason=one.reason)
    return Taken(id=one.put.article_id, title=one.title, outcome=one.put.outcome)
