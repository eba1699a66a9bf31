"""What sources gave, and what became of it."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from digest.actions.content.source_yields import Given, last_given, yields
from digest.actions.content.sources import health
from digest.model.accounts import Right, User
from digest.web.api.access import scope
from digest.web.api.shapes import Shape
from digest.web.api.sources import SourceName
from digest.web.frame import Installed, zone_of
from digest.web.guard import Person

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])


class GivenArticle(Shape):
    """An article that a source gave, and what became of it."""

    article: int
    title: str
    at: datetime = Field(description="When it was published, else collected.")
    edition: int | None = Field(
        default=None, description="That weighed it last; null: none that one may see."
    )
    digest: str | None = None
    kept: bool | None = None
    why: str = Field(default="", description="Why it was left out, in a sentence; empty when it was not.")


class Yield(Shape):
    """What a source gave in 30 days."""

    source: str
    zone: str = Field(description="By whose midnights days are counted: the person's.")
    daily: list[int] = Field(description="Articles a day, the oldest day first, today last.")
    used: list[int] = Field(description="Of them in an edition that went out.")
    per_day: float
    used_percent: int | None = Field(description="Null when it gave none.")
    total: int = Field(description="Articles of all time.")
    last: list[GivenArticle] = Field(description="Its newest articles, at most 12.")


@router.get("/{source}/yield", dependencies=scope(Right.READ))
def show_yield(app: Installed, user: Person, source: SourceName) -> Yield:
    """Show what a source gave in the last 30 days, and what became of its newest articles."""
    key, zone = health(app, source).source.key, zone_of(app, user)
    gave, (last, total) = yields(app, [key], zone=zone)[key], last_given(app, key)
    return Yield(
        source=key,
        zone=zone,
        daily=list(gave.daily),
        used=list(gave.used),
        per_day=gave.per_day,
        used_percent=gave.used_percent,
        total=total,
        last=[_given(one, user) for one in last],
    )


def _given(one: Given, user: User) -> GivenArticle:
    """Show an article; what became of it only where the person may look at that digest."""
    became = one.became
    if became is None or not user.may(Right.READ, became.digest):
        return GivenArticle(article=one.article.id, title=one.article.title, at=one.moment)
    return GivenArticle(
        article=one.article.id,
        title=one.article.title,
        at=one.moment,
        edition=became.edition_id,
        digest=became.digest,
        kept=became.decision.kept,
        why=one.why,
    )
