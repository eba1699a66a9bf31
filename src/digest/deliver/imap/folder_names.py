"""Names of IMAP folders as servers want them: modified UTF-7, and where one's own begin.

Source: RFC 3501, section 5.1.3; RFC 2342, section 5.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

_SHIFTED = re.compile(r"&([^-]*)(-?)")
_PLAIN = re.compile(r"[ -~]+")
_OTHERS = re.compile(r"[^ -~]+|&")
_PERSONAL = re.compile(rb'\(\("([ -!#-\[\]-~]{1,255})" "([ -!#-\[\]-~])"\)')  # the first of the first kind


def wire_name(name: str) -> str:
    """Write a folder's name as servers do; one that is written so already stays as it is."""
    if _PLAIN.fullmatch(name) and all(map(_is_shifted, _SHIFTED.finditer(name))):
        return name
    return _OTHERS.sub(lambda run: "&-" if run[0] == "&" else _shifted(run[0]), name)


def own_name(name: str, namespaces: bytes) -> str | None:
    """Say how a server names a folder of one's own.

    Args:
        name: As somebody wrote it.
        namespaces: The server's answer to NAMESPACE: how folders begin, what parts their names.

    Returns:
        With the beginning that all of one's own folders have. None when it is so already, or there is none.
    """
    found = _PERSONAL.match(namespaces)
    begin, between = (each.decode() for each in found.groups()) if found else ("", "")
    if not begin or name.startswith(begin):
        return None
    beside = begin.removesuffix(between)  # INBOX/Processed, where it is INBOX.Processed
    rest = name.removeprefix(beside + "/") if name.startswith(beside + "/") else name
    return begin + rest.replace("/", between)


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
