"""A mail compiled once per edition and stamped once per recipient: same input, same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.deliver.compose import headers
from digest.deliver.compose.dkim import Seal, Signer, prepare, signatures
from digest.deliver.compose.encode import EncodedBody, encode_body
from digest.deliver.compose.faults import check_message, line_faults
from digest.deliver.compose.headers import Address
from digest.deliver.compose.slots import html_value, plain_value
from digest.deliver.compose.words import MAX_LINE
from digest.errors import MessageError
from digest.record import record

_PRINTABLE = bytes(range(0x20, 0x7F))
_OWN = ("to", "message-id", "list-unsubscribe")  #: the fields that differ from recipient to recipient


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """What all recipients of an edition share."""

    html: str | None  #: with slots; None: the mail is plain text and nothing else
    text: str  #: with slots; tells the same as the html
    subject: str
    sender: Address
    date: datetime  #: aware; one for the whole edition
    list_title: str  #: the digest's title, as people read it
    list_label: str  #: 'daily.news.example.org', the same for ever
    seed: str  #: names the edition; the boundary is made of it
    reply_to: Address | None = None
    feedback_id: str | None = None
    one_click: bool = True  #: the unsubscribe address takes RFC 8058's POST; needs https


@record
class Personal:
    """What is one recipient's own."""

    recipient: Address
    message_id: str  #: '<unique@domain>', the same each time this edition goes to this recipient
    unsubscribe_url: str
    values: Mapping[str, str]  #: plain text by slot name
    unsubscribe_mailto: str | None = None  #: 'mailto:...'
    smtputf8: bool = False  #: whether the address may hold letters beyond ASCII before the @


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageStencil:
    """A compiled mail. Make it with `compile_message`."""

    text: EncodedBody
    html: EncodedBody | None
    rules: tuple[bytes, bytes, bytes]  #: what stands before the text, before the html, and at the end
    opening: bytes  #: From
    middle: bytes  #: Reply-To, Subject, Date
    list_id: bytes
    closing: bytes  #: the fields after the unsubscribe address, to the end of the header
    fields: int  #: number of header fields that every message has
    one_click: bool  #: whether the unsubscribe address must be https
    seals: tuple[Seal, ...] = ()  #: one for each signature, in the order of the fields

    def __post_init__(self) -> None:
        """Count the fields that all messages share.

        Raises:
            MessageError: There is one too many or too few.
        """
        shared = b"".join((b"\r\n", self.opening, self.middle, self.list_id, self.closing))
        _refuse_fields(shared, self.fields - len(_OWN))

    def stamp(self, personal: Personal) -> bytes:
        """Make one recipient's message, ready to be sent: seven-bit, CR LF, lines of at most 998 octets.

        None begins with a dot.

        Raises:
            MessageError: The address cannot be written, a slot has no value, or an
                unsubscribe address is not printable ASCII.
        """
        own = to, message_id, unsubscribe = self._own(personal)
        text = self.text.parts(personal.values)
        html = [] if self.html is None else self.html.parts(personal.values)
        _look_at(b"".join((b"\r\n", *own)), {*text[::2], *html[::2]}, smtputf8=personal.smtputf8)
        head = b"".join(
            (self.opening, to, self.middle, message_id, self.list_id, unsubscribe, self.closing, b"\r\n")
        )
        body = (self.rules[0], *text, self.rules[1], *html, self.rules[2])
        if not self.seals:
            return b"".join((head, *body))
        signed = b"".join(body)
        return b"".join((*signatures(self.seals, own, signed), head, signed))

    def _own(self, personal: Personal) -> tuple[bytes, bytes, bytes]:
        """Write the fields that are the recipient's own."""
        if self.one_click and not personal.unsubscribe_url.startswith("https://"):
            raise MessageError("one-click unsubscribing needs an https address", where="List-Unsubscribe")
        recipient = personal.recipient
        uris = [uri for uri in (personal.unsubscribe_url, personal.unsubscribe_mailto) if uri]
        return (
            headers.mailbox("To", recipient.display, recipient.email, smtputf8=personal.smtputf8),
            headers.message_id("Message-ID", personal.message_id),
            headers.listed("List-Unsubscribe", uris),
        )


