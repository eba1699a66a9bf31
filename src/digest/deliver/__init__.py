"""Make mails and hand them to relays.

Not imported here, since they alone need more than the rest: the embedded mailbox (asyncio and
aiosmtpd) in `digest.deliver.mailbox`, keys (cryptography) in `digest.deliver.dkim_keys`, and the
reading of reports (flufl.bounce) in `digest.deliver.bounces` with the ways that they come in by
themselves: `digest.deliver.imap` and `digest.deliver.listener`.
"""

from digest.deliver.allowance import Allowance
from digest.deliver.answers import NONE, STEPS, TAKEN, Heard
from digest.deliver.clerk import Ledger, Look
from digest.deliver.dkim import Signer, SigningKey, aligned
from digest.deliver.encode import EncodedBody, encode_body
from digest.deliver.faults import check_message
from digest.deliver.headers import Address, check_address
from digest.deliver.journal import Record
from digest.deliver.limits import Allotments, Draw, Limit, Limits, Spent
from digest.deliver.local_allotments import LocalAllotments
from digest.deliver.message import Mail, MessageStencil, Personal, compile_message
from digest.deliver.relay import Connected, Route
from digest.deliver.replies import Phase, Receipt
from digest.deliver.sending import deliver_edition
from digest.deliver.slots import SlottedText, html_value, plain_value
from digest.deliver.smtp import RelayConnection
from digest.deliver.strangers import NOBODY
from digest.deliver.terms import Office, Progress, SendingRules, Tally, UsedUp, Watch
from digest.deliver.verp import bounce_address, read_bounce_address

__all__ = [
    "NOBODY",
    "NONE",
    "STEPS",
    "TAKEN",
    "Address",
    "Allotments",
    "Allowance",
    "Connected",
    "Draw",
    "EncodedBody",
    "Heard",
    "Ledger",
    "Limit",
    "Limits",
    "LocalAllotments",
    "Look",
    "Mail",
    "MessageStencil",
    "Office",
    "Personal",
    "Phase",
    "Progress",
    "Receipt",
    "Record",
    "RelayConnection",
    "Route",
    "SendingRules",
    "Signer",
    "SigningKey",
    "SlottedText",
    "Spent",
    "Tally",
    "UsedUp",
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
