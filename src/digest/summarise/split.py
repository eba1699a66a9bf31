"""Find the sentences of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from digest.summarise.abbreviations import Abbreviations, abbreviations
from digest.summarise.stops import CLOSERS, ends

_STOPS = ".!?…‽؟۔।॥։።။\u037e"
_WIDE_STOPS = "。！？｡．"  #: end a sentence without white space after them

_WIDE_OPENER = re.compile("[「『（【]|[：，]“")
_PARAGRAPH = re.compile(r"\S(?:[^\n]|\n(?![^\S\n]*(?:\n|$)))*")
_NOTES = (
    r"[¹²³⁰-⁹]{0,3}(?:[^\S\n]?\[\d{1,3}\])*(?P<note>\d{1,2}(?=\s))?"  # '... in 1805.[6]', '... in May.12'
)
_SPACED = r"(?:[^\S\n][»›](?=\s|$))?"  #: French marks stand apart: '« Oui. »'
_PICTURES = "\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55"
_JOINED = "\ufe0f\u200d\u20e3"
_FEELING = rf"(?:[^\S\n]{{0,2}}[{_PICTURES}][{_JOINED}]{{0,3}})*"  #: 'We won! 🎉' ends after the picture
_STOP = re.compile(
    rf"(?P<stops>\.(?:[^\S\n]\.){{2,3}}|[{_STOPS}{_WIDE_STOPS}]+|(?<=[\u0370-\u03ff\u1f00-\u1fff]);)"
    rf"(?P<closers>[{CLOSERS}]*{_SPACED}){_NOTES}{_FEELING}"
)
_BULLET = re.compile(r"[^\S\n]*(?:[•‣◦▪●■–—*+-]|\(?\d{1,2}[.)]|[a-z]\))[^\S\n]+\S")
_FIGURE_NOTE = re.compile(r"[^\S\n](?P<figure>\d{1,2})(?=[^\S\n](?P<word>[^\W\d_]+))")
_COUNTED = frozenset(("most", "more", "other", "all", "such"))  #: '12 Most Ancient Cities'
_CAPTION = re.compile(
    r"(?:Figure|Table|Abbildung|Tabelle|Tableau|Figura|Tabla|Tabela|Tabella|Figuur|Tabel) \d+(?:\.\d+)?"
    r"(?=[^\S\n]+[^\W\d_a-z])"
)


@dataclass(frozen=True, slots=True)
class Span:
    """The place of a sentence in a text: text[start:end], without white space around it."""

    start: int
    end: int


def split(text: str, language: str | None) -> tuple[Span, ...]:
    """Find the sentences of a text, in order.

    An empty line ends a sentence; a single line end does so before a bullet, or where the line
    was not full and the next begins large. Stops of abbreviations, initials, decimals and
    ordinals end none; a stop takes the closing marks, footnote figures and pictures after it.

    Args:
        text: Plain text of any script.
        language: BCP 47; decides which abbreviations count. English ones when unknown.

    Returns:
        Ordered, disjoint spans that cover all that is not white space.
    """
    words = abbreviations(language)
    return tuple(
        span
        for paragraph in _PARAGRAPH.finditer(text)
        for start, end in pairwise(_line_cuts(text, paragraph.start(), paragraph.end()))
        for span in _sentences(text, start, _trimmed(text, end), words)
    )


def _line_cuts(text: str, start: int, end: int) -> list[int]:
    """Return the borders of a paragraph and of the lines in it that stand for themselves."""
    lines = text[start:end].split("\n")
    width = max(len(line) for line in lines)
    cuts, at = [start], start
    for line, following in pairwise(lines):
        at += len(line) + 1
        first = following.split(maxsplit=1)[0]
        roomy = len(line) + len(first) < width
        if _BULLET.match(text, at, end) or (roomy and first.lstrip("\"'“‘„«¿¡([")[:1].isupper()):
            cuts.append(at)
    return [*cuts, end]


def _trimmed(text: str, end: int) -> int:
    while text[end - 1].isspace():
        end -= 1
    return end


def _sentences(text: str, start: int, end: int, words: Abbreviations) -> Iterator[Span]:
    """Cut one paragraph at its stops; pieces without a word stay with the one before."""
    cuts = [*_cuts(text, start, end, words), end]
    for cut, following in zip_longest(cuts, cuts[1:]):
        if following is not None and not any(letter.isalnum() for letter in text[cut:following]):
            continue
        while text[start].isspace():
            start += 1
        yield Span(start, cut)
        start = cut


def _cuts(text: str, start: int, end: int, words: Abbreviations) -> Iterator[int]:
    quoted = _wide_quotations(text, start, end) if _WIDE_OPENER.search(text, start, end) else frozenset()
    if caption := _CAPTION.match(text, start, end):
        start = caption.end()
        yield start
    for match in _STOP.finditer(text, start, end):
        cut = match.end()
        if cut >= end:
            return
        if any(stop in _WIDE_STOPS for stop in match["stops"]):
            while text[cut - 1] in "“‘«‹":  # without white space these open what comes next
                cut -= 1
            if match.start() not in quoted and text[cut] not in "とっ":
                yield cut
        elif text[cut].isspace() and ends(text, _begin(text, start), match, words):
            start = _past_note(text, cut, words)
            yield start


def _begin(text: str, start: int) -> int:
    while text[start].isspace():
        start += 1
    return start


def _past_note(text: str, cut: int, words: Abbreviations) -> int:
    """Step over a footnote's figure that stands apart: '... for all. 4 Even though ...'."""
    note = _FIGURE_NOTE.match(text, cut)
    if note and note["word"][0].isupper() and note["word"].lower() in words.starters - _COUNTED:
        return note.end()
    return cut


def _wide_quotations(text: str, start: int, end: int) -> frozenset[int]:
    """Find wide stops inside quotation marks that close in the same paragraph, but not at their end."""
    pairs = {"「": "」", "『": "』", "（": "）", "【": "】", "“": "”"}
    inside: list[int] = []
    awaited: list[str] = []
    since: list[int] = []
    for place in range(start, end):
        letter = text[place]
        if letter in pairs:
            awaited.append(pairs[letter])
            since.append(place)
        elif awaited and letter == awaited[-1]:
            awaited.pop()
            opened = since.pop()
            if not awaited:
                inside += [at for at in range(opened, place - 1) if text[at] in _WIDE_STOPS]
    return frozenset(inside)
