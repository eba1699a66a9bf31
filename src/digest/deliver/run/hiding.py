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
_TOKEN = re.compile(r"b\+[0-9a-z]{1,13}[a-z2-7]{46}")


def hide(text: str, addresses: Iterable[str]) -> str:
    """Put other words in the place of addresses, and of envelope senders that are signed.

    Args:
        text: On one line, in which white space may stand for the end of a line.
        addresses: In any case; one that the end of the text cuts off behind the @ is hidden as well.
    """
    if "+" in text:
        text = hide_bounce_addresses(text)
    for gap in _GAPS:
        text = _hide(text, [one for one in addresses if one], gap)
    return text


def _hide(text: str, addresses: Iterable[str], gap: re.Pattern[str]) -> str:
    plain = _plain(text, gap)
    found = [(*span, _ADDRESS) for one in addresses for span in _spans(plain, _plain(one, gap))]
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
