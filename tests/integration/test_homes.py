"""Homes that cannot be made or opened say what is the matter and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from digest.actions.upkeep.homes import KEY_FILE, make_home, read_keyring
from digest.errors import DigestError, Refused
from digest.paths import Home


def made(place: Path) -> Home:
    """Make a home."""
    home = Home(root=place)
    make_home(home)
    return home


def test_a_home_is_made_whole_and_once(tmp_path: Path) -> None:
    """What is there stays as it is, a changed file and a key above all."""
    home = made(tmp_path / "home")
    system = home.config / "digest.yaml"
    key = (home.keys / KEY_FILE).read_text("ascii")
    system.write_text("# mine\n", "utf-8")

    assert make_home(home).written == ()
    assert system.read_text("utf-8") == "# mine\n"
    assert (home.keys / KEY_FILE).read_text("ascii") == key
    assert (home.keys / KEY_FILE).stat().st_mode & 0o077 == 0


def test_other_things_are_never_mixed_with_a_home(tmp_path: Path) -> None:
    """A slip with --home must not fill somebody's desk."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "letter.txt").write_text("Dear", "utf-8")
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(Refused, match="holds other things"):
        made(tmp_path / "desk")
    with pytest.raises(Refused, match="a file is in the way"):
        made(tmp_path / "file")
    assert [path.name for path in (tmp_path / "desk").iterdir()] == ["letter.txt"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the system's own word for the cause."""
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(DigestError, match="cannot write the home: Not a directory") as caught:
        made(tmp_path / "file" / "home")
    assert str(tmp_path / "file") in str(caught.value.where)


def test_a_file_system_without_links_gets_a_whole_home_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network drives and memory cards have none."""

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    home = made(tmp_path / "home")

    assert len(read_keyring(home).sign("read", "1")) > 0
    assert not [path for path in home.root.rglob(".*") if path.is_file()]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xff\xfe\x00", "it is no text"), (b"short\n", "cannot be used"), (b"", "cannot be used")],
)
def test_a_key_that_cannot_be_used_says_why(tmp_path: Path, data: bytes, said: str) -> None:
    """All links of all mails hang on it."""
    home = made(tmp_path / "home")
    (home.keys / KEY_FILE).write_bytes(data)
    with pytest.raises(DigestError, match=said) as caught:
        read_keyring(home)
    assert caught.value.where == str(home.keys / KEY_FILE)


def test_a_key_that_is_lost_or_no_file_is_told_apart(tmp_path: Path) -> None:
    """One is restored, the other mended."""
    home = made(tmp_path / "home")
    (home.keys / KEY_FILE).unlink()
    with pytest.raises(DigestError, match="no signing key"):
        read_keyring(home)
    (home.keys / KEY_FILE).mkdir()
    with pytest.raises(DigestError, match="the signing key cannot be read: Is a directory"):
        read_keyring(home)
