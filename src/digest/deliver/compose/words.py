"""The text of header values: cleaned, and made safe for seven-bit fields."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator

from digest.errors import MessageError

MAX_COLUMNS = 76  #: RFC 2047 section 2: no line with an encoded-word is longer
MAX_LINE = 998  #: RFC 5322 section 2.1.1, without CR LF

#: The two noncharacters that end each plane, as ranges of a character class.
PLANE_ENDS = "".join(f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))

_CHUNK_BYTES = 45
_WORD_OVERHEAD = len("=?utf-8?B??=")
# Controls but white space, bidi controls, lone surrogates, noncharacters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    f"{PLANE_ENDS}]"
)


def clean(value: str) -> str:
    """Make one line of text from foreign text: NFC, one space for each run of white space.

    Drops control characters, bidirectional controls, lone surrogates and noncharacters.
    Cleaning twice changes nothing. The result can be empty.
    """
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    return " ".join(unicodedata.normalize("NFC", _UNWANTED.sub("", value)).split())


def is_plain(value: str) -> bool:
    """Tell whether a cleaned value can stand in a header as it is.

    A value that looks like an encoded-word must be encoded, or readers would decode what
    nobody encoded.
    """
    return value.isascii() and "=?" not in value


def encoded_words(value: str, first_columns: int) -> list[str]:
    """Encode a cleaned value as RFC 2047 words of at most 75 characters, split between characters.

    Args:
        value: Cleaned text, not empty.
        first_columns: Room that the first word has; the others have a line each.

    Source: RFC 2047 sections 2 and 5.
    """
    room = max(4, min(_CHUNK_BYTES, (first_columns - _WORD_OVERHEAD) // 4 * 3))
    whole = value.encode("utf-8")
    chunks = [whole] if len(whole) <= room else _chunks(value, room)
    return [f"=?utf-8?B?{base64.b64encode(chunk).decode('ascii')}?=" for chunk in chunks]


def fold(name: str, words: Iterable[str], *, columns: int = MAX_COLUMNS) -> bytes:
    """Write one header field, folded between words where a line would grow too long.

    Args:
        name: The field's name.
        words: What stands between single spaces; each without white space at its ends.
        columns: Longest line where a fold can help.

    Raises:
        MessageError: The result would not be exactly one field of lines within the limit.
    """
    words = list(words)
    line = f"{name}: {' '.join(words)}"
    if len(line) <= (MAX_LINE if len(words) == 1 else columns) and is_sound(line):
        return f"{line}\r\n".encode("ascii")
    lines = [f"{name}:"]
    for word in words:
        # The first word stays beside the name: some readers take a bare "Name:" for an empty field.
        is_first = len(lines) == 1 and lines[0] == f"{name}:"
        if is_first or len(lines[-1]) + 1 + len(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return _one_field(name, lines)


def is_sound(line: str) -> bool:
    """Tell whether a line passes the last look at once: printable ASCII that does not end in a space."""
    return line.isascii() and line.isprintable() and line[-1] != " "


def _chunks(value: str, first_bytes: int) -> Iterator[bytes]:
    chunk, room = b"", first_bytes
    for letter in value:
        data = letter.encode("utf-8")
        if len(chunk) + len(data) > room:
            yield chunk
            chunk, room = b"", _CHUNK_BYTES
        chunk += data
    yield chunk


def _one_field(name: str, lines: list[str]) -> bytes:
    """Join the lines, after a last look that they are one field and nothing else."""
    for line in lines:
        if len(line.encode("utf-8", "replace")) > MAX_LINE:
            raise MessageError("a line longer than 998 octets", where=name)
        if re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", line):
            raise MessageError("a control character in a header field", where=name)
    if not lines[0][len(name) + 1 :].strip() or any(not line.strip() for line in lines):
        raise MessageError("an empty header field", where=name)
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")
