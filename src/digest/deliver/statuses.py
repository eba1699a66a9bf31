"""What an enhanced status code says about the person whose mail came back."""

from __future__ import annotations

import re

from digest.model.bounces import BounceKind

#: The address does not take mail, and will not. Source: RFC 3463, section 3; RFC 7505 for 5.1.10.
HARD = frozenset(
    {
        "5.1.1",  # no such mailbox
        "5.1.2",  # no such domain
        "5.1.3",  # no address at all
        "5.1.6",  # moved, without a new address
        "5.1.10",  # the domain takes no mail
        "5.2.1",  # the mailbox is disabled
        "5.4.1",  # Exchange Online: not among the addresses of the domain
        "5.4.4",  # no way to the domain
    }
)
#: They speak of the sender's address, whatever their class says.
_ABOUT_SENDER = frozenset({"5.1.7", "5.1.8", "5.1.9"})

_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
#: What servers write that give no status, or one that says nothing.
_NOBODY = re.compile(
    r"(user|recipient|mailbox|address|account) (is )?(unknown|not found|does not exist|disabled|no longer)"
    r"|(unknown|invalid|no such|nonexistent) (user|recipient|mailbox|address|account)"
    r"|no mailbox here by that name|(doesn't|does not) have (an|a \S{1,99}) account",
    re.IGNORECASE,
)


def find_status(text: str) -> str | None:
    """Return the first enhanced status code in a text."""
    match = _CODE.search(text)
    return None if match is None else match[1]


def judge_failure(status: str | None, words: str) -> tuple[BounceKind, str | None]:
    """Say what a failure means for the person.

    Args:
        status: As the report's own field gives it; None when there is none.
        words: What the server said; its code is taken when the field's says nothing.

    Returns:
        HARD only for what `HARD` lists or the words make plain; and the code that decided.
    """
    said = find_status(words)
    codes = [code for code in (status, said) if code is not None]
    for code in codes:
        if code.startswith("5.7.") or code in _ABOUT_SENDER:
            return BounceKind.REFUSED, code
    for code in codes:
        if code in HARD:
            return BounceKind.HARD, code
    telling = next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else None)
    is_open = telling is None or telling in {"5.0.0", "5.1.0"}
    return (BounceKind.HARD if is_open and _NOBODY.search(words) else BounceKind.SOFT), telling
