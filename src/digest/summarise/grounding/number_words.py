"""Numbers in the words of seven languages: 'vingt-sept', 'dreiundvierzig', 'duzentos e dez'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from math import inf

from digest.summarise.grounding.number_lists import FORMS, ORDINALS, SCALES, TENS, UNITS, VAGUE

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LONGEST = 64  #: letters of a number in one word
_PARTS = 12  #: of one number; what goes on is another one
_SCALE = re.compile(r"[\s\u00a0-]{0,2}([^\W\d_]{1,12})")

_LONG = frozenset(("de", "fr"))  #: where a billion is a million millions
_JOINERS = {"en": "and", "fr": "et", "es": "y", "pt": "e"}
_GLUES = {"de": "(?:und)?", "nl": "(?:en)?", "es": "", "it": ""}  #: within a word
_GLUE = "-(?:et-|and-)?"
_ONE_TENS = {"de": ("und",), "nl": ("en", "ën")}  #: where ones are said before tens
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre|tra|fra|tussen)\s(?:an?\s)?$", re.IGNORECASE)
_BEFORE = 12  #: characters of those
_TENS_BEFORE_ONES = frozenset(range(20, 100, 10))
LANGUAGES = frozenset(UNITS)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """The number words of a language."""

    alone: Mapping[str, float]  #: that are numbers by themselves
    parts: Mapping[str, float]  #: that longer ones are made of
    ordinals: Mapping[str, float]  #: that longer ones may end with
    longest: int  #: letters of a part
    glue: re.Pattern[str]  #: between the parts of a word
    joiner: re.Pattern[str]  #: between the words of one number


@dataclass(frozen=True, kw_only=True, slots=True)
class _Word:
    """One of the number words in a row."""

    parts: tuple[float, ...]
    end: int  #: in the text
    is_joined: bool = False  #: 'and' stands before it
    is_ordinal: bool = False


@lru_cache(maxsize=16)
def _known(language: str) -> _Known:
    """Return the number words of a language; English ones where there are none."""
    code = language if language in UNITS else "en"
    ones = {word: float(value) for value, word in enumerate(UNITS[code].split())}
    tens = {word: float(ten * 10) for ten, word in enumerate(TENS[code].split(), 2)}
    parts = {word: _scale_of(word, code) for word in SCALES if len(word) > 2}
    parts |= ones | tens | _valued(FORMS.get(code, ""))
    parts |= {
        one + glue + ten: parts[one] + tens[ten]
        for glue in _ONE_TENS.get(code, ())
        for ten in tens
        for one in parts
        if 1 <= parts[one] < 10
    }
    ordinals = _ordinals(code, ones | tens)
    return _Known(
        alone=ones | tens | _valued(ORDINALS[code]) | {w: v for w, v in ordinals.items() if w != "first"},
        parts=parts,
        ordinals=ordinals,
        longest=max(map(len, [*parts, *ordinals])),
        glue=re.compile(_GLUES.get(code, _GLUE)),
        joiner=re.compile(rf"[ \u00a0\u202f](?:({_JOINERS.get(code, 'and')})[ \u00a0\u202f])?"),
    )


def _ordinals(language: str, cardinals: Mapping[str, float]) -> dict[str, float]:
    """Return the ordinals that follow a dash: those of 'thirty-second' and 'vingt-cinquième'."""
    if language == "fr":
        stems = {word.replace("vingts", "vingt"): value for word, value in cardinals.items() if value}
        stems = {re.sub("e$", "", re.sub("q$", "qu", re.sub("f$", "v", s))): v for s, v in stems.items()}
        return {f"{stem}ième": value for stem, value in stems.items()}
    if language != "en":
        return {}
    ends = {word: value for word, value in _valued(ORDINALS["en"]).items() if word.endswith(("d", "th"))}
    tens = {f"{word[:-1]}ieth": value for word, value in cardinals.items() if word.endswith("ty")}
    return {"first": 1.0} | ends | tens


def _valued(pairs: str) -> dict[str, float]:
    return {word: float(value) for word, value in (pair.split(":") for pair in pairs.split())}


def _scale_of(word: str, language: str) -> float:
    return 1e12 if language in _LONG and word in ("billion", "billions") else SCALES[word]


def scale_after(text: str, at: int, language: str) -> tuple[float, int]:
    """Read what multiplies the number before it: 'million', 'mil milhões'.

    Returns:
        1 where nothing does, and where the number ends.
    """
    match = _SCALE.match(text, at)
    if match is None or match[1].lower() not in SCALES:
        return 1.0, at
    scale = _scale_of(match[1].lower(), language)
    if len(match[1]) == 1 and (
        match.end() - match.start() > 1 or text[match.end() : match.end() + 1].isalnum()
    ):
        return 1.0, at  # '5 m' are metres
    further = _SCALE.match(text, match.end()) if scale == 1e3 else None
    if further and len(further[1]) > 2 and SCALES.get(further[1].lower(), 0) > scale:
        return scale * _scale_of(further[1].lower(), language), further.end()
    return scale, match.end()


def spelled(text: str, language: str) -> Iterator[tuple[int, int, tuple[float, ...], bool]]:
    """Find the numbers of a text that are in words; see `numerals.numbers`."""
    taken = 0
    for match in WORD.finditer(text):
        if match.start() < taken or not (parts := _begin(word := match.group().lower(), language)):
            continue
        is_whole = parts == _read(word, language)
        parts, end = _with_next(text, match, language) if is_whole else (parts, match.end())
        value, taken = _scaled(text, end, parts, language)
        is_raised = taken > end
        is_scale = min(parts) >= 1000 or parts == (100,)  # 'a thousand': may be meant by '1,000'
        is_vague = is_scale or (len(parts) == 1 and (word in VAGUE or word in SCALES))
        yield match.start(), taken, (value,), (value > 1 and not is_vague) or is_raised


def _scaled(text: str, end: int, parts: tuple[float, ...], language: str) -> tuple[float, int]:
    """Return what parts make, with what multiplies them from behind: 'two dozen', 'twenty-odd thousand'."""
    value = _sum(parts, language) or 0.0
    scale, further = scale_after(text, end, language)
    if 1 < scale < 100 and parts[-1] < 100:
        return value * scale, further
    raised = _sum((*parts, scale), language) if scale >= 100 and parts[-1] < 100 else None
    return (value, end) if raised is None else (raised, further)


def _with_next(text: str, match: re.Match[str], language: str) -> tuple[tuple[float, ...], int]:
    """Read on while words make one number: 'seventy nine', 'cent vingt', 'cuarenta y tres'."""
    row = _row(text, match, language)
    whole = _joined(row, language)
    last = max((at for at, word in enumerate(row) if word.is_joined), default=0)
    if last and _BETWEEN.search(text[max(0, match.start() - _BEFORE) : match.start()]):
        lower, (upper, _) = _joined(row[:last], language), _joined(row[last:], language)
        if (_sum(lower[0], language) or 0.0) < (_sum(upper, language) or 0.0):
            return lower
    return whole


def _row(text: str, match: re.Match[str], language: str) -> list[_Word]:
    """Return the number words that stand in a row, as far as they may be one number."""
    joiner, word = _known(language).joiner, match
    row = [_Word(parts=_read(match.group().lower(), language), end=match.end())]
    while len(row) < _PARTS and (gap := joiner.match(text, word.end())):
        found = WORD.match(text, gap.end())
        parts = _read(low, language) if found and (low := found.group().lower()) not in VAGUE else ()
        if found is None or not parts:
            break
        is_ordinal = low in _known(language).ordinals
        row.append(_Word(parts=parts, end=found.end(), is_joined=bool(gap[1]), is_ordinal=is_ordinal))
        if not gap[1] and _sum((*row[-2].parts, *parts), language) is None:
            break  # whatever is before it
        word = found
    return row


def _joined(row: Sequence[_Word], language: str) -> tuple[tuple[float, ...], int]:
    """Return the parts of the number that a row begins with, and where it ends."""
    parts, end = row[0].parts, row[0].end
    for word, after in zip_longest(row[1:], row[2:]):
        more = (*parts, *word.parts)
        if not _may_join(parts, word, language) or _sum(more, language) is None:
            break
        if after and not after.is_joined and _is_other(more, word, after.parts, language):
            break
        parts, end = more, word.end
    return parts, end


def _may_join(parts: Sequence[float], word: _Word, language: str) -> bool:
    """Tell whether a word may be of the number before it: not 'two hundred third graders', 'dix et vingt'."""
    last, first = parts[-1], word.parts[0]
    if not word.is_joined:
        return not word.is_ordinal or last in _TENS_BEFORE_ONES
    if language == "pt":
        return last >= 20 and first < last
    if language in ("es", "fr"):
        return last in _TENS_BEFORE_ONES and (first < 10 if language == "es" else first in (1, 11))
    return last >= 100 > first


def _is_other(parts: Sequence[float], word: _Word, scale: Sequence[float], language: str) -> bool:
    """Tell whether a scale makes the last word another number: 'two hundred and three hundred'."""
    if scale[0] < 100:
        return False
    is_raised_before = language != "pt" and max(parts) >= 1000  # 'um milhão e duzentos mil' is one
    return _sum((*parts, *scale), language) is None or (
        word.is_joined and (scale[0] < 1000 or is_raised_before)
    )


def _begin(word: str, language: str) -> tuple[float, ...]:
    """Return what the parts of a word's beginning stand for: of 'six-year-old' the six."""
    while not (parts := _read(word, language)) and "-" in word:
        word = word[:_LONGEST].rpartition("-")[0]
    return parts


