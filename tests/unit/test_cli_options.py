"""Options that many commands share: the moment, the home, and who gives the command."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from digest.cli.options import home_path, parse_moment, whoami
from digest.errors import DigestError

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_moment_without_an_offset_is_the_digests_own() -> None:
    """Seven in the morning is seven where the readers are."""
    assert parse_moment("2026-11-19T07:00", BERLIN) == datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
    assert parse_moment("2026-07-19T07:00", BERLIN) == datetime(2026, 7, 19, 5, 0, tzinfo=UTC)
    offset = parse_moment("2026-11-19T07:00+09:00", BERLIN)
    assert offset is not None
    assert offset.utcoffset() == timedelta(hours=9)
    assert parse_moment(None, BERLIN) is None


@pytest.mark.parametrize("text", ["", "tomorrow", "19.11.2026", "2026-13-01T00:00"])
def test_what_is_no_moment_says_how_to_write_one(text: str) -> None:
    """A slot built for a guess would be an edition nobody asked for."""
    with pytest.raises(DigestError, match="2026-11-19T07:00") as raised:
        parse_moment(text, BERLIN)

    assert raised.value.where == "--at"


def test_the_option_outranks_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever types a home means it."""
    monkeypatch.chdir(tmp_path)
    assert home_path(None) == tmp_path / "digest-home"
    monkeypatch.setenv("DIGEST_HOME", "/srv/digest")
    assert home_path(None) == Path("/srv/digest")
    assert home_path(Path("here")) == tmp_path / "here"


def test_a_container_without_a_user_name_is_still_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The record of an approval never stays blank."""

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert whoami() == f"uid {os.getuid()}"
