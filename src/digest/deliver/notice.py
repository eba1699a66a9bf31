"""A plain mail to one person who runs or edits the digests: no audience, no books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.deliver import headers
from digest.deliver.encode import encode_body
from digest.deliver.faults import check_message
from digest.deliver.headers import Address
from digest.deliver.slots import plain_value
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
    date: datetime  #: aware
    message_id: str  #: '<unique@domain>', the same whenever this notice goes to this recipient again


def write_notice(notice: Notice) -> bytes:
    """Write the mail, ready to be sent: seven-bit, CR LF.

    Raises:
        MessageError: An address or the message id cannot be written, or the subject is empty.
    """
    body = encode_body(notice.text.translate(_NO_SLOTS), plain_value)
    head = (
        headers.mailboxes("From", [notice.sender]),
        headers.mailboxes("To", [notice.recipient]),
        headers.unstructured("Subject", notice.subject),
        headers.date("Date", notice.date),
        headers.message_id("Message-ID", notice.message_id),
        # RFC 3834 section 5: so that nobody's holiday answers it.
        headers.literal("Auto-Submitted", "auto-generated"),
        headers.literal("MIME-Version", "1.0"),
        headers.parameterised("Content-Type", "text/plain", {"charset": "utf-8"}),
        headers.literal("Content-Transfer-Encoding", body.encoding),
    )
    message = b"".join((*head, b"\r\n", body.stamp({})))
    faults = check_message(message)
    if faults:
        raise MessageError("; ".join(faults), where="notice")
    return message