@lru_cache(maxsize=20_000)
def _read(word: str, language: str) -> tuple[float, ...]:
    """Return what the parts of a word stand for; () of other words."""
    known = _known(language)
    if word in known.alone:
        return (known.alone[word],)
    return _split(word, (), language) if len(word) <= _LONGEST else ()


def _split(word: str, before: tuple[float, ...], language: str) -> tuple[float, ...]:
    """Cut a word into parts that make one number after those before: 'cent', 'ottanta', not 'cento'."""
    known = _known(language)
    if before and word in known.ordinals:
        parts = (*before, known.ordinals[word])
        return parts if before[-1] >= 20 and _sum(parts, language) is not None else ()
    for length in range(min(len(word), known.longest), 0, -1):
        value = known.parts.get(word[:length])
        if value is None or _sum(parts := (*before, value), language) is None:
            continue
        if length == len(word):
            return parts
        glue = known.glue.match(word, length)
        if glue and (found := _split(word[glue.end() :], parts, language)):
            return found
    return ()


def _sum(parts: Sequence[float], language: str) -> float | None:
    """Return what parts make together; None when they are several numbers."""
    total, current, least = 0.0, 0.0, inf
    for part in parts:
        if part >= 1000:
            if part < least:
                total += (current or 1) * part
            elif least == 1000 < part and not 0 < current < 100:  # 'mil milhões', 'mil quinientos millones'
                total = (total + current) * part
            else:
                return None
            current, least = 0.0, part
        elif part == 100 and _may_be_hundreds(current, is_first=not total):
            current = (current or 1) * 100
        elif _may_follow(current, part, language):
            current += part
        else:
            return None
    return total + current


def _may_be_hundreds(count: float, *, is_first: bool) -> bool:
    """Tell whether so many hundreds are said: 'two', and where nothing is before them 'twenty-five'."""
    return count < 10 or (is_first and count < 100 and count % 10 > 0)


def _may_follow(before: float, part: float, language: str) -> bool:
    """Tell whether tens come after hundreds and ones after tens."""
    low = before % 100
    if part >= 100 or low == 0:
        return before == 0 or (part < 100 and part == int(part))
    most = 20 if language == "fr" and low in (60, 80) else 10  # 'soixante-quinze'
    return low in _TENS_BEFORE_ONES and 0 < part < most
