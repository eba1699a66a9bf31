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
        "5.2.1",  # the mailbox is disabled; of one that gets too much just now the words say so
        "5.4.1",  # Exchange Online: not among the addresses of the domain
        "5.4.4",  # no way to the domain
    }
)
_DISABLED = "5.2.1"
#: Of a mailbox that Gmail lets no more in just now, with that code.
_TOO_FAST = re.compile(
    r"\b(rates?|rate-?limit\w*|throttl\w+|too (quickly|fast|often|(many|much) (e-?)?(mails?|messages?)))\b",
    re.IGNORECASE,
)
#: They speak of the sender's address, whatever their class says.
_ABOUT_SENDER = frozenset({"5.1.7", "5.1.8", "5.1.9", "5.1.90"})

_ANYWHERE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
#: Where servers state a code: first of all, behind a reply's three digits, or as qmail does: (#5.1.1) at the
#: end. What stands elsewhere in their words may as well be the version of a filter, or the number of a rule.
_STATED = re.compile(
    rf"(?:\A\s*|\bsmtp; ?|(?<![\w.=/-])[245]\d\d[ -])#?{_ANYWHERE.pattern}(?=[\s.,:;)>#]|\Z)", re.IGNORECASE
)
_AT_THE_END = re.compile(rf"\(#{_ANYWHERE.pattern}( - chkuser)?\)(?=\W*$| \(in reply)")
#: With letters beyond ASCII as they are, or as RFC 6533, section 3, writes them: b\x{FC}cher.example.
_ADDRESS = re.compile(r"[^\s@<>()',;:]{1,64}@(?:[\w.-]|\\x\{[0-9A-F]{2,6}\}){1,255}")
_SENDER_WORDS = re.compile(
    r"\b(block(ed|list)?|black ?list(ed)?|deny ?list(ed)?|listed (at|by|in|on)|(anti-?)?spam\w*|"
    r"reputation|polic(y|ies)|senders?|relay(ing)?(?! recipient)|authenticat\w+|spf|dkim|dmarc|rate|"
    r"limit(s|ed)?|reverse dns|ptr|helo|access denied|too many|per (second|minute|hour|day)|hourly|daily|"
    r"prohibit(ed|ion)|unauthori[sz]ed|unsolicited|your (account|access)|"
    r"out(going|bound) ((e-?)?mails?|messages?)|rcpthosts|(message|maximum|fixed) size|content|virus|malware|"
    r"(ip|client|host|your) address|message (is )?too (large|big|long)(?! for this recipient))\b",
    re.IGNORECASE,
)
#: The sender as a step of SMTP names it: what is missing there is a domain of ours.
_OUR_END = re.compile(
    r"\b(ehlo|return[- ]path|envelope[- ]from|mailfrom|mail[- ]from (address|domain)|(?-i:MAIL FROM))\b",
    re.IGNORECASE,
)
#: What servers write that give no status, or one that says nothing.
_NOBODY = re.compile(
    r"(user|recipient|mailbox|address|account) (is )?(unknown|not found|does not exist|disabled|no longer)"
    r"|(unknown|invalid|no such|nonexistent) (user|recipient|mailbox|address|account)"
    r"|unrouteable (address|mail domain)"
    r"|no mailbox here by that name|(doesn't|does not) have (an|a \S{1,99}) account"
    r"|DNS domain \S{1,255} does not exist|NXDOMAIN|null ?MX",
    re.IGNORECASE,
)
#: Codes that leave it to words, and to which: those that say nothing, and two of Exchange Online's own. 4.0.0
#: is of mail that was put off until it was too late, but Gmail gives it for a domain that is not there, too.
_OPEN = dict.fromkeys((None, "5.0.0", "5.1.0", "5.1.351", "5.4.310"), _NOBODY) | {
    "4.0.0": re.compile("NXDOMAIN", re.IGNORECASE)
}


def find_status(text: str) -> str | None:
    """Return the first enhanced status code that a text states; numbers within its prose are none."""
    if stated := _STATED.search(text):
        return stated[1]
    for line in text.splitlines():
        if (found := _AT_THE_END.search(line)) and not blames_sender(line):
            return found[1]
    return None


def blames_sender(words: str, recipient: str = "") -> bool:
    """Tell whether words speak of the sender, the message or the relay.

    Args:
        words: What a server said.
        recipient: Whose name, like every address, is no word: `daily@pub.example` is no limit.
    """
    return _SENDER_WORDS.search(without_names(words, recipient)) is not None


def without_names(words: str, recipient: str) -> str:
    """Take addresses out of a server's words, and a recipient's name and domain where they stand alone."""
    rest = _ADDRESS.sub(" ", words)
    name, _, domain = recipient.rpartition("@")
    for one in filter(None, (name, domain)):
        rest = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", " ", rest, flags=re.IGNORECASE)
    return rest


def judge_failure(status: str | None, words: str) -> tuple[BounceKind, str | None]:
    """Say what a failure means for the person.

    Args:
        status: As the report's own field gives it; None when there is none.
        words: What the server said; its code is taken when the field's says nothing.

    Returns:
        HARD only for what `HARD` lists, but a mailbox that is said to get too much just now, or for what
        words make plain that do not speak of the sender; and the code that decided.
    """
    said, meant = find_status(words), _ANYWHERE.search(words)
    codes = [code for code in (status, said) if code is not None]
    for code in (*codes, meant[1] if meant else ""):
        if code.startswith("5.7.") or code in _ABOUT_SENDER:
            return BounceKind.REFUSED, code
    for code in codes:
        if code in HARD and not (code == _DISABLED and _TOO_FAST.search(without_names(words, ""))):
            return BounceKind.HARD, code
    telling = next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else None)
    nobody = _OPEN.get(telling)
    is_gone = nobody is not None and any(
        nobody.search(line) and not _is_ours(line) for line in words.splitlines()
    )
    return (BounceKind.HARD if is_gone else BounceKind.SOFT), telling


def _is_ours(line: str) -> bool:
    return blames_sender(line) or _OUR_END.search(without_names(line, "")) is not None
