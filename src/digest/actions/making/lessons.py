"""What editors have taught: which articles they put into the sections of a digest."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest.classify import ENOUGH, Lesson, lesson
from digest.pipeline import taught_section
from digest.settings import DigestSettings
from digest.store import ArticleReading

MEMORY = timedelta(days=365)  #: what editors did longer ago teaches nothing more
_EACH = 200  #: articles of a section; more teach little
_ALL = 2_000  #: articles, whose texts are read before each build


def lessons_for(articles: ArticleReading, digest: DigestSettings, now: datetime) -> tuple[Lesson, ...]:
    """Collect the articles whose section an editor's tag decided.

    Args:
        articles: Where they are.
        digest: Whose sections count.
        now: Articles count until then.

    Returns:
        The newest first, section by section; empty when fewer than two sections have enough to learn from,
        or `selection.by_words` is off.
    """
    if not digest.selection.by_words:
        return ()
    groups = [section.tags for section in digest.sections]
    limit = min(_EACH, _ALL // len(groups))
    found = articles.taught(groups, since=now - MEMORY, until=now, limit=limit)
    if sum(len(group) >= ENOUGH for group in found) < 2:
        return ()
    taught = articles.many(list(dict.fromkeys(one for group in found for one in group)))
    sections = ((one, taught_section(one.tags, digest)) for one in taught)
    return tuple(lesson(section, one.title, one.text) for one, section in sections if section is not None)
