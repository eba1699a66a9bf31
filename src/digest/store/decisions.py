"""Why candidates are in editions or not, and what follows for the editions to come."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from digest.model import (
    Decision,
    Edition,
    EditionState,
    PlacedBy,
    Placement,
    Rule,
    Score,
    Story,
    tellings,
)
from digest.store.dialects import upsert
from digest.store.part import Line, Part, chunks, ids
from digest.store.tables import articles, decisions, edition_items, edition_stories, editions, pins
from digest.store.values import PinKind

_USING = (EditionState.SENDING, EditionState.SENT)
_RULES = {rule.value: rule for rule in Rule}

#: What `decision_of` reads of a row; JSON as it is written: there are thousands of rows, and some are alike.
DECIDED = (
    *(decisions.c[name] for name in ("article_id", "kept", "rule", "value", "section", "carry")),
    type_coerce(decisions.c.score, Text).label("score"),
    type_coerce(decisions.c.placed, Text).label("placed"),
)


class Deciding(Part):
    """The half of the editions part that looks at single articles."""

    def decisions(self, edition_id: int, *, among: Collection[int] | None = None) -> tuple[Decision, ...]:
        """Return the decision for every candidate of an edition, in the order they were made.

        Args:
            edition_id: The edition.
            among: Only for these articles, a few hundred at most; None: for all.
        """
        query = select(*DECIDED).where(decisions.c.edition_id.in_(ids([edition_id])))
        if among is not None:
            query = query.where(decisions.c.article_id.in_(ids(among)))
        return tuple(
            decision_of(row) for row in self.connection.execute(query.order_by(decisions.c.position))
        )

    def ranks(self, edition_id: int) -> tuple[tuple[int, Rule, float], ...]:
        """Return of every candidate of an edition its article, the rule that decided and its total score.

        In the order they were decided; a total is 0 where a rule decided before ranking. A third of the work
        of `decisions`, for who counts thousands and shows a few.
        """
        query = (
            select(decisions.c.article_id, decisions.c.rule, type_coerce(decisions.c.score, Text))
            .where(decisions.c.edition_id.in_(ids([edition_id])))
            .order_by(decisions.c.position)
        )
        return tuple(
            (article_id, _RULES[rule], 0.0 if score is None else _score(score).total)
            for article_id, rule, score in self.connection.execute(query)
        )

    def candidates(self, edition_id: int) -> int:
        """Count the articles that were weighed for an edition."""
        query = select(func.count()).where(decisions.c.edition_id.in_(ids([edition_id])))
        return int(self.connection.execute(query).scalar_one())

    def decision(self, edition_id: int, article_id: int) -> Decision | None:
        """Find the decision for one article; None when it was no candidate."""
        query = select(*DECIDED).where(
            decisions.c.edition_id.in_(ids([edition_id])), decisions.c.article_id.in_(ids([article_id]))
        )
        row = self.connection.execute(query).one_or_none()
        return None if row is None else decision_of(row)

    def decide_again(self, edition_id: int, made: Sequence[Decision]) -> None:
        """Put other decisions in the place of those for the same articles; what ranked them stays."""
        for one in made:
            row = row_of(one)
            values = {name: row[name] for name in ("kept", "rule", "value", "carry")}
            mine = (decisions.c.edition_id == edition_id) & (decisions.c.article_id == one.article_id)
            self.connection.execute(update(decisions).where(mine).values(**values))

    def used(self, digest: str, article_ids: Iterable[int]) -> frozenset[int]:
        """Tell which articles readers of a digest have had, themselves or another telling of their story.

        Only editions that were sent or are being sent count; selected is not delivered.
        """
        found: set[int] = set()
        for chunk in chunks(ids(article_ids)):
            query = (
                select(edition_stories.c.article_id)
                .join(editions, editions.c.id == edition_stories.c.edition_id)
                .where(
                    edition_stories.c.article_id.in_(chunk),
                    *self._of(digest, editions),
                    editions.c.state.in_(_USING),
                )
            )
            found.update(self.connection.execute(query).scalars())
        return frozenset(found)

    def sent_in(self, digest: str, article_ids: Iterable[int]) -> dict[int, datetime]:
        """Say of articles that readers of a digest have had, as `used` means it, with which slot last."""
        found: dict[int, datetime] = {}
        for chunk in chunks(ids(article_ids)):
            query = (
                select(edition_stories.c.article_id, func.max(editions.c.slot_at).label("at"))
                .join(editions, editions.c.id == edition_stories.c.edition_id)
                .where(
                    edition_stories.c.article_id.in_(chunk),
                    *self._of(digest, editions),
                    editions.c.state.in_(_USING),
                )
                .group_by(edition_stories.c.article_id)
            )
            found |= {row.article_id: row.at for row in self.connection.execute(query)}
        return found

    def sent_since(self, digest: str, since: datetime) -> tuple[int, ...]:
        """Return the articles that editions of a digest held which were sent since, ids ascending.

        Args:
            digest: Key of the digest.
            since: The oldest slot that counts, inside.
        """
        query = (
            select(edition_items.c.article_id)
            .join(editions, editions.c.id == edition_items.c.edition_id)
            .where(*self._of(digest, editions), editions.c.state.in_(_USING), editions.c.slot_at >= since)
        )
        return tuple(sorted(set(self.connection.execute(query).scalars())))

    def carried(self, digest: str, since: datetime) -> tuple[int, ...]:
        """Return articles whose newest decision in this digest is that they may stand again.

        Args:
            digest: Key of the digest.
            since: The oldest effective moment that is young enough, inside.

        Returns:
            Ids, ascending, without dropped articles.
        """
        later, later_edition = decisions.alias(), editions.alias()
        decided_again = exists().where(
            later.c.article_id == decisions.c.article_id,
            later.c.edition_id > decisions.c.edition_id,
            later_edition.c.id == later.c.edition_id,
            *self._of(digest, later_edition),
        )
        query = (
            select(decisions.c.article_id)
            .join(editions, editions.c.id == decisions.c.edition_id)
            .join(articles, articles.c.id == decisions.c.article_id)
            .where(
                *self._of(digest, editions),
                # An edition that is older than the oldest article cannot have weighed it.
                or_(editions.c.built_at >= since, editions.c.slot_at >= since),
                decisions.c.carry,
                articles.c.effective_at >= since,
                articles.c.dropped_at.is_(None),
                ~decided_again,
            )
        )
        return tuple(sorted(self.connection.execute(query).scalars()))

    def pins(self, digest: str) -> dict[int, PinKind]:
        """Return what editors want in or out of a digest, by article."""
        query = select(pins.c.article_id, pins.c.kind).where(*self._of(digest, pins))
        return {row.article_id: cast("PinKind", row.kind) for row in self.connection.execute(query)}

    def set_pin(self, digest: str, article_id: int, kind: PinKind | None, *, by: str, at: datetime) -> None:
        """Want an article in or out of a digest; None takes the wish back."""
        if kind is None:
            unpin = delete(pins).where(pins.c.digest == digest, pins.c.article_id == article_id)
            self.connection.execute(unpin)
            return
        row = {"digest": digest, "article_id": article_id, "kind": kind, "by": by, "at": at}
        self.connection.execute(upsert(self.connection, pins, ["digest", "article_id"]), row)

    def _of(self, digest: str, table: FromClause) -> Sequence[ColumnElement[bool]]:
        """Return what a row of `editions` or `pins` must fulfil to be of the digest."""
        return (table.c.digest == digest,)

    def _record(self, edition_id: int, made: Sequence[Decision]) -> None:
        for chunk in chunks(enumerate(made)):
            rows = [{"edition_id": edition_id, "position": place, **row_of(one)} for place, one in chunk]
            self.connection.execute(insert(decisions), rows)

    def _hold(self, edition_id: int, edition: Edition) -> None:
        """Note down the articles of an edition."""
        rows = [
            {
                "edition_id": edition_id,
                "article_id": item.article_id,
                "revision": item.revision,
                "section": section.key,
                "rank": item.rank,
            }
            for section in edition.sections
            for item in section.items
        ]
        if rows:
            self.connection.execute(insert(edition_items), rows)

    def _tell(self, edition_id: int, edition: Edition, stories: Sequence[Story]) -> None:
        """Note down every telling of the stories that an edition's items stand for, themselves too."""
        told = tellings((item.article_id for item in edition.items), stories)
        rows = [{"edition_id": edition_id, "article_id": n, "item_id": item} for n, item in told.items()]
        if rows:
            self.connection.execute(insert(edition_stories), rows)

    def _let_go(self, edition_id: int, kept: Collection[int]) -> None:
        """Forget the items of an edition, and the stories of those that are not kept."""
        self.connection.execute(delete(edition_items).where(edition_items.c.edition_id == edition_id))
        self.connection.execute(
            delete(edition_stories).where(
                edition_stories.c.edition_id == edition_id, edition_stories.c.item_id.not_in(list(kept))
            )
        )


