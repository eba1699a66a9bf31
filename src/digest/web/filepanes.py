"""A YAML text as lines that a page shows: what is a key, what a remark, and where its faults are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from digest.actions.home.digest_files import FileFault
from digest.settings import DigestSettings
from digest.timetable import describe, lead_of

_KEY = re.compile(r"(\s*(?:- )?\{?[A-Za-z_][\w-]{0,62}:)(?=\s|\Z)", re.ASCII)
_REMARK = re.compile(r"(?:^|\s)#")
_MOST_LINES = 4_000


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a line."""

    kind: str  #: k, v, c (a remark) or at (what is wrong)
    text: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is wrong with a line."""

    number: int  #: of the fault among all
    place: str  #: 9:10
    what: str
    way_out: str  #: '' when the button says it
    fix: str | None


@dataclass(frozen=True, kw_only=True)
class PaneLine:
    """One line of the file."""

    number: int
    pieces: tuple[Piece, ...]
    said: tuple[Said, ...] = field(default=())


def pane(text: str, faults: Sequence[FileFault] = ()) -> tuple[PaneLine, ...]:
    """Cut a text into lines with their faults; at most 4,000 lines."""
    found: dict[int, list[tuple[int, FileFault]]] = {}
    for number, fault in enumerate(faults):
        if fault.spot is not None:
            found.setdefault(fault.spot.line, []).append((number, fault))
    lines = text.split("\n")[:_MOST_LINES]
    if lines and not lines[-1]:
        lines.pop()
    return tuple(
        PaneLine(
            number=at,
            pieces=tuple(_pieces(line.rstrip("\r"), found.get(at, []))),
            said=tuple(_said(number, fault) for number, fault in found.get(at, [])),
        )
        for at, line in enumerate(lines, start=1)
    )


def elsewhere(faults: Sequence[FileFault]) -> tuple[Said, ...]:
    """Return what is wrong and stands on no line."""
    return tuple(_said(number, fault) for number, fault in enumerate(faults) if fault.spot is None)


def _said(number: int, one: FileFault) -> Said:
    fault = one.fault
    name = fault.key.rpartition(".")[2]
    if fault.expected == "a known key":
        what = f"There’s no key “{name}” here."
    elif fault.found == "nothing":
        what = f"“{name}” is missing. Write {fault.expected}."
    else:
        found = fault.found.strip("'")
        what = f"“{found}” isn’t right here. Write {fault.expected}."
    return Said(
        number=number,
        place=f"{one.spot.line}:{one.spot.column}"
        if one.spot
        else fault.key or fault.file.rpartition("/")[2],
        what=what,
        way_out="" if one.fix is not None or not fault.hint else fault.hint[:1].upper() + fault.hint[1:],
        fix=one.fix,
    )


def _pieces(line: str, faults: Sequence[tuple[int, FileFault]]) -> Iterator[Piece]:
    spots = sorted(
        (one.spot.column - 1, one.spot.column - 1 + one.spot.length)
        for _, one in faults
        if one.spot is not None and one.spot.length
    )
    at = 0
    for begin, end in spots:
        if begin >= at:
            yield from _coloured(line[at:begin], is_start=at == 0)
            yield Piece(kind="at", text=line[begin:end])
            at = end
    yield from _coloured(line[at:], is_start=at == 0)


def _coloured(text: str, *, is_start: bool) -> Iterator[Piece]:
    key = _KEY.match(text) if is_start else None
    if key is not None:
        yield Piece(kind="k", text=key[1])
        text = text[key.end(1) :]
    remark = _REMARK.search(text) if "#" in text and text.count('"') % 2 == 0 else None
    cut = remark.start() if remark else len(text)
    if text[:cut]:
        yield Piece(kind="v", text=text[:cut])
    if text[cut:]:
        yield Piece(kind="c", text=text[cut:])


def review_words(digest: DigestSettings) -> str:
    """Say who looks at an edition, and what happens if nobody does."""
    review = digest.review
    if review.mode == "none":
        return "Nobody has to look at it: it goes out as it is built."
    minutes = int(lead_of(digest).total_seconds() // 60)
    then = {
        "send": "it goes as it stands",
        "send_clean": "what is pinned or clean goes",
        "hold": "it’s held",
        "skip": "it’s left out",
        "wait": "it waits",
    }[review.policy]
    return f"Editors have {minutes:,} minutes; if nobody acts, {then}."


def plain_words(digest: DigestSettings) -> tuple[str, ...]:
    """Say what a digest's file means, in sentences."""
    return (*describe(digest), review_words(digest), _takes(digest), _sections(digest))


def _takes(digest: DigestSettings) -> str:
    takes = digest.selection
    return f"{takes.at_least} to {takes.at_most} items, at most {takes.per_source} from one source."


def _sections(digest: DigestSettings) -> str:
    number = len(digest.sections)
    names = ", ".join(section.title for section in digest.sections)
    return f"{number} section{'' if number == 1 else 's'}: {names}."
