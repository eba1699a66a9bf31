"""Whether a claim stands in the source where the same is said, or belongs to something else there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log
from re import Match

from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.source import PLACES, Source, stem

_REACH = 30  #: words; what is further off belongs to something else
_RIVALS = 120  #: other claims of the kind that are compared
_RIVAL_PLACES = 800  #: of all of them together
_ALIEN = 0.03  #: closeness below which nothing around the claim is like here

#: Fitted on news with people's highlights, one error put into each; see docs/reference/drafts.md.
_WEIGHTS = {
    "name": (1.19, -0.5, 0.46, 0.59, 0.14, -2.06, 0.49, 2.56, -0.19, -0.75, 2.03, -0.84, -0.29),
    "number": (-0.44, -0.55, 0.64, 1.71, 1.5, -1.39, 1.73, 3.12, 0.61, 0.07, 1.64, -2.3, -0.29),
}
LIMITS = {"name": 1.95, "number": 2.0, "date": 1.8}  #: scores above are taken for a claim in the wrong place


@dataclass(frozen=True, kw_only=True, slots=True)
class Misplaced:
    """How much a claim looks out of place, and what the source has where it should be."""

    score: float
    rival: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Near:
    """A word beside a claim."""

    stem: str
    wide: float  #: what it weighs among all words of the sentence
    narrow: float  #: among the closest
    offset: int  #: words before (below 0) or after


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fit:
    """How well places of a claim fit, each 0 to 1 but the last."""

    wide: float = 0.0
    narrow: float = 0.0
    touching: float = 0.0  #: neighbours that stand beside it there, too


def misplaced(
    source: Source, tokens: Sequence[Match[str]], facts: Sequence[Fact], fact: Fact
) -> Misplaced | None:
    """Compare where a claim stands in the source with where its rivals stand.

    Args:
        source: The article.
        tokens: The words of the summary's sentence.
        facts: All its claims.
        fact: The one in question.

    Returns:
        None when the source has no place for it to compare.
    """
    places = source.where(fact)
    if not places:
        return None
    beside = list(_beside(source, tokens, fact))
    own = _fit(source, places, beside, fact.end - fact.at)
    best, rival = _best_rival(source, tokens, facts, fact, beside)
    total = sum(near.wide for near in beside) or 1.0
    known = sum(near.wide for near in beside if near.stem in source.places) / total
    terms = (
        1.0,
        own.touching,
        best.touching,
        float(own.wide < _ALIEN),
        best.wide * known,
        own.wide,
        best.wide,
        best.wide - own.wide,
        known,
        log(1 + len(places)),
        best.narrow - own.narrow,
        _share_of_best(source, tokens, fact, places),
        float(fact.at == 0),
    )
    weights = _WEIGHTS["name" if fact.kind == "name" else "number"]
    score = sum(weight * term for weight, term in zip(weights, terms, strict=True))
    return Misplaced(score=score, rival=rival)


def _beside(source: Source, tokens: Sequence[Match[str]], fact: Fact) -> Iterator[_Near]:
    for at, token in enumerate(tokens):
        if fact.at <= at < fact.end:
            continue
        offset = at - fact.at if at < fact.at else at - fact.end + 1
        word = stem(token.group())
        weight = source.weight(word)
        if weight:
            gap = abs(offset) - 1
            yield _Near(
                stem=word,
                wide=weight * (0.35 + exp(-gap / 3)),
                narrow=weight * (0.05 + exp(-gap / 2)),
                offset=offset,
            )


def _fit(source: Source, places: Sequence[int], beside: Sequence[_Near], length: int) -> _Fit:
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
    return _Fit(wide=best_wide / wide, narrow=best_narrow / narrow, touching=touching)


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


def _best_rival(
    source: Source, tokens: Sequence[Match[str]], facts: Sequence[Fact], fact: Fact, beside: Sequence[_Near]
) -> tuple[_Fit, str | None]:
    """Find the claims of the kind that the sentence does not make and that would fit best."""
    mine = {key for each in facts for key in each.keys} | {stem(token.group()) for token in tokens}
    wide = narrow = touching = 0.0
    shown = None
    left = _RIVAL_PLACES
    for rival in _rivals(source, fact, mine):
        places = source.where(rival)[: min(PLACES, left)]
        left -= len(places)
        fit = _fit(source, places, beside, rival.end - rival.at)
        if fit.wide > wide:
            wide, shown = fit.wide, rival.shown
        narrow, touching = max(narrow, fit.narrow), max(touching, fit.touching)
    return _Fit(wide=wide, narrow=narrow, touching=touching), shown


def _rivals(source: Source, fact: Fact, mine: set[str]) -> list[Fact]:
    found: dict[tuple[str, ...], Fact] = {}
    for told in source.claims.values():
        other = told[0][0]
        if other.kind == fact.kind and not set(other.keys) & mine and stem(other.keys[-1]) not in mine:
            found.setdefault(other.keys, other)
        if len(found) >= _RIVALS:
            break
    return list(found.values())


def _share_of_best(source: Source, tokens: Sequence[Match[str]], fact: Fact, places: Sequence[int]) -> float:
    """Compare the claim's sentences with the one that shares most words with the summary's."""
    words = {stem(token.group()) for at, token in enumerate(tokens) if not fact.at <= at < fact.end}
    scores = source.likeness(words)
    best = max(scores, default=0.0)
    return max((scores[source.sentence_of(place)] for place in places), default=0.0) / best if best else 0.0
