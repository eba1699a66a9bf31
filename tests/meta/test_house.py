"""The house in order: layers, docstrings, versions, locks."""

import ast
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "digest").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Name a file from the checkout's root."""
    return str(path.relative_to(ROOT))


def pinned(lock: str) -> dict[str, str]:
    """Read the names and versions of a lock."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", text, re.MULTILINE))


def wanted(requirements: list[object]) -> set[str]:
    """Take the names of a list of requirements."""
    return {
        re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", each)[0]).lower()
        for each in requirements
        if isinstance(each, str)
    }


def test_imports_point_down() -> None:
    """A stage that reaches for the store could send from a preview."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


FACES = ("clock.py", "bootstrap.py", "schedule/", "cli/")
ASKS = {"now", "utcnow", "today", "time", "time_ns", "system_clock", "localtime", "gmtime", "ctime"}


@pytest.mark.parametrize(
    "path",
    [each for each in SOURCES if not name_of(each).removeprefix("src/digest/").startswith(FACES)],
    ids=name_of,
)
def test_time_is_an_argument(path: Path) -> None:
    """What asks the machine itself cannot be rehearsed, hurried or repeated. Stopwatches are no clocks."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    owners = {"datetime", "date", "time", "dt"}
    asked = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.value.id in owners and node.attr in ASKS
    }
    taken = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"time", "digest.clock"}
        for alias in node.names
        if alias.name in ASKS
    }
    assert asked | taken == set()


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_content_comes_from_the_web_through_one_door(path: Path) -> None:
    """A second way out would check no address; import-linter does not see into the standard library."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        for name in (alias.name, f"{getattr(node, 'module', None)}.{alias.name}")
    }
    ways_out = {"http.client.HTTPConnection", "http.client.HTTPSConnection", "http.client", "urllib.request"}
    names = {name for name in taken if name in ways_out or name.startswith(("urllib.request.", "ftplib"))}

    assert not names or "fetch" in path.parts
    assert "fetch_url" not in path.read_text(encoding="utf-8")  # trafilatura's own


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    """The first line of a module is what a reader of the tree goes by."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert "migrations" in path.parts or ast.get_docstring(tree)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_module_outgrows_its_reader(path: Path) -> None:
    """Three hundred lines are the end; a second reason to change comes before."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_modules_are_annotated_for_type_checkers_of_others() -> None:
    """The wheel says that it is typed."""
    assert (ROOT / "src" / "digest" / "py.typed").read_bytes() == b""


def test_no_two_files_of_tests_share_a_name() -> None:
    """The one that is collected second would fail the whole run, which a run of one folder does not show."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]

    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_the_changelog_begins_with_this_version() -> None:
    """A release without its changes is a riddle for who upgrades."""
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(r"^## \[?v?(\d+\.\d+\.\d+)", changes, re.MULTILINE)

    assert heading is not None
    assert heading[1] == PROJECT["project"]["version"] == version("digest-builder")


def test_a_block_that_takes_too_long_fails(within: Callable[[float], AbstractContextManager[None]]) -> None:
    """A bound that never fails bounds nothing; waiting for others is not what it counts."""
    with within(1):
        pass
    with pytest.raises(AssertionError), within(0):
        sum(range(1_000_000))


def test_what_measures_sees_all_but_a_bounded_block(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """Coverage that did not come back would miss all later tests of the same process."""
    before = sys.gettrace(), threading.gettrace()
    with within(1):
        inside = sys.gettrace(), threading.gettrace()
    with pytest.raises(ZeroDivisionError), within(1):
        raise ZeroDivisionError

    assert inside == (None, None)
    assert (sys.gettrace(), threading.gettrace()) == before


@pytest.mark.repeats
def test_what_repeats_is_not_measured() -> None:
    """It takes twice to four times as long with coverage, which has seen all of it."""
    assert (sys.gettrace(), threading.gettrace()) == (None, None)


def test_no_test_sees_the_machines_variables() -> None:
    """A DIGEST_ variable of the developer's shell would change what is tested."""
    assert [name for name in os.environ if name.startswith("DIGEST_") and "_TEST_" not in name] == []


def test_a_fixed_clock_stands_still_and_tells_utc(
    fixed_clock: Callable[[datetime], Callable[[], datetime]], now: datetime
) -> None:
    """Tests that read the machine's clock fail on some other day."""
    clock = fixed_clock(now)

    assert clock() == clock() == now
    with pytest.raises(ValueError, match="without a zone"):
        fixed_clock(now.replace(tzinfo=None))


def test_the_locks_hold_all_that_is_required() -> None:
    """A requirement without a lock line would be missing after the first set-up."""
    needed = wanted(PROJECT["project"]["dependencies"])
    groups = PROJECT["dependency-groups"]

    assert needed - set(pinned("run")) == set()
    assert wanted(groups["build"]) - set(pinned("build")) == set()
    extra = wanted(PROJECT["project"]["optional-dependencies"]["postgres"])
    tested = needed | extra | wanted(groups["build"]) | wanted(groups["test"])
    assert tested - set(pinned("test")) == set()
    assert wanted(groups["server"]) == set(pinned("server"))


def test_the_locks_agree() -> None:
    """What the tests ran with is what operators install."""
    test = pinned("test")

    assert {name: test.get(name) for name in pinned("run")} == pinned("run")
    assert {name: test.get(name) for name in pinned("build")} == pinned("build")


@pytest.mark.parametrize("lock", ["run", "build", "test", "server"])
def test_every_locked_version_has_its_hashes_and_names_no_host(lock: str) -> None:
    """An index must not be able to hand out something else."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9.-]+==)", text, flags=re.MULTILINE)

    assert [block for block in blocks if block.strip() and "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_the_licence_is_whole() -> None:
    """The wheel carries it."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
