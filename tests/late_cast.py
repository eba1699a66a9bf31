"""An edition that is too late for those still open, and the desk that decides on it, for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from braking_cast import begun
from desk_cast import Desk, desk
from digest.model import DeliveryState
from digest.model.accounts import Role
from newsroom import Newsroom, newsroom
from store_cast import ended

_HOUR = timedelta(hours=1)


def late(room: Newsroom) -> int:
    """Let one of four have an edition, its senders come to nothing, and the schedule hold it."""
    edition = begun(room)
    with room.app.store.writing() as tx:
        first, *_ = tx.deliveries.claim(edition, "w", now=room.clock(), limit=1, lease=_HOUR)
        tx.deliveries.settle_all("w", [ended(first, DeliveryState.SENT, "250 ok")])
    assert room.at(20 * 60).held == (edition,)
    return edition


@contextmanager
def late_desk(root: Path, *roles: Role) -> Iterator[Desk]:
    """Open the desk of a home whose only edition is late, twenty hours after it was due."""
    with newsroom(root, "review: {mode: required}") as room:
        late(room)
        clock = room.clock
    with desk(root, *roles, clock=clock) as here:
        yield here


def text_of(page: str) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())
