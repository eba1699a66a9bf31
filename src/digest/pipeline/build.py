"""Build an edition: the stages in order, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from digest.classify import Lesson
from digest.group import Reader, find_stories, read_lately
from digest.model import (
    NO_WISHES,
    UNKNOWN_SOURCE,
    Article,
    Candidate,
    Decision,
    Edition,
    Placement,
    Rule,
    Story,
    Summary,
    Wishes,
)
from digest.pick import pick
from digest.pipeline.compose import Heading, compose, without
from digest.pipeline.placing import placements
from digest.render import LIMIT_BYTES, Look, Rendered, Renderer
from digest.settings import DigestSettings


@dataclass(frozen=True, kw_only=True)
class BuildInput:
    """All that an edition depends on; the same input gives the same bytes."""

    digest: DigestSettings
    heading: Heading
    articles: Sequence[Article]  #: the candidates, unique by id
    window: tuple[datetime, datetime]  #: since (exclusive) and until (inclusive)
    now: datetime
    used: Collection[int] = ()  #: article ids that a sent edition of this digest held
    carried: Collection[int] = ()  #: article ids that a cap cut before
    pins: Mapping[int, Literal["pin", "ban"]]
    lessons: tuple[Lesson, ...] = ()  #: what editors have put into sections of this digest
    wishes: Wishes = NO_WISHES  #: what editors say of stories
    html_bytes: int = LIMIT_BYTES  #: of the whole edition's HTML
    written: Mapping[int, Summary] = field(
        default_factory=dict
    )  #: summaries that stand already, by article id


@dataclass(frozen=True, kw_only=True)
class Built:
    """What building gave; without an edition when there was not enough for one."""

    edition: Edition | None
    rendered: Rendered | None  #: None exactly when edition is None
    decisions: tuple[Decision, ...]  #: one for each candidate
    stories: tuple[Story, ...]

    @property
    def kept(self) -> int:
        """Number of articles taken."""
        return sum(1 for decision in self.decisions if decision.kept)


def build_edition(
    given: BuildInput, renderer: Renderer, look: Look, *, reader: Reader = read_lately
) -> Built:
    """Group, pick, summarise and render.

    Args:
        given: What to build from.
        renderer: Lays the edition out.
        look: Theme, sender and addresses.
        reader: Takes an article apart into words, as `digest.group.read` does.

    Raises:
        TemplateError: The theme cannot be rendered; articles alone cannot cause this.
    """
    stories = find_stories(given.articles, reader, given.wishes)
    placed = placements(given.articles, given.digest, given.lessons)
    picked = pick(_candidates(given, stories, placed), given.digest, given.window, given.now)
    picked = replace(
        picked, decisions=tuple(replace(one, placed=placed[one.article_id]) for one in picked.decisions)
    )
    if not picked.enough:
        return Built(edition=None, rendered=None, decisions=picked.decisions, stories=stories)
    titles = {one.id: one.origin.title for one in given.articles if one.origin.key != UNKNOWN_SOURCE}
    edition = compose(given.digest, given.heading, picked, titles, given.written)
    rendered = renderer.render(edition, look, limit_bytes=given.html_bytes)
    decisions = picked.decisions
    if rendered.left_out:
        edition = without(edition, rendered.left_out)
        decisions = _cut_for_size(decisions, rendered.left_out, given)
        rendered = renderer.render(edition, look, limit_bytes=given.html_bytes)
    return Built(edition=edition, rendered=rendered, decisions=decisions, stories=stories)


def _cut_for_size(
    decisions: Sequence[Decision], left_out: Collection[int], given: BuildInput
) -> tuple[Decision, ...]:
    """Record what the layout could not hold as dropped; it may stand again like anything a cap cut."""
    value = f"{given.html_bytes:,} bytes"
    carry = given.digest.selection.carry_over is not None
    return tuple(
        replace(one, kept=False, rule=Rule.SIZE, value=value, carry=carry)
        if one.article_id in left_out
        else one
        for one in decisions
    )


def _candidates(
    given: BuildInput, stories: Sequence[Story], placed: Mapping[int, Placement]
) -> list[Candidate]:
    story_of = {member: story for story in stories for member in story.members}
    return [
        Candidate(
            article=article,
            section=placed[article.id].section,
            story=story_of[article.id],
            used=article.id in given.used,
            carried=article.id in given.carried,
            pinned=given.pins.get(article.id) == "pin",
            banned=given.pins.get(article.id) == "ban",
        )
        for article in given.articles
    ]
