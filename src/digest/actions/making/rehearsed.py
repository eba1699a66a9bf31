"""What a rehearsal tells: the edition of a slot as it would be, and the sums over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from digest.model import Decision
from digest.pipeline import BuildInput, Built
from digest.settings import MORE
from digest.timetable import Planned

Outcome = Literal["edition", "skipped", "off"]


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """What one rule set makes of one slot."""

    planned: Planned
    build_at: datetime
    given: BuildInput | None  #: what it was built from; None exactly when the slot is off
    built: Built | None  #: None exactly when the slot is off

    @property
    def outcome(self) -> Outcome:
        """An edition, none for lack of articles, or none because the slot does not take place."""
        if self.built is None:
            return "off"
        return "skipped" if self.built.edition is None else "edition"

    @property
    def items(self) -> Mapping[int, str]:
        """The edition's articles with their titles, in its order; empty when there is no edition."""
        edition = self.built.edition if self.built else None
        return {item.article_id: item.title for item in edition.items} if edition else {}

    @property
    def titles(self) -> Mapping[int, str]:
        """The titles of all candidates."""
        return {one.id: one.title for one in self.given.articles} if self.given else {}

    @property
    def sections(self) -> tuple[tuple[str, int], ...]:
        """The digest's sections by title with their items, in order, empty ones too; () without an edition.

        The section of what fits no other is there only when it holds something.
        """
        if self.given is None or self.built is None or self.built.edition is None:
            return ()
        held = {section.key: len(section.items) for section in self.built.edition.sections}
        digest = self.given.digest
        own = [(section.title, held.get(section.key, 0)) for section in digest.sections]
        return (*own, *([(digest.more.title or "More", held[MORE])] if MORE in held else ()))

    @property
    def html_bytes(self) -> int:
        """How large the HTML is; 0 when there is no edition."""
        return self.built.rendered.html_bytes if self.built and self.built.rendered else 0

    @property
    def drops(self) -> tuple[Decision, ...]:
        """The decisions on candidates that were left out."""
        return tuple(one for one in self.built.decisions if not one.kept) if self.built else ()

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """How many candidates each rule left out, the most frequent first."""
        return _ordered(Counter(one.rule.value for one in self.drops))


@dataclass(kw_only=True)
class Tally:
    """The sums of one rule set over a rehearsal."""

    slots: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    items: int = 0
    quiet: int = 0  #: sections of editions that held nothing
    html_bytes: int = 0  #: of all editions
    largest: int = 0  #: bytes of the largest edition
    rules: Counter[str] = field(
        default_factory=Counter
    )  #: candidates left out, by rule, counted in each edition
    taken: dict[int, str] = field(default_factory=dict)  #: titles of the articles that were items, by id

    def add(self, one: Rehearsed) -> None:
        """Count a slot."""
        self.slots += 1
        self.outcomes[one.outcome] += 1
        self.items += len(one.items)
        self.quiet += sum(not held for _, held in one.sections)
        self.html_bytes += one.html_bytes
        self.largest = max(self.largest, one.html_bytes)
        self.rules.update(decision.rule.value for decision in one.drops)
        self.taken.update(one.items)

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """How many candidates each rule left out, the most frequent first."""
        return _ordered(self.rules)


def _ordered(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
