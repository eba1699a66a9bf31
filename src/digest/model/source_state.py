"""How a source that is fetched is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_FURTHER = 50  #: further pages of a listing that one look reads, whoever wants them


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """What is known of one source from looking at it."""

    key: str  #: of the source
    url: str  #: that the configuration named when this was known; another one begins anew
    due_at: datetime  #: when it is to be looked at next
    moved_to: str | None = None  #: where its server says it has gone for good; asked instead of `url`
    etag: str | None = None  #: of the version that was read last
    last_modified: str | None = None  #: of that version
    body_hash: bytes | None = None  #: of that version
    tried_at: datetime | None = None  #: of the last look; None: never
    succeeded_at: datetime | None = None  #: of the last look that was no failure
    changed_at: datetime | None = None  #: when it last brought a new article
    failures: int = 0  #: in a row
    error: str | None = None  #: why the last look failed, in plain words; None: it did not
    notice: str | None = None  #: what was odd about the last look that went well; None: nothing
    gone_at: datetime | None = None  #: when its server said that it is gone for good; looked at no more
    every: timedelta | None = None  #: how long it is left alone at present
    per_day: float = 0.0  #: new articles a day, as they came in lately; 0: never any
    brought: int = 0  #: new articles in all
    restless: int = 0  #: looks at which most known articles came with other words, less the calm ones since
    slow: bool = False  #: its last look took long