def row_of(decision: Decision) -> dict[str, object]:
    """Write a decision as its row, without edition and position."""
    score, placed = decision.score, decision.placed
    return {
        "article_id": decision.article_id,
        "kept": decision.kept,
        "rule": decision.rule.value,
        "value": decision.value,
        "section": decision.section,
        "score": None if score is None else {"total": score.total, "terms": score.terms},
        "carry": decision.carry,
        "placed": None
        if placed is None
        else {"by": placed.by.value, "why": placed.why, "confidence": placed.confidence},
    }


def decision_of(row: Line) -> Decision:
    """Read a decision from its row, of the columns `DECIDED`."""
    article_id, kept, rule, value, section, carry, score, placed = row[:8]
    return Decision(
        article_id=article_id,
        kept=kept,
        rule=_RULES[rule],
        value=value,
        section=section,
        score=None if score is None else _score(score),
        carry=carry,
        placed=None if placed is None else _placement(section, placed),
    )


@lru_cache(maxsize=4096)  # the desk reads those of one edition again and again
def _score(written: str) -> Score:
    told = json.loads(written)
    return Score(total=told["total"], terms=tuple((name, value) for name, value in told["terms"]))


@lru_cache(maxsize=4096)
def _placement(section: str, written: str) -> Placement:
    told = json.loads(written)
    return Placement(section=section, by=PlacedBy(told["by"]), why=told["why"], confidence=told["confidence"])
