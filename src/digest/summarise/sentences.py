"""What a summary needs to know of each sentence before it weighs any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.summarise.languages import leans
from digest.summarise.split import Span
from digest.summarise.words import words_of

_OPENING_MARKS = "\"“„«‹‘'»"
_CLOSED = re.compile(r"[.!?…‽][\"'”’»«›‹“)\]]*(?:\s?\[\d{1,3}\])*$")
_BRACKETS = re.compile(r"\([^()]*\)")
_PLACE = r"[^\W\d_a-z]{3,40}(?:[ ,.]{1,3}[^\W_a-z]\w{0,40}){0,6}[ ,.]{0,3}"
_DAY = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}"
_DASH = r"\s*(?:--|[-–—])\s*"
_DATELINE = re.compile(
    rf"(?:{_PLACE}\([^()\n]{{2,25}}\){_DASH}"  # 'OSLO, Nov 15 (Agency) - '
    rf"|{_PLACE}{_DAY}{_DASH}"  # 'OSLO, Nov 15 - '
    rf"|\([^()\n]{{2,25}}\){_DASH}"  # '(Agency) - '
    r"|\([^\W\d_a-z]{2,8}\)\s*)(?=\S)"  # '(AGY)'
)
_BOILERPLATE = re.compile(
    r"contributed to this (?:report|story|article)|all rights reserved|click (?:here|on)|sign up (?:for|to)\b"
    r"|subscribe (?:to|now|here)|follow us on|follow @|read more|©|\(c\) \d{4}|\bcopyright\b|getty images"
    r"|watch the video|share this|leave a (?:reply|comment)|e-?mail address will not|terms of (?:use|service)"
    r"|(?:privacy|cookie) (?:policy|notice)|this (?:story|article) (?:was|has been) (?:first |originally )?"
    r"(?:published|updated|corrected)|alle rechte vorbehalten|newsletter|tous droits réservés"
    r"|todos los derechos|todos os direitos|tutti i diritti|alle rechten voorbehouden",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence and what can be told of it alone."""

    place: int  #: 0 is the text's first
    span: Span
    words: tuple[str, ...]  #: as compared: lower case, without plurals
    length: int  #: words by white space
    number: bool  #: holds a figure
    capitals: float  #: share of its words that begin with a capital
    named: bool  #: holds a figure or a capitalised word beyond its first
    question: bool
    quoted: bool  #: begins with a quotation mark, or begins or ends inside a quotation
    leaning: float  #: how much it needs the sentence before it, 0 to 1
    vetoed: bool  #: too short, too long, without closing mark, or not the article's own words


def look_at(text: str, spans: Sequence[Span], language: str) -> list[Sentence]:
    """Describe each sentence of a text; a dateline does not belong to the first."""
    sentences: list[Sentence] = []
    open_quotation, german = False, "„" in text
    for place, span in enumerate(spans):
        if place and "\n\n" in text[spans[place - 1].end : span.start].replace("\r", ""):
            open_quotation = False
        begun_inside = open_quotation
        open_quotation = _leaves_open(text[span.start : span.end], inside=begun_inside, german=german)
        own = span if place else _past_dateline(text, span)
        quoted = begun_inside or open_quotation or text[own.start] in _OPENING_MARKS
        sentences.append(_describe(text, own, place, language, quoted=quoted))
    return sentences


def _describe(text: str, span: Span, place: int, language: str, *, quoted: bool) -> Sentence:
    shown = text[span.start : span.end]
    parts = shown.split()
    bare = [part.strip(_OPENING_MARKS + "([-–—,;:.!?”’)]") for part in parts]
    capitals = sum(1 for part in parts if part.lstrip(_OPENING_MARKS + "(")[:1].isupper())
    number = any(letter.isdigit() for letter in shown)
    named = number or any(_is_name(part) for part in parts[1:])
    return Sentence(
        place=place,
        span=span,
        words=tuple(words_of(shown)),
        length=len(parts),
        number=number,
        capitals=capitals / len(parts),
        named=named,
        question=shown.rstrip(_OPENING_MARKS + "”’").endswith("?"),
        quoted=quoted,
        leaning=leans(bare, language) if place else 0.0,
        vetoed=not (len(_BRACKETS.sub("", shown).split()) >= 5 and len(parts) <= 60)
        or not _CLOSED.search(shown)
        or bool(_BOILERPLATE.search(shown)),
    )


def _past_dateline(text: str, span: Span) -> Span:
    """Begin a first sentence after its dateline: an agency signs there."""
    match = _DATELINE.match(text, span.start, span.end)
    return Span(match.end(), span.end) if match else span


def _is_name(part: str) -> bool:
    """Tell a capitalised word; 'I' and its forms name nobody."""
    bare = part.strip(_OPENING_MARKS + "([”’")
    return bare[:1].isupper() and re.split(r"[^\w]", bare)[0] != "I"


def _leaves_open(shown: str, *, inside: bool, german: bool) -> bool:
    """Follow the quotation marks through a sentence: is one open at its end? German “ closes."""
    for letter in shown:
        if letter in "„«" or (letter == "“" and not german):
            inside = True
        elif letter in "”»“":
            inside = False
        elif letter == '"':
            inside = not inside
    return inside
