"""The command as an operator types it: in a process of its own, or quicker in this one."""

from __future__ import annotations

import atexit
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from digest.cli import main
from digest.tokens import new_key

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


def run_digest(*args: object, stdin: str = "", home: Path | None = None) -> Ran:
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


def unmeasured() -> dict[str, str]:
    """Return this process's environment without what starts coverage in a process that it is given to.

    For one that will be killed, and so never writes down what it has measured, or that runs nothing of ours.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS_")}


def run_here(*args: object, stdin: str = "", home: Path | None = None) -> Ran:
    """Run the command from its first line to its exit status in this process, which has all imports."""
    out, err = io.StringIO(), io.StringIO()
    typed = io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8")), encoding="utf-8")
    variables = {} if home is None else {"DIGEST_HOME": str(home)}
    with ExitStack() as changed:
        changed.enter_context(patch.dict(os.environ, variables))
        changed.enter_context(patch.object(sys, "argv", ["digest", *map(str, args)]))
        changed.enter_context(patch.object(sys, "stdin", typed))
        changed.enter_context(redirect_stdout(out))
        changed.enter_context(redirect_stderr(err))
        code = _exit_code()
    return Ran(code, out.getvalue(), err.getvalue())


@cache
def _made() -> Path:
    """Return a home as `digest init` makes it, made once in a process: it takes a second."""
    root = Path(tempfile.mkdtemp(prefix="made-")) / "home"
    made = run_here("init", home=root)
    assert made.code == 0, made.err
    atexit.register(shutil.rmtree, root.parent, ignore_errors=True)
    return root


def furnish(root: Path) -> Path:
    """Make a home with one digest 'daily'; its relay is a port where nobody listens."""
    shutil.copytree(_made(), root, dirs_exist_ok=True)
    (root / "keys" / "signing.key").write_text(f"{new_key()}\n", encoding="ascii")
    (root / "config" / "digest.yaml").write_text(SYSTEM.format(port=9), encoding="utf-8")
    (root / "config" / "digests" / "daily.yaml").write_text(DAILY, encoding="utf-8")
    return root


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
