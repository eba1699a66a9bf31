"""Sources that wait for their look, by the host that they are on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from digest.model import SourceState


class Waiting:
    """Sources in the order they are due; of one host one at a time is given."""

    def __init__(self) -> None:
        self._hosts: dict[str, deque[SourceState]] = {}
        self._keys: set[str] = set()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._keys)

    def __contains__(self, key: str) -> bool:
        """Tell whether a source waits."""
        return key in self._keys

    def add(self, state: SourceState, host: str) -> None:
        """Let a source wait; '' is a host that needs no politeness."""
        self._hosts.setdefault(host or f"own {state.key}", deque()).append(state)
        self._keys.add(state.key)

    def clear(self) -> None:
        """Let nobody wait."""
        self._hosts.clear()
        self._keys.clear()

    def take(
        self, room: int, room_aside: int, is_free: Callable[[str], bool]
    ) -> tuple[tuple[SourceState, bool], ...]:
        """Take sources that can be looked at now, the first of each host, each with whether it goes aside.

        Args:
            room: How many at most that may be quick.
            room_aside: How many at most of those that will probably take long.
            is_free: Tells whether a host is.
        """
        taken: list[tuple[SourceState, bool]] = []
        for host, states in list(self._hosts.items()):
            if room <= 0 and room_aside <= 0:
                break
            aside = _lane(states[0], room, room_aside)
            if aside is None or not is_free(host):
                continue
            room, room_aside = room - (not aside), room_aside - aside
            taken.append((states.popleft(), aside))
            if not states:
                del self._hosts[host]
        self._keys.difference_update(state.key for state, _ in taken)
        return tuple(taken)


def _lane(state: SourceState, room: int, room_aside: int) -> bool | None:
    """Say whether a source goes aside; None: it has to wait. One that failed waits for a place aside."""
    if room_aside > 0 and (state.slow or state.failures):
        return True
    return False if room > 0 and not state.failures else None
