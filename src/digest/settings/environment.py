"""Variables that stand above config/digest.yaml: DIGEST_SITE__BASE_URL is site.base_url.

Two underscores stand for a dot. A relay or webhook is named by its name: DIGEST_RELAYS__MAIN__PASSWORD.
A variable that begins with DIGEST_ and is not known is a fault, so that a misspelt one cannot
be overlooked; DIGEST_TEST_ is reserved for tests. An empty variable brings the default back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from digest.errors import Fault
from digest.settings.faults import Variable, show, suggest
from digest.settings.shapes import Path, find_shape, walk
from digest.settings.system import SystemSettings

PREFIX = "DIGEST_"
HOME = "DIGEST_HOME"  #: read by the command line, not by the settings
_TESTS = "DIGEST_TEST_"
_NAMED = (("relays",), ("alerts", "webhooks"))  # lists of entries with names


def overlay(
    data: dict[str, Any], environ: Mapping[str, str]
) -> tuple[dict[Path, Variable], tuple[Fault, ...]]:
    """Put the variables' values into the file's data, in place.

    Args:
        data: The plain values of config/digest.yaml; empty when the file is of no use.
        environ: All variables of the process.

    Returns:
        The paths that were set, each with its variable, and a fault for each unknown variable.
    """
    ours = [name for name in sorted(environ) if name.startswith(PREFIX) and not name.startswith(_TESTS)]
    written = [name for name in ours if name != HOME]
    if not written:
        return {}, ()  # to list those that there could be takes as long as reading all files
    known = dict(_variables(data))
    paths: dict[Path, Variable] = {}
    faults: list[Fault] = []
    for name in written:
        if name in known:
            variable = Variable(name=name, value=environ[name] or None)
            _set(data, known[name], variable.value)
            paths[known[name]] = variable
        elif data.get("relays") or not name.startswith("DIGEST_RELAYS__"):
            faults.append(_unknown(name, [*known, HOME]))
    return paths, tuple(faults)


@cache
def _paths() -> tuple[Path, ...]:
    """List every key of the system's settings, once in a process."""
    return tuple(walk(SystemSettings))


def _variables(data: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """List every variable that can be set, with its path."""
    for path in _paths():
        if 0 not in path and _is_single(path):
            yield _name(path), path
    for place in _NAMED:
        here: Any = data  # why: whatever somebody wrote
        for step in place:
            here = here.get(step) if isinstance(here, dict) else None
        for at, entry in enumerate(here if isinstance(here, list) else ()):
            name = entry.get("name") if isinstance(entry, dict) else None
            if isinstance(name, str):
                yield from _of_entry((*place, at), name.replace("-", "_"))


def _of_entry(place: Path, word: str) -> Iterator[tuple[str, Path]]:
    """List the variables of one entry of a list."""
    first = (*place[:-1], 0)
    for path in _paths():
        below = path[len(first) :]
        if path[: len(first)] == first and below and below != ("name",) and _is_single(path):
            yield _name((*place[:-1], word, *below)), (*place, *below)


def _name(path: Path) -> str:
    return PREFIX + "__".join(map(str, path)).upper()


def _is_single(path: Path) -> bool:
    return find_shape(SystemSettings, path)[0].get("type") not in {"array", "object"}


def _set(data: dict[str, Any], path: Path, value: str | None) -> None:
    """Set a value; leaves data of a wrong shape alone, its own fault will be told."""
    here: object = data
    for step in path[:-1]:
        if isinstance(here, dict):
            if here.get(step) is None:
                here[step] = {}
            here = here[step]
        elif isinstance(here, list) and isinstance(step, int):
            here = here[step]
    if isinstance(here, dict):
        here[path[-1]] = value


def _unknown(name: str, known: list[str]) -> Fault:
    return Fault(
        file="environment",
        line=None,
        key=name,
        expected="a known variable",
        found=f"the unknown variable {show(name)}",
        hint=suggest(name, known),
    )
