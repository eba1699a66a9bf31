"""The anomaly brake: whether an edition is so unlike the digest's last ones that a person has to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Literal

from digest.settings import BrakeSettings

KEPT = 20  #: earlier editions that a new one is compared with
ENOUGH = 5  #: earlier editions that say what is usual; also the items from which a share says something
FEW_PEOPLE = 10  #: so many readers more or fewer are never worth a stop

Threshold = int | Literal["off"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is on record of an edition to compare others with it."""

    items: int
    size: int  #: bytes of the HTML with all sections
    sources: Mapping[str, int]  #: items by title of the source; '' is a source that nobody knows
    fallbacks: int  #: items whose summary is only their first sentences
    wordless: int  #: those of them in a language that no method knows
    audience: int  #: confirmed subscribers when it was built
    subject: str
    faults: tuple[str, ...] = ()  #: what mail must not go out with

    @property
    def largest(self) -> tuple[str, int]:
        """Name the source with the most items, and their number."""
        return max(self.sources.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))

    @property
    def share(self) -> Fraction:
        """Percent of the items that the largest source has."""
        return Fraction(100 * self.largest[1], max(1, self.items))

    @property
    def is_all_fallback(self) -> bool:
        """True when no item has a summary that was chosen."""
        return 0 < self.items <= self.fallbacks


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a digest's earlier editions were like."""

    editions: Sequence[Facts] = ()  #: the newest first, at most `KEPT`
    subject: str | None = None  #: of the last that readers got or are to get
    audience: int | None = None  #: people that the last sent one was frozen for

    @property
    def tells(self) -> bool:
        """True when there are enough editions to say what is usual."""
        return len(self.editions) >= ENOUGH


def unlike(new: Facts, past: Past, brake: BrakeSettings) -> tuple[str, ...]:
    """Say what is so unlike the digest's last editions that a person has to look before it goes out.

    Args:
        new: The edition in question.
        past: What came before it; with fewer than `ENOUGH` editions only what needs no comparison is
            looked at.
        brake: The thresholds; a figure must be over one to count.

    Returns:
        Sentences without a full stop, each with the figure, the usual one and the threshold; () when
        it is like the others, or the brake is off.
    """
    if not brake.active:
        return ()
    found = (_fault(new, brake), _subject(new, past, brake), *_figures(new, past, brake))
    others = (_source(new, past, brake), _summaries(new, past, brake))
    return tuple(sentence for sentence in (*found, *others) if sentence)


def _fault(new: Facts, brake: BrakeSettings) -> str:
    return f"it must not go out with this: {'; '.join(new.faults)}" if brake.preflight and new.faults else ""


def _subject(new: Facts, past: Past, brake: BrakeSettings) -> str:
    same = brake.same_subject and past.subject is not None and new.subject == past.subject
    return f"its subject is the last edition's: “{new.subject}”" if same else ""


def _figures(new: Facts, past: Past, brake: BrakeSettings) -> Iterator[str]:
    if not past.tells:
        return
    items = [one.items for one in past.editions]
    sizes = [one.size for one in past.editions]
    yield _differs(new.items, items, ("items", brake.items), "items", "are usual")
    yield _differs(new.size, sizes, ("size", brake.size), "bytes", "are usual")
    if past.audience is not None and abs(new.audience - past.audience) > FEW_PEOPLE:
        limit = ("audience", brake.audience)
        yield _differs(new.audience, [past.audience], limit, "subscribers", "had the last edition")


def _differs(new: int, past: Sequence[int], limit: tuple[str, Threshold], noun: str, verb: str) -> str:
    """Compare a figure with the middle one; what was as far out before is no reason."""
    name, allowed = limit
    usual = Fraction(median(past))
    if allowed == "off" or not usual or min(past) <= new <= max(past):
        return ""
    percent = 100 * abs(new - usual) / usual
    if percent <= allowed:
        return ""
    way = "more" if new > usual else "fewer"
    compared = f"{new:,} {noun} where {float(usual):,.0f} {verb}: {_shown(percent)} {way}"
    return f"{compared}, over brake.{name} ({allowed} %)"


def _source(new: Facts, past: Past, brake: BrakeSettings) -> str:
    if brake.one_source == "off" or new.items < ENOUGH or new.share <= brake.one_source:
        return ""
    usual = Fraction(median([one.share for one in past.editions])) if past.tells else None
    if (usual is None and len(new.sources) == 1) or (usual is not None and usual > brake.one_source):
        return ""  # a digest of one source is as it should be
    name, count = new.largest
    said = f"{count} of {new.items} items are from {name or 'an unknown source'}: {_shown(new.share)}"
    known = f" where {_shown(usual)} are usual" if usual is not None else ""
    return f"{said}{known}, over brake.one_source ({brake.one_source} %)"


def _summaries(new: Facts, past: Past, brake: BrakeSettings) -> str:
    if not brake.fallback or not new.is_all_fallback:
        return ""
    usual = sum(one.is_all_fallback for one in past.editions)
    if (past.tells and 2 * usual > len(past.editions)) or (not past.tells and new.wordless == new.items):
        return ""
    before = f"; so were those of {usual} of the last {len(past.editions)} editions" if past.tells else ""
    return f"{new.items} of {new.items} summaries are only the first sentences{before} (brake.fallback)"


def _shown(percent: Fraction) -> str:
    """Write a percentage so that what is over a threshold does not look equal to it."""
    return f"{float(percent):.1f}".removesuffix(".0") + " %"
