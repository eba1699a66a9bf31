"""Which limits of sending are used up, as all who share the store have left them."""

from __future__ import annotations

from digest.actions.app import App
from digest.actions.mailing.allotments import limits_of, room_at
from digest.deliver import UsedUp


def used_up(app: App) -> tuple[UsedUp, ...]:
    """Return the limits of relays and domains that let nothing more begin for now, by name.

    What a sender hears when it draws is told by its progress; this is what others can see of it.

    Raises:
        StoreError: The database cannot be read.
    """
    found: list[UsedUp] = []
    mine = app.clock()
    with app.store.reading() as tx:
        now = tx.shared_now(mine)
        limits = limits_of(app.system, now.date())
        for limit in (*limits.relays.values(), *limits.domains.values()):
            for most, window in limit.quotas:
                free_at = tx.limits.room_at(limit.key, limit=most, window=window, now=now)
                if free_at is not None:
                    again_at = mine + (room_at(limit, window, free_at, now) - now)
                    found.append(UsedUp(limit=limit.key, most=most, window=window, again_at=again_at))
    return tuple(sorted(found, key=lambda one: one.limit))
