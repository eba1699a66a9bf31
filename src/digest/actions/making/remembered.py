"""What rehearsed editions leave behind for the next ones, on top of what the store says of earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.model import tellings
from digest.pipeline import BuildInput, Built
from digest.store import EditionsBefore, PinKind


@dataclass(kw_only=True)
class Memory:
    """What the editions of a rehearsal have left behind, each counted as sent."""

    made: int = 0  #: editions, skipped ones too
    last: datetime | None = None  #: until when articles counted for the newest that was not skipped
    items: list[tuple[datetime, frozenset[int]]] = field(default_factory=list)  #: by slot, ascending
    told: set[int] = field(default_factory=set)  #: every telling of every item's story
    stands: dict[int, datetime | None] = field(default_factory=dict)
    #: the articles that were weighed: their effective moment when they may stand again, else None

    def keep(self, given: BuildInput, built: Built) -> None:
        """Take in what an edition leaves behind; one that was skipped leaves its decisions."""
        self.made += 1
        moments = {one.id: one.effective_at for one in given.articles}
        self.stands |= {
            one.article_id: moments[one.article_id] if one.carry else None for one in built.decisions
        }
        if built.edition is None:
            return
        held = frozenset(item.article_id for item in built.edition.items)
        self.last = given.window[1]
        self.items.append((given.heading.slot.local, held))
        self.told |= tellings(held, built.stories).keys()


@dataclass(frozen=True, kw_only=True)
class RehearsedPast:
    """The past of an edition in a rehearsal: what `gather` asks the store for otherwise."""

    memory: Memory
    before: EditionsBefore  #: up to the rehearsal's first moment
    now: EditionsBefore  #: up to the moment of building, for the wishes that editors had uttered by then

    def last_sent(self, digest: str) -> datetime | None:
        """Return until when articles counted for the newest sent edition."""
        return self.memory.last or self.before.last_sent(digest)

    def next_number(self, digest: str) -> int:
        """Return the number of the next edition."""
        return self.before.next_number(digest) + self.memory.made

    def sent_since(self, digest: str, since: datetime) -> tuple[int, ...]:
        """Return the articles in editions sent since a moment, ids ascending."""
        found = set(self.before.sent_since(digest, since))
        for slot, items in self.memory.items:
            if slot >= since:
                found |= items
        return tuple(sorted(found))

    def carried(self, digest: str, since: datetime) -> tuple[int, ...]:
        """Return the articles that a cap cut, if they are of since a moment, ids ascending."""
        stands = self.memory.stands
        found = {one for one in self.before.carried(digest, since) if one not in stands}
        return tuple(sorted(found | {one for one, at in stands.items() if at is not None and at >= since}))

    def used(self, digest: str, article_ids: Iterable[int]) -> frozenset[int]:
        """Tell which articles readers have had, themselves or as another telling of their story."""
        wanted = tuple(article_ids)
        return self.before.used(digest, wanted) | self.memory.told.intersection(wanted)

    def pins(self, digest: str) -> Mapping[int, PinKind]:
        """Return what editors want in or out."""
        return self.now.pins(digest)
