"""The main topic: a noun of an English title that the text comes back to."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["find_topic"]

_GENERAL = frozenset(
    "about after again against ahead also among amid another around back because before begins being below best "
    "between beyond both calls case cause chief city close comes could country daily days decades deep does down "
    "during early ends even event every everyone face faces fact finds first five following four from full gets "
    "gives goes good group half have head help here high hold home hope hour hours house into issue just keep "
    "know known large last late later latest lead leader leaders least less life like likely line live local long "
    "look made main major make makes making many means might million minute minutes month months more most much "
    "must name national near need needs never news next nine night only open other others over part past people "
    "place plan plans point power public push question rare reach real really report reports return right round "
    "same says second seek seeks sees seven several should show shows side since small some soon sources start "
    "starts state states still such system take takes tells than that their them then there these they thing "
    "things think third this those three through time times today told took toward towards tries turn turns under "
    "until update used very wants week weeks well were what when where which while will with within without woman "
    "women work world would year years yesterday young direct settle billion thousand hundred number despite "
    "meet meets face finally keeps puts sets sent asks talks lower upper eleven twelve twenty thirty forty fifty hundreds thousands monday tuesday wednesday thursday friday saturday sunday january february march april august september october november december spring summer autumn winter".split()
)
_SUFFIXES = (
    *(
        "ations",
        "ation",
        "ments",
        "ment",
        "ions",
        "ion",
        "ings",
        "ing",
        "ees",
        "ers",
        "er",
        "ies",
        "ed",
        "es",
    ),
    *("s", "y", "e"),
)
_NOUN = re.compile(r"(?:tions?|ments?|ity|ities|ness|ships?|isms?|ages?|ures?|ances?|ences?)$")
_AFTER_NOUN = (
    r"(?:[,.;:!?]|\s+(?:of|in|on|at|to|for|from|by|and|or|but|that|which|who|is|are|was|were|has|have|had|will|would|"
    r"could|can|with|as|after|before|when|said)\b)"
)
_BEFORE_NOUN = r"\b(?:the|an?|of|this|that|these|those|its|their|his|her|our|no|any|some|for|by)\s+"


def find_topic(title: str, text: str, names: Iterable[str]) -> str | None:
    """Choose the title's noun whose word family comes most often in the text, at least twice.

    A word counts as a noun by its ending, or when the text puts an article or the like before it.
    Words of the names and words of every day are left out.

    Returns:
        The noun in lower case, as the title has it; None when none recurs.
    """
    taken = {word.lower() for name in names for word in name.split()}
    lower = text.lower()
    words = re.findall(r"[a-z]+", lower)
    best, most = None, 1
    for found in re.finditer(r"(?<![\w'’-])[^\W\d_]{5,}(?![\w-]|['’](?!s\b))", title):
        word = found[0].lower()
        if not word.isascii() or word in _GENERAL or word in taken or word.endswith(("ly", "ed")):
            continue
        stem = _stem(word)
        times = sum(1 for other in words if other.startswith(stem) and len(other) <= len(stem) + 6)
        if times > most and (_NOUN.search(word) or _stands_as_noun(stem, lower)):
            best, most = word, times
    return best


def _stands_as_noun(stem: str, lower: str) -> bool:
    return re.search(rf"{_BEFORE_NOUN}(?:\w+ )?{re.escape(stem)}\w{{0,6}}{_AFTER_NOUN}", lower) is not None


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word
