"""What sources gave in the last 30 days, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.actions.app import App
from digest.actions.figures import Yield
from digest.model import Article
from digest.pick import explain
from digest.store import Became

DAYS = 30
_LAST = 12  #: articles that are told one by one
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Given:
    """An article that a source gave, and what became of it."""

    article: Article
    became: Became | None  #: None: no edition has weighed it
    why: str  #: in a sentence, why it was left out; '' when it was not

    @property
    def moment(self) -> datetime:
        """When it was published, else collected."""
        return self.article.effective_at


def yields(app: App, keys: Collection[str], *, zone: str) -> Mapping[str, Yield]:
    """Count what sources gave in 30 days, today included, by the midnights of a zone.

    A day on which clocks change counts as one of 24 hours. What has changed without a new article, and
    without a step of an edition, may be some seconds old.
    """
    today = datetime.combine(app.clock().astimezone(ZoneInfo(zone)).date(), time(), tzinfo=ZoneInfo(zone))
    since = today - (DAYS - 1) * _DAY
    with app.store.reading() as tx:
        newest = tx.source_figures.newest(), tx.editions.newest_step()

    def count() -> dict[str, Yield]:
        with app.store.reading() as tx:
            daily = tx.source_figures.daily(keys, since=since)
            used = tx.source_figures.used(keys, since=since)
        return {key: Yield(daily=_row(daily.get(key, {})), used=_row(used.get(key, {}))) for key in keys}

    return app.figures.yields.of((since, tuple(keys), newest), count)


def last_given(app: App, key: str) -> tuple[tuple[Given, ...], int]:
    """Return a source's newest articles with what became of them, and how many it has in all."""
    with app.store.reading() as tx:
        articles = tx.articles.list(source=key, limit=_LAST)
        became = tx.source_figures.became(one.id for one in articles)
        total = tx.source_figures.total(key)
    return tuple(_given(one, became.get(one.id)) for one in articles), total


def _given(article: Article, became: Became | None) -> Given:
    left_out = became is not None and not became.decision.kept
    why = explain(became.decision, article.title) if became is not None and left_out else ""
    return Given(article=article, became=became, why=why.partition(": ")[2] if why else "")


def _row(days: Mapping[int, int]) -> tuple[int, ...]:
    last = DAYS - 1
    counts = [0] * DAYS
    for day, number in days.items():
        counts[min(day, last)] += number
    return tuple(counts)
