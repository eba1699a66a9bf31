"""Fill the sections of an edition from the ranking, within the caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest.model import UNKNOWN_SOURCE, Candidate, Decision, Rule, Score
from digest.pick.ranking import age, ranked, score
from digest.pick.rules import Frame, exclude
from digest.settings.digests import MORE, DigestSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Picked:
    """What an edition holds, and why."""

    kept: tuple[Candidate, ...]  #: section by section in the digest's order, then by rank
    decisions: tuple[Decision, ...]  #: one for each candidate, in the order they came in
    enough: bool  #: False when the edition should be skipped: fewer kept than `at_least`


def pick(
    candidates: Sequence[Candidate],
    digest: DigestSettings,
    window: tuple[datetime, datetime],
    now: datetime,
) -> Picked:
    """Choose the articles of an edition.

    Rules exclude first, in the order of `rules.RULES`. The rest is ranked over all
    sections together, so that the caps on sources and on the whole edition cut the
    weakest of any section. Pins go first, pass the window and every cap, and count.

    Args:
        candidates: Unique by article id; members of a story share an equal `Story`.
        digest: Whose selection rules and sections apply.
        window: Moments (since, until]; both aware.
        now: The moment that ages count from; aware.

    Raises:
        ValueError: A candidate stands in a section that the digest does not have.
    """
    shelves = _Shelves(digest)
    shelves.check(candidates)
    frame = Frame(selection=digest.selection, since=window[0], until=window[1])
    excluded = exclude(candidates, frame)
    made: dict[int, Decision] = {}
    standing = []
    for each in candidates:
        if each.article.id in excluded:
            made[each.article.id] = _dropped(each, *excluded[each.article.id])
        else:
            standing.append((each, score(each, digest.selection, now)))
    kept = _fill(shelves, ranked(standing), made, now)
    return Picked(
        kept=tuple(sorted(kept, key=lambda each: shelves.order[each.section])),
        decisions=tuple(made[each.article.id] for each in candidates),
        enough=len(kept) >= digest.selection.at_least,
    )


@dataclass(slots=True)
class _Shelves:
    """The room that is left in an edition while it is filled."""

    digest: DigestSettings
    held: Counter[str] = field(default_factory=Counter)
    held_of: Counter[str] = field(default_factory=Counter)
    order: dict[str, int] = field(init=False)
    _titles: dict[str, str] = field(init=False)
    _room: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        sections, more = self.digest.sections, self.digest.more
        self._titles = {each.key: each.title for each in sections} | {MORE: more.title or "More"}
        self._room = {each.key: each.at_most for each in sections} | {MORE: more.at_most}
        self.order = {key: place for place, key in enumerate(self._room)}

    def check(self, candidates: Iterable[Candidate]) -> None:
        for each in candidates:
            if each.section not in self.order:
                raise ValueError(f"digest '{self.digest.key}' has no section '{each.section}'")

    def full(self, candidate: Candidate) -> tuple[Rule, str] | None:
        """Name the first cap that has no room for the candidate."""
        key, source = candidate.section, candidate.article.origin
        selection = self.digest.selection
        if self.held[key] >= self._room[key]:
            return Rule.SECTION_CAP, f"{self.held[key]} of {self._room[key]} in {self._titles[key]}"
        # articles that nobody knows the origin of are not one source
        if source.key != UNKNOWN_SOURCE and self.held_of[source.key] >= selection.per_source:
            return (
                Rule.SOURCE_CAP,
                f"{self.held_of[source.key]} of {selection.per_source} from {source.title}",
            )
        if self.held.total() >= selection.at_most:
            return Rule.TOTAL_CAP, f"{self.held.total()} of {selection.at_most}"
        return None

    def take(self, candidate: Candidate) -> None:
        self.held[candidate.section] += 1
        self.held_of[candidate.article.origin.key] += 1


def _fill(
    shelves: _Shelves, order: Sequence[tuple[Candidate, Score]], made: dict[int, Decision], now: datetime
) -> list[Candidate]:
    """Take what has room, in the order given, and decide about each; return what was taken."""
    kept = []
    for rank, (each, points) in enumerate(order, start=1):
        full = None if each.pinned else shelves.full(each)
        if full is None:
            shelves.take(each)
            kept.append(each)
            made[each.article.id] = _kept(each, points, f"{rank} of {len(order)}")
        else:
            made[each.article.id] = _cut(each, points, full, shelves.digest, now)
    return kept


def _dropped(candidate: Candidate, rule: Rule, value: str) -> Decision:
    return Decision(
        article_id=candidate.article.id, kept=False, rule=rule, value=value, section=candidate.section
    )


def _kept(candidate: Candidate, points: Score, rank: str) -> Decision:
    return Decision(
        article_id=candidate.article.id,
        kept=True,
        rule=Rule.PINNED if candidate.pinned else Rule.RANKED,
        value="pin" if candidate.pinned else rank,
        section=candidate.section,
        score=points,
    )


def _cut(
    candidate: Candidate, points: Score, full: tuple[Rule, str], digest: DigestSettings, now: datetime
) -> Decision:
    limit = digest.selection.carry_over
    return Decision(
        article_id=candidate.article.id,
        kept=False,
        rule=full[0],
        value=full[1],
        section=candidate.section,
        score=points,
        carry=limit is not None and age(candidate.article, now) < limit,
    )
