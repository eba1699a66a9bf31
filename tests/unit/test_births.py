"""When a file was made."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from digest.store.births import born_ns


def test_a_birth_outlives_all_that_is_done_to_the_file(tmp_path: Path) -> None:
    """Writing, renaming, rights and times make no new file."""
    file = tmp_path / "a"
    file.touch()
    born = born_ns(file)
    if born is None:
        pytest.skip("this file system keeps no births")
    file.write_text("more")
    file.chmod(0o600)
    os.utime(file, (0, 0))
    moved = file.rename(tmp_path / "b")

    assert born_ns(moved) == born


def test_where_nobody_keeps_births_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older C libraries have no such call; the file's number is compared alone then."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    monkeypatch.setattr(Path, "stat", lambda _self: os.stat_result([0] * 10))

    assert born_ns(tmp_path) is None


def test_a_file_system_that_does_not_know_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers the call and leaves the bit of the birth unset."""

    class Library:
        @staticmethod
        def statx(*_args: object) -> int:
            return 0

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Library)
    monkeypatch.setattr(Path, "stat", lambda _self: os.stat_result([0] * 10))

    assert born_ns(tmp_path) is None
