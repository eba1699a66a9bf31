"""Whether a claim stands in the source where the same is said, or belongs to something else there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from re import Match

from digest.summarise.grounding.closeness import Fit, Near, fit, words_beside
from digest.summarise.grounding.days import Days
from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.roles import Roles, describes, is_twice
from digest.summarise.grounding.source import PLACES, Source, stem
from digest.summarise.grounding.units import Units

_RIVALS = 120  #: other claims of the kind that are compared
_RIVAL_PLACES = 800  #: of all of them together
_COMPARISONS = 8_000  #: of such places with words of the summary's sentence, for one claim
_SHORT = 4  #: letters of an abbreviation
_ALIEN = 0.03  #: closeness below which nothing around the claim is like here

#: Fitted on news with people's highlights, one error put into each; see docs/reference/drafts.md.
_OF_NAMES = {
    "always": 0.91,
    "touching": -0.67,  #: words of the summary stand right beside it there
    "rival touching": 0.36,  #: beside another name
    "alien": 0.75,  #: none of them is near it
    "near": -5.45,
    "rival near": 4.33,
    "times": -0.76,  #: how often the article names it
    "late": 0.22,  #: how far down it does so first
    "in place": -0.7,  #: beside the sentence most like the summary's
    "rival suits": 0.29,  #: the other name stands more often after 'in', before a verb and so on
    "torn": 2.69,  #: its words stand together nowhere
    "torn from others": 1.32,  #: but with others
    "twice": 1.7,  #: the sentence names it once more
    "small": -1.55,  #: it is an ordinary word as well
    "short": -2.97,  #: it is an abbreviation, which may be spelled out there
    "follows": -0.54,  #: the next word follows it there, too
}
_OF_NUMBERS = {
    "always": -0.44,
    "touching": -0.55,
    "rival touching": 0.64,
    "alien": 1.71,
    "rival near known": 1.5,  #: times the share of the words around that the article has
    "near": -1.39,
    "rival near": 1.73,
    "nearer": 3.12,  #: the rival than the claim
    "known": 0.61,
    "times": 0.07,
    "closer": 1.64,  #: the same, of the closest words
    "in place": -2.3,  #: likeness of its sentences to the summary's
    "first": -0.29,
}
LIMITS = {"name": 2.2, "number": 3.3, "date": 2.4}  #: scores above are taken for a claim in the wrong place


@dataclass(frozen=True, kw_only=True, slots=True)
class Misplaced:
    """How much a claim looks out of place, and what the source has where it should be."""

    score: float
    rival: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """A claim beside what would fit best in its place."""

    text: str  #: the summary's sentence
    tokens: Sequence[Match[str]]
    fact: Fact
    places: Sequence[int]
    beside: Sequence[Near]
    own: Fit
    best: Fit
    rival: Fact | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rival:
    """A claim of the article, beside every word that keeps it out of a sentence's rivals."""

    fact: Fact
    words: frozenset[str]


