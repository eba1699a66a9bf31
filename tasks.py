#!/usr/bin/env python3
"""Sets up and runs everything, with the standard library only: `python3 tasks.py help`.

Works from any folder. The second time starts at once and needs no network.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # the reader may have an older one; this line must say so
    sys.exit(f"This program needs Python 3.11 or later; this is {'.'.join(map(str, sys.version_info[:2]))}.")

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCKS = {"run": ("run", "build"), "test": ("test", "server")}
OPTIONAL = {"server"}  # goes without where no wheel fits
GROUPS = {
    "run": ("pyproject.toml",),
    "build": ("--group", "pyproject.toml:build"),
    "test": ("--group", "test", "--extra", "postgres", "pyproject.toml"),
    "server": ("--group", "pyproject.toml:server", "--no-deps"),
}
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--no-emit-index-url"),
)
RUBBISH = (
    ".venv", ".coverage", ".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache",
    ".ruff_cache", "build", "dist", "htmlcov",
)  # fmt: skip
CHECKS: dict[str, Sequence[str]] = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy",),
    "layers": ("lint-imports",),
    "tests": (
        *("pytest", "-m", "", "--cov", "--cov-report=term:skip-covered", "--durations=40"),
        *("-n", str((os.cpu_count() or 1) + 1)),  # while one waits for a time-out or a relay, no core is idle
    ),
}


class Failed(Exception):
    """A step failed; the message says what to do."""


def demo(arguments: Sequence[str]) -> int:
    """Set up and show the main job: seeds, an edition, its delivery to an embedded mailbox."""
    setup_for("run")
    return run([tool("digest"), "demo", *arguments], cwd=None)


def test(arguments: Sequence[str]) -> int:
    """Set up and run the fast tests; arguments go to pytest: `test -k settings`."""
    setup_for("test")
    return run([tool("pytest"), *arguments])


def check(arguments: Sequence[str]) -> int:
    """Do all that CI does; or only the named: format, lint, types, layers, tests."""
    unknown = set(arguments) - set(CHECKS)
    if unknown:
        raise Failed(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    setup_for("test")
    results = []
    for name in arguments or CHECKS:
        command, *options = CHECKS[name]
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        code = run([tool(command), *options])
        results.append((name, code, time.monotonic() - begun))
    print("== summary")
    for name, code, seconds in results:
        print(f"{name:8} {'ok' if code == 0 else f'FAILED ({code})':12} {seconds:6.1f} s")
    return int(any(code for _, code, _ in results))


def setup(arguments: Sequence[str]) -> int:
    """Set up .venv with all tools, and run nothing."""
    refuse(arguments)
    setup_for("test")
    return 0


def lock(arguments: Sequence[str]) -> int:
    """Write the hashed locks again; `lock --upgrade` takes newer versions."""
    with tempfile.TemporaryDirectory() as folder:
        make_venv(Path(folder))
        python = str(Path(folder) / "bin" / "python")
        must([python, "-m", "pip", "install", "-q", "uv>=0.9"], "uv could not be installed")
        for name, of in GROUPS.items():
            must(
                [python, "-m", "uv", *COMPILE, *of, "-o", f"requirements/{name}.txt", *arguments],
                f"requirements/{name}.txt could not be resolved",
            )
    return 0


def clean(arguments: Sequence[str]) -> int:
    """Remove what set-up, checks and builds have made."""
    refuse(arguments)
    caches = [path for top in ("src", "tests") for path in (ROOT / top).rglob("__pycache__")]
    for path in [*(ROOT / name for name in RUBBISH), *caches]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return 0


def refuse(arguments: Sequence[str]) -> None:
    """Fail when there are arguments for a command that knows none."""
    if arguments:
        raise Failed(f"takes no arguments, not {' '.join(arguments)}")


def setup_for(kind: str) -> None:
    """Make .venv ready; does nothing when it is.

    What is ready for the tests is ready to run as well.
    """
    with Path(__file__).open("rb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # two commands at once must not install into each other
        ready = {kind, "test"}
        if any(stamp(each).is_file() and stamp(each).read_text() == fingerprint(each) for each in ready):
            return
        print(f"Setting up {VENV} (once; takes about a minute) ...", file=sys.stderr, flush=True)
        for each in LOCKS:
            stamp(each).unlink(missing_ok=True)
        if not is_ours():
            make_venv(VENV)
        install(kind)
        stamp(kind).write_text(fingerprint(kind))


def install(kind: str) -> None:
    """Install the locked requirements, then the project as it lies here."""
    pip = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "-qq",  # errors only: an index's quirks are not the newcomer's
        "--disable-pip-version-check",
        "--no-deps",
    ]
    hashed = [*pip, "--require-hashes", "--only-binary", ":all:"]
    files = [
        part for name in LOCKS[kind] if name not in OPTIONAL for part in ("-r", f"requirements/{name}.txt")
    ]
    way_out = "see the lines above; once the cause is gone, the same command goes on"
    must([*hashed, *files], f"the requirements are not installed: {way_out}")
    for name in OPTIONAL.intersection(LOCKS[kind]):
        if run([*hashed, "-r", f"requirements/{name}.txt"]) != 0:
            print(f"Going on without requirements/{name}.txt: nothing there fits.", file=sys.stderr)
    must([*pip, "--no-build-isolation", "-e", "."], f"the program is not installed: {way_out}")


def make_venv(folder: Path) -> None:
    """Make a virtual environment of this Python."""
    if importlib.util.find_spec("ensurepip") is None:
        raise Failed(
            "this Python cannot make virtual environments. "
            "On Debian and Ubuntu: `sudo apt install python3-venv`, then the same command again."
        )
    try:
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed(f"{folder} cannot be made: {error}") from error


def is_ours() -> bool:
    """Tell whether .venv is of this very Python and works."""
    try:
        text = (VENV / "pyvenv.cfg").read_text()
    except OSError:
        return False
    lines = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
    same = lines.get("version") == ".".join(map(str, sys.version_info[:3]))
    probe = [str(VENV / "bin" / "python"), "-c", "import pip, sys; print(sys.base_prefix)"]
    try:
        answer = subprocess.run(probe, capture_output=True, text=True, check=True, env=environment()).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return same and answer.strip() == sys.base_prefix


def stamp(kind: str) -> Path:
    """Return the file that says what .venv was made of."""
    return VENV / f"ready-to-{kind}"


def fingerprint(kind: str) -> str:
    """Return a hash of all that decides what is in .venv."""
    made_of = hashlib.sha256(f"{sys.version} {sys.base_prefix} {ROOT}".encode())
    for name in ("pyproject.toml", *(f"requirements/{lock}.txt" for lock in LOCKS[kind])):
        made_of.update((ROOT / name).read_bytes())
    return made_of.hexdigest()


def tool(name: str) -> str:
    """Return the path of a command in .venv."""
    return str(VENV / "bin" / name)


def run(command: Sequence[str], *, cwd: Path | None = ROOT) -> int:
    """Run a command in the checkout, or where the caller is; return its exit code."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=cwd, env=environment(), check=False).returncode


def must(command: Sequence[str], message: str) -> None:
    """Run a command; its failure is the end."""
    if run(command) != 0:
        raise Failed(message)


def environment() -> dict[str, str]:
    """Return the caller's variables without those that would lead Python or pip astray."""
    astray = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"}
    return {name: value for name, value in os.environ.items() if name not in astray} | {
        "VIRTUAL_ENV": str(VENV)
    }


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    each.__name__: each for each in (demo, test, check, setup, lock, clean)
}


def main(arguments: Sequence[str]) -> int:
    """Run the command of the first argument."""
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        print(f"usage: python3 {Path(sys.argv[0]).name} COMMAND [ARGUMENTS]\n")
        for known, function in COMMANDS.items():
            print(f"  {known:6} {(function.__doc__ or '').strip()}")
        return 0 if name in {"help", "--help", "-h"} else 2
    try:
        return COMMANDS[name](rest)
    except Failed as error:
        print(f"tasks.py {name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
