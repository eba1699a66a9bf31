"""Find the section an article belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digest.model import Tag
from digest.model.article import fold
from digest.settings.digests import MORE, SectionSettings


def place(tags: Iterable[Tag], sections: Sequence[SectionSettings]) -> str:
    """Return the key of the first section that shares a tag; that of the last section when none does."""
    carried = {tag.key for tag in tags}
    for section in sections:
        if any(fold(name) in carried for name in section.tags):
            return section.key
    return MORE
