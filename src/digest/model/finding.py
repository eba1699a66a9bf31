"""What is found against an edition before it goes out, and who has said that it may stand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

_ITEM = "item-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that a person should know before the edition goes out."""

    rule: str  #: key of the rule, as the group `preflight` of a digest's file names it
    place: str  #: for people: 'subject', 'html', or an item as 'Section: title'
    anchor: str  #: the same place by a name that lasts: 'subject', 'html', 'section-world', 'item-17'
    content: str  #: names what stands there, see `fingerprint`; other content makes another finding
    message: str
    hint: str | None = None  #: how to mend it
    level: Literal["block", "warn"] = "warn"  #: a block must be mended or waived, a warning may be accepted

    @property
    def article_id(self) -> int | None:
        """The article whose item it is about; None when it is about no single item."""
        number = self.anchor.removeprefix(_ITEM)
        return int(number) if number != self.anchor and number.isdecimal() else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """A person's word that a finding may stand."""

    id: int
    rule: str
    anchor: str
    content: str  #: of the finding; with other content there the word counts for nothing
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkAnswer:
    """What came when somebody asked for a link."""

    state: Literal["alive", "dead", "silent"]  #: dead: it is gone; silent: nobody can tell now
    said: str  #: in words: '404 (Not Found)', 'takes longer than 20 seconds'
    at: datetime  #: when it was asked for


def item_anchor(article_id: int) -> str:
    """Name the place of an article's item."""
    return f"{_ITEM}{article_id}"


def section_anchor(key: str) -> str:
    """Name the place of a section."""
    return f"section-{key}"


def fingerprint(*parts: str) -> str:
    """Name a content by 16 hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
