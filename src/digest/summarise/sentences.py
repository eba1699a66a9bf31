"""What a summary needs to know of each sentence before it weighs any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from digest.summarise.dangling import leans
from digest.summarise.datelines import past_dateline
from digest.summarise.furniture import addresses_reader, is_furniture, phrases_in
from digest.summarise.split import Span
from digest.summarise.words import fold, spelled

_DASHED = frozenset(("es", "fr", "it", "pt"))  #: languages that write speech so
_OPENING_MARKS = "\"“„«‹‘‚'»›—"
_LEAST_WORDS, _MOST_WORDS = 5, 60
_FIRST = 0.9  #: a text may begin with 'She' and name her next: never out, but seldom first
_FIGURE = re.compile(r"\d")
_MARK = re.compile('["“”„«»‹›‘’‚]')
_CLIPPED = re.compile(r"[stnk]\s")  # Dutch ''s avonds'
_BEFORE_PLACES = frozenset(("in", "nach", "aus", "von", "bei"))
_CLOSED = re.compile(r"[.!?…‽][\"'”’»«›‹“)\]]*(?:\s?\[\d{1,3}\])*$")
_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence and what can be told of it alone."""

    place: int  #: 0 is the text's first
    span: Span
    words: tuple[str, ...]  #: as compared: lower case, without the endings of nouns
    large: tuple[bool, ...]  #: for each of them, whether it begins with a capital
    length: int  #: words by white space
    number: bool  #: holds a figure
    capitals: float  #: share of its words that begin with a capital
    named: bool  #: holds a figure or a capitalised word beyond its first
    question: bool
    to_reader: bool  #: says I, we or you in its own voice
    quoted: bool  #: begins with a quotation mark, or begins or ends inside a quotation
    leaning: float  #: how much it needs the sentence before it, 0 to 1
    vetoed: bool  #: too short, too long, without closing mark, or not the article's own words


@dataclass(frozen=True, kw_only=True, slots=True)
class _Manner:
    """What holds for a whole text."""

    language: str
    marks: tuple[str, str]  #: quotation marks that open, and that close
    furniture: tuple[str, ...]  #: phrases of it that stand anywhere in the text


def look_at(text: str, spans: Sequence[Span], language: str) -> list[Sentence]:
    """Describe each sentence of a text; a dateline does not belong to the first."""
    sentences: list[Sentence] = []
    manner = _Manner(language=language, marks=_marks(text), furniture=phrases_in(text))
    open_quotation, begin = "", past_dateline(text, spans[0].start) if spans else 0
    is_speech = False
    for place, span in enumerate(spans):
        if place and "\n\n" in text[spans[place - 1].end : span.start].replace("\r", ""):
            open_quotation, is_speech = "", False
        # To the paragraph's end where people speak behind dashes: '—No —dijo Ana—. Mañana.'
        is_speech = is_speech or (text[span.start] == "—" and language in _DASHED)
        begun_inside = open_quotation
        open_quotation = _leaves_open(text[span.start : span.end], inside=begun_inside, marks=manner.marks)
        own = Span(max(span.start, min(begin, span.end - 1)), span.end)
        is_opened = text[own.start] in _OPENING_MARKS and not _CLIPPED.match(text, own.start + 1)
        quoted = bool(begun_inside or open_quotation) or is_opened or is_speech
        sentences.append(_describe(text, own, place, manner, quoted=quoted))
    return sentences


def _describe(text: str, span: Span, place: int, manner: _Manner, *, quoted: bool) -> Sentence:
    shown, language = text[span.start : span.end], manner.language
    parts = shown.split()
    words = spelled(shown)
    capitals = sum(1 for part in parts if part.lstrip(_OPENING_MARKS + "(")[:1].isupper())
    number = _FIGURE.search(shown) is not None
    return Sentence(
        place=place,
        span=span,
        words=tuple(fold(word, language) for word in words),
        large=tuple(word[0].isupper() for word in words),
        length=len(parts),
        number=number,
        capitals=capitals / len(parts),
        named=number or _names_somebody(parts, language),
        question=shown.rstrip(_OPENING_MARKS + "”’").endswith("?"),
        to_reader=addresses_reader(shown, language),
        quoted=quoted,
        leaning=leans(shown, language) * (1.0 if place else _FIRST),
        vetoed=not _is_fit(shown, len(parts), manner.furniture),
    )


def _is_fit(shown: str, words: int, furniture: Sequence[str]) -> bool:
    return (
        words <= _MOST_WORDS
        and len(_BRACKETS.sub("", shown).split()) >= _LEAST_WORDS
        and _CLOSED.search(shown) is not None
        and not is_furniture(shown, furniture)
    )


def _names_somebody(parts: Sequence[str], language: str) -> bool:
    """Find a name beyond the first word; German writes every noun large: two in a row, or a place."""
    if language != "de":
        return any(_is_name(part) for part in parts[1:])
    return any(
        _is_name(part) and (_is_name(before) or before in _BEFORE_PLACES)
        for before, part in pairwise(parts[1:])
    )


def _is_name(part: str) -> bool:
    """Tell a capitalised word; 'I' and its forms name nobody."""
    bare = part.strip(_OPENING_MARKS + "([”’")
    return bare[:1].isupper() and re.split(r"[^\w]", bare)[0] != "I"


def _marks(text: str) -> tuple[str, str]:
    """Tell which quotation marks open and which close in a text: German “ closes, and » may open."""
    openers, closers = "„‚", "”"
    openers, closers = (openers, closers + "“") if "„" in text else (openers + "“", closers)
    for opener, closer in ("«»", "‹›"):
        turned = -1 < text.find(closer) < text.find(opener)
        openers, closers = openers + (closer if turned else opener), closers + (opener if turned else closer)
    return openers, closers


def _leaves_open(shown: str, *, inside: str, marks: tuple[str, str]) -> str:
    """Follow the quotation marks through a sentence: which is open at its end, '' for none?

    Single marks are apostrophes as well: one opens before a word and closes after one.
    """
    openers, closers = marks
    for match in _MARK.finditer(shown):
        mark = match[0]
        if mark in openers:
            inside = mark
        elif mark in closers:
            inside = ""
        elif mark == '"':
            inside = "" if inside else mark
        elif mark == "‘" and not shown[max(0, match.start() - 1) : match.start()].isalnum() and not inside:
            inside = "" if _CLIPPED.match(shown, match.end()) else mark
        elif mark == "’" and inside == "‘" and not shown[match.end() : match.end() + 1].isalnum():
            inside = ""
    return inside
