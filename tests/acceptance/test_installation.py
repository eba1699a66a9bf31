"""A home is made once, checked whole, upgraded and backed up."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import DAILY, Ran, run_here
from digest import __version__
from digest.paths import resource
from digest.store import Store

Digest = Callable[..., Ran]


def test_a_new_home_has_all_that_is_to_edit_and_init_twice_is_once(tmp_path: Path) -> None:
    """Olu runs it again after an upgrade; what he edited must not be lost."""
    home = tmp_path / "home"
    first = run_here("init", "--home", home, "--json").data
    key = (home / "keys" / "signing.key").read_text("ascii")
    (home / "config" / "digest.yaml").write_text("mine", encoding="utf-8")
    second = run_here("init", "--home", home, "--json")

    assert {"config/digest.yaml", "config/digests/daily.yaml", "keys/signing.key"} <= set(first["written"])
    assert second.code == 1  # the settings are no settings any more, and stay as they are
    assert (home / "config" / "digest.yaml").read_text("utf-8") == "mine"
    assert (home / "keys" / "signing.key").read_text("ascii") == key
    assert oct((home / "keys").stat().st_mode & 0o777) == "0o700"
    assert oct((home / "keys" / "signing.key").stat().st_mode & 0o777) == "0o600"


def test_init_tells_a_person_what_is_next(tmp_path: Path) -> None:
    """The first command of an operator ends with the second."""
    ran = run_here("init", home=tmp_path / "home")

    assert ran.code == 0
    assert f"{tmp_path / 'home'} is ready" in ran.out
    assert ran.out.strip().endswith("then `digest check`.")


@pytest.mark.parametrize("kind", ["file", "other things"])
def test_init_writes_into_nothing_of_others(tmp_path: Path, kind: str) -> None:
    """A wrong --home must not litter somebody's folder."""
    place = tmp_path / "place"
    if kind == "file":
        place.write_text("mine", encoding="utf-8")
    else:
        place.mkdir()
        (place / "thesis.txt").write_text("mine", encoding="utf-8")
    ran = run_here("init", "--home", place)

    assert ran.code == 1
    assert "--home" in ran.err
    assert place.is_file() or [each.name for each in place.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("command", [("check",), ("articles", "list"), ("db", "check")])
def test_without_a_home_every_command_says_how_to_get_one(tmp_path: Path, command: tuple[str, ...]) -> None:
    """The most frequent mistake: another folder."""
    ran = run_here(*command, "--json", home=tmp_path / "nowhere")

    assert ran.code == 1
    assert ran.error["error"] == "no home here"
    assert "`digest init` makes one" in ran.error["hint"]


def test_a_sound_home_is_all_well(digest: Digest) -> None:
    """Silence would leave the operator wondering whether anything was checked."""
    assert digest("check").out == "All is well.\n"
    assert digest("check", "--json").data == {"ok": True, "faults": [], "notes": []}


def test_check_tells_all_faults_of_the_settings_at_once(digest: Digest, home: Path) -> None:
    """Three rounds of repair would be two too many."""
    path = home / "config" / "digests" / "daily.yaml"
    path.write_text(
        DAILY.replace("zone: Europe/Berlin", "zone: Mars/Base").replace("window: 24h", "window: soon"),
        encoding="utf-8",
    )
    (home / "keys" / "signing.key").unlink()
    ran = digest("check")
    faults = digest("check", "--json").data["faults"]

    assert ran.code == 1
    assert "3 faults" in ran.out
    assert [one["key"] for one in faults] == ["zone", "selection.window", ""]
    assert faults[2]["found"] == "no signing key"
    assert f"✗ {path}:3: zone:" in ran.out or "daily.yaml:3: zone:" in ran.out


def test_check_finds_a_theme_that_cannot_be_laid_out(digest: Digest, home: Path) -> None:
    """A broken template must show on Monday's check, not at Tuesday's slot."""
    theme = home / "templates" / "email" / "gazette"
    theme.mkdir(parents=True)
    (theme / "edition.mjml.j2").write_text("<mjml>{{ nothing.of.the.kind }}", encoding="utf-8")
    ran = digest("check")

    assert ran.code == 1
    assert "1 fault\n" in ran.out
    assert "edition.mjml.j2" in ran.out


def test_check_finds_a_database_that_is_none(digest: Digest, home: Path) -> None:
    """A restored file of the wrong kind is a fault with a name, not a traceback."""
    database = home / "var" / "digest.db"
    database.write_bytes(b"this is no database" * 1_000)
    ran = digest("check")

    assert ran.code == 1
    assert "digest.db" in ran.out


def test_a_key_that_is_too_short_signs_nothing(digest: Digest, home: Path) -> None:
    """Links that anybody can forge would unsubscribe strangers."""
    (home / "keys" / "signing.key").write_text("short\n", encoding="ascii")
    ran = digest("articles", "list", "--json")

    assert ran.code == 1
    assert ran.error["error"] == "the signing key cannot be used: a key needs at least 32 characters"


def test_the_database_is_upgraded_checked_and_copied(digest: Digest, tmp_path: Path) -> None:
    """The copy is whole, and an old copy is never overwritten."""
    copy = tmp_path / "nightly.db"

    assert digest("db", "upgrade").out == "the database is up to date\n"
    assert digest("db", "upgrade", "--json").data == {"upgraded": True}
    assert digest("db", "check").out == "The database is sound.\n"
    assert digest("db", "check", "--json").data == {"ok": True, "faults": []}
    assert digest("db", "backup", copy).out == f"written: {copy}\n"
    assert digest("db", "backup", tmp_path / "b.db", "--json").data == {"backup": str(tmp_path / "b.db")}
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    again = digest("db", "backup", copy)
    assert again.code == 1
    assert "the file is there already" in again.err


def test_faults_of_the_database_are_listed_and_fail_the_check(
    digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A nightly job goes by the exit status."""
    monkeypatch.setattr(Store, "check", lambda _self: ("row 7 points nowhere",))

    assert digest("db", "check").code == 1
    assert "✗ row 7 points nowhere" in digest("db", "check").out
    assert digest("db", "check", "--json").data == {"ok": False, "faults": ["row 7 points nowhere"]}


def test_the_version_is_told(tmp_path: Path) -> None:
    """The first question of every report."""
    ran = run_here("--version", home=tmp_path)

    assert (ran.code, ran.out) == (0, f"digest {__version__}\n")


def test_a_fault_of_the_program_is_kept_in_a_file(
    digest: Digest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader of mail programs is no reader of tracebacks; who repairs it needs one."""

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("digest.actions.content.articles.listing", fail)
    ran = digest("articles", "list", "--json")

    assert ran.code == 1
    assert ran.error["error"] == "a fault of the program: ZeroDivisionError"
    report = next(tmp_path.glob("digest-fault-*.txt"))
    assert str(report) in ran.error["hint"]
    assert "oops" in report.read_text("utf-8")


def test_a_template_s_fault_names_its_file_and_line(digest: Digest, home: Path) -> None:
    """Olu edits one partial; the check says where it broke before the morning does."""
    shipped = resource("templates", None) / "email" / "gazette" / "parts.j2"
    own = home / "templates" / "email" / "gazette" / "parts.j2"
    own.parent.mkdir(parents=True)
    lines = shipped.read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if "i.dot" in line)
    lines[place] = lines[place].replace("i.dot", "i.dott")
    own.write_text("\n".join(lines), "utf-8")
    (fault,) = digest("check", "--json").data["faults"]

    assert (fault["file"], fault["line"]) == (str(own), place + 1)
    assert "dott" in fault["found"]
