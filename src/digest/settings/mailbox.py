"""Sender mailboxes as operators write them, 'The Daily Brief <brief@news.example.org>', and their domains."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, WithJsonSchema

_WRITTEN = re.compile(r"(?:(?P<name>[^<>]*?)\s*<(?P<angled>[^<>\s]+)>|(?P<bare>[^<>\s]+))")
_DOMAIN = "a domain such as news.example.org"
_EXPECTED = "a mailbox such as 'The Daily Brief <brief@news.example.org>'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailbox:
    """A display name and an address, both checked."""

    name: str  #: '' when none was written; no control characters
    address: str  #: ASCII, domain in A-labels


def parse_mailbox(written: str) -> Mailbox:
    """Read a mailbox. Does not ask the network whether the address exists.

    Raises:
        ValueError: It is none; the message says what to write.
    """
    match = _WRITTEN.fullmatch(written.strip())
    if match is None or any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in written):
        raise ValueError(_EXPECTED)
    try:
        checked = validate_email(
            match["angled"] or match["bare"], check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise ValueError(_EXPECTED) from error
    name = (match["name"] or "").strip()
    quoted = len(name) >= 2 and name[0] == name[-1] == '"'
    name = re.sub(r"\\(.)", r"\1", name[1:-1]) if quoted else name
    return Mailbox(name=" ".join(name.split()), address=checked.ascii_email or checked.normalized)


def parse_domain(written: str) -> str:
    """Read a mail domain and return it in A-labels and lower case. Does not ask the network.

    Raises:
        ValueError: It is none; the message says what to write.
    """
    try:
        checked = validate_email(f"postmaster@{written}", check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(_DOMAIN) from error
    return checked.ascii_domain.lower()


def _checked(written: str) -> str:
    parse_mailbox(written)
    return written


MailboxText = Annotated[
    str, AfterValidator(_checked), WithJsonSchema({"type": "string", "expected": _EXPECTED})
]
Domain = Annotated[str, AfterValidator(parse_domain), WithJsonSchema({"type": "string", "expected": _DOMAIN})]
