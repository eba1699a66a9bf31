"""What must not stand in a message on the wire, by name."""

from __future__ import annotations

import re

from digest.deliver.compose.words import MAX_LINE
from digest.errors import MessageError

_SINGLE = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version")
_FIELD = re.compile(rb"([!-9;-~]+):[ ]?")


def check_message(message: bytes, *, smtputf8: bool = False) -> tuple[str, ...]:
    """Name everything that must not stand in a message on the wire; empty when all is well.

    Args:
        message: The whole message as it would be sent, before dots are doubled.
        smtputf8: Whether bytes beyond ASCII may stand in it.
    """
    head, gap, _ = message.partition(b"\r\n\r\n")
    faults = line_faults(message, smtputf8=smtputf8)
    if not gap:
        faults.append("no empty line after the header")
    return (*faults, *_header_faults(head))


def check_envelope(sender: str, recipient: str, message: bytes) -> None:
    """Refuse what could smuggle a command or swallow the dot.

    Raises:
        MessageError: An address or the message cannot be put on the wire.
    """
    if not _is_bare(sender + recipient):
        name = "envelope recipient" if _is_bare(sender) else "envelope sender"
        raise MessageError("a sign that must not stand in an envelope", where=name)
    if not recipient:
        raise MessageError("an empty address", where="envelope recipient")
    if not message.endswith(b"\r\n"):
        raise MessageError("the last line does not end in CR LF", where="message")


def line_faults(message: bytes, *, smtputf8: bool) -> list[str]:
    """Name what must not stand in any lines of a message.

    Args:
        message: Whole lines.
        smtputf8: Whether bytes beyond ASCII may stand in them.
    """
    faults = []
    if not message.endswith(b"\r\n"):
        faults.append("the last line does not end in CR LF")
    lines = message.splitlines()
    # Each break is CR LF, CR or LF: as many LF as breaks leaves no bare CR, and the other way round.
    if not len(lines) == message.count(b"\r") == message.count(b"\n"):
        faults.append("a bare CR or LF")
    if b"\0" in message:
        faults.append("a NUL")
    if not smtputf8 and not message.isascii():
        faults.append("a byte beyond ASCII")
    if max(map(len, lines), default=0) > MAX_LINE:
        faults.append(f"a line longer than {MAX_LINE} octets")
    return faults


def _is_bare(address: str) -> bool:
    return address.isprintable() and not (" " in address or "<" in address or ">" in address)


def _header_faults(head: bytes) -> list[str]:
    lines = head.split(b"\r\n")
    if lines[0].startswith((b" ", b"\t")):
        return ["the header begins with a fold"]
    if any(not line.strip() for line in lines):
        return ["an empty line of white space in the header"]
    names = []
    for line in lines:
        match = _FIELD.match(line)
        if match is not None:
            names.append(match[1].lower())
        elif not line.startswith((b" ", b"\t")):
            return ["a header line that is no field"]
    return [
        f"{names.count(name)} fields {name.decode()}, not 1" for name in _SINGLE if names.count(name) != 1
    ]
