"""What was probably meant where a settings file is wrong. Proposes only: whether it mends is tried out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.errors import Fault

_MEANT = re.compile(r"did you mean '([^']{1,80})'\?\Z")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})\Z", re.ASCII)
_RANGE = re.compile(r"number from (\d{1,9}) to (\d{1,9})\Z", re.ASCII)
_TRUTH = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_QUOTES = "\"'"


def proposals(fault: Fault, written: str, others: tuple[str, ...]) -> Iterator[str]:
    """Propose what could stand instead of what is written, the likeliest first; may give nothing.

    Args:
        fault: What is wrong there.
        written: What stands there, quotes included.
        others: Times that the digest's other rules name, for one that cannot be read.
    """
    quote = written[:1] if written[:1] in _QUOTES and written[-1:] == written[:1] and len(written) > 1 else ""
    bare = written.strip(_QUOTES).strip() if quote else written.strip()
    for found in _candidates(fault, bare, others):
        proposed = f"{quote}{found}{quote}"
        if proposed != written:
            yield proposed


def _candidates(fault: Fault, bare: str, others: tuple[str, ...]) -> Iterator[str]:
    if meant := _MEANT.search(fault.hint or ""):
        yield meant[1]
    if clock := _CLOCK.match(bare):
        yield f"{clock[1]:0>2}:{clock[2]}"
    if fault.key.endswith(".at"):
        yield from others
    if bare.casefold() in _TRUTH:
        yield _TRUTH[bare.casefold()]
    if (span := _RANGE.search(fault.expected)) and bare.lstrip("-").isdecimal() and len(bare) < 10:
        yield str(min(max(int(bare), int(span[1])), int(span[2])))
    yield re.sub(r"\s", "", bare)
    yield bare.casefold()
