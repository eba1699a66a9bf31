"""Replies out of the bytes that a relay sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from digest.deliver.smtp.replies import Reply

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
_SINGLE = re.compile(rb"([2-5]\d\d) (.*)\r", re.DOTALL)
_MAX_LINE_BYTES = 4_096  #: kept while a line comes in; RFC 5321 section 4.5.3.1.5 asks for 512
_MAX_BYTES = 65_536  #: of a reply that goes on: the first three say all, but it must have an end


class NotSmtp(Exception):
    """The relay sends what is no reply; the message says what."""


@lru_cache(maxsize=256)  # all but the answers to a dot are the same for every message
def _single(line: bytes) -> Reply | None:
    """Read a reply that is whole in one line; None when it is not, or is none."""
    match = _SINGLE.fullmatch(line) if len(line) <= _MAX_LINE_BYTES else None
    return None if match is None else Reply.read(int(match[1]), match[2])


class ReplyReader:
    """Cuts a stream of bytes into replies, of one line or several."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._code = b""
        self._bytes = 0  # of the reply that comes in, but those of a line that is kept whole so far

    def read(self, data: bytes) -> Iterator[Reply]:
        """Take bytes as they come and return the replies that they complete, in order.

        Raises:
            NotSmtp: A line is no reply, or of another code than the one before it; or a reply has no end.
        """
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            reply = (None if self._lines else _single(line)) or self._take(line.removesuffix(b"\r"))
            if reply is not None:
                yield reply
        if len(self._rest) > _MAX_LINE_BYTES:
            self._cut()

    def _take(self, line: bytes) -> Reply | None:
        match = _LINE.fullmatch(line)
        if match is None:
            raise NotSmtp("a line that is no reply")
        code, mark, words = match[1], match[2] or b" ", match[3] or b""
        if self._lines and code != self._code:
            raise NotSmtp("a reply of several codes")
        self._code = code
        self._lines.append(words)
        if mark == b"-":
            self._count(len(line) + 2)
            return None
        raw, self._lines, self._bytes = b"\n".join(self._lines), [], 0
        return Reply.read(int(code), raw)

    def _cut(self) -> None:
        """Keep the beginning of a line that is too long, and is no single one any more."""
        if _LINE.fullmatch(self._rest) is None:
            raise NotSmtp("a line that is no reply")
        kept = self._rest[: _MAX_LINE_BYTES + 1]
        self._count(len(self._rest) - len(kept))
        self._rest = kept

    def _count(self, more: int) -> None:
        self._bytes += more
        if self._bytes > _MAX_BYTES:
            raise NotSmtp("a reply without end")
