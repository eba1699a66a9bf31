"""What a number counts: years, percent, money; what is told of one is not told of another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from re import Match

from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.source import Source

_WORDS = {
    "year": "year yr jahr jahre jahren jährig année ans an año anno anni ano jaar jaren",
    "month": "month monat monate monaten mois mes meses mese mesi mês maand maanden",
    "week": "week woche wochen semaine semana settimana settimane weken",
    "day": "day tag tage tagen jour día giorno giorni dia dag dagen",
    "hour": "hour stunde stunden heure hora ora ore uur uren",
    "minute": "minute minuten minuto minuti minuut",
    "percent": "% percent prozent procent pct",
    "money": "$ £ € ¥ dollar pound euro cent penny pence yen franc franken dólar libra dollari sterline",
    "mile": "mile meile meilen milla miglia milha mijl",
    "kilometre": "km kilometre kilometer kilómetro chilometro chilometri quilômetro",
    "metre": "metre meter mètre metro metri",
    "foot": "foot feet fuß pied pie piedi pé voet",
}
_UNITS: Mapping[str, str] = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_SIGNS = "$£€¥"
_JOIN = r"(?:to|or|and|bis|oder|und|à|ou|et|a|o|y|e|tot|of|en)"
_GAP = r"(?:\s?[-–]\s?|\s)"  #: some texts have room around their hyphens
_AFTER = re.compile(
    rf"(?:\s?[-–]\s?[{_SIGNS}]?\d[\d.,]{{0,11}}|\s{_JOIN}\s[{_SIGNS}]?[\w.,]{{1,12}})?\s?"
    r"(?:(?P<split>per cent|pour cent|por ciento|per cento|por cento)\b|(?P<sign>[%$£€¥])"
    rf"|(?:[-–]\s?)?(?P<near>[^\W\d_]{{1,12}})(?:{_GAP}(?P<far>[^\W\d_]{{1,12}}))?"
    rf"(?:{_GAP}(?P<last>[^\W\d_]{{1,5}}))?)"
)
_OLD = frozenset(("old", "age", "alt", "alte", "alter"))
_AGED = re.compile(r"\b(?:aged?|turn(?:s|ed|ing)|alter(?: von)?)\s$|\bunder-$", re.IGNORECASE)
_NAMED = re.compile(r"[A-Z][\w.'’-]{0,30},\s$")
_OLDEST = 120
_SAME = {"age": ("year",), "year": ("age",)}
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
        """Tell whether a number of a sentence counts what the article never counts with it.

        Args:
            text: The sentence.
            tokens: Its words.
            fact: The claim; one that the article does not hold differs in nothing.
        """
        unit = unit_of(text, tokens, fact) if fact.kind == "number" else None
        if not unit:
            return False
        told = {each for key in fact.keys for each in self._of(key)}
        return bool(told) and told.isdisjoint(("", unit, *_SAME.get(unit, ())))

    def _of(self, key: str) -> frozenset[str | None]:
        if key not in self._told:
            source, told = self._source, self._source.claims.get(f"number {key}", ())
            self._told[key] = frozenset(
                unit_of(source.text, source.sentences[source.sentence_of(place)], fact)
                for fact, place in told
            )
        return self._told[key]


def unit_of(text: str, tokens: Sequence[Match[str]], fact: Fact) -> str | None:
    """Return what a number of a text counts, as far as a word or sign beside it says so.

    Returns:
        'year', 'percent' and so on, 'age' of somebody; '' when nothing stands beside it that it could count,
        None for whatever else.
    """
    begin = text.find(fact.shown, tokens[fact.at].start())
    end = begin + len(fact.shown)
    before, after = text[max(0, begin - _SIDE) : begin], text[end : end + _SIDE]
    if before[-1:] and before[-1] in _SIGNS:
        return "money"
    _, _, joined = fact.shown.partition("-")
    if unit := _UNITS.get(_single(joined.lower())):
        return unit
    if _AGED.search(before) or _is_age(fact, before, after):
        return "age"
    return _after(after)


def _is_age(fact: Fact, before: str, after: str) -> bool:
    is_short = fact.shown.isdigit() and int(fact.shown) <= _OLDEST
    return is_short and after[:1] in (",", ")", "") and _NAMED.search(before) is not None


def _after(after: str) -> str | None:
    if not after.strip() or after.lstrip()[0] in '.,;:)?!"”':
        return ""
    match = _AFTER.match(after)
    if match is None:
        return None
    if match["split"]:
        return "percent"
    if match["sign"]:
        return _UNITS[match["sign"]]
    words = [_single(word.lower()) for word in (match["near"], match["far"], match["last"]) if word]
    unit = next((_UNITS[word] for word in words[:2] if word in _UNITS), None)
    return "age" if unit and not _OLD.isdisjoint(words) else unit


def _single(word: str) -> str:
    return word if word in _UNITS or not word.endswith("s") else word[:-1]
