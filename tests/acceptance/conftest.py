"""The real command, run as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

AT = "2026-11-19T07:00:00+01:00"  #: the morning that the seeds lead up to

SYSTEM = """\
database: sqlite:///var/digest.db
site: {{base_url: "https://news.example.org", postal_address: "14 Quay Street, Vellmouth VM1 2QS"}}
relays: [{{name: main, url: "smtp://127.0.0.1:{port}", tls: none}}]
"""
DAILY = """\
title: The Daily Brief
language: en
zone: Europe/Berlin
from: "The Daily Brief <brief@news.example.org>"
selection: {window: 24h, at_most: 20, at_least: 2, per_source: 4, carry_over: 3d}
sections:
  - {title: World, tags: [world, diplomacy], at_most: 2, sentences: 2}
  - {title: Science, tags: [science], at_most: 2, sentences: 1}
"""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:  # noqa: ANN401  # why: JSON of any shape
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """Standard error as JSON."""
        loaded: dict[str, Any] = json.loads(self.err)
        return loaded


def run_digest(*args: str | Path, stdin: str = "", home: Path | None = None) -> Ran:
    """Run the command in a process of its own, with nothing of ours in its environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    if home is not None:
        env["DIGEST_HOME"] = str(home)
    done = subprocess.run(
        [sys.executable, "-m", "digest", *map(str, args)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=env,
        timeout=100,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one digest 'daily'; its relay is a port where nobody listens."""
    root = tmp_path / "home"
    assert run_digest("init", home=root).code == 0
    (root / "config" / "digest.yaml").write_text(SYSTEM.format(port=9), encoding="utf-8")
    (root / "config" / "digests" / "daily.yaml").write_text(DAILY, encoding="utf-8")
    return root


@pytest.fixture
def digest(home: Path) -> Callable[..., Ran]:
    """Run the command against the home."""

    def run(*args: str | Path, stdin: str = "") -> Ran:
        return run_digest(*args, stdin=stdin, home=home)

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
