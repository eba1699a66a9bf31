"""`digest dkim new`: a key in the home, its entry of the configuration, and the record to publish."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Ran, furnish, run_here

Command = Callable[..., Ran]


@pytest.fixture
def digest(tmp_path: Path) -> Command:
    """Run the command on a home."""
    root = furnish(tmp_path / "home")

    def run(*args: object) -> Ran:
        return run_here(*args, home=root)

    return run


def test_a_new_key_is_for_its_owners_eyes_and_never_over_another(digest: Command, tmp_path: Path) -> None:
    """Mail under way is still checked against the old record."""
    first = digest("dkim", "new", "News.Example.org", "--selector", "s1")
    path = tmp_path / "home" / "keys" / "dkim-news.example.org-s1.pem"
    content = path.read_bytes()
    second = digest("dkim", "new", "news.example.org", "--selector", "s1", "--json")

    assert path.stat().st_mode & 0o777 == 0o600
    assert "s1._domainkey.news.example.org. IN TXT (" in first.out
    assert (
        "{domain: news.example.org, selector: s1, key_file: keys/dkim-news.example.org-s1.pem}" in first.out
    )
    assert second.code == 1
    assert second.error["error"] == "there is a key already"
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("../../etc", "--selector", "s1"), "'../../etc' is no domain"),
        (("example.org", "--selector", "../s1"), "'../s1' is no selector"),
    ],
)
def test_a_new_key_goes_into_the_keys_and_nowhere_else(
    digest: Command, args: tuple[str, ...], error: str
) -> None:
    """Both names become part of a path."""
    ran = digest("dkim", "new", *args, "--json")

    assert (ran.code, ran.error["error"]) == (1, error)


def test_a_key_that_cannot_be_written_whole_is_not_there(
    digest: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a key in the way would stop the next try as well."""

    def full(_path: Path, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        failed = digest("dkim", "new", "example.org", "--selector", "s1", "--json")

    assert failed.error["error"] == "cannot write the key: No space left on device"
    assert digest("dkim", "new", "example.org", "--selector", "s1").code == 0


def test_a_new_key_needs_a_home_and_a_folder_to_write_to(digest: Command, tmp_path: Path) -> None:
    """The message says which it was."""
    keys = tmp_path / "home" / "keys"
    keys.rename(tmp_path / "away")
    keys.write_text("in the way")
    blocked = digest("dkim", "new", "example.org", "--selector", "s1", "--json")
    homeless = run_here("dkim", "new", "example.org", "--selector", "s1", "--json", home=tmp_path / "none")

    assert (blocked.code, homeless.code) == (1, 1)
    assert blocked.error["error"].startswith("cannot write the key")
    assert homeless.error["error"] == "no home here"
