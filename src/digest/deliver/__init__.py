"""Make mails and hand them to relays.

Not imported here, since they alone need more than the rest: the embedded mailbox (asyncio and
aiosmtpd) in `digest.deliver.mailbox`, keys (cryptography) in `digest.deliver.dkim_keys`, and the
reading of reports (flufl.bounce) in `digest.deliver.bounces`.
"""

from digest.deliver.allowance import Allowance
from digest.deliver.dkim import Signer, SigningKey, aligned
from digest.deliver.encode import EncodedBody, encode_body
from digest.deliver.headers import Address, check_address
from digest.deliver.limits import Allotments, Draw, Limit, Limits
from digest.deliver.line import Line, Pacer, Timer, Transport
from digest.deliver.local_allotments import LocalAllotments
from digest.deliver.message import Mail, MessageStencil, Personal, check_message, compile_message
from digest.deliver.replies import Phase, Receipt
from digest.deliver.sending import Ledger, SendingRules, Tally, Watch, deliver_edition
from digest.deliver.slots import SlottedText, html_value, plain_value
from digest.deliver.smtp import RelayConnection
from digest.deliver.verp import bounce_address, read_bounce_address

__all__ = [
    "Address",
    "Allotments",
    "Allowance",
    "Draw",
    "EncodedBody",
    "Ledger",
    "Limit",
    "Limits",
    "Line",
    "LocalAllotments",
    "Mail",
    "MessageStencil",
    "Pacer",
    "Personal",
    "Phase",
    "Receipt",
    "RelayConnection",
    "SendingRules",
    "Signer",
    "SigningKey",
    "SlottedText",
    "Tally",
    "Timer",
    "Transport",
    "Watch",
    "aligned",
    "bounce_address",
    "check_address",
    "check_message",
    "compile_message",
    "deliver_edition",
    "encode_body",
    "html_value",
    "plain_value",
    "read_bounce_address",
]
