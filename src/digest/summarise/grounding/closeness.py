"""How near the words around a claim come to a place of the source."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp
from re import Match

from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.source import PLACES, Source, stem

_REACH = 30  #: words; what is further off belongs to something else


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """A word beside a claim."""

    stem: str
    wide: float  #: what it weighs among all words of the sentence
    narrow: float  #: among the closest
    offset: int  #: words before (below 0) or after


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """How well places of a claim fit, each 0 to 1 but the last."""

    wide: float = 0.0
    narrow: float = 0.0
    touching: float = 0.0  #: neighbours that stand beside it there, too


def words_beside(source: Source, tokens: Sequence[Match[str]], fact: Fact) -> Iterator[Near]:
    """Return the words around a claim that weigh anything, in the sentence's order."""
    for at, token in enumerate(tokens):
        if fact.at <= at < fact.end:
            continue
        offset = at - fact.at if at < fact.at else at - fact.end + 1
        word = stem(token.group())
        weight = source.weight(word)
        if weight:
            gap = abs(offset) - 1
            yield Near(
                stem=word,
                wide=weight * (0.35 + exp(-gap / 3)),
                narrow=weight * (0.05 + exp(-gap / 2)),
                offset=offset,
            )


def fit(source: Source, places: Sequence[int], beside: Sequence[Near], length: int) -> Fit:
    """Return how well the best of a claim's places fits the words around it.

    Args:
        source: The article.
        places: Of the claim in it, ascending; those past the first forty are not looked at.
        beside: The words around the claim.
        length: Of the claim in words.
    """
    wide = sum(near.wide for near in beside) or 1.0
    narrow = sum(near.narrow for near in beside) or 1.0
    best_wide = best_narrow = touching = 0.0
    for place in places[:PLACES]:
        of_wide = of_narrow = of_touch = 0.0
        for near in beside:
            spots = source.places.get(near.stem)
            if not spots:
                continue
            far, close, is_touching = _nearest(spots, place, near.offset, length)
            of_wide += near.wide * far
            of_narrow += near.narrow * close
            if is_touching:
                of_touch += 1.0 if abs(near.offset) == 1 else 0.5
        best_wide, best_narrow = max(best_wide, of_wide), max(best_narrow, of_narrow)
        touching = max(touching, of_touch)
    return Fit(wide=best_wide / wide, narrow=best_narrow / narrow, touching=touching)


def _nearest(spots: Sequence[int], place: int, offset: int, length: int) -> tuple[float, float, bool]:
    """Tell how near a word comes to a place, on the side where it should be or the other."""
    wide = narrow = 0.0
    is_touching = False
    at = bisect_left(spots, place)
    after = at + 1 if at < len(spots) and spots[at] == place else at
    for spot in (at - 1, after):
        if not 0 <= spot < len(spots) or abs(gap := spots[spot] - place) > _REACH:
            continue
        same = gap * offset > 0
        wide = max(wide, exp(-abs(gap) / 12) * (1.0 if same else 0.5))
        narrow = max(narrow, exp(-abs(gap) / 4) * (1.0 if same else 0.3))
        if abs(offset) <= 2 and same:
            is_touching |= abs(gap) <= (3 if gap < 0 else 2 + length)
    return wide, narrow, is_touching
