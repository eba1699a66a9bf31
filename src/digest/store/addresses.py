"""Mail addresses as they are compared, and what is kept of an erased one."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from digest.errors import MessageError


@lru_cache(maxsize=2_048)  # a list that comes in asks for each address three times
def clean_address(email: str) -> str:
    """Return the address as given, with its domain in lower-case A-labels.

    Raises:
        MessageError: It is no address that a message may be sent to.
    """
    if "\ufffd" in email:
        raise MessageError("a letter of the address was lost on its way", hint="write it as name@example.org")
    try:
        found = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise MessageError(
            f"{email[:80]!a} is no mail address: {error}", hint="write it as name@example.org"
        ) from error
    return f"{found.local_part}@{found.ascii_domain.lower()}"


def normalise_address(email: str) -> str:
    """Return the address as it is compared: lower case, domain in A-labels.

    Two addresses that differ in case only are one mailbox for every provider that matters, and
    mailing a person twice is worse than the rest.

    Raises:
        MessageError: It is no address that a message may be sent to.
    """
    return clean_address(email).lower()


def spellings(email: str) -> tuple[str, str]:
    """Return a mailbox as addresses are compared, and a LIKE pattern (escape /) of its others.

    What stands behind a plus names no other person (RFC 5233, section 4): sam+news@ is sam@.

    Raises:
        MessageError: It is no address that a message may be sent to.
    """
    name, _, domain = normalise_address(email).rpartition("@")
    mailbox = name.partition("+")[0] or name
    escaped = mailbox.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"{mailbox}@{domain}", f"{escaped}+%@{domain}"


def fingerprint_address(address: str) -> str:
    """Name an erased address for good: '#' and 40 hexadecimal digits.

    Has no key, so that changing keys never lets an erased person be subscribed again. Whoever
    knows an address can tell whether it was erased; nobody can read it back from a list.
    """
    return "#" + hashlib.blake2b(address.encode(), digest_size=20, person=b"digest-erased").hexdigest()
