"""Drafts of a language model that were judged, and what was spent on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from digest.model import SummarySentence
from digest.store.dialects import insert_new, upsert
from digest.store.draft_tables import draft_months, drafts
from digest.store.part import Part, chunks

KEPT = timedelta(days=90)  #: no article stands again after so long


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredDraft:
    """A draft as it was judged."""

    sentences: tuple[SummarySentence, ...]  #: as accepted; () when it was refused
    reason: str | None  #: why it was refused; None when it was accepted


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftMonth:
    """What a calendar month has cost so far, of all who share the database."""

    tokens: int = 0  #: spent, and reserved by who is asking
    asked: int = 0  #: articles that a model was asked about
    accepted: int = 0
    fell_back: int = 0  #: articles that kept their own sentences


class Drafts(Part):
    """The drafts part of a transaction."""

    def find(self, keys: Collection[str]) -> Mapping[str, StoredDraft]:
        """Return the judged drafts that are there, by key."""
        found = {}
        for some in chunks(keys):
            for row in self.connection.execute(select(drafts).where(drafts.c.key.in_(some))):
                sentences = tuple(
                    SummarySentence(text=text, start=start, end=end)
                    for text, start, end in row.sentences or ()
                )
                found[row.key] = StoredDraft(sentences=sentences, reason=row.reason)
        return found

    def keep(self, judged: Mapping[str, StoredDraft], *, at: datetime) -> None:
        """Store judged drafts by key, and forget those that are older than `KEPT`."""
        self.connection.execute(delete(drafts).where(drafts.c.made_at < at - KEPT))
        for key, draft in judged.items():
            row = {
                "key": key,
                "made_at": at,
                "sentences": [[each.text, each.start, each.end] for each in draft.sentences] or None,
                "reason": draft.reason,
            }
            self.connection.execute(upsert(self.connection, drafts, ["key"]).values(row))

    def month(self, at: datetime) -> DraftMonth:
        """Return what the month of a moment has cost."""
        query = select(draft_months).where(draft_months.c.month == _month(at))
        row = self.connection.execute(query).one_or_none()
        if row is None:
            return DraftMonth()
        return DraftMonth(tokens=row.tokens, asked=row.asked, accepted=row.accepted, fell_back=row.fell_back)

    def reserve(self, tokens: int, *, limit: int, at: datetime) -> bool:
        """Take tokens out of a month's budget before they are spent; False when there are not as many left.

        Whoever reserves gives back or adds with `settle` what it took in the end.
        """
        month = _month(at)
        first = {"month": month, "tokens": 0, "asked": 0, "accepted": 0, "fell_back": 0}
        self.connection.execute(insert_new(self.connection, draft_months, ["month"]).values(first))
        taken = self.connection.execute(
            update(draft_months)
            .where(draft_months.c.month == month, draft_months.c.tokens <= limit - tokens)
            .values(tokens=draft_months.c.tokens + tokens)
        )
        return taken.rowcount == 1

    def settle(self, tokens: int, *, at: datetime) -> None:
        """Correct what was reserved at a moment by the difference to what was spent."""
        self._add(at, tokens=tokens)

    def count(self, *, asked: int, accepted: int, fell_back: int, at: datetime) -> None:
        """Add to a month's figures."""
        self._add(at, asked=asked, accepted=accepted, fell_back=fell_back)

    def _add(self, at: datetime, **figures: int) -> None:
        month = _month(at)
        first = {"month": month, "tokens": 0, "asked": 0, "accepted": 0, "fell_back": 0}
        self.connection.execute(insert_new(self.connection, draft_months, ["month"]).values(first))
        sums = {name: draft_months.c[name] + value for name, value in figures.items()}
        self.connection.execute(update(draft_months).where(draft_months.c.month == month).values(**sums))


def _month(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m")
