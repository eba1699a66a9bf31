"""Which section an article belongs in, and what says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PlacedBy(StrEnum):
    """What decided about an article's section; the first that applies counts."""

    EDITOR = "editor"  #: a tag that a person here put on
    GIVEN = "given"  #: a tag, or a section, that came with the article
    RULE = "rule"  #: a tag that a rule of the operator put on
    NAME = "name"  #: a tag that was found in its text
    KEYWORDS = "keywords"  #: its words speak clearly for one section
    LEARNED = "learned"  #: it reads like what editors have put there
    NONE = "none"  #: nothing is clear enough


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """An article's section, where that came from, and why."""

    section: str  #: its key; that of the section for what fits no other when nothing is clear
    by: PlacedBy
    why: str  #: in words, without a full stop: 'tagged “economy” by its source'
    confidence: float = 1.0  #: 0 to 1: how likely it is right; 0 when nothing is clear
