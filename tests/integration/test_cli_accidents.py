"""What the command says when the terminal, the disk or the caller is not as it should be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from commands import furnish, run_here
from crashing import prepare
from digest.cli import sending
from scripted_relay import ScriptedRelay


def digest(
    *args: object, home: Path, stdout: int = subprocess.PIPE, **variables: str
) -> tuple[int, bytes, bytes]:
    """Run the command in a process of its own; bytes, since letters are the question here."""
    env = {**os.environ, "DIGEST_HOME": str(home), **variables}
    done = subprocess.run(
        [sys.executable, "-m", "digest", *map(os.fspath, map(str, args))],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=env,
        timeout=100,
        check=False,
    )
    return done.returncode, done.stdout or b"", done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one article whose headline is not ASCII."""
    root = furnish(tmp_path / "home")
    article = {
        "title": "Zürich wählt \u201eneu\u201c",
        "text": "Die Stadt wählt am Sonntag.",
        "tags": ["world"],
    }
    (tmp_path / "a.json").write_text(json.dumps(article), encoding="utf-8")
    assert run_here("ingest", tmp_path / "a.json", home=root).code == 0
    return root


def test_a_terminal_of_few_letters_costs_no_command(home: Path) -> None:
    """A cron job has no UTF-8; the list must come all the same, and JSON must stay JSON."""
    code, out, err = digest("articles", "list", home=home, PYTHONIOENCODING="ascii")
    assert (code, err) == (0, b"")
    assert b"Z\\xfcrich" in out

    code, out, err = digest("articles", "list", "--json", home=home, PYTHONIOENCODING="ascii")
    assert (code, err) == (0, b"")
    assert json.loads(out)[0]["title"] == "Zürich wählt \u201eneu\u201c"


def test_a_file_name_that_is_no_text_is_shown_escaped(home: Path, tmp_path: Path) -> None:
    """Old disks hold names in old encodings; JSON with a stray byte in it is no JSON."""
    (tmp_path / "in").mkdir()
    name = os.fsdecode(b"\xff.txt")
    (tmp_path / "in" / name).write_text("no article", encoding="utf-8")
    code, out, _ = digest("ingest", tmp_path / "in", "--json", home=home)

    assert code == 1
    assert json.loads(out.decode("utf-8"))["failed"][0]["document"] == name


def test_a_full_disk_behind_the_output_is_named(home: Path) -> None:
    """`digest ... > report.json` on a full disk is the machine's fault and not the program's."""
    with Path("/dev/full").open("wb") as full:
        code, _, err = digest("articles", "list", "--json", home=home, stdout=full.fileno())

    assert code == 1
    assert json.loads(err)["error"] == "the system refuses: No space left on device"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_what_is_told_of_sending_is_no_call_to_send_again(
    tmp_path: Path, unbuffered: str
) -> None:
    """All was sent: only the report of it found no room."""
    with ScriptedRelay() as relay, Path("/dev/full").open("wb") as full:
        root = prepare(tmp_path / "home", relay.port, readers=2, on_unknown="hold", connections=1)
        code, _, err = digest(
            "send", 1, "--json", home=root, stdout=full.fileno(), PYTHONUNBUFFERED=unbuffered
        )

    said = [json.loads(line) for line in err.splitlines() if line.startswith(b"{")]
    assert (code, len(relay.recipients), len(said)) == (1, 2, 1)
    assert said[0]["error"] == "what became of edition 1 cannot be written here: No space left on device"
    assert said[0]["hint"] == "it is on record: `digest deliveries 1` tells what was sent"


