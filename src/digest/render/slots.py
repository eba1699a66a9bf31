"""Slots: the personal places of a mail, filled for each subscriber when it is sent.

A slot is written U+FDD0 name U+FDD1. Both are noncharacters, which cleaning takes out of all
foreign text, so no article can forge one.
"""

from __future__ import annotations

import re

from digest.markup import clean_line

OPEN, CLOSE = "\ufdd0", "\ufdd1"
NAMES = (
    "greeting",
    "email",
    "since",
    "preferences_url",
    "pause_url",
    "browser_url",
    "unsubscribe_url",
)
SLOT = re.compile(f"{OPEN}([a-z_]+){CLOSE}")
SLOT_BYTES = 200  #: what a filled slot is taken to need when sizes are checked


def slot(name: str) -> str:
    """Write the slot of that name."""
    return f"{OPEN}{name}{CLOSE}"


def filled_size(html: str) -> int:
    """Estimate the bytes of HTML once its slots are filled, each with `SLOT_BYTES`."""
    found = SLOT.findall(html)
    written = sum(len(name) + len(OPEN.encode()) + len(CLOSE.encode()) for name in found)
    return len(html.encode()) - written + SLOT_BYTES * len(found)


def clean_name(name: str | None) -> str:
    """Make a subscriber's name fit for a greeting; '' when nothing is left of it."""
    return clean_line(name or "", 60).strip(" ,;:.")
