"""A mail to one person that is no edition: no audience, no books, nothing to unsubscribe from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.deliver.compose import headers
from digest.deliver.compose.dkim import Signer, prepare, signatures
from digest.deliver.compose.encode import EncodedBody, encode_body
from digest.deliver.compose.faults import check_message
from digest.deliver.compose.headers import Address
from digest.deliver.compose.slots import html_value, plain_value
from digest.errors import MessageError
from digest.slots import CLOSE, OPEN

_NO_SLOTS = str.maketrans("", "", OPEN + CLOSE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What such a mail says."""

    sender: Address
    recipient: Address
    subject: str
    text: str
    html: str | None = None  #: tells the same as the text; None: the mail is plain text
    date: datetime  #: aware
    message_id: str  #: '<unique@domain>', the same whenever this notice goes to this recipient again


def write_notice(notice: Notice, signers: Sequence[Signer] = ()) -> bytes:
    """Write the mail, ready to be sent: seven-bit but for the recipient's address, CR LF.

    Args:
        notice: What it says.
        signers: Who signs it: a DKIM-Signature field each, in this order at the top.

    Raises:
        MessageError: An address or the message id cannot be written, or the subject is empty.
    """
    kind, body = _body(notice)
    is_wide = not notice.recipient.email.isascii()
    fields = (
        headers.mailboxes("From", [notice.sender]),
        headers.mailboxes("To", [notice.recipient], smtputf8=is_wide),
        headers.unstructured("Subject", notice.subject),
        headers.date("Date", notice.date),
        headers.message_id("Message-ID", notice.message_id),
        # RFC 3834 section 5: so that nobody's holiday answers it.
        headers.literal("Auto-Submitted", "auto-generated"),
        headers.literal("MIME-Version", "1.0"),
        *kind,
    )
    seals = [prepare(signer, fields, ()) for signer in signers]
    message = b"".join((*signatures(seals, (), body), *fields, b"\r\n", body))
    faults = check_message(message, smtputf8=is_wide)
    if faults:
        raise MessageError("; ".join(faults), where="notice")
    return message


def _body(notice: Notice) -> tuple[list[bytes], bytes]:
    """Return the fields that tell the kind of the body, and the body."""
    text = _part("plain", encode_body(notice.text.translate(_NO_SLOTS), plain_value))
    if notice.html is None:
        return text
    html = _part("html", encode_body(notice.html.translate(_NO_SLOTS), html_value))
    # Neither quoted-printable nor base64 can write "=_", so no body can hold the boundary.
    name = "=_" + hashlib.sha256(notice.message_id.encode()).hexdigest()[:32]
    rule = f"--{name}".encode("ascii")
    parts = b"".join(b"%b\r\n%b\r\n%b" % (rule, b"".join(fields), body) for fields, body in (text, html))
    field = headers.parameterised("Content-Type", "multipart/alternative", {"boundary": name})
    return [field], parts + rule + b"--\r\n"


def _part(subtype: str, body: EncodedBody) -> tuple[list[bytes], bytes]:
    fields = [
        headers.parameterised("Content-Type", f"text/{subtype}", {"charset": "utf-8"}),
        headers.literal("Content-Transfer-Encoding", body.encoding),
    ]
    return fields, body.stamp({})
