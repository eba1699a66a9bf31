"""Make mails and hand them to relays.

The embedded mailbox is not imported here, since it alone needs asyncio and aiosmtpd: it is
in `digest.deliver.mailbox`.
"""

from digest.deliver.encode import EncodedBody, encode_body
from digest.deliver.headers import Address, check_address, parse_address
from digest.deliver.line import Line, Pacer, Timer, Transport
from digest.deliver.message import Mail, MessageStencil, Personal, check_message, compile_message
from digest.deliver.replies import Phase, Receipt
from digest.deliver.sending import Ledger, SendingRules, Tally, Watch, deliver_edition
from digest.deliver.slots import SlottedText, html_value, plain_value
from digest.deliver.smtp import RelayConnection

__all__ = [
    "Address",
    "EncodedBody",
    "Ledger",
    "Line",
    "Mail",
    "MessageStencil",
    "Pacer",
    "Personal",
    "Phase",
    "Receipt",
    "RelayConnection",
    "SendingRules",
    "SlottedText",
    "Tally",
    "Timer",
    "Transport",
    "Watch",
    "check_address",
    "check_message",
    "compile_message",
    "deliver_edition",
    "encode_body",
    "html_value",
    "parse_address",
    "plain_value",
]
