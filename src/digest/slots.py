"""Slots: the personal places of a mail, filled for each subscriber when it is sent.

A slot is written U+FDD0, its name, U+FDD1. Both marks are noncharacters, which cleaning takes
out of all foreign text, so no article and no name can forge one.
"""

from __future__ import annotations

import re

OPEN, CLOSE = "\ufdd0", "\ufdd1"
SLOT = re.compile(f"{OPEN}([a-z][a-z0-9_]{{0,40}}){CLOSE}")  #: its one group is the name


def slot(name: str) -> str:
    """Write the slot of that name."""
    return f"{OPEN}{name}{CLOSE}"
