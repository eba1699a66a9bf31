"""Fields of a report, on one line and without comments."""

from __future__ import annotations

import re
from email.message import Message

_PIECE = re.compile(r"\\.|[()]|[^\\()]+|\\")


def field(mail: Message, name: str) -> str:
    """Return a field on one line; '' when it is missing."""
    return " ".join(str(mail.get(name, "")).split())


def without_comments(mail: Message, name: str) -> str:
    """Return a structured field on one line, without comments, which may hold others and need no end.

    Source: RFC 5322, section 3.2.2; RFC 3464, section 2.1.1; RFC 5965, section 3.5.
    """
    depth, kept = 0, []
    for piece in _PIECE.findall(field(mail, name)):
        if piece == "(":
            depth += 1
            kept.append(" ")
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(piece)
    return " ".join("".join(kept).split())


def keyword(mail: Message, name: str) -> str:
    """Return the first word of a structured field in lower case; '' when there is none."""
    return without_comments(mail, name).partition(" ")[0].lower()
