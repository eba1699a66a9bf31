"""Replies out of the bytes that a relay sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from digest.deliver.smtp.replies import Reply

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
_SINGLE = re.compile(rb"([2-5]\d\d) (.*)\r", re.DOTALL)
_MAX_LINE_BYTES = (
    4_096  #: RFC 5321 section 4.5.3.1.5 asks for 512; relays that quote whole policies exceed it
)
_MAX_LINES = 128


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

    def read(self, data: bytes) -> Iterator[Reply]:
        """Take bytes as they come and return the replies that they complete, in order.

        Raises:
            NotSmtp: A line is no reply, too long, or of another code than the one before it.
        """
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _MAX_LINE_BYTES:
            raise NotSmtp("a line without end")
        for line in whole:
            reply = (None if self._lines else _single(line)) or self._take(line.removesuffix(b"\r"))
            if reply is not None:
                yield reply

    def _take(self, line: bytes) -> Reply | None:
        match = _LINE.fullmatch(line) if len(line) <= _MAX_LINE_BYTES else None
        if match is None:
            raise NotSmtp("a line that is no reply")
        code, mark, words = match[1], match[2] or b" ", match[3] or b""
        if self._lines and code != self._code:
            raise NotSmtp("a reply of several codes")
        self._code = code
        self._lines.append(words)
        if mark == b"-":
            if len(self._lines) > _MAX_LINES:
                raise NotSmtp("a reply without end")
            return None
        raw, self._lines = b"\n".join(self._lines), []
        return Reply.read(int(code), raw)
