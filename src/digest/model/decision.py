"""Why a candidate is or is not in an edition."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from digest.model.placing import Placement


class Rule(StrEnum):
    """What can decide about a candidate; the first rule that applies is on record."""

    PINNED = "pinned"  #: an editor wants it in
    RANKED = "ranked"  #: its score earned it a place
    BANNED = "banned"  #: an editor wants it out
    USED = "used"  #: a sent edition of this digest held it
    WINDOW = "window"  #: too old for the window and not carried over
    TAGS = "tags"  #: the digest's any, all or none rule excludes it
    STORY = "story"  #: another article of its story leads; this one is 'also covered by'
    SECTION_CAP = "section_cap"
    SOURCE_CAP = "source_cap"
    TOTAL_CAP = "total_cap"
    UNCLEAN = "unclean"  #: nobody approved it in time, and something was found against it
    TAKEN = "taken"  #: an editor took it into this edition
    CUT = "cut"  #: an editor dropped it from this edition
    SIZE = "size"  #: the mail would have been larger than mail programs show whole

    @property
    def is_cap(self) -> bool:
        """True for the rules that cut for lack of room, not of merit."""
        return self in (Rule.SECTION_CAP, Rule.SOURCE_CAP, Rule.TOTAL_CAP, Rule.SIZE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """A rank that can be explained: the product of its terms."""

    total: float
    terms: tuple[tuple[str, float], ...]  #: name and factor, in the order they were multiplied


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The record for one candidate of one edition."""

    article_id: int
    kept: bool
    rule: Rule
    value: str  #: the figure that decided: '5 of 5', '31 h > 30 h', an article number
    section: str  #: key of the section it was weighed for
    score: Score | None = None  #: None when a rule decided before ranking
    placed: Placement | None = None  #: what led to that section; None for decisions of older versions
    carry: bool = False  #: dropped by a cap and young enough to stand again next time
