"""Bodies encoded once for all recipients, with slots that are stamped into the encoded bytes."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol, Self

from digest.deliver.compose.quoted import bare, quote
from digest.deliver.compose.slots import Filter, SlottedText

Encoding = Literal["quoted-printable", "base64"]

_LINE_BYTES = 57  #: what 76 characters of base64 hold


class EncodedBody(Protocol):
    """A body that can be stamped."""

    @property
    def encoding(self) -> Encoding:
        """The value of Content-Transfer-Encoding."""

    @property
    def text(self) -> SlottedText:
        """The body before it was encoded."""

    @property
    def shared(self) -> Iterable[bytes]:
        """All encoded bytes that messages share; each piece ends in CR LF or is empty."""

    def parts(self, values: Mapping[str, str]) -> list[bytes]:
        """Return the encoded body with the values in place, not joined.

        The parts are by turns one recipient's own and shared by all, the first and the last own;
        each ends in CR LF or is empty.

        Raises:
            MessageError: A slot has no value.
        """

    def stamp(self, values: Mapping[str, str]) -> bytes:
        """Return the encoded body with the values in place; ends in CR LF.

        Raises:
            MessageError: A slot has no value.
        """


def encode_body(body: str, value_filter: Filter) -> EncodedBody:
    """Encode a body in the shorter of the two encodings; ASCII always in quoted-printable.

    Spam filters hold base64 against a body that has no need of it.

    Args:
        body: Text with slots; see `digest.deliver.compose.slots`.
        value_filter: Makes the slots' values safe for this part.

    Raises:
        MessageError: A slot is malformed.
    """
    text = SlottedText.parse(body, value_filter)
    quoted = QuotedBody.compile(text)
    if all(piece.isascii() for piece in text.pieces):
        return quoted
    encoded = Base64Body.compile(text)
    return quoted if quoted.size <= encoded.size else encoded


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotedBody:
    """A body in quoted-printable: soft line breaks isolate each slot."""

    text: SlottedText
    pieces: tuple[bytes, ...]  #: each ends in CR LF or is empty, so that a value starts a line
    encoding: Encoding = "quoted-printable"

    @classmethod
    def compile(cls, text: SlottedText) -> Self:
        """Encode what stands around the slots."""
        return cls(text=text, pieces=tuple(quote(piece.encode("utf-8")) for piece in text.pieces))

    @property
    def size(self) -> int:
        """Bytes on the wire with all values empty."""
        return sum(map(len, self.pieces))

    @property
    def shared(self) -> Iterable[bytes]:
        """All encoded bytes that messages share."""
        return self.pieces

    def parts(self, values: Mapping[str, str]) -> list[bytes]:
        """Return the encoded body with the values in place, own and shared parts by turns."""
        out = [b""] * (2 * len(self.pieces) + 1)
        out[1::2] = self.pieces
        safe = self.text.filter
        out[2:-1:2] = [bare(value) or _quoted(safe, value) for value in self.text.each(values)]
        return out

    def stamp(self, values: Mapping[str, str]) -> bytes:
        """Return the encoded body with the values in place."""
        return b"".join(self.parts(values))


@dataclass(frozen=True, kw_only=True, slots=True)
class Aligned:
    """A piece of a body at one of its three places in base64's groups of three bytes."""

    head: bytes  #: completes the group that the bytes before began
    lines: bytes  #: whole groups, encoded, each line ending in CR LF
    tail: bytes  #: up to two bytes that begin the next group


@dataclass(frozen=True, kw_only=True, slots=True)
class Base64Body:
    """A body in base64: each piece is encoded in all three alignments beforehand."""

    text: SlottedText
    pieces: tuple[tuple[Aligned, Aligned, Aligned], ...]  #: by the number of bytes that wait for a group
    encoding: Encoding = "base64"

    @classmethod
    def compile(cls, text: SlottedText) -> Self:
        """Encode what stands around the slots, three times."""
        pieces = []
        for piece in text.pieces:
            data = piece.encode("utf-8")
            pieces.append((_align(data, 0), _align(data, 2), _align(data, 1)))
        return cls(text=text, pieces=tuple(pieces))

    @property
    def size(self) -> int:
        """Bytes on the wire with all values empty, to a few bytes for each slot."""
        return sum(len(alignments[0].lines) for alignments in self.pieces)

    @property
    def shared(self) -> Iterable[bytes]:
        """All encoded bytes that messages share, in each of their alignments."""
        return (aligned.lines for piece in self.pieces for aligned in piece)

    def parts(self, values: Mapping[str, str]) -> list[bytes]:
        """Return the encoded body with the values in place, own and shared parts by turns."""
        out: list[bytes] = []
        waiting = b""
        for value, piece in zip(("", *self.text.each(values)), self.pieces, strict=True):
            waiting += self.text.filter(value).encode("utf-8")
            aligned = piece[len(waiting) % 3]
            waiting += aligned.head
            if len(waiting) % 3 == 0:
                out += (_lines(waiting), aligned.lines)
                waiting = aligned.tail
        out.append(_lines(waiting))
        return out

    def stamp(self, values: Mapping[str, str]) -> bytes:
        """Return the encoded body with the values in place."""
        return b"".join(self.parts(values))


# A value often stands in both parts, and some stand in every message.
@lru_cache(maxsize=64)
def _quoted(safe: Filter, value: str) -> bytes:
    return quote(safe(value).encode("utf-8"))


def _align(data: bytes, skip: int) -> Aligned:
    body = data[skip:]
    whole = len(body) - len(body) % 3
    return Aligned(head=data[:skip], lines=_lines(body[:whole]), tail=body[whole:])


def _lines(data: bytes) -> bytes:
    """Encode in base64, in lines of at most 76 characters that each end in CR LF."""
    lines = (
        base64.b64encode(data[start : start + _LINE_BYTES]) for start in range(0, len(data), _LINE_BYTES)
    )
    return b"".join(line + b"\r\n" for line in lines)
