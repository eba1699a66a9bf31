"""Make mails and hand them to relays.

Not imported here, since they alone need more than the rest: the embedded mailbox (asyncio and
aiosmtpd) in `digest.deliver.mailbox`, keys (cryptography) in `digest.deliver.compose.dkim_keys`, and the
reading of reports (flufl.bounce) in `digest.deliver.reports.bounces` with the ways that they come in by
themselves: `digest.deliver.imap` and `digest.deliver.reports.listener`.
"""

from digest.deliver.compose.dkim import Signer, SigningKey, aligned
from digest.deliver.compose.encode import EncodedBody, encode_body
from digest.deliver.compose.faults import check_message
from digest.deliver.compose.headers import Address, check_address
from digest.deliver.compose.message import Mail, MessageStencil, Personal, compile_message
from digest.deliver.compose.message_names import edition_of, message_name
from digest.deliver.compose.slots import SlottedText, html_value, plain_value
from digest.deliver.compose.spellings import spellings
from digest.deliver.compose.verp import bounce_address, read_bounce_address
from digest.deliver.journal.group import Record
from digest.deliver.limits.allowance import Allowance
from digest.deliver.limits.limit import Allotments, Draw, Limit, Limits, Spent
from digest.deliver.limits.local_allotments import LocalAllotments
from digest.deliver.run.answers import NONE, STEPS, TAKEN, Heard
from digest.deliver.run.edition import deliver_edition
from digest.deliver.run.ledger import Ledger, Look
from digest.deliver.run.relay import Connected, Route
from digest.deliver.run.row import NOBODY
from digest.deliver.run.terms import HELD, LIMITED, Office, Progress, SendingRules, Tally, UsedUp, Watch
from digest.deliver.smtp.connection import RelayConnection
from digest.deliver.smtp.replies import Phase, Receipt

__all__ = [
    "HELD",
    "LIMITED",
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
    "edition_of",
    "encode_body",
    "html_value",
    "message_name",
    "plain_value",
    "read_bounce_address",
    "spellings",
]
