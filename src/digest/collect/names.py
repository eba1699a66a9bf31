"""Names and the main topic of an article, as tags."""

from __future__ import annotations

import re

from digest.collect.ledger import Ledger
from digest.collect.mentions import find_mentions
from digest.collect.places import COUNTRIES
from digest.collect.topic import find_topic
from digest.model import Tag, TagOrigin
from digest.model.article import primary_language

__all__ = ["name_tags"]

_MAX_TAGS = 8
_MAX_CHARS = 60_000  #: of the text that is looked at; names of the rest hardly matter
_TITLE_WEIGHT = 3.0
_LEAD_WEIGHT = 2.0
_ENOUGH = 3.0
_BY_CASE = {None, "en", "fr", "es", "it", "pt", "nl", "de"}


def name_tags(title: str, paragraphs: tuple[str, ...], language: str | None) -> tuple[Tag, ...]:
    """Find the people, places and organisations an article is about, and one main topic.

    Mentions in the title and the first paragraph weigh more; mentions of one person are merged
    into the fuller name; a capital counts for its country when the text names that country.
    The topic is a noun of the title that recurs in an English text. Languages in which
    capitals do not mark names give nothing; German, with its capital nouns, gives names of
    several words that come more than once, and countries.

    Returns:
        At most 8 tags, the heaviest first, the topic last.
    """
    primary = primary_language(language or "") or None
    if primary not in _BY_CASE or not paragraphs:
        return ()
    body = "\n".join(paragraphs)[:_MAX_CHARS]
    names = _names(title, body, len(paragraphs[0]), is_german=primary == "de")
    topic = find_topic(title, body, names) if primary in {None, "en"} else None
    found = [*names[: _MAX_TAGS - 1], topic] if topic else names[:_MAX_TAGS]
    return tuple(Tag(name=name, origin=TagOrigin.NAME) for name in found)


def _names(title: str, body: str, lead_chars: int, *, is_german: bool) -> list[str]:
    ledger = Ledger(lower_words=frozenset(re.findall(r"\b[^\W\d_A-Z][^\W\d_]+", body)))
    if not _is_title_case(title):
        ledger.add(find_mentions(title, nouns_are_capital=is_german), _TITLE_WEIGHT)
    ledger.add(find_mentions(body[:lead_chars], nouns_are_capital=is_german), _LEAD_WEIGHT)
    ledger.add(find_mentions(body[lead_chars:], nouns_are_capital=is_german), 1.0)
    if _is_title_case(title):
        ledger.add_known(title, _TITLE_WEIGHT)
    found = [
        name
        for name, weight, times in ledger.balance()
        if weight >= _ENOUGH and times > 1 and (not is_german or " " in name or COUNTRIES.get(name) == name)
    ]
    return list(dict.fromkeys(found))


def _is_title_case(title: str) -> bool:
    """Tell a title whose words are all capitalised, so that capitals say nothing."""
    words = [word for word in re.findall(r"[^\W\d_]+", title) if len(word) > 3]
    return len(words) > 2 and sum(1 for word in words if word[0].isupper()) >= 0.8 * len(words)
