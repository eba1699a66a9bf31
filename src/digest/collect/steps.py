"""Steps into JSON whose shape nobody promised."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["said", "things"]

_MANY = 200
_NESTED = 3  #: lists in lists, as WordPress keeps its terms


def said(value: object, *path: str) -> str:
    """Return the text at a path of keys; '' when there is none or something else."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value.strip() if isinstance(value, str) else ""


def things(value: object, *path: str) -> list[Mapping[str, object]]:
    """Return the objects at a path of keys: one, or those of a list, also of a list of lists."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    found = [value]
    for _ in range(_NESTED):
        found = [one for each in found for one in (each[:_MANY] if isinstance(each, list) else [each])][
            :_MANY
        ]
    return [one for one in found if isinstance(one, Mapping)]
