"""Quoted-printable that no relay and no mailbox file changes. Source: RFC 2045 section 6.7."""

from __future__ import annotations

import re
from binascii import b2a_qp
from functools import lru_cache

_LINE_CHARS = 76  #: RFC 2045 section 6.7
_QP_BYTE = re.compile(rb"[^\t\x20-\x3c\x3e-\x7e]")
_QP_SIMPLE = re.compile(rb"(?!From )[!-\-/-<>-~](?:[ -<>-~]*[!-<>-~])?")  # needs no escape at all
_BARE = re.compile(r"[!#-%(-;?-~]+(?: [!#-%(-;?-~]+)*")  # clean, nothing to escape in HTML
_GUARDED = (b".", b"From ")  # what must not start a line
# A link or an address, on one line or two; the second may begin with a dot.
_BARE_WORD = re.compile(r"(?!\.)([!#-%(-;?-~]{1,75}+)(\.?+)([!#-%(-;?-~]{0,72})")
_LINE_BREAK = re.compile(rb"[\r\n]")
_QP_LINE_END = re.compile(rb"[\t ](?=\r\n)|[\t ]\Z")


@lru_cache(maxsize=64)
def bare(value: str) -> bytes | None:
    """Quote a value that every part takes as it is, such as an address; None for any other."""
    word = _BARE_WORD.fullmatch(value)
    if word is None:
        return _soft_lines(value.encode("ascii")) if _BARE.fullmatch(value) else None
    first, dot, rest = word.groups()
    second = f"=2E{rest}=\r\n" if dot else f"{rest}=\r\n" if rest else ""
    return f"{first}=\r\n{second}".encode("ascii")


def quote(data: bytes) -> bytes:
    """Encode in quoted-printable; a text that does not end a line ends in a soft line break.

    Lines hold at most 76 characters. Encoded beside what must be: white space at the end of
    a line, a dot that starts one (a lone dot ends a message), and the F of a line that starts
    with 'From ' (mailbox files change it).

    Source: RFC 2045 section 6.7.
    """
    if _QP_SIMPLE.fullmatch(data):
        return _soft_lines(data)
    if len(data) < _LINE_CHARS and not _LINE_BREAK.search(data) and not data.startswith(_GUARDED):
        line = b2a_qp(data)  # makes the same of one short line, such as a greeting, at once
        if len(line) < _LINE_CHARS:
            return line + b"=\r\n" if line else b""
    return _quoted_lines(data)


def _quoted_lines(data: bytes) -> bytes:
    """Do what `quote` does, for lines of any number and length."""
    escaped = _QP_BYTE.sub(lambda match: b"=%02X" % match[0][0], data.replace(b"\r\n", b"\n"))
    lines = escaped.replace(b"=0A", b"\r\n")
    lines = _QP_LINE_END.sub(lambda match: b"=%02X" % match[0][0], lines)
    *whole, rest = lines.split(b"\r\n")
    out = [_broken(line, _LINE_CHARS) for line in whole]
    out.append(_broken(rest, _LINE_CHARS - 1) + b"=\r\n" if rest else b"")
    return b"\r\n".join(out)


def _soft_lines(data: bytes) -> bytes:
    """Break a text that needs no escape but where a line starts with a dot or 'From '."""
    lines, start = [], 0
    while start < len(data):
        end = start + _LINE_CHARS - 1
        line = data[start:end]
        if line.startswith(_GUARDED):
            end -= 2  # the escape needs their room
            line = b"=%02X" % line[0] + data[start + 1 : end]
        lines.append(line)
        start = end
    lines.append(b"")
    return b"=\r\n".join(lines)


def _broken(line: bytes, room: int) -> bytes:
    """Break one encoded line softly so that its last part fits the room; guard the start of each part."""
    parts, start = [], 0
    while len(line) - start > room - 2 * _needs_guard(line, start):
        end = start + _LINE_CHARS - 1 - 2 * _needs_guard(line, start)
        cut = line.rfind(b"=", end - 2, end)  # an escape must not be torn
        end = end if cut < 0 else cut
        parts.append(_guarded(line, start, end))
        start = end
    return b"=\r\n".join([*parts, _guarded(line, start, len(line))])


def _needs_guard(line: bytes, start: int) -> bool:
    return line.startswith(_GUARDED, start)


def _guarded(line: bytes, start: int, end: int) -> bytes:
    if _needs_guard(line, start):
        return b"=%02X" % line[start] + line[start + 1 : end]
    return line[start:end]
