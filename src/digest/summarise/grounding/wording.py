"""How far a sentence's words are the source's own: quotations, support, new word pairs, denials, orders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from re import Match

from digest.summarise.grounding.source import Source, stem
from digest.summarise.split import Span

_QUOTATION = re.compile(r"[\"“”„«»]([^\"“”„«»\n]{2,400})[\"“”„«»]")
_ELLIPSIS = re.compile(r"\.\.\.|…|\[[^\]]{0,80}\]")
_CLAUSES = re.compile(r"[.!?,;:]\s+")
_CLAUSE_WORDS = 3  #: that a part of a quotation has at least
_TITLE_WORDS = 6
_OWNER = re.compile(r"['’]s$")
_SIGNS = re.compile(r"[^\w]+")
_DENIAL_WORDS = (
    "not no never nobody nothing neither nor without cannot none refuse deny fail unable lack unlikely "
    "hardly nicht kein keine keinen keiner nie niemand ohne weder pas aucun aucune jamais rien sans ni nunca "
    "nadie nada sin tampoco non nessuno nessuna mai niente senza não nenhum nenhuma ninguém sem niet geen "
    "nooit niemand zonder"
)
_DENIALS = frozenset(_DENIAL_WORDS.split())
_ORDERS = re.compile(
    r"ignore (?:all |any |the )?(?:previous|prior|above|earlier)|disregard (?:the|all|any|previous)"
    r"|as an ai\b|language model|system prompt|\b(?:assistant|user|system) ?:|i (?:cannot|can't|am unable "
    r"to) (?:help|assist|comply)|click (?:here|the link|below)|subscribe (?:now|today|here)|call (?:us|now)\b"
    r"|\bpassword\b|\bact now\b|visit (?:our|the) (?:web)?site|here (?:is|are) (?:the|a|your) summar"
    r"|ignorier\w* (?:alle|die)|als ki\b|ignorez? (?:les|toutes)|ignora (?:las|todas|le)|hier klicken"
    r"|cliquez",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?\d[\d ()/.-]{7,18}\d")
_GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?")  #: a large number
_NEAREST = 3
_ORDERED = 1_000  #: words of a sentence whose order is looked at
_TOLD = 0.7  #: a sentence that shares so much tells the same: its own words decide


def missing_quotations(source: Source, sentence: str) -> list[str]:
    """Return quotations of two words and more that the source does not hold word for word."""
    known = _plain(source.text)
    quoted = (match[1] for match in _QUOTATION.finditer(sentence))
    found = [part for each in quoted for part in _ELLIPSIS.split(each) if len(part.split()) > 1]
    has_titles = source.language != "de"  # where every noun is large
    return [each for each in found if not (has_titles and _is_title(each)) and not _is_told(each, known)]


def _is_told(quotation: str, known: str) -> bool:
    """Tell whether a quotation stands there in one piece, or its sentences and clauses each."""
    if _plain(_OWNER.sub("", quotation)) in known:
        return True
    clauses = [each for each in _CLAUSES.split(quotation) if each.strip()]
    return all(len(each.split()) >= _CLAUSE_WORDS and _plain(each) in known for each in clauses)


def _is_title(quotation: str) -> bool:
    """Tell the name of a work, whose words are judged as names are: 'The Wizard of Oz'."""
    words = quotation.split()
    large = sum(word[:1].isupper() for word in words)
    return (
        1 <= len(words) <= _TITLE_WORDS
        and words[0][:1].isupper()
        and large * 2 > len(words)
        and words[-1][:1].isupper()
    )


def _plain(text: str) -> str:
    return f" {_SIGNS.sub(' ', text.casefold()).strip()} "


def support(source: Source, tokens: Sequence[Match[str]]) -> float:
    """Return the share of a sentence's weight that the two best sentences of the source hold, 0 to 1."""
    weights = {word: source.weight(word) for word in sorted({stem(token.group()) for token in tokens})}
    total = sum(weights.values())
    if not total:
        return 1.0
    held: dict[int, set[str]] = {}
    for word in weights:
        for place in source.places.get(word, ()):
            held.setdefault(source.sentence_of(place), set()).add(word)
    if not held:
        return 0.0
    first = max(held.values(), key=lambda words: sum(weights[word] for word in sorted(words)))
    most = sum(weights[word] for word in sorted(first))
    more = max(sum(weights[word] for word in sorted(other - first)) for other in held.values())
    return (most + more) / total


def nearest(source: Source, tokens: Sequence[Match[str]]) -> Span:
    """Return the place of the article's sentence that shares most with one."""
    scores = source.likeness({stem(token.group()) for token in tokens})[: source.own]
    return (
        source.spans[max(range(len(scores)), key=lambda number: (scores[number], -number))]
        if scores
        else Span(0, 0)
    )


def novelty(source: Source, tokens: Sequence[Match[str]]) -> float:
    """Return how little of a sentence stands in one sentence of the source, 0 to 1.

    What stands there is the share of its pairs of neighbouring words times the share of its words in their
    order: models err where they join what stands in several sentences.
    """
    words = [stem(token.group()) for token in tokens]
    pairs = list(pairwise(words))
    if not pairs:
        return 0.0
    held = Counter(number for pair in pairs for number in source.pairs.get(pair, ()))
    most = sorted(held, key=lambda number: (-held[number], number))[:_NEAREST]
    shares = (
        held[number] / len(pairs) * _in_order(words, source.stems_of(number)) / len(words) for number in most
    )
    return 1 - max(shares, default=0.0)


def _in_order(words: Sequence[str], others: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    shared = set(words).intersection(others)
    words, others = [[word for word in each if word in shared][:_ORDERED] for each in (words, others)]
    best = [0] * (len(others) + 1)
    for word in words:
        before = 0
        for at, other in enumerate(others, 1):
            here = best[at]
            best[at] = before + 1 if word == other else max(here, best[at - 1])
            before = here
    return best[-1]


def denies_alone(source: Source, tokens: Sequence[Match[str]]) -> bool:
    """Tell whether a sentence denies something where the source's sentences most like it deny nothing."""
    words = [token.group().casefold() for token in tokens]
    if not any(_is_denial(word) for word in words):
        return False
    scores = source.likeness({stem(word) for word in words})
    best = sorted(range(len(scores)), key=lambda number: -scores[number])[:_NEAREST]
    total = sum(source.weight(word) for word in {stem(word) for word in words})
    is_told = bool(best) and scores[best[0]] >= _TOLD * total
    near = {best[0]} if is_told else {number + by for number in best for by in (-1, 0, 1)}
    return not any(
        _is_denial(token.group().casefold())
        for number in near
        if 0 <= number < len(source.sentences)
        for token in source.sentences[number]
    )


def _is_denial(word: str) -> bool:
    return word in _DENIALS or word.endswith(("n't", "n’t")) or word.removesuffix("s") in _DENIALS


def orders(source: Source, sentence: str) -> list[str]:
    """Return what reads like an order, a sales call or a machine's own words, and is not the source's."""
    known = _plain(source.text)
    found = [match.group() for match in _ORDERS.finditer(sentence)]
    digits = re.sub(r"\D", "", source.text)
    found += [
        each.group()
        for each in _PHONE.finditer(sentence)
        if not _GROUPED.fullmatch(each.group()) and re.sub(r"\D", "", each.group()) not in digits
    ]
    return [each for each in found if _plain(each) not in known]
