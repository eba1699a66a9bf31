"""Sections as articles are put into them: what they are called and which words are theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.classify.lexicon import STRONG, Evidence, Lexicon
from digest.classify.topics import evidence, topics_named
from digest.classify.words import Words

__all__ = ["Section", "Weighed", "weigh"]

_OWN = STRONG + 1.0  #: a keyword that somebody wrote for this very section says most


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A section, or another choice, by its words."""

    key: str  #: unique among those it is chosen from
    title: str  #: as readers see it
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()  #: words, `word*`, `*word` or several words that stand together


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """What an article's words say."""

    sections: dict[str, Evidence]  #: by key, every section
    outside: tuple[str, Evidence] | None  #: the strongest topic that no section is on


def weigh(words: Words, language: str | None, sections: tuple[Section, ...]) -> Weighed:
    """Count what an article's words say for each section, and for topics that are none of theirs.

    A section has the words of the shipped topics that its title and tags name, and its own
    keywords. A topic that several sections name belongs to the first with it in its title,
    else to the first with it among its tags. Titles and tags that name no topic are keywords.
    """
    owners, own = _prepared(sections)
    found = {section.key: Evidence() for section in sections}
    outside: list[tuple[float, str, Evidence]] = []
    for topic, told in evidence(words, language).items():
        if topic in owners:
            _join(found[owners[topic]], told)
        else:
            outside.append((told.points, topic, told))
    for key, told in own.weigh(words).items():
        _join(found[key], told)
    strongest = max(outside, default=None, key=lambda one: one[:2])
    return Weighed(sections=found, outside=strongest and (strongest[1], strongest[2]))


def _join(whole: Evidence, part: Evidence) -> None:
    whole.points += part.points
    whole.terms += part.terms


@lru_cache(maxsize=64)
def _prepared(sections: tuple[Section, ...]) -> tuple[dict[str, str], Lexicon]:
    owners: dict[str, str] = {}
    for names_of in (_title_names, _tag_names):
        for section in sections:
            for name in names_of(section):
                for topic in topics_named(name):
                    owners.setdefault(topic, section.key)
    entries = [(word, section.key, _OWN) for section in sections for word in section.keywords]
    for section in sections:
        taken = {topic for topic, key in owners.items() if key == section.key}
        entries.extend(
            (name.replace("-", " "), section.key, STRONG)
            for name in (*_title_names(section), *section.tags)
            if not taken.intersection(topics_named(name))
        )
    return owners, Lexicon(entries)


def _title_names(section: Section) -> Sequence[str]:
    return section.title, section.key


def _tag_names(section: Section) -> Sequence[str]:
    return section.tags
