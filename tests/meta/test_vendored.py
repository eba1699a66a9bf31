"""Code and fonts of others are what they say they are."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2] / "src" / "digest" / "web" / "static"
_LISTED = dict(
    re.findall(
        r"^\| ((?:vendor|fonts)/[\w.-]+) \|.*\| ([0-9a-f]{64}) \|$",
        (_FOLDER / "vendor" / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
)
_THERE = sorted(
    path.relative_to(_FOLDER).as_posix()
    for folder in ("vendor", "fonts")
    for path in (_FOLDER / folder).iterdir()
    if path.suffix in {".js", ".woff2", ".css"}
)


def test_every_file_of_others_is_listed() -> None:
    """A file that nobody listed has no licence and no version."""
    assert sorted(_LISTED) == _THERE


@pytest.mark.parametrize("name", _THERE)
def test_a_file_of_others_is_unchanged(name: str) -> None:
    """What was changed by hand can't be renewed, and what was changed by others must not run."""
    assert hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest() == _LISTED[name]
