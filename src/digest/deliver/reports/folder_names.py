"""Names of IMAP folders as servers want them: modified UTF-7. Source: RFC 3501, section 5.1.3."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

_SHIFTED = re.compile(r"&([^-]*)(-?)")
_PLAIN = re.compile(r"[ -~]+")
_OTHERS = re.compile(r"[^ -~]+|&")


def wire_name(name: str) -> str:
    """Write a folder's name as servers do; one that is written so already stays as it is."""
    if _PLAIN.fullmatch(name) and all(map(_is_shifted, _SHIFTED.finditer(name))):
        return name
    return _OTHERS.sub(lambda run: "&-" if run[0] == "&" else _shifted(run[0]), name)


def _shifted(run: str) -> str:
    coded = b64encode(run.encode("utf-16-be")).decode("ascii")
    return f"&{coded.rstrip('=').replace('/', ',')}-"


def _is_shifted(found: re.Match[str]) -> bool:
    """Tell whether a & begins what modified UTF-7 has there: nothing, or what stands for other letters."""
    coded, end = found[1], found[2]
    try:
        text = b64decode(coded.replace(",", "/") + "=" * (-len(coded) % 4), validate=True).decode("utf-16-be")
    except ValueError:
        return False
    return bool(end) and (not coded or _shifted(text) == found[0])
