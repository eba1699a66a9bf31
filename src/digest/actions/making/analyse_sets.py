"""What can be said of records only when all of them are looked at: stories and copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from digest.group import find_stories
from digest.model import UNKNOWN_SOURCE, Article, Source, Story

Result = dict[str, Any]

_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)  #: records without a date count as of one moment
_NOBODY = Source(key=UNKNOWN_SOURCE, title=UNKNOWN_SOURCE)


def stories_of(read: Sequence[Result]) -> list[Result]:
    """Name each record's story by the id of the record that leads it."""
    return _told(read, lambda story, names: {one: {"story": names[story.lead]} for one in story.members})


def copies_of(read: Sequence[Result]) -> list[Result]:
    """Name the record that each copies; None for an original."""

    def copies(story: Story, names: Sequence[Any]) -> dict[int, Result]:
        originals = dict(story.copies)
        return {
            one: {"copy_of": names[originals[one]] if one in originals else None} for one in story.members
        }

    return _told(read, copies)


def _told(read: Sequence[Result], tell: Callable[[Story, Sequence[Any]], dict[int, Result]]) -> list[Result]:
    """Find the stories of all records that could be read, and say of each what was asked."""
    names = [each["id"] for each in read]
    articles = [_article(place, each) for place, each in enumerate(read) if "error" not in each]
    told: dict[int, Result] = {}
    for story in find_stories(articles):
        told |= tell(story, names)
    return [{"id": names[place], **told[place]} if place in told else each for place, each in enumerate(read)]


def _article(place: int, read: Result) -> Article:
    published = read["published"] or _UNDATED
    return Article(
        id=place,
        revision=1,
        title=read["title"],
        paragraphs=tuple(part for part in read["text"].split("\n\n") if part.strip()),
        html="",
        language=read["language"],
        published=published,
        collected_at=published,
        origin=_NOBODY,
    )
