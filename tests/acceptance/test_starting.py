"""What a command loads before it does anything: half of a short one's time, and nearly all of some."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import AT, SYSTEM, Ran
from digest.deliver.mailbox import Mailbox

#: What builds, judges and collects, and what only it needs.
BUILDING = ("classify", "collect", "pick", "pipeline", "preflight", "summarise", "drafting.endpoint")
#: What others wrote and takes 15 ms and more.
FOREIGN = ("alembic", "fastapi", "flufl", "lxml", "rich", "structlog", "urllib3")


@pytest.fixture
def edition(digest: Callable[..., Ran], articles: Path, home: Path, tmp_path: Path) -> Iterator[int]:
    """An approved edition for Sam, and a relay that takes it."""
    assert digest("ingest", articles).code == 0
    digest("subscribers", "add", "sam@example.org", "-d", "daily", "--consent", "form")
    with Mailbox(tmp_path / "mail") as running:
        (home / "config" / "digest.yaml").write_text(SYSTEM.format(port=running.port), encoding="utf-8")
        built = int(digest("build", "daily", "--at", AT, "--json").data["edition"])
        assert digest("editions", "approve", built).code == 0
        yield built


def loaded(home: Path, *args: object) -> set[str]:
    """Run a command in a process of its own; name the modules that it had at its end."""
    script = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{script}from digest.cli import main; main()", *map(str, args)],
        capture_output=True,
        text=True,
        env={**os.environ, "DIGEST_HOME": str(home)},
        timeout=100,
        check=False,
    )
    said, _, modules = done.stderr.rstrip("\n").rpartition("\n")
    assert done.returncode == 0, said
    return set(modules.split(" "))


def ours(*names: str) -> set[str]:
    """Write names of parts out."""
    return {f"digest.{name}" for name in names}


def test_help_loads_the_command_line_alone(tmp_path: Path) -> None:
    """Whoever asks what there is has not chosen anything yet."""
    modules = loaded(tmp_path, "--help")

    assert "digest.cli.editions" in modules
    assert modules & (ours("actions", "bootstrap", "settings", "store") | {"pydantic", "sqlalchemy"}) == set()


def test_sending_loads_nothing_of_building(edition: int, home: Path) -> None:
    """A schedule sends every few minutes, often to a few people; what is approved is built and judged."""
    modules = loaded(home, "send", edition, "--late", "--json")

    assert "digest.deliver.run.sending" in modules
    assert modules & (ours(*BUILDING, "web", "cli.editions", "deliver.bounces") | set(FOREIGN)) == set()


@pytest.mark.parametrize("command", ["editions list", "deliveries 1"])
def test_reading_the_store_loads_nothing_that_mails(edition: int, home: Path, command: str) -> None:
    """What is on the books needs neither keys nor relays."""
    assert edition == 1
    modules = loaded(home, *command.split(), "--json")

    assert "digest.store" in modules
    assert modules & (ours(*BUILDING, "web", "deliver") | set(FOREIGN) | {"cryptography"}) == set()


def test_the_doctor_loads_neither_the_store_nor_a_model(home: Path) -> None:
    """It reads settings and asks the DNS."""
    modules = loaded(home, "doctor", "--offline", "--json")

    assert "digest.deliver.dns.records" in modules
    assert modules & (ours(*BUILDING, "web", "store") | set(FOREIGN) | {"sqlalchemy"}) == set()
