"""Bodies with slots, cut once and filled for every recipient."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from digest.deliver.compose.words import PLANE_ENDS, clean
from digest.errors import MessageError
from digest.slots import CLOSE, OPEN, SLOT

_NBSP = "\u00a0"
_BREAK = re.compile(r"\r\n?|\n")
# What no mail body may hold: controls but tab and line feed, lone surrogates, noncharacters.
_UNWANTED = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd2-\ufdef{PLANE_ENDS}]")

Filter = Callable[[str], str]  #: makes a slot's value safe for its part


def plain_value(value: str) -> str:
    """Make a value safe for the text part: one clean line; a space at either end stays one space.

    Words that a no-break space holds together, as in a date, stay together.
    """
    if value.isascii() and value.isprintable() and " ".join(value.split()) == value:
        return value
    words = _NBSP.join(clean(part) for part in value.split(_NBSP))
    if not words.strip():
        return ""
    return f"{' ' * value[0].isspace()}{words}{' ' * value[-1].isspace()}"


def html_value(value: str) -> str:
    """Make a value safe for the HTML part, in text and in quoted attributes: one clean, escaped line."""
    return html.escape(plain_value(value), quote=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class SlottedText:
    """A body cut at its slots."""

    pieces: tuple[str, ...]  #: the text around the slots: one more than names; lines end in CR LF
    names: tuple[str, ...]  #: in order of place; a name may stand more than once
    filter: Filter

    @classmethod
    def parse(cls, body: str, value_filter: Filter) -> Self:
        """Cut a body at its slots; line ends become CR LF, and the last line gets one.

        Raises:
            MessageError: A mark stands outside a well-formed slot.
        """
        tidy = _UNWANTED.sub("", _BREAK.sub("\n", body)).replace("\n", "\r\n")
        parts = SLOT.split(tidy if tidy.endswith("\r\n") else f"{tidy}\r\n")
        pieces = tuple(parts[::2])
        if any(mark in piece for piece in pieces for mark in (OPEN, CLOSE)):
            raise MessageError(
                "a slot mark without its slot in a body", hint="a slot is U+FDD0, a name of a-z 0-9 _, U+FDD1"
            )
        return cls(pieces=pieces, names=tuple(parts[1::2]), filter=value_filter)

    def each(self, given: Mapping[str, str]) -> list[str]:
        """Return the given value of each slot of the body, in order of place, not yet made safe.

        Raises:
            MessageError: A slot has no value.
        """
        try:
            return [given[name] for name in self.names]
        except KeyError as error:
            raise MessageError(f"no value for the slot {error.args[0]!r}") from error

    def fill(self, given: Mapping[str, str]) -> str:
        """Return the body with its values in place: what a reader's program decodes.

        Raises:
            MessageError: A slot has no value.
        """
        out = [""] * (2 * len(self.names) + 1)
        out[::2] = self.pieces
        out[1::2] = map(self.filter, self.each(given))
        return "".join(out)
