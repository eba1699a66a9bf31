"""Take out of text what no log may hold: addresses, users with passwords of web addresses, and tokens."""

from __future__ import annotations

import re

from digest.tokens import hide_tokens

REDACTED = "[redacted]"
#: What stands between a name and a domain, as it is and as web addresses and pages write it.
_SIGN = re.compile("(@|\uff20|\ufe6b|%40|&#64;)", re.IGNORECASE)
_SIGNS = ("@", "\uff20", "\ufe6b", "%40", "&#64;")
#: A name from its end, back to front; what is quoted may hold anything.
_NAME = re.compile(r"\"(?:\"\\|[^\"\n]){1,64}\"|[^\s<>\"()\[\],;]*")
_DOMAIN = re.compile(r"\[[^\s\[\]]{1,80}\]?|[^\s<>\"'()\[\],;]*")
#: Words before '=' that say what follows. Any other is of the name, as SRS and VERP write others' in it.
_KEY = re.compile(
    r"'*(?:(?:(?:orig_)?to|from|rcpt|recipient|sender|user|address|e?mail|url)=)?'*", re.IGNORECASE
)


def scrubbed(text: str) -> str:
    """Take what looks like an address or a token of ours out of text, in time that grows as the text does."""
    text = hide_tokens(text, REDACTED)
    return _without_addresses(text) if any(sign in text for sign in _SIGNS) else text


def _without_addresses(text: str) -> str:
    rest, *found = _SIGN.split(text)
    parts = list[str]()
    for sign, piece in zip(found[::2], found[1::2], strict=True):
        name = _name(rest)
        domain = _DOMAIN.match(piece)
        end = domain.end() if domain else 0
        if name and end:
            parts += [rest[: len(rest) - len(name)], REDACTED]
            rest = piece[end:]
        else:
            parts += [rest, sign]
            rest = piece
    return "".join([*parts, rest])


def _name(text: str) -> str:
    """Return the name by which a text ends; '' without any."""
    match = _NAME.match(text[::-1])
    name = match[0][::-1] if match else ""
    key = _KEY.match(name)
    return name[key.end() :] if key else name
