"""What a message that nobody else wants has for its lease."""

from __future__ import annotations

from digest.actions.handing import Lease

MINE = Lease(keep=lambda: True, lasts=lambda: True)
