"""Sources that wait for their look, by the host that they are on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

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

    def take(self, room: int, room_aside: int, is_free: Callable[[str], bool]) -> tuple[SourceState, ...]:
        """Take sources that can be looked at now, the first of each host.

        Args:
            room: How many at most that may be quick.
            room_aside: How many at most of those that failed or were slow the last time.
            is_free: Tells whether a host is.
        """
        taken: list[SourceState] = []
        for host, states in list(self._hosts.items()):
            if room <= 0 and room_aside <= 0:
                break
            is_slow = is_suspect(states[0])
            if (room_aside if is_slow else room) <= 0 or not is_free(host):
                continue
            room, room_aside = room - (not is_slow), room_aside - is_slow
            taken.append(states.popleft())
            if not states:
                del self._hosts[host]
        self._keys.difference_update(state.key for state in taken)
        return tuple(taken)


def is_suspect(state: SourceState) -> bool:
    """Tell whether a source will probably take long."""
    return state.slow or state.failures > 0


def keys_of(states: Iterable[SourceState]) -> list[str]:
    """Return the keys of sources, in their order."""
    return [state.key for state in states]