def compile_message(mail: Mail, signers: Sequence[Signer] = ()) -> MessageStencil:
    """Compile what all recipients share; every fault of it shows here, before the first recipient.

    Args:
        mail: What all recipients share.
        signers: Who signs each message: a DKIM-Signature field each, in this order at the top.

    Raises:
        MessageError: A header cannot be written or a slot is malformed.
    """
    # Neither quoted-printable nor base64 can write "=_", so no body can hold the boundary.
    boundary = "=_" + hashlib.sha256(mail.seed.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    opening = [headers.mailboxes("From", [mail.sender])]
    middle = [headers.unstructured("Subject", mail.subject), headers.date("Date", mail.date)]
    if mail.reply_to is not None:
        middle.insert(0, headers.mailboxes("Reply-To", [mail.reply_to]))
    text = encode_body(mail.text, plain_value)
    html = None if mail.html is None else encode_body(mail.html, html_value)
    closing = [*_closing(mail), *(_part_fields("plain", text) if html is None else _whole_fields(boundary))]
    list_id = headers.list_id(mail.list_title, mail.list_label)
    shared = [*opening, *middle, list_id, *closing]
    stencil = MessageStencil(
        text=text,
        html=html,
        rules=(b"", b"", b"") if html is None else _rules(boundary, text, html),
        opening=b"".join(opening),
        middle=b"".join(middle),
        list_id=list_id,
        closing=b"".join(closing),
        fields=len(shared) + len(_OWN),
        one_click=mail.one_click,
        seals=tuple(prepare(signer, shared, _OWN) for signer in signers),
    )
    _check(stencil)
    return stencil


def _check(stencil: MessageStencil) -> None:
    """Look at all that recipients will share: in every form it is kept in, and in a whole message."""
    bodies = (stencil.text,) if stencil.html is None else (stencil.text, stencil.html)
    for piece in (piece for body in bodies for piece in body.shared if piece):
        _refuse(line_faults(piece, smtputf8=False))
        _refuse_dots(b"\r\n" + piece)
    sample = Personal(
        recipient=Address(email="reader@example.org", display="Reader"),
        message_id="<sample@example.org>",
        unsubscribe_url="https://example.org/",
        values={name: "sample" for body in bodies for name in body.text.names},
    )
    whole = stencil.stamp(sample)
    _refuse(check_message(whole))
    _refuse_dots(b"\r\n" + whole)


def _look_at(fields: bytes, values: Collection[bytes], *, smtputf8: bool) -> None:
    """Stop what must not leave; what all recipients share was looked at once, by `compile_message`.

    Args:
        fields: The header fields that are the recipient's own, after a line end.
        values: All else that is the recipient's own, each of whole lines or empty.
        smtputf8: Whether bytes beyond ASCII may stand in it.

    Raises:
        MessageError: The header has a field too many or too few, or a line has a fault.
    """
    _refuse_fields(fields, len(_OWN))
    own = (fields, *values)
    lines = b"".join(own)
    # Nothing but printable ASCII and whole line ends is sound; what is short has no long line.
    others = len(lines.translate(None, _PRINTABLE))
    if others != 2 * lines.count(b"\r\n") or max(map(len, own)) > MAX_LINE:
        _refuse(line_faults(lines, smtputf8=smtputf8))
    _refuse_dots(lines)


def _refuse_dots(lines: bytes) -> None:
    """Stop a line that begins with a dot: both encodings write none, so no dot needs to be doubled.

    A line that is a dot alone would end the message, and what follows it be taken for commands.
    """
    if b"\r\n." in lines:
        raise MessageError("a line that begins with a dot", where="message")


def _refuse_fields(fields: bytes, expected: int) -> None:
    if fields.count(b"\r\n") - fields.count(b"\r\n ") != expected + 1:
        raise MessageError("the header does not hold the fields it was made of", where="message")


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        raise MessageError("; ".join(faults), where="message")


def _closing(mail: Mail) -> list[bytes]:
    """Write the fields that stand after the unsubscribe address and before those of the body."""
    # RFC 8058 section 3.1: exactly this value, and only beside an https address.
    one_click = [headers.literal("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")] * mail.one_click
    feedback = [] if mail.feedback_id is None else [headers.literal("Feedback-ID", mail.feedback_id)]
    return [
        *one_click,
        headers.literal("Auto-Submitted", "auto-generated"),
        headers.literal("Precedence", "bulk"),
        *feedback,
        headers.literal("MIME-Version", "1.0"),
    ]


def _whole_fields(boundary: str) -> list[bytes]:
    return [headers.parameterised("Content-Type", "multipart/alternative", {"boundary": boundary})]


def _rules(boundary: str, text: EncodedBody, html: EncodedBody) -> tuple[bytes, bytes, bytes]:
    rule = f"\r\n--{boundary}".encode("ascii")
    return rule[2:] + _part_head("plain", text), rule + _part_head("html", html), rule + b"--\r\n"


def _part_head(subtype: str, body: EncodedBody) -> bytes:
    return b"".join((b"\r\n", *_part_fields(subtype, body), b"\r\n"))


def _part_fields(subtype: str, body: EncodedBody) -> list[bytes]:
    return [
        headers.parameterised("Content-Type", f"text/{subtype}", {"charset": "utf-8"}),
        headers.literal("Content-Transfer-Encoding", body.encoding),
    ]
