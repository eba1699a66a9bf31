r"""Carry characters through the MJML compiler that it would spoil.

The compiler writes the attributes of plain HTML elements as a programmer's string: a no-break
space in an alt text comes out as the letters \u{a0}, a backslash twice. Such characters travel
as numeric references of a form that nobody else writes, and are put back after.
"""

from __future__ import annotations

import re

# Letters and signs that are known to pass; all others travel as references.
_SPOILT = re.compile(
    r"[^\t\n\r\x20-\x5b\x5d-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u03ce\u0400-\u0482\u048a-\u052f"
    r"\u05d0-\u05ea\u0621-\u064a\u0660-\u0669\u2010-\u2027\u2030-\u205e\u20ac"
    r"\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fa5\uac00-\ud7a3\uff01-\uff9d]"
)
_REFERENCE = re.compile("&#x(0[0-9a-f]{6});")


def shield(mjml: str) -> str:
    """Replace characters that the compiler would spoil by references of seven digits."""
    return _SPOILT.sub(lambda found: f"&#x{ord(found[0]):07x};", mjml)


def unshield(html: str) -> str:
    """Put the characters back that `shield` took out."""
    return _REFERENCE.sub(lambda found: chr(int(found[1], 16)), html)
