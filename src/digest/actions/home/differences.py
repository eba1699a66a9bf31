"""The difference between two texts, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_MOST = 3_000  #: lines on either side that are compared one by one; beyond, all old ones go and all new come


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffLine:
    """One line of a difference."""

    kind: Literal["same", "cut", "add", "gap"]  #: a gap stands for lines that are the same and not shown
    text: str = ""
    number: int = 0  #: in the new text, of a line that was cut in the old one; lines left out for a gap


def difference(old: str, new: str, *, around: int = 2) -> tuple[DiffLine, ...]:
    """Compare two texts.

    Args:
        old: What there was.
        new: What there is to be.
        around: Lines shown before and after what differs.

    Returns:
        Lines in their order; () when the texts are the same.
    """
    before, after = old.splitlines(), new.splitlines()
    return tuple(_shown(list(_compared(before, after)), around))


def _compared(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    yield from (DiffLine(kind="same", text=after[at], number=at + 1) for at in range(start))
    cut, put = before[start : len(before) - end], after[start : len(after) - end]
    for tag, a, b, c, d in _operations(cut, put):
        if tag == "equal":
            yield from (DiffLine(kind="same", text=put[at], number=start + at + 1) for at in range(c, d))
        else:
            yield from (DiffLine(kind="cut", text=cut[at], number=start + at + 1) for at in range(a, b))
            yield from (DiffLine(kind="add", text=put[at], number=start + at + 1) for at in range(c, d))
    yield from (
        DiffLine(kind="same", text=after[at], number=at + 1) for at in range(len(after) - end, len(after))
    )


def _operations(cut: list[str], put: list[str]) -> list[tuple[str, int, int, int, int]]:
    if len(cut) > _MOST or len(put) > _MOST:
        return [("replace", 0, len(cut), 0, len(put))]
    return list(difflib.SequenceMatcher(None, cut, put).get_opcodes())


def _common(one: list[str], other: list[str]) -> int:
    """Count the lines that both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _shown(lines: list[DiffLine], around: int) -> Iterator[DiffLine]:
    near = {
        at + step
        for at, line in enumerate(lines)
        if line.kind != "same"
        for step in range(-around, around + 1)
    }
    hidden = 0
    for at, line in enumerate(lines) if near else ():
        if at in near:
            if hidden:
                yield DiffLine(kind="gap", number=hidden)
            hidden = 0
            yield line
        else:
            hidden += 1
    if hidden:
        yield DiffLine(kind="gap", number=hidden)
