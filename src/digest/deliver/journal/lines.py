"""The lines of a journal: a checksum, then a permit, or the answer that came.

    5d1c70be S
    3f2a9c01 P 4711 1
    9b00d2e4 R 4711 1 ["sent", "2026-11-25T06:00:01+00:00", 250, "2.0.0", "2.0.0 queued as 5A", null]

The checksum begins with whose line it is and of which segment: what a disk brings up again of another
file that once lay there is no line of this one. Each segment has had its first line since it has its name.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring_ascii

from digest.deliver.journal.group import Mark
from digest.model.people import DeliveryState, Outcome, Settlement

_NO_SEAL = 0  #: of an earlier version
_FIRST = "S"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What one line says."""

    mark: Mark
    outcome: Outcome | None  #: the answer; None of a permit


def seal_of(worker: str, segment: str) -> int:
    """Return what the checksums of all lines of a segment begin with."""
    return zlib.crc32(f"{worker}/{segment}".encode())


def first_line(seal: int) -> bytes:
    """Write what each segment begins with."""
    return _line(_FIRST, seal)


def permit_line(mark: Mark, seal: int) -> bytes:
    """Write that a delivery's final dot may be written."""
    return _line(f"P {mark[0]} {mark[1]}", seal)


def answer_line(end: Settlement, seal: int) -> bytes:
    """Write how a delivery ended."""
    one = end.outcome
    next_at = None if one.next_at is None else one.next_at.isoformat()
    code = "null" if one.code is None else str(one.code)
    # Written out, since a JSON encoder takes twice as long for it, on every message.
    fields = f'"{one.state}", "{one.at.isoformat()}", {code}, {_quoted(one.status)}, {_quoted(one.text)}'
    return _line(f"R {end.delivery_id} {end.attempt} [{fields}, {_quoted(next_at)}]", seal)


def read_lines(data: bytes, seal: int, *, may_be_torn: bool) -> Iterator[tuple[int, Line | None]]:
    """Read a segment to the end of what was written; the room behind that is zeros.

    Args:
        data: The segment.
        seal: Of its lines.
        may_be_torn: What stands behind the last line feed may be a line that was being written when the
            machine went down: it is left out.

    Yields:
        At which byte each line begins, and what it says; None when it is garbled. A crash tears the end
        off; a line that has one and is wrong all the same was whole once. So was a missing first line, save
    of a sender of an earlier version, which wrote none and had no seal.
    """
    head = first_line(seal)
    at = len(head) if data.startswith(head) else 0
    if not at and _read(data.partition(b"\n")[0], _NO_SEAL) is not None:
        seal = _NO_SEAL
    elif not at:
        yield at, None
    *whole, last = data[at:].rstrip(b"\0").split(b"\n")
    for raw in whole:
        yield at, _read(raw, seal)
        at += len(raw) + 1
    if last:
        # Its line feed alone may be what is wrong: it is not there, or another byte is.
        line = _read(last, seal) or _read(last[:-1], seal)
        if line is not None or not may_be_torn:
            yield at, line


def _line(text: str, seal: int) -> bytes:
    data = text.encode("utf-8")
    return b"%08x %s\n" % (zlib.crc32(data, seal), data)


def _quoted(text: str | None) -> str:
    return "null" if text is None else encode_basestring_ascii(text)


def _read(raw: bytes, seal: int) -> Line | None:
    checksum, _, rest = raw.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(rest, seal) or rest == _FIRST.encode():
        return None
    _, number, attempt, *outcome = rest.decode("utf-8").split(" ", 3)
    return Line(mark=(int(number), int(attempt)), outcome=_read_outcome(outcome[0]) if outcome else None)


def _read_outcome(text: str) -> Outcome:
    state, at, code, status, words, next_at = json.loads(text)
    return Outcome(
        state=DeliveryState(state),
        at=datetime.fromisoformat(at),
        code=code,
        status=status,
        text=words,
        next_at=datetime.fromisoformat(next_at) if next_at else None,
    )
