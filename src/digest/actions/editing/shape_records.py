"""What hands that shape an edition leave on record beside it: decisions, and what tells one story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from digest.actions.content.stories import bring_together, forget_pairs, keep_apart
from digest.model import Decision, Edition, Rule
from digest.store import StoredEdition, Transaction, Version


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A step from one state of an edition to another."""

    before: Edition
    after: Edition
    versions: tuple[Version, ...]  #: that there were before the step
    by: str
    at: datetime


def decided(tx: Transaction, old: StoredEdition, after: Edition, by: str) -> dict[int, Decision | None]:
    """Return the decisions that change with what came in, went out, or was merged; None is the builder's."""
    first = tx.shapes.content(old.id, 0) or old.edition
    built = {item.article_id for item in first.items}
    was, now = _stands(old.edition), _stands(after)
    sections = {item.article_id: one.key for one in after.sections for item in one.items}
    freed = {number for _, number in _split(after) - _split(old.edition)}
    made: dict[int, Decision | None] = {}
    for article in was.keys() | now.keys():
        here = now.get(article)
        if was.get(article) == here:
            continue
        if here not in {None, article}:
            made[article] = _by_hand(tx, old.id, article, Rule.STORY, str(here))
        elif (here is not None) == (article in built):
            made[article] = None
        else:
            rule = Rule.CUT if here is None else Rule.TAKEN
            cut = _by_hand(tx, old.id, article, rule, by, sections.get(article))
            made[article] = replace(cut, carry=article in freed)  # nobody has weighed it by itself
    return made


def bind_stories(tx: Transaction, step: Bound, word: str) -> None:
    """Keep what a merge or a split says of articles, so that later builds know it; an undo takes that back.

    What somebody said of the same two elsewhere stays; but a split ends for good that others were brought
    together with the item before, as `digest stories split` does.

    Args:
        tx: A writing transaction.
        step: What changed.
        word: Of the deed.

    Raises:
        Refused: Two that would come together are kept apart.
    """
    merged = _merged(step.after) - _merged(step.before)
    parted = _split(step.after) - _split(step.before)
    if word in {"split", "redo"}:
        for article in sorted({number for number, _ in parted}):
            others = sorted(number for item, number in parted if item == article)
            keep_apart(tx, article, others, by=step.by, at=step.at)
    if word == "undo":
        made = {(one.by, one.at) for one in step.versions}
        rejoined = _split(step.before) - _split(step.after)
        forget_pairs(tx, rejoined, "apart", made=made, by=step.by, at=step.at)
        unmerged = _merged(step.before) - _merged(step.after)
        forget_pairs(tx, unmerged, "together", made=made, by=step.by, at=step.at)
        merged = merged if rejoined else set()
    if merged and word in {"merge", "redo", "undo"}:
        bring_together(tx, merged, by=step.by, at=step.at)


def _stands(edition: Edition) -> Mapping[int, int]:
    """Return each article that an edition tells by a hand or as an item, with the item that it stands in."""
    merged = {number: item.article_id for item in edition.items for number in item.merged}
    return merged | {item.article_id: item.article_id for item in edition.items}


def _merged(edition: Edition) -> set[tuple[int, int]]:
    return {(item.article_id, number) for item in edition.items for number in item.merged}


def _split(edition: Edition) -> set[tuple[int, int]]:
    return {(item.article_id, number) for item in edition.items for number in item.apart}


def _by_hand(
    tx: Transaction, edition_id: int, article: int, rule: Rule, value: str, section: str | None = None
) -> Decision:
    """Make the decision of a hand; without a section it is not in."""
    before = tx.editions.decision(edition_id, article)
    changed = {"kept": section is not None, "rule": rule, "value": value, "carry": False}
    if before is not None:
        return replace(before, **changed)  # type: ignore[arg-type]  # why: fields of Decision, by name
    return Decision(article_id=article, section=section or "", **changed)  # type: ignore[arg-type]  # why: as above
