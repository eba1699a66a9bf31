"""The claims of a sentence that can be looked up: its numbers, dates and names."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from re import Match
from typing import Literal

from digest.summarise.grounding.measures import is_measure
from digest.summarise.grounding.names import WORD, bare, runs
from digest.summarise.grounding.nouns import is_adjective, is_noun, is_of_place, is_weighty, may_be_surname
from digest.summarise.grounding.numerals import calendar_words, numbers

_BEGINNERS = "\"'“‘„«("  #: after them a capital may be that of a sentence
CLOSED = re.compile(r"[.,]?[\"'”’“»]")
_PART_OF = re.compile(r"^(?:mid|early|late|pre|post|mi)-", re.IGNORECASE)  #: 'mid-April', 'mi-mars'
Kind = Literal["number", "date", "name"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One claim, as it stands and as it is compared."""

    kind: Kind
    shown: str
    keys: tuple[str, ...]  #: of a name: its words; else readings, any of which will do
    at: int  #: place of its first word among the sentence's words
    end: int  #: of the word after its last
    asserted: bool = True  #: False: counts as said in a source, is asked of nobody


def facts_of(
    text: str, tokens: Sequence[Match[str]], language: str, is_name: Callable[[str], bool]
) -> list[Fact]:
    """Find the claims of one sentence.

    Args:
        text: What the tokens are words of.
        tokens: The words of the sentence.
        language: Of the text, without region.
        is_name: Tells whether a sentence's first word, standing alone, is a name.
    """
    if not tokens:
        return []
    found = [*_numbers(text, tokens, language), *_dates(tokens, language)]
    taken = {place for fact in found for place in range(fact.at, fact.end)}
    if language == "de":
        taken |= {
            at for at, token in enumerate(tokens) if is_measure(token.group(), is_counted=at - 1 in taken)
        }
    return [*found, *_names(text, tokens, language, taken, is_name)]


def _numbers(text: str, tokens: Sequence[Match[str]], language: str) -> Iterator[Fact]:
    start, end = tokens[0].start(), tokens[-1].end()
    part = text[start:end]
    starts, ends = [token.start() - start for token in tokens], [token.end() - start for token in tokens]
    for begin, stop, values, asserted in numbers(part, language):
        at, last = bisect_right(ends, begin), bisect_left(starts, stop)
        if at < last:
            yield Fact(
                kind="number",
                shown=part[begin:stop],
                keys=tuple(f"{value:.12g}" for value in values),
                at=at,
                end=last,
                asserted=asserted,
            )


def _dates(tokens: Sequence[Match[str]], language: str) -> Iterator[Fact]:
    known = calendar_words(language)
    for at, token in enumerate(tokens):
        word = _PART_OF.sub("", token.group())
        low = word.casefold().removesuffix("'s").removesuffix("’s")
        found = known.get(low) or known.get(low.removesuffix("s"))
        if found is None or (language in ("en", "de") and not word[0].isupper()):
            continue
        if low in ("may", "march", "mar", "mai") and not _beside_figure(tokens, at):
            continue
        yield Fact(kind="date", shown=token.group(), keys=(found,), at=at, end=at + 1)


def _beside_figure(tokens: Sequence[Match[str]], at: int) -> bool:
    beside = (tokens[place].group() for place in (at - 1, at + 1) if 0 <= place < len(tokens))
    return any(word[0].isdigit() or word.lower() in ("in", "im", "en", "last", "of") for word in beside)


def _names(
    text: str, tokens: Sequence[Match[str]], language: str, taken: set[int], is_name: Callable[[str], bool]
) -> Iterator[Fact]:
    for begin, end in _untaken(runs(tokens, text), taken):
        is_plain = (
            may_begin(text, tokens, begin)
            and not is_name(tokens[begin].group())
            and not _is_quoted_alone(text, tokens, begin)
        )
        first, last = begin + is_plain, end
        if language == "de":
            first, last = _without_nouns(text, tokens, first, last, is_name)
        if first >= last:
            continue
        yield Fact(
            kind="name",
            shown=text[tokens[first].start() : tokens[last - 1].end()],
            keys=tuple(bare(token.group()) for token in tokens[first:last]),
            at=first,
            end=last,
        )


def _without_nouns(
    text: str, tokens: Sequence[Match[str]], first: int, last: int, is_name: Callable[[str], bool]
) -> tuple[int, int]:
    """Return what is a name of a German run: not 'Einsatzleiter', nor the second of 'Berliner Polizei'."""
    words = [token.group() for token in tokens[first:last]]
    if len(words) < 2:
        is_plain = not words or not is_name(words[0]) or is_noun(words[0])
        return (last, last) if is_plain else (first, last)
    skipped = int(may_begin(text, tokens, first) and is_adjective(words[0]) and is_noun(words[1]))
    is_before_name = skipped + 1 < len(words)
    if is_noun(words[skipped]) or (is_before_name and is_weighty(words[skipped])):
        skipped += 1
        while skipped < len(words) and is_noun(words[skipped]) and not may_be_surname(words[skipped]):
            skipped += 1
    kept = words[skipped:]
    if len(kept) > 1 and is_of_place(kept[-2]) and is_noun(kept[-1]):
        last -= 1
    return first + skipped, last


def _untaken(found: Iterable[tuple[int, int]], taken: set[int]) -> Iterator[tuple[int, int]]:
    """Cut runs at dates and numbers: 'On Monday Ada Lovelace' has two parts."""
    for begin, end in found:
        first = begin
        for at in range(begin, end + 1):
            if at == end or at in taken:
                if first < at:
                    yield first, at
                first = at + 1


def may_begin(text: str, tokens: Sequence[Match[str]], at: int) -> bool:
    """Tell whether a capital may be that of a sentence's beginning."""
    return at == 0 or text[tokens[at].start() - 1] in _BEGINNERS or text[tokens[at - 1].end()] in ".:?!"


def _is_quoted_alone(text: str, tokens: Sequence[Match[str]], at: int) -> bool:
    """Tell whether a word within a sentence stands between marks by itself, as names of works do."""
    return (
        at > 0 and text[tokens[at].start() - 1] in _BEGINNERS and bool(CLOSED.match(text, tokens[at].end()))
    )


def words_of(text: str, start: int = 0, end: int | None = None) -> list[Match[str]]:
    """Return the words of a part of a text, with their places."""
    return list(WORD.finditer(text, start, len(text) if end is None else end))
