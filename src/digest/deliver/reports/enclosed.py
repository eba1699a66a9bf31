"""Read the header of the mail that a report encloses: it tells whose mail it was where nothing else does.

Of that mail nothing but its own header is read: one that is enclosed in it was somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

#: Parsed as what it is, a mail within a mail would be taken apart, and one that is encoded as a whole, as
#: no standard allows but programs do, be taken for a mail without a header.
_OPAQUE = re.compile(rb"\bmessage/(?=(?:rfc822|global)\b)", re.IGNORECASE)
# Source: RFC 2046, section 5.2.1; RFC 6522, section 4; RFC 6532, section 3.7; RFC 6533, section 6.3.
_MAILS = frozenset(
    {"application/rfc822", "application/global", "text/rfc822-headers", "application/global-headers"}
)
_MAX_MAILS = 5
_MAX_FIELDS = 5  # of one name
_MAX_URIS = 10
_MAX_FIELD = 4_000  # characters; the longest that we write has some 1,000
_URI = re.compile(r"<([^<>]{1,2000})>")
_BRACKETS = re.compile(r"[<>\s]+")
_SPACE = re.compile(r"\s+")
#: What qmail and Exim write above the mail in a report that is one text.
_BELOW = re.compile(
    rb"^-{3,} ?(below this line|this) is a copy of (the|your) [^\n]{1,100}$", re.IGNORECASE | re.MULTILINE
)
_RULED = re.compile(rb"(?:[ \t]*\n|-{3,}[^\n]*\n)*")
#: What Microsoft adds to a mail that one of its readers calls junk.
_COMPLAINED_OF = "X-HmXmrOriginalRecipient"


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosed:
    """What the header of a mail says of it; claims until verified."""

    message_id: str  #: '' when there is none
    unsubscribe: tuple[str, ...]  #: addresses of List-Unsubscribe in their order, without white space
    returned_to: tuple[str, ...]  #: what Return-Path names
    is_complained_of: bool = False  #: as Microsoft marks it


def read_enclosed(report: bytes) -> tuple[Enclosed, ...]:
    """Read the mails that a report encloses, whole or their headers alone, however they are encoded.

    Of a report that is one text, as qmail and older Exims write it, that is the mail below their line.

    Args:
        report: As much of it as is to be read; lines end in LF.
    """
    mail = message_from_bytes(_OPAQUE.sub(b"application/", report), policy=compat32)
    if mail.get_content_type() == "text/plain":
        below = _below(_content(mail))
        return () if below is None else (_read(below),)
    parts = [part for part in mail.walk() if part is not mail and part.get_content_type() in _MAILS]
    return tuple(_read(_content(part)) for part in parts[:_MAX_MAILS])


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _below(text: bytes) -> bytes | None:
    """Give the mail below a server's words, up to the end of its own header; None without such a line."""
    line = _BELOW.search(text)
    if line is None:
        return None
    ruled = _RULED.match(text, line.end() + 1)
    return text[line.end() if ruled is None else ruled.end() :].partition(b"\n\n")[0]


def _read(content: bytes) -> Enclosed:
    lines = content.lstrip().splitlines()
    head = BytesHeaderParser(policy=compat32).parsebytes(b"\n".join(lines))
    # White space within the brackets is to be ignored. Source: RFC 2369, section 2.
    uris = (_SPACE.sub("", uri) for field in _fields(head, "List-Unsubscribe") for uri in _URI.findall(field))
    return Enclosed(
        message_id=next(_fields(head, "Message-ID"), ""),
        unsubscribe=tuple(dict.fromkeys(uris))[:_MAX_URIS],
        returned_to=tuple(_BRACKETS.sub("", field) for field in _fields(head, "Return-Path")),
        is_complained_of=_COMPLAINED_OF in head,
    )


def _fields(head: Message, name: str) -> Iterator[str]:
    """Give the fields of a name, without encoded words: Exchange writes long addresses so."""
    for value in head.get_all(name, [])[:_MAX_FIELDS]:
        text = str(value)[:_MAX_FIELD]
        try:
            yield str(make_header(decode_header(text))) if "=?" in text else text
        except (MessageError, LookupError, ValueError):
            yield text
