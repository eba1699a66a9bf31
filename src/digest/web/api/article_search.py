"""Articles by their words, tags, sources and days."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from digest.actions.content.article_search import MAX_PAGE, MAX_QUERY, Hit, Wanted, search
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import Cursor, Line, Listed, Moment, Shape, behind, number_in
from digest.web.frame import Installed

router = APIRouter(prefix="/api/v1/articles", tags=["articles"])

Several = Annotated[list[Line] | None, Query(max_length=20, description="Any of them; may repeat.")]


class FoundArticle(Shape):
    """An article that was found."""

    id: int
    title: str
    source: str
    published: datetime | None
    snippet: str = Field(description="A part of its text around what was found, else its beginning.")


def _wanted(  # why: FastAPI reads the query from the arguments
    words: Annotated[
        Line, Query(max_length=MAX_QUERY, description="Parts in quotation marks are phrases.")
    ] = "",
    tag: Several = None,
    source: Several = None,
    since: Annotated[Moment | None, Query(description="The oldest moment, inside.")] = None,
    until: Annotated[Moment | None, Query(description="The newest moment, inside.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="At most so many.")] = 30,
    cursor: Cursor = None,
) -> Wanted:
    return Wanted(
        words=words,
        tags=tuple(tag or ()),
        sources=tuple(source or ()),
        since=since,
        until=until,
        limit=limit,
        after=number_in(cursor),
    )


@router.get("/search", dependencies=scope(Right.READ))
def search_articles(
    request: Request, response: Response, app: Installed, wanted: Annotated[Wanted, Depends(_wanted)]
) -> Listed[FoundArticle]:
    """Look for articles, the last stored first; case and accents do not count."""
    page = search(app, wanted)
    following = None if page.after is None else behind(request, response, page.after)
    return Listed(items=[_found(one) for one in page.hits], next=following)


def _found(hit: Hit) -> FoundArticle:
    article = hit.article
    return FoundArticle(
        id=article.id,
        title=article.title,
        source=article.origin.key,
        published=article.published,
        snippet="".join(piece.text for piece in hit.snippet),
    )
