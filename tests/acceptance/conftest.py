"""The command, run as a person runs it, against a home of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Ran, furnish, run_here


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one digest 'daily'; its relay is a port where nobody listens."""
    return furnish(tmp_path / "home")


@pytest.fixture
def digest(home: Path) -> Callable[..., Ran]:
    """Run the command against the home."""

    def run(*args: object, stdin: str = "") -> Ran:
        return run_here(*args, stdin=stdin, home=home)

    return run


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder of eight articles: five of world, two of science, one of neither."""
    folder = tmp_path / "articles"
    folder.mkdir()
    entries = json.loads((Path(__file__).parent / "articles.json").read_text("utf-8"))
    for number, entry in enumerate(entries, 1):
        (folder / f"{number}.json").write_text(json.dumps(entry), encoding="utf-8")
    return folder