class Context:
    """The surroundings of an article's claims.

    Args:
        source: The article.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._roles = Roles(source)
        self.days = Days(source)
        self.units = Units(source)
        self._rivals: dict[str, dict[tuple[str, ...], _Rival]] = defaultdict(dict)  #: by kind, then by keys
        for told in source.claims.values():
            fact = told[0][0]
            if len(fact.keys[-1]) > (fact.kind == "name"):
                words = frozenset((*fact.keys, stem(fact.keys[-1])))
                self._rivals[fact.kind].setdefault(fact.keys, _Rival(fact=fact, words=words))

    def misplaced(
        self, text: str, tokens: Sequence[Match[str]], facts: Sequence[Fact], fact: Fact
    ) -> Misplaced | None:
        """Compare where a claim stands in the source with where its rivals stand.

        Args:
            text: The summary's sentence.
            tokens: Its words.
            facts: All its claims.
            fact: The one in question.

        Returns:
            None when the source has no place for it to compare.
        """
        places = self._source.where(fact)
        if not places or (fact.kind == "name" and describes(text, tokens, facts, fact)):
            return None
        beside = list(words_beside(self._source, tokens, fact))
        mine = {key for each in facts for key in each.keys} | {stem(token.group()) for token in tokens}
        fitting = (each.fact for each in self._rivals[fact.kind].values() if each.words.isdisjoint(mine))
        best, rival = _best_rival(self._source, islice(fitting, _RIVALS), beside)
        own = fit(self._source, places, beside, fact.end - fact.at)
        case = _Case(
            text=text,
            tokens=tokens,
            fact=fact,
            places=places,
            beside=beside,
            own=own,
            best=best,
            rival=rival,
        )
        terms, weights = (
            (self._of_name(case), _OF_NAMES) if fact.kind == "name" else (self._of_number(case), _OF_NUMBERS)
        )
        score = sum(weight * terms[name] for name, weight in weights.items())
        return Misplaced(score=score, rival=rival.shown if rival else None)

    def _of_name(self, case: _Case) -> Mapping[str, float]:
        source, tokens, fact = self._source, case.tokens, case.fact
        torn, from_others = self._roles.is_torn(tokens, fact)
        last = tokens[fact.end - 1].group()
        is_last = fact.end == len(tokens)
        follows = not is_last and (stem(last), stem(tokens[fact.end].group())) in source.pairs
        suits = self._roles.suits(case.text, tokens, fact, fact)
        rival_suits = self._roles.suits(case.text, tokens, fact, case.rival) if case.rival else 0.0
        return {
            "always": 1.0,
            "touching": case.own.touching,
            "rival touching": case.best.touching,
            "alien": case.own.wide < _ALIEN,
            "near": case.own.wide,
            "rival near": case.best.wide,
            "times": log(1 + len(case.places)),
            "late": log(1 + source.sentence_of(case.places[0])),
            "in place": _is_near_best(source, case),
            "rival suits": rival_suits - suits,
            "torn": torn,
            "torn from others": from_others,
            "twice": is_twice(tokens, fact),
            "small": source.share_small(fact.keys[-1]),
            "short": last.isupper() and len(last) <= _SHORT,
            "follows": 0.5 if is_last else follows,
        }

    def _of_number(self, case: _Case) -> Mapping[str, float]:
        total = sum(near.wide for near in case.beside) or 1.0
        known = sum(near.wide for near in case.beside if near.stem in self._source.places) / total
        return {
            "always": 1.0,
            "touching": case.own.touching,
            "rival touching": case.best.touching,
            "alien": case.own.wide < _ALIEN,
            "rival near known": case.best.wide * known,
            "near": case.own.wide,
            "rival near": case.best.wide,
            "nearer": case.best.wide - case.own.wide,
            "known": known,
            "times": log(1 + len(case.places)),
            "closer": case.best.narrow - case.own.narrow,
            "in place": _share_of_best(self._source, case),
            "first": case.fact.at == 0,
        }


def _best_rival(source: Source, rivals: Iterable[Fact], beside: Sequence[Near]) -> tuple[Fit, Fact | None]:
    """Find the claims that the sentence does not make and that would fit best."""
    wide = narrow = touching = 0.0
    closest = None
    known = sum(near.stem in source.places for near in beside)
    left = min(_RIVAL_PLACES, _COMPARISONS // (known or 1))
    for rival in rivals:
        places = source.where(rival)[: min(PLACES, left)]
        left -= len(places)
        here = fit(source, places, beside, rival.end - rival.at)
        if here.wide > wide:
            wide, closest = here.wide, rival
        narrow, touching = max(narrow, here.narrow), max(touching, here.touching)
    return Fit(wide=wide, narrow=narrow, touching=touching), closest


def _likeness(source: Source, case: _Case) -> list[float]:
    """Return for each sentence what it shares with the summary's, the claim itself left out."""
    fact = case.fact
    return source.likeness(
        {stem(token.group()) for at, token in enumerate(case.tokens) if not fact.at <= at < fact.end}
    )


def _share_of_best(source: Source, case: _Case) -> float:
    """Compare the claim's sentences with the one that shares most words with the summary's."""
    scores = _likeness(source, case)
    best = max(scores, default=0.0)
    own = max((scores[source.sentence_of(place)] for place in case.places), default=0.0)
    return own / best if best else 0.0


def _is_near_best(source: Source, case: _Case) -> bool:
    """Tell whether the claim stands in the sentence that shares most words with the summary's, or beside."""
    scores = _likeness(source, case)
    best = max(range(len(scores)), key=lambda number: (scores[number], -number))
    return any(abs(source.sentence_of(place) - best) <= 1 for place in case.places)
