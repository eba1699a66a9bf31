"""Take addresses out of what a relay said, whole ones and those that its lines tear apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from digest.deliver.compose.verp import SENDER, hide_bounce_addresses

_ADDRESS = "(the address)"
#: What may stand within an address that goes on in another line of a reply: white space and a hyphen, and the
#: codes that the line begins with. What an address has of these itself is left out there, too.
_GAPS = (
    re.compile(r"(?<![^\s-])(?:[245]\d\d|#?[245]\.\d{1,3}\.\d{1,3}:?)(?![^\s-])|[\s-]+"),
    re.compile(r"[\s-]+"),
)
_CODE = re.compile(r"-#?[245][.\d]")  #: and where one may stand within an address
_LEAST = 3  #: letters of a name at the end of a text that may be what is left of an address
_NEAR = 40  #: letters from the end within which so many stand, whatever tears them apart
#: With these, and with no reader's name, servers end what they say: judges must not miss them.
_WORD = (
    "unknown|users?|recipients?|mailbox|e?mail|account|address|name|domain|host|found|exists?|longer|disabled|inactive|"
    "suspended|closed|invalid|quota|full|size|limit(ed|s)?|exceeded|rates?|hour(ly)?|day|daily|minutes?|seconds?|"
    "throttled|busy|many|much|storage|space|denied|rejected|refused|permitted|required|blocked|listed|spam|policy|"
    "reputation|senders?|relay(ing)?|access|authentication|content|messages?|virus|fail(ed|ure)|error|later|again|"
    "time|now|wait|here|there|this|that|not|the|for|and|you|your|please|try|see|service|server|system|connection|"
    "support|help|info(rmation)?|postmaster|admin(istrator)?|greylist(ed|ing)|(un)?available|accepted|queued|"
    "deliver(ed|y)|saved|done"
)
_WORDS = re.compile(rf"({_WORD})([\s-]+({_WORD}))*")  #: one, or some together
_TOKEN = re.compile(r"b\+[0-9a-z]{1,13}[a-z2-7]{46}")


def hide(text: str, addresses: Iterable[str]) -> str:
    """Put other words in the place of addresses, and of envelope senders that are signed.

    Args:
        text: On one line, in which white space may stand for the end of a line.
        addresses: In any case; one that the end of the text cuts off is hidden as well. Of its name
            three letters are enough, where they are no usual word of servers.
    """
    if "+" in text:
        text = hide_bounce_addresses(text)
    for gap in _GAPS:
        text = _hide(text, [one for one in addresses if one], gap)
    return text


def may_end_within(text: str, address: str) -> bool:
    """Tell whether a text may end with the beginning of an address: nearly none does, and that is cheap."""
    low, tail = address.lower(), text[-_LEAST - 1 :]
    end = tail[-_LEAST:].lower()
    # So a reply with a queue id ends, and so nearly all readers are called.
    if len(tail) > _LEAST and tail.isalnum() and tail.isascii() and end not in low and _is_simple(low):
        return False
    if "-" in end or " " in end:
        end = end[max(end.rfind("-"), end.rfind(" ")) + 1 :]
    is_absent = end not in low and " " not in low and low.isascii() and _is_plain(end, text)
    # What is left out of a name brings letters together.
    if is_absent and ("-" not in low or (end not in low.replace("-", "") and not _CODE.search(low))):
        return False
    name = address.partition("@")[0]
    return any(_plain(text[-_NEAR:], gap)[-_LEAST:] in _plain(name, gap) for gap in _GAPS)


def _is_simple(low: str) -> bool:
    """Tell whether nothing is left out of an address."""
    return low.isascii() and "-" not in low and " " not in low


def _is_plain(end: str, text: str) -> bool:
    """Tell whether nothing is left out of the end of a text: no white space, and no part of a code."""
    if not end.isascii() or not end.isprintable():
        return False
    return end.strip("0123456789.:#") != "" or (end.isdigit() and text[-_LEAST - 1 : -_LEAST].isalnum())


def _hide(text: str, addresses: Iterable[str], gap: re.Pattern[str]) -> str:
    plain = _plain(text, gap)
    found = [(*span, _ADDRESS) for one in addresses for span in _spans(plain, _plain(one, gap))]
    found += [(begin, len(plain), _ADDRESS) for one in addresses for begin in _tails(text, plain, one, gap)]
    if "b+" in plain:
        found += [(*match.span(), SENDER) for match in _TOKEN.finditer(plain)]
    if not found:
        return text
    places = _places(text, gap)
    parts, at = [], 0
    for begin, end, name in sorted(found):
        if places[begin] >= at:
            parts += [text[at : places[begin]], name]
            at = places[end - 1] + 1
    return "".join([*parts, text[at:]])


def _plain(text: str, gap: re.Pattern[str]) -> str:
    """Leave out what may tear an address; other letters stay as many as they are."""
    rest = gap.sub("", text)
    low = rest.lower()
    return low if len(low) == len(rest) else "".join(one.lower()[:1] for one in rest)


def _places(text: str, gap: re.Pattern[str]) -> list[int]:
    """Say where each letter of a plain text stands."""
    places, at = list[int](), 0
    for match in gap.finditer(text):
        places += range(at, match.start())
        at = match.end()
    return [*places, *range(at, len(text))]


def _spans(plain: str, address: str) -> Iterator[tuple[int, int]]:
    at = plain.find(address) if address else -1
    while at >= 0:
        yield at, at + len(address)
        at = plain.find(address, at + len(address))
    name, sign, _ = address.partition("@")
    at = plain.rfind(name + sign) if sign else -1
    if at >= 0 and address.startswith(plain[at:]):
        yield at, len(plain)


def _tails(text: str, plain: str, address: str, gap: re.Pattern[str]) -> Iterator[int]:
    """Say where the beginning of a name stands by which a text ends; a usual word is nobody's."""
    name = _plain(address.partition("@")[0], gap)
    if plain[-_LEAST:] not in name:
        return
    places = _places(text, gap)
    for count in range(min(len(name), len(plain)), _LEAST - 1, -1):
        at = places[-count]
        is_word = not text[:at][-1:].isalnum()
        if plain.endswith(name[:count]) and is_word and not _WORDS.fullmatch(text[at:].lower()):
            yield len(plain) - count
            return
