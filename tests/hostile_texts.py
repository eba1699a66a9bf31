"""Hostile texts by the ten thousand: fragments that somebody chose among letters that nobody did."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

_MARKS = {0xFDD0, 0xFDD1}  #: of slots: they are taken out of all text where it comes in
_ENDS = (0x80, 0x3000, 0x110000)  #: letters are below one of these: simple, of many scripts, any


def hostile_texts(seed: str, fragments: Sequence[str], *, most: int) -> Iterator[str]:
    """Make up texts without end, the same for a seed; a hundred times as fast as hypothesis.

    Args:
        seed: Any word.
        fragments: What to choose from.
        most: Pieces of a text; there may be none.
    """
    chance = random.Random(seed)  # noqa: S311  # why: texts, not secrets
    while True:
        pieces = (
            chance.choice(fragments) if chance.random() < 0.5 else _letters(chance)
            for _ in range(chance.randrange(most + 1))
        )
        yield "".join(pieces)


def _letters(chance: random.Random) -> str:
    end = chance.choice(_ENDS)
    numbers = (chance.randrange(end) for _ in range(chance.randrange(20)))
    return "".join(chr(number) for number in numbers if number not in _MARKS)
