"""Put the candidates of an edition into the sections of their digest, and say why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from digest.classify import Chooser, Lesson, Section, TagRule, by_tag, learn
from digest.model import Article, PlacedBy, Placement, Tag
from digest.settings import MORE, DigestSettings

__all__ = ["placements", "tag_rules", "taught_section"]

_NOWHERE = Placement(section=MORE, by=PlacedBy.NONE, why="no tag of a section", confidence=0.0)


def placements(
    articles: Iterable[Article], digest: DigestSettings, lessons: tuple[Lesson, ...]
) -> Mapping[int, Placement]:
    """Find each article's section: by its tags, else by its words, else the one for what fits no other.

    Args:
        articles: The candidates.
        digest: Whose sections count; words only where `selection.by_words` says so.
        lessons: What editors have put into these sections.

    Returns:
        A placement for each article, by its id.
    """
    sections = _sections(digest)
    chooser = Chooser(sections=sections, learned=learn(lessons)) if digest.selection.by_words else None
    return {one.id: by_tag(one.tags, sections) or _by_words(one, chooser) for one in articles}


def taught_section(tags: Iterable[Tag], digest: DigestSettings) -> str | None:
    """Return the section that an editor's tag puts an article into; None when no editor did."""
    found = by_tag(tags, _sections(digest))
    return found.section if found is not None and found.by is PlacedBy.EDITOR else None


def tag_rules(digest: DigestSettings) -> tuple[TagRule, ...]:
    """Return a digest's tag rules, in their order."""
    return tuple(
        TagRule(give=one.give, sources=one.sources, title=one.title, tags=one.tags)
        for one in digest.tag_rules
    )


def _by_words(article: Article, chooser: Chooser | None) -> Placement:
    if chooser is None:
        return _NOWHERE
    return chooser.choose(article.title, article.text, article.language, nowhere=MORE)


def _sections(digest: DigestSettings) -> tuple[Section, ...]:
    return tuple(
        Section(key=one.key, title=one.title, tags=one.tags, keywords=one.keywords) for one in digest.sections
    )
