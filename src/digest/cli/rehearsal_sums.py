"""The sums of a rehearsal while it is told, and what of it is printed as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from digest.actions.making.rehearse import Row, RuleSet
from digest.actions.making.rehearsed import Rehearsed, Tally
from digest.model import Decision


@dataclass(kw_only=True)
class Sums:
    """A rehearsal while it is told: whose it is, and the sums so far."""

    sets: Sequence[RuleSet]
    first: date
    last: date
    now: datetime
    tallies: tuple[Tally, ...] = ()
    coming: int = field(default=0, init=False)  #: slots that nobody can know the articles of yet

    def __post_init__(self) -> None:
        self.tallies = tuple(Tally() for _ in self.sets)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know to judge the figures."""
        if not self.coming:
            return ()
        if self.coming == 1:
            said = "1 slot is still to come: it is built from the articles that are here now"
        else:
            said = (
                f"{self.coming} slots are still to come: they are built from the articles that are here now"
            )
        return (f"{said}, so windows run empty",)

    def add(self, row: Row) -> None:
        """Count a row."""
        for tally, one in zip(self.tallies, row, strict=True):
            if one is not None:
                tally.add(one)
        self.coming += any(one is not None and one.built and one.build_at > self.now for one in row)

    def only(self, side: int) -> dict[int, str]:
        """Return the articles that only one of two rule sets takes, by id, with their titles."""
        mine, other = self.tallies[side].taken, self.tallies[1 - side].taken
        return {number: title for number, title in mine.items() if number not in other}

    def head(self) -> dict[str, object]:
        """Return what JSON begins with."""
        return {
            "digest": self.sets[0].digest.key,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "rules": [{"name": one.name, "zone": one.digest.zone} for one in self.sets],
        }

    def row_fields(self, row: Row) -> dict[str, object]:
        """Count a row and return it as JSON has it: one entry a rule set, null where it has no such slot."""
        self.add(row)
        planned = next(one.planned for one in row if one is not None)
        return {
            "slot": planned.slot.key,
            "local": planned.slot.local,
            "utc": planned.due,
            "sets": [one and _fields(one) for one in row],
        }

    def tail(self) -> dict[str, object]:
        """Return what JSON ends with, once all rows are counted."""
        fields: dict[str, object] = {
            "totals": [_totals(tally) for tally in self.tallies],
            "notes": self.notes,
        }
        if len(self.sets) > 1:
            fields["only"] = [_articles(self.only(side)) for side in range(len(self.sets))]
        return fields


def _fields(one: Rehearsed) -> dict[str, object]:
    titles = one.titles
    edition = one.built.edition if one.built else None
    return {
        "outcome": one.outcome,
        "marks": one.planned.marks,
        "off": one.planned.off,
        "build_at": one.build_at,
        "window": one.given.window if one.given else None,
        "subject": edition.subject if edition else None,
        "sections": [{"title": title, "items": count} for title, count in one.sections],
        "items": _articles(one.items),
        "html_bytes": one.html_bytes,
        "left_out": len(one.drops),
        "reasons": dict(one.reasons),
        "drops": [_drop(decision, titles[decision.article_id]) for decision in one.drops],
    }


def _drop(decision: Decision, title: str) -> dict[str, object]:
    return {
        "article": decision.article_id,
        "title": title,
        "rule": decision.rule,
        "value": decision.value,
        "carry": decision.carry,
    }


def _articles(titles: Mapping[int, str]) -> list[dict[str, object]]:
    return [{"article": number, "title": title} for number, title in titles.items()]


def _totals(tally: Tally) -> dict[str, object]:
    return {
        "slots": tally.slots,
        "editions": tally.outcomes["edition"],
        "skipped": tally.outcomes["skipped"],
        "off": tally.outcomes["off"],
        "items": tally.items,
        "quiet": tally.quiet,
        "html_bytes": tally.html_bytes,
        "largest": tally.largest,
        "left_out": tally.rules.total(),
        "reasons": dict(tally.reasons),
    }
