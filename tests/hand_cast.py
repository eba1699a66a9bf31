"""What a message that nobody else wants has for its lease."""

from __future__ import annotations

from digest.actions.mailing.handing import Lease

MINE = Lease(keep=lambda: True, lasts=lambda: True)
