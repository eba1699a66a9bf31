"""Mail to one person that is no edition, and what people asked for before they confirmed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody asks for who signs up."""

    email: str  #: as given
    digest: str
    name: str | None = None
    sections: tuple[str, ...] = ()  #: empty means all
    hour: str | None = None  #: '18:30'; None: with everyone
    zone: str | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """A wish on record, with how it was asked and when it was confirmed."""

    uid: str  #: random name for links
    wish: Wish
    wording: str  #: names the words they agreed to
    asked_at: datetime
    network: str  #: keyed name of the network that it came from
    confirmed_at: datetime | None = None  #: None while nobody has confirmed it
    subscriber_id: int | None = None  #: who it became


class LetterKind(StrEnum):
    """What a letter is for."""

    CONFIRM = "confirm"  #: asks whether the sign-up is meant
    ALREADY = "already"  #: somebody signed an address up that receives the digest already
    EDITION = "edition"  #: an edition once more, or the first one as a welcome
    CATCH_UP = "catch-up"  #: the best of the editions that came while somebody was away
    MOVE = "move"  #: asks at the new address whether the change is meant
    MOVED = "moved"  #: tells the old address
    OWN_DATA = "own data"  #: leads to what is stored of somebody
    INVITATION = "invitation"  #: leads somebody at the desk to a password of their own


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail to one person that is no part of an edition's books."""

    uid: str  #: random name for links and the Message-ID
    kind: LetterKind
    email: str  #: as given
    digest: str  #: whose sender and look it has
    language: str | None = None  #: None: the digest's
    subscriber_id: int | None = None  #: None while they are none
    edition_id: int | None = None  #: of an EDITION
    consent: str | None = None  #: uid of the consent that a CONFIRM asks for
    network: str | None = None  #: of who asked for it; None: the program did
    made_at: datetime
    tries: int = 0  #: begun so far
    stories: tuple[tuple[int, int], ...] = ()  #: of a CATCH_UP: edition and article, the best first
    used_at: datetime | None = None  #: when its link did what it is for
