"""What reports say of mail that was handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.people import Subscriber


class BounceKind(StrEnum):
    """What a report says."""

    HARD = "hard"  #: the address does not take mail, and will not
    SOFT = "soft"  #: not now, or not for certain
    REFUSED = "refused"  #: the sender or the content is refused; not the person's fault
    COMPLAINT = "complaint"  #: the person called it spam
    REPLY = "reply"  #: an automatic answer; nothing came back
    UNKNOWN = "unknown"  #: no report that can be read


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounce:
    """A report about one edition to one subscriber."""

    subscriber: Subscriber  #: an erased one has an empty address
    edition_id: int
    kind: BounceKind
    status: str | None  #: such as 5.1.1; None when the report gives none
    at: datetime  #: when it was taken in
    id: int | None = None  #: ascending in order of taking in; None outside the store