@pytest.mark.parametrize(
    ("script", "when"),
    [({"rcpt": "450 4.7.1 greylisted"}, ", once what a relay put off is due;"), ({}, ";")],
    ids=["greylisted", "stopped"],
)
def test_who_is_still_open_is_told_with_what_they_wait_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: dict[str, str], when: str
) -> None:
    """A relay's words are named where there are any: whoever stopped a run can go on at once."""

    @contextmanager
    def stopped() -> Iterator[Callable[[], bool]]:
        yield lambda: not script

    monkeypatch.setattr(sending, "finishing", stopped)
    with ScriptedRelay(script) as relay:
        root = prepare(tmp_path / "home", relay.port, readers=2, on_unknown="hold", connections=1)
        ran = run_here("send", 1, home=root)

    assert ran.code == 1
    assert f"The same command goes on with those still open{when}" in " ".join(ran.out.split())


def test_a_reader_that_leaves_early_is_no_fault(home: Path) -> None:
    """`digest ... | head -1` must end without a word."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        code, _, err = digest("articles", "list", "--json", home=home, stdout=pipe.fileno())

    assert (code, err) == (1, b"")


@pytest.mark.parametrize(
    "args", [["editions", "show"], ["editions", "show", "x"], ["nosuch"], ["send", "1", "--no"]]
)
def test_wrong_usage_is_json_for_programs(home: Path, args: list[str]) -> None:
    """A program that asked for JSON reads one way only, whatever it did wrong."""
    ran = run_here(*args, "--json", home=home)

    assert (ran.code, ran.out) == (2, "")
    assert set(ran.error) == {"error", "where", "hint"}


def test_no_name_of_a_file_steers_the_terminal(home: Path, tmp_path: Path) -> None:
    """A name may hold the sign that clears a screen or renames a window."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "\x1b]0;owned\x07.txt").write_text("", encoding="utf-8")
    ran = run_here("ingest", tmp_path / "in", home=home)

    assert ran.code == 1
    assert "\x1b" not in ran.out
    assert "]0;owned.txt" in ran.out


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00+23:59", "9999-12-31T23:59-23:00", "1969-12-31T12:00", "soon"]
)
def test_a_moment_out_of_reach_is_refused_with_the_way_to_write_one(home: Path, at: str) -> None:
    """A slip in a year must not become a fault of the program."""
    ran = run_here("build", "daily", "--at", at, "--json", home=home)

    assert ran.code == 1
    assert ran.error["where"] == "--at"
    assert "2026-11-19T07:00" in ran.error["hint"]


def test_findings_without_a_way_out_end_without_one(home: Path) -> None:
    """'(None)' is a word of Python's and not of an editor's."""
    (home / "config" / "digests" / "daily.yaml").write_text(
        "title: D\nfrom: d@example.org\nselection: {at_least: 1}\nsections: [{title: W, tags: [world]}]\n",
        encoding="utf-8",
    )
    ran = run_here("build", "daily", home=home)

    assert "no address to read on" in ran.out
    assert "None" not in ran.out


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_cost_no_command(home: Path, closed: str) -> None:
    """Some who start jobs close them; a run that sends nothing and cannot say so is the worst answer."""
    words = f'"{sys.executable}" -m digest articles tag 1 --add late {closed}; exit $?'
    sending = f'"{sys.executable}" -m digest send 99 {closed}; exit $?'
    env = {**os.environ, "DIGEST_HOME": str(home)}

    assert subprocess.run(["sh", "-c", words], env=env, timeout=100, check=False).returncode == 0
    assert subprocess.run(["sh", "-c", sending], env=env, timeout=100, check=False).returncode == 1
    assert "late" in run_here("articles", "list", "--json", home=home).out


def test_no_file_takes_the_number_of_a_closed_stream(home: Path) -> None:
    """What is said on standard error would stand in the file, which may be the database."""
    look = (
        "import os, sys; from digest.cli.terminal import fill_closed; fill_closed();"
        "opened = os.open('taken', os.O_CREAT | os.O_WRONLY); print('said', file=sys.stderr, flush=True);"
        "sys.exit(opened < 3 or os.stat('taken').st_size)"
    )
    words = f'"{sys.executable}" -c "{look}" <&- >&- 2>&-'

    assert subprocess.run(["sh", "-c", words], cwd=home, timeout=100, check=False).returncode == 0
