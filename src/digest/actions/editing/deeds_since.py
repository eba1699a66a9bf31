"""Which deeds came after a step in an edition's life, by the order of records: clocks differ and go back."""

from __future__ import annotations

from collections.abc import Sequence

from digest.store import LogEntry, Version

_NO_HAND = {"build", "machine"}  #: states that were put on record because the next hand found them


def deeds_since(
    states: Sequence[Version], log: Sequence[LogEntry], step: LogEntry | None
) -> tuple[Version, ...]:
    """Return what hands did to an edition after a step of its log, in order.

    Each deed left a line in the log as it was done, with the same person and moment.

    Args:
        states: Of the edition, in order.
        log: The steps of its life, in order.
        step: One of them, the very value; None returns all that hands have done.
    """
    deeds = [state for state in states if state.deed not in _NO_HAND]
    if step is None:
        return tuple(deeds)
    found: list[Version] = []
    lines = list(log)
    for deed in reversed(deeds):
        while lines and lines[-1] is not step and not _is_of(lines[-1], deed):
            lines.pop()
        if not lines or lines[-1] is step:
            break
        lines.pop()
        found.append(deed)
    return tuple(reversed(found))


def _is_of(line: LogEntry, deed: Version) -> bool:
    return line.before is line.after and (line.at, line.by) == (deed.at, deed.by)
