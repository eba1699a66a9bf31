"""Gather what the edition of a slot is built from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Protocol

from digest.actions.app import App
from digest.actions.content.tag_rules import under_rules
from digest.actions.making.lessons import lessons_for
from digest.classify import leading
from digest.model import Slot
from digest.pipeline import BuildInput, Heading, tag_rules
from digest.settings import DigestSettings
from digest.store import ArticleReading, PinKind, Stories

STORY_MEMORY = timedelta(days=3)  #: a follow-up within it is recognised as a story that was told
FIRST_WINDOW = timedelta(days=7)  #: of a digest that takes all since the last edition and never sent one


class Past(Protocol):
    """What the editions of a digest have left behind for those to come; the store's editions are one."""

    def last_sent(self, digest: str) -> datetime | None:
        """Return until when articles counted for the newest sent edition."""
        ...

    def next_number(self, digest: str) -> int:
        """Return the number of the next edition."""
        ...

    def sent_since(self, digest: str, since: datetime) -> Collection[int]:
        """Return the articles in editions sent since a moment."""
        ...

    def carried(self, digest: str, since: datetime) -> Collection[int]:
        """Return the articles that a cap cut, if they are of since a moment."""
        ...

    def used(self, digest: str, article_ids: Iterable[int]) -> Collection[int]:
        """Tell which articles readers have had, themselves or as another telling of their story."""
        ...

    def pins(self, digest: str) -> Mapping[int, PinKind]:
        """Return what editors want in or out."""
        ...


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known at the moment of building."""

    articles: ArticleReading
    past: Past
    stories: Stories
    by: datetime | None = None  #: what editors said of stories later is not known; None knows all


def selection_window(past: Past, digest: DigestSettings, now: datetime) -> tuple[datetime, datetime]:
    """Say from when (exclusive) to when (inclusive) articles count for an edition built now."""
    width = digest.selection.window
    if isinstance(width, timedelta):
        return now - width, now
    return past.last_sent(digest.key) or now - FIRST_WINDOW, now


def gather(app: App, digest: DigestSettings, slot: Slot, now: datetime, *, known: Known) -> BuildInput:
    """Find the candidates of a slot's edition, and all else that building it depends on.

    Args:
        app: Whose limits apply.
        digest: The rules.
        slot: Which edition it is.
        now: The moment of building; articles count until then.
        known: Where articles and earlier editions are looked up.
    """
    limit = app.system.limits.candidates
    window = selection_window(known.past, digest, now)
    told = known.past.sent_since(digest.key, now - STORY_MEMORY)
    carry = digest.selection.carry_over
    carried = known.past.carried(digest.key, now - carry) if carry else ()
    pins = known.past.pins(digest.key)
    pinned = [article_id for article_id, kind in pins.items() if kind == "pin"]
    fresh = _fresh(known.articles, digest, window, limit)
    ids = dict.fromkeys([*pinned, *carried, *told, *fresh])
    chosen = list(ids)[: limit + len(pinned) + len(carried) + len(told)]
    return BuildInput(
        digest=digest,
        heading=Heading(number=known.past.next_number(digest.key), slot=slot),
        articles=under_rules(known.articles.many(chosen), digest, known.articles),
        window=window,
        now=now,
        used=known.past.used(digest.key, chosen),
        carried=frozenset(carried),
        pins=pins,
        lessons=lessons_for(known.articles, digest, now),
        wishes=known.stories.wishes(chosen, known_by=known.by),
        html_bytes=app.system.limits.html_bytes,
    )


def _fresh(
    articles: ArticleReading, digest: DigestSettings, window: tuple[datetime, datetime], limit: int
) -> list[int]:
    """Find the articles of the window, section by section, then what fits no other."""
    since, until = window
    rules = tag_rules(digest)
    groups = [leading(section.tags, rules).tags for section in digest.sections]
    found = articles.newest_per_tag(groups, since=since, until=until, limit=max(50, limit // len(groups)))
    return [*(one for group in found for one in group), *_rest(articles, digest, window, limit)]


def _rest(
    articles: ArticleReading, digest: DigestSettings, window: tuple[datetime, datetime], limit: int
) -> tuple[int, ...]:
    """Find candidates for the section of what fits no other, and such as only a rule can tell."""
    since, until = window
    wanted = digest.selection.tags_any
    asked = leading(wanted, tag_rules(digest))
    # What a rule says of sources or titles can be in any article.
    sections = leading([tag for section in digest.sections for tag in section.tags], tag_rules(digest))
    if not digest.more.at_most and not sections.is_open:
        return ()
    tagged = articles.newest(asked.tags, since=since, until=until, limit=limit) if wanted else ()
    if wanted and not asked.is_open:
        return tagged
    latest = articles.latest(since=since, until=until, limit=limit)
    # By turns, so that neither crowds the other out.
    return tuple(one for pair in zip_longest(tagged, latest) for one in pair if one is not None)
