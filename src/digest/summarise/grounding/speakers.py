"""Who speaks in a summary: the byline of an article is named there, and may be known to nobody here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import Match

from digest.rarity import english, proper, root
from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.names import bare
from digest.summarise.grounding.source import Source

_SPOKEN = re.compile(r"[\"“][^\"“”\n]{0,1500}[\"”]")
_I_AM = re.compile(r"\b(?:I['’]m|I am|[Mm]y name is)((?: [A-Z][\w'’-]{1,30}){1,3})")
_LABEL = re.compile(r"[^:]{2,60}:\s")
_SAYS = re.compile(r"\b(?:says|said|adds|added|asks|writes|argues|CNN's)\s*$")
_ADDS = re.compile(r"\s(?:says|adds|asks|argues)\s*\.?$")
_TELLS = re.compile(r"\s(?:says|writes|argues)\b")
_PAUSE = re.compile(r"\s*(?:$|[.,:;])")
_REPORTED = re.compile(r"\b(?:said|says|told|reported|according to)\b")
_WITHIN = frozenset(("and", "de", "di", "du", "van", "von", "der", "bin", "al", "el"))
_SELDOM = 100  #: words to each of them, or more
_LONG = 300  #: words of an article whose manner can be told
_MOST_WORDS = 3  #: of a person's name


def is_opinion(article: str, language: str) -> bool:
    """Tell whether an article is somebody's own: in the first person, or telling what nobody else has said.

    Reports say every few sentences who said so. English only, but for the first person.
    """
    unquoted = _SPOKEN.sub(" ", article)
    is_told = re.search(r"\b(?:I|me|my|we|us|our|We|My|Our)\b", unquoted) is not None
    words = len(article.split())
    if language != "en" or words < _LONG:
        return is_told
    return len(_REPORTED.findall(unquoted)) * (_SELDOM if is_told else 2 * _SELDOM) <= words


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
    is_report = source.language == "en" and not is_open
    for fact in facts:
        in_label = not is_report and _is_label(sentence, tokens, fact)
        is_named = _may_be_person(fact) or _is_whole_beginning(tokens, fact)
        if is_named and (in_label or (is_open and _says(sentence, tokens, fact))):
            found |= {key for key in fact.keys if not source.holds_word(key)}
    return frozenset(found)


def narrators(article: str) -> frozenset[str]:
    """Return the words of the names that an article's teller gives herself: 'I am Ada Lovelace'."""
    bare_text = _SPOKEN.sub(" ", article)
    return frozenset(bare(word) for match in _I_AM.finditer(bare_text) for word in match[1].split())


def is_surname(sentence: str, tokens: Sequence[Match[str]], fact: Fact) -> bool:
    """Tell whether a label is one rare word, as authors' surnames are; places and famous people are not."""
    word = root(tokens[fact.at].group().casefold())
    return len(fact.keys) == 1 and _is_label(sentence, tokens, fact) and word not in english()[0]


def _may_be_person(fact: Fact) -> bool:
    """Tell a name of two or three words, not all of them ordinary ones."""
    is_word = all(key in english()[0] and key not in proper() for key in fact.keys)
    return fact.kind == "name" and 2 <= len(fact.keys) <= _MOST_WORDS and not is_word


def _is_label(sentence: str, tokens: Sequence[Match[str]], fact: Fact) -> bool:
    label = _LABEL.match(sentence)
    if fact.kind != "name" or label is None or tokens[fact.end - 1].end() > label.end():
        return False
    words = (token.group() for token in tokens if token.end() <= label.end())
    return all(word[0].isupper() or word in _WITHIN for word in words)


def _is_whole_beginning(tokens: Sequence[Match[str]], fact: Fact) -> bool:
    """Tell two or three words at the beginning, of which the first may be ordinary: 'Grant Ortiz: ...'."""
    last = fact.keys[-1]
    is_word = last in english()[0] and last not in proper()
    large = all(token.group()[:1].isupper() for token in tokens[: fact.end])
    return fact.kind == "name" and 2 <= fact.end <= _MOST_WORDS and large and not is_word


def _says(sentence: str, tokens: Sequence[Match[str]], fact: Fact) -> bool:
    before, after = sentence[: tokens[fact.at].start()], sentence[tokens[fact.end - 1].end() :]
    return bool(
        (_SAYS.search(before) and _PAUSE.match(after))
        or _ADDS.match(after)
        or (fact.at <= _MOST_WORDS and _TELLS.match(after))
    )
