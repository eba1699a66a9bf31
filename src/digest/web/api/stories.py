"""Stories: which articles tell the same event, and what editors say of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from digest.actions.content import stories as acts
from digest.model import Story as Found
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import MOST, ArticleNumber, Listed, Number, Shape, Wish, wish_like
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/stories", tags=["stories"])


class Copy(Shape):
    """An article that is nearly copied from another."""

    article: int
    copy_of: int


class StoryLine(Shape):
    """Articles that tell the same event."""

    story: int = Field(description="The article that leads it.")
    members: list[int]
    copies: list[Copy]


class Said(Shape):
    """What an editor said of two articles."""

    pair: tuple[int, int]
    kind: str = Field(examples=["together"])
    by: str
    at: datetime


class Story(StoryLine):
    """A story and what editors said of it."""

    wishes: list[Said]


class TogetherWish(Wish):
    """Which articles tell one event."""

    articles: Annotated[list[Number], Field(min_length=2, max_length=100, description="By their numbers.")]

    model_config = wish_like(articles=[3, 8])


class SplitWish(Wish):
    """From which article."""

    from_article: Number | None = Field(default=None, description="Null: from all that share its story now.")

    model_config = wish_like(from_article=8)


class Split(Shape):
    """What was kept apart."""

    article: int
    apart: list[int]


class Forgotten(Shape):
    """How much was taken back."""

    article: int
    forgotten: int


@router.get("", dependencies=scope(Right.READ))
def list_stories(
    app: Installed,
    among: Annotated[int, Query(ge=1, le=MOST, description="Among so many of the newest articles.")] = 200,
) -> Listed[StoryLine]:
    """List the stories that several articles tell, the largest first."""
    return Listed(items=[_line(story) for story, _ in acts.listing(app, limit=among)], next=None)


@router.get("/{article}", dependencies=scope(Right.READ))
def show_story(app: Installed, article: ArticleNumber) -> Story:
    """Show the story of an article."""
    story, _, wishes = acts.show(app, article)
    return Story(**_line(story).model_dump(), wishes=[Said.model_validate(one) for one in wishes])


@router.post("/merge", dependencies=scope(Right.EDIT))
def merge(app: Installed, user: Person, wish: TogetherWish) -> Story:
    """Bring articles together in one story, whatever their words and days; it stays so."""
    acts.merge(app, wish.articles, by=by(user))
    return show_story(app, wish.articles[0])


@router.post("/{article}/split", dependencies=scope(Right.EDIT))
def split(app: Installed, user: Person, article: ArticleNumber, wish: SplitWish | None = None) -> Split:
    """Keep an article apart from another, or from all that share its story now."""
    other = wish.from_article if wish else None
    return Split(article=article, apart=list(acts.split(app, article, from_id=other, by=by(user))))


@router.delete("/{article}/wishes", dependencies=scope(Right.EDIT))
def forget(app: Installed, user: Person, article: ArticleNumber) -> Forgotten:
    """Take back all that editors said of an article's story."""
    return Forgotten(article=article, forgotten=acts.forget(app, article, by=by(user)))


def _line(story: Found) -> StoryLine:
    copies = [Copy(article=copy, copy_of=original) for copy, original in story.copies]
    return StoryLine(story=story.lead, members=list(story.members), copies=copies)
