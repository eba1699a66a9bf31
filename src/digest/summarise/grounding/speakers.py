"""Who speaks in a summary: the byline of an article is named there, and may be known to nobody here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import Match

from digest.rarity import english, proper, root
from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.source import Source

_LABEL = re.compile(r"[^:]{2,60}:\s")
_SAYS = re.compile(r"\b(?:says|said|adds|added|asks|writes|argues|CNN's)\s*$")
_ADDS = re.compile(r"\s(?:says|adds|asks|argues)\s*\.?$")
_TELLS = re.compile(r"\s(?:says|writes|argues)\b")
_PAUSE = re.compile(r"\s*(?:$|[.,:;])")
_MOST_WORDS = 3  #: of a person's name


def is_opinion(article: str) -> bool:
    """Tell whether an article speaks in the first person outside quotations."""
    bare = re.sub(r"[\"“][^\"“”\n]{0,1500}[\"”]", " ", article)
    return re.search(r"\b(?:I|me|my|we|us|our|We|My|Our)\b", bare) is not None


def named_in_full(
    source: Source, sentence: str, tokens: Sequence[Match[str]], facts: Sequence[Fact], *, is_open: bool
) -> frozenset[str]:
    """Return the words of names that a sentence only says to be speaking, in two words or more.

    Args:
        source: The article, which has been told to know no byline.
        sentence: Of the summary.
        tokens: Its words.
        facts: Its claims.
        is_open: The article speaks in the first person, so that somebody's 'says' may mean its author.
    """
    found: set[str] = set()
    for fact in facts:
        in_label = _is_label(sentence, tokens, fact)
        if _may_be_person(fact) and (in_label or (is_open and _says(sentence, tokens, fact))):
            found |= {key for key in fact.keys if not source.holds_word(key)}
    return frozenset(found)


def is_surname(sentence: str, tokens: Sequence[Match[str]], fact: Fact) -> bool:
    """Tell whether a label is one rare word, as authors' surnames are; places and famous people are not."""
    word = root(tokens[fact.at].group().casefold())
    return len(fact.keys) == 1 and _is_label(sentence, tokens, fact) and word not in english()[0]


def _may_be_person(fact: Fact) -> bool:
    """Tell a name of two or three words that begins with no ordinary word."""
    first = fact.keys[0]
    is_word = first in english()[0] and first not in proper()
    return fact.kind == "name" and 2 <= len(fact.keys) <= _MOST_WORDS and not is_word


def _is_label(sentence: str, tokens: Sequence[Match[str]], fact: Fact) -> bool:
    label = _LABEL.match(sentence)
    return fact.kind == "name" and label is not None and tokens[fact.end - 1].end() <= label.end()


def _says(sentence: str, tokens: Sequence[Match[str]], fact: Fact) -> bool:
    before, after = sentence[: tokens[fact.at].start()], sentence[tokens[fact.end - 1].end() :]
    return bool(
        (_SAYS.search(before) and _PAUSE.match(after))
        or _ADDS.match(after)
        or (not before and _TELLS.match(after))
    )
