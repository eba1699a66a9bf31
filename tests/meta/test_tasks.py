"""tasks.py: sets up once, fails with a way out, and never half."""

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, at work in a folder of its own with small locks."""
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for name in (
        "pyproject.toml",
        *(f"requirements/{lock}.txt" for lock in ("run", "build", "test", "server")),
    ):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    return module


@pytest.fixture
def installed(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been installed, in order; making and installing only take note."""
    notes: list[str] = []

    def make(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        notes.append("venv")

    monkeypatch.setattr(tasks, "make_venv", make)
    monkeypatch.setattr(tasks, "install", notes.append)
    return notes


def test_the_second_time_starts_at_once(tasks: ModuleType, installed: list[str]) -> None:
    """Nobody runs tests that take a minute to begin."""
    tasks.setup_for("test")
    tasks.setup_for("test")
    tasks.setup_for("run")

    assert installed == ["venv", "test"]


def test_what_runs_is_not_enough_for_the_tests(tasks: ModuleType, installed: list[str]) -> None:
    """The demo needs no pytest; the tests do."""
    tasks.setup_for("run")
    tasks.setup_for("test")

    assert [note for note in installed if note != "venv"] == ["run", "test"]


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements/test.txt", "requirements/server.txt"])
def test_a_changed_lock_is_installed(tasks: ModuleType, installed: list[str], name: str) -> None:
    """After a pull the old packages would fail in odd ways."""
    tasks.setup_for("test")
    (tasks.ROOT / name).write_text("changed")
    tasks.setup_for("test")

    assert installed.count("test") == 2


def test_a_set_up_that_failed_is_not_taken_for_ready(
    tasks: ModuleType, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network fails in the middle; the same command goes on."""

    def fail(_kind: str) -> None:
        raise tasks.Failed("no network")

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "install", fail)
        assert tasks.main(["setup"]) == 1
    tasks.setup_for("test")

    assert installed[-1] == "test"


def test_a_debian_without_venv_gets_the_packages_name(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first command of the README must not end in a traceback."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

    assert tasks.main(["setup"]) == 1
    assert "sudo apt install python3-venv" in capsys.readouterr().err


def test_a_folder_of_another_python_is_not_ours(tasks: ModuleType) -> None:
    """After an upgrade of Python, packages of the old one do not work."""
    assert not tasks.is_ours()
    tasks.VENV.mkdir()
    (tasks.VENV / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.10.0\n")
    assert not tasks.is_ours()


def test_a_folder_of_this_python_is_ours(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept, so that a changed lock costs little."""
    monkeypatch.setattr(tasks, "VENV", Path(sys.prefix))

    assert tasks.is_ours() or sys.prefix == sys.base_prefix


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 0, "usage: python3"),
        (["help"], 0, "usage: python3"),
        (["tset"], 2, "usage: python3"),
        (["clean", "all"], 1, "takes no arguments, not all"),
        (["check", "spelling"], 1, "no such check: spelling; there are format, lint, types, layers, tests"),
    ],
)
def test_a_wrong_command_says_what_there_is(
    tasks: ModuleType, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    """And touches nothing."""
    assert tasks.main(arguments) == code
    out, err = capsys.readouterr()
    assert words in out + err
    assert not tasks.VENV.exists()


def test_check_tells_every_failure_and_passes_none(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed lint must not hide a failed test, nor a green end a red middle."""
    codes = {"ruff": 0, "mypy": 1, "lint-imports": 0, "pytest": 0}
    ran: list[str] = []

    def run(command: list[str], **_options: object) -> int:
        ran.append(Path(command[0]).name)
        return codes[ran[-1]]

    monkeypatch.setattr(tasks, "run", run)
    monkeypatch.setattr(tasks, "setup_for", lambda _kind: None)

    assert tasks.main(["check"]) == 1
    assert ran == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    summary = capsys.readouterr().out.partition("== summary")[2]
    assert [line.split()[:2] for line in summary.strip().splitlines()] == [
        ["format", "ok"],
        ["lint", "ok"],
        ["types", "FAILED"],
        ["layers", "ok"],
        ["tests", "ok"],
    ]


@pytest.mark.parametrize(("missing", "stops"), [("server", False), ("test", True)])
def test_only_the_servers_programs_may_be_missing(
    tasks: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    missing: str,
    stops: bool,
) -> None:
    """There is no wheel of PostgreSQL for every machine; on those its tests are skipped, loudly."""
    ran: list[list[str]] = []

    def run(command: list[str], **_options: object) -> int:
        ran.append(command)
        return int(f"requirements/{missing}.txt" in command)

    monkeypatch.setattr(tasks, "run", run)
    if stops:
        with pytest.raises(tasks.Failed, match="the requirements are not installed"):
            tasks.install("test")
    else:
        tasks.install("test")
        assert "without requirements/server.txt" in capsys.readouterr().err
        assert ran[-1][-2:] == ["-e", "."]


def test_clean_removes_what_was_made_and_nothing_else(tasks: ModuleType) -> None:
    """An operator's home in the checkout is theirs."""
    for name in (".venv/bin", "src/digest/__pycache__", "digest-home", ".mypy_cache"):
        (tasks.ROOT / name).mkdir(parents=True)
    (tasks.ROOT / ".coverage").write_text("x")

    assert tasks.main(["clean"]) == 0
    kept = {str(path.relative_to(tasks.ROOT)) for path in tasks.ROOT.rglob("*")}
    assert kept == {
        "digest-home", "pyproject.toml", "requirements", "requirements/build.txt", "requirements/run.txt",
        "requirements/server.txt", "requirements/test.txt", "src", "src/digest",
    }  # fmt: skip


def test_an_older_python_is_told_so(tmp_path: Path) -> None:
    """The message comes before anything that an old Python cannot read."""
    source = (ROOT / "tasks.py").read_text(encoding="utf-8")
    old = tmp_path / "old.py"
    old.write_text(source.replace("import sys\n", "import sys\nsys.version_info = (3, 8, 1)\n", 1))
    done = subprocess.run([sys.executable, str(old)], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "This program needs Python 3.11 or later; this is 3.8.\n"


def test_variables_that_lead_pip_astray_are_left_out(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PIP_USER would install past the environment."""
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.org/simple")
    variables: Callable[[], dict[str, str]] = tasks.environment

    assert not {"PIP_USER", "PYTHONPATH"} & set(variables())
    assert variables()["PIP_INDEX_URL"] == "https://mirror.example.org/simple"
