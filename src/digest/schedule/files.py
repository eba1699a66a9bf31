"""Whether a file that the configuration is made of has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from digest.actions.app import App

#: Of each file: name, moment of change in ns, size, number, and when its rights or its place changed, in ns.
Stand = frozenset[tuple[str, int, int, int, int]]


def stand_of(app: App) -> Stand:
    """Note how the files stand: all of config/, and those that settings name.

    A file is looked at, not read: ten thousand take some 40 ms.
    """
    named = (str(app.home.root / each) for each in _named(app.system))
    return frozenset(_looked_at([*_below(app.home.config), *named]))


def stand_below(folder: Path) -> Stand:
    """Note how all files below a folder stand, but for hidden ones and what editors leave beside them."""
    return frozenset(_looked_at(list(_below(folder))))


def _below(folder: Path) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        seen = (name for name in files if not name.startswith(".") and not name.endswith("~"))
        yield from (os.path.join(place, name) for name in seen)  # noqa: PTH118  # why: ten times as quick


def _looked_at(files: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    for file in files:
        try:
            found = os.stat(file)  # noqa: PTH116  # why: as above
        except OSError:
            continue
        yield file, found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns


def _named(group: BaseModel) -> Iterator[str]:
    """List the files that keys such as password_file name, at any depth."""
    for key in type(group).model_fields:
        value = getattr(group, key)
        if isinstance(value, str) and key.endswith("_file"):
            yield value
        for below in value if isinstance(value, tuple) else (value,):
            if isinstance(below, BaseModel):
                yield from _named(below)
