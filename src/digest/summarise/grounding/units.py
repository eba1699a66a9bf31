"""What a number counts: years, percent, money; what is told of one is not told of another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import Match

from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.measures import PAID, SIGNS, UNITS
from digest.summarise.grounding.source import Source

_M = "m"  #: what '100m' counts where it is read as metres
_JOIN = r"(?:to|or|and|bis|oder|und|à|ou|et|a|o|y|e|tot|of|en)"
_GAP = r"(?:\s?[-–]\s?|\s)"  #: some texts have room around their hyphens
_AFTER = re.compile(
    rf"(?:\s?[-–]\s?[{SIGNS}]?\d[\d.,]{{0,11}}|\s{_JOIN}\s[{SIGNS}]?[\w.,]{{1,12}})?\s?"
    r"(?:(?P<split>per cent|pour cent|por ciento|per cento|por cento)\b|(?P<sign>%|[$£€¥](?!\d))"
    rf"|(?:[-–]\s?)?(?P<near>[^\W\d_]{{1,12}})(?:{_GAP}(?P<far>[^\W\d_]{{1,12}}))?"
    rf"(?:{_GAP}(?P<last>[^\W\d_]{{1,5}}))?)"
)
_LINK_WORDS = (
    "and or but in on at to of from for with by as when after before while because the a an is was were "
    "will would has had have that which who he she it they his her until till through since during if "
    "than into und oder aber im am an auf zu von vom bis für mit bei als nach vor während weil der die "
    "das den dem ein eine ist war wird wurde wurden hat sich er sie es et ou mais dans en à au aux de du "
    "des pour par avec sur le la les un une est a ont avait sera qui que quand après avant il elle y o "
    "pero al del para por con el los las es fue ha cuando e ma di per da i è fu che mas em no na ao do "
    "com os um uma é foi op te van voor met door het een wordt werd heeft dat toen"
)
_LINKS = frozenset(_LINK_WORDS.split())
_OLD = frozenset(("old", "age", "alt", "alte", "alter"))
_AGED = re.compile(r"\b(?:aged?|turn(?:s|ed|ing)|alter(?: von)?)\s$|\bunder-$", re.IGNORECASE)
_NAMED = re.compile(r"[A-Z][\w.'’-]{0,30},\s$")
_OLDEST = 120
_SPANS = ("year", "month", "week", "day", "hour")  #: what is old may be of
_SAME = {"age": _SPANS, **dict.fromkeys(_SPANS, ("age",))}
_EACH_WORDS = "per each every a an the this last next past of in on at to and or pro par por im je all"
_EACH = frozenset(_EACH_WORDS.split())  #: after them stands what a number is told by: '20 per hour'
_SIDE = 40  #: characters before and after a number


class Units:
    """What an article's numbers count.

    Args:
        source: The article.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._told: dict[str, frozenset[str | None]] = {}

    def differ(self, text: str, tokens: Sequence[Match[str]], fact: Fact) -> bool:
        """Tell whether a number of a sentence counts years, money and so on, and others in the article.

        Where it does not say in the article what it counts, or says it in a word unknown here, it may be
        anything.

        Args:
            text: The sentence.
            tokens: Its words.
            fact: The claim; one that the article does not hold differs in nothing.
        """
        if fact.kind != "number":
            return False
        unit = unit_of(text, tokens, fact)
        told = [(key, each) for key in fact.keys for each in self._of(key)]
        return bool(told) and not any(_is_same(fact, key, unit, each) for key, each in told)

    def _of(self, key: str) -> frozenset[str | None]:
        if key not in self._told:
            source, told = self._source, self._source.claims.get(f"number {key}", ())
            self._told[key] = frozenset(
                _M
                if _is_in_metres(fact, key)
                else unit_of(source.text, source.sentences[source.sentence_of(place)], fact)
                for fact, place in told
            )
        return self._told[key]


def unit_of(text: str, tokens: Sequence[Match[str]], fact: Fact) -> str | None:
    """Return what a number of a text counts, as far as a word or sign beside it says so.

    Returns:
        'year', 'percent' and so on, 'age' of somebody; None for whatever else, and where nothing says it.
    """
    begin = text.find(fact.shown, tokens[fact.at].start())
    end = begin + len(fact.shown)
    before, after = text[max(0, begin - _SIDE) : begin], text[end : end + _SIDE]
    if PAID.search(before):
        return "money"
    _, _, joined = fact.shown.partition("-")
    if unit := UNITS.get(_single(joined.lower())):
        return unit
    if _AGED.search(before) or _is_age(fact, before, after):
        return "age"
    return _after(after)


def _is_same(fact: Fact, key: str, unit: str | None, told: str | None) -> bool:
    """Tell whether an article's number may count what a claim's does, by this reading of both.

    An 'm' is metres where the other side says so, too: '30m people' are not 30.
    """
    if _is_in_metres(fact, key):
        return told in {"metre", _M}
    if told == _M:
        return unit == "metre"
    return unit is None or told in {None, unit, *_SAME.get(unit, ())}


def _is_in_metres(fact: Fact, key: str) -> bool:
    """Tell whether a reading of a number takes the 'm' at its end for metres, not for million."""
    return fact.shown.endswith("m") and f"{float(key) * 1e6:.12g}" in fact.keys


def is_counting(text: str, tokens: Sequence[Match[str]], at: int, language: str) -> bool:
    """Tell whether a word that a number may count stands right after it: 'people', not 'when'.

    Args:
        text: A sentence, or what it stands in.
        tokens: Its words.
        at: Place of the word after the number.
        language: In German what is counted has a capital.
    """
    if at >= len(tokens) or text[tokens[at - 1].end() : tokens[at].start()].strip():
        return False
    word = tokens[at].group()
    may_count = word[0].islower() or (language == "de" and word[0].isupper())
    return may_count and word.casefold() not in _LINKS


def _is_age(fact: Fact, before: str, after: str) -> bool:
    is_short = fact.shown.isdigit() and int(fact.shown) <= _OLDEST
    return is_short and after[:1] in (",", ")", "") and _NAMED.search(before) is not None


def _after(after: str) -> str | None:
    match = _AFTER.match(after)
    if match is None:
        return None
    if match["split"]:
        return "percent"
    if match["sign"]:
        return UNITS[match["sign"]]
    words = [_single(word.lower()) for word in (match["near"], match["far"], match["last"]) if word]
    if words[0] in _EACH:
        return None
    unit = next((UNITS[word] for word in words[:2] if word in UNITS), None)
    return "age" if unit and not _OLD.isdisjoint(words) else unit


def _single(word: str) -> str:
    return word if word in UNITS or not word.endswith("s") else word[:-1]
