"""Score and order the candidates that no rule excluded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import log2, prod

from digest.model import Article, Candidate, Score
from digest.model.article import fold
from digest.settings.digests import SelectionSettings


def score(candidate: Candidate, selection: SelectionSettings, now: datetime) -> Score:
    """Multiply freshness, source weight, tag weights and story size into one figure."""
    article = candidate.article
    weights = {fold(name): weight for name, weight in selection.tag_weights.items()}
    terms = (
        _freshness(article, selection, now),
        ("source", article.origin.weight),
        *((f"tag {tag.name}", weights[tag.key]) for tag in article.tags if tag.key in weights),
        ("story", 1 + 0.5 * log2(candidate.story.size)),
    )
    return Score(total=prod(factor for _, factor in terms), terms=terms)


def _freshness(article: Article, selection: SelectionSettings, now: datetime) -> tuple[str, float]:
    # When it came in says nothing about when it was written: it must not outrank what is known to be new.
    if article.published is None:
        return "undated", 0.5
    return "freshness", 0.5 ** (age(article, now) / selection.half_life)


def age(article: Article, now: datetime) -> timedelta:
    """Return how old the article is; never less than nothing."""
    return max(timedelta(0), now - article.effective_at)


def ranked(scored: Iterable[tuple[Candidate, Score]]) -> list[tuple[Candidate, Score]]:
    """Order by pins, then score, then the newer, then the lower article id. Removes none."""
    return sorted(
        scored,
        key=lambda pair: (
            not pair[0].pinned,
            -pair[1].total,
            -pair[0].article.effective_at.timestamp(),
            pair[0].article.id,
        ),
    )
