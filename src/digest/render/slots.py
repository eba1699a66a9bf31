"""The slots that templates may use, and the room they need."""

from __future__ import annotations

from digest.markup import clean_line
from digest.slots import CLOSE, OPEN, SLOT

NAMES = (
    "greeting",
    "email",
    "since",
    "preferences_url",
    "pause_url",
    "browser_url",
    "unsubscribe_url",
)
SLOT_BYTES = 200  #: what a filled slot is taken to need when sizes are checked


def filled_size(html: str) -> int:
    """Estimate the bytes of HTML once its slots are filled, each with `SLOT_BYTES`."""
    found = SLOT.findall(html)
    written = sum(len(name) + len(OPEN.encode()) + len(CLOSE.encode()) for name in found)
    return len(html.encode()) - written + SLOT_BYTES * len(found)


def clean_name(name: str | None) -> str:
    """Make a subscriber's name fit for a greeting; '' when nothing is left of it."""
    return clean_line(name, 60).strip(" ,;:.") if name else ""
