"""A digest that is begun at the desk: what somebody calls it is what it is called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from digest.actions.upkeep.starting import begin_digest
from digest.bootstrap import open_app
from digest.errors import SettingsError
from digest.settings import load_settings, parse_mailbox
from newsroom import newsroom

BY = "ada@example.org"


TITLES = (
    *("2026", "2026-11-19", "12:30", "1e3", "0x1f", "0o7", "1_000", ".5", ".inf", ".nan"),
    *("yes", "No", "on", "null", "Null", "~", "true", "=", "<<", "-", "?", "..."),
    *(
        "a: b",
        "a #b",
        "# a",
        "- a",
        "? a",
        "! a",
        "!!str a",
        "&a",
        "*a",
        "[a",
        "{a}",
        "a, b",
        "%a",
        "@a",
        "`a",
    ),
    *("'a'", '"a"', 'Say "news"', "a\\b", "\\", "\\n", "{title}", "{0}", "<b>", "A <b@c.de>", "|", "> a"),
    *("Ümläut", "日報", "الموجز", "🗞️ News", "Größe: 5", "x" * 80),
)


def test_a_title_comes_back_as_it_was_given(tmp_path: Path) -> None:
    """YAML reads 2026 as a number, yes as true, and what follows a colon as a value (YAML 1.1, 10.3)."""
    with newsroom(tmp_path / "home") as room:
        keys = [begin_digest(room.app, "empty", title=title, zone="Europe/Berlin", by=BY) for title in TITLES]
    made = load_settings(tmp_path / "home", {}).digests
    assert [made[key].title for key in keys] == list(TITLES)
    names = [" ".join(re.sub(r'[<>"\\]', "", title).split()) for title in TITLES]
    assert [parse_mailbox(made[key].sender).name for key in keys] == names
    assert {made[key].zone for key in keys} == {"Europe/Berlin"}


def test_a_title_that_is_too_long_is_refused_and_not_cut(tmp_path: Path) -> None:
    """80 characters; nobody finds their digest under half of its name."""
    with newsroom(tmp_path / "home") as room, pytest.raises(SettingsError, match="title"):
        begin_digest(room.app, "empty", title="x" * 81, zone="Europe/Berlin", by=BY)


@pytest.mark.parametrize("title", ["", "  ", "\0", "\u200b"])
def test_a_digest_without_a_title_has_a_usual_one(tmp_path: Path, title: str) -> None:
    """What cannot be seen is no title."""
    with newsroom(tmp_path / "home") as room:
        key = begin_digest(room.app, "weekly", title=title, zone="Europe/Berlin", by=BY)
    with open_app(tmp_path / "home") as app:
        assert app.digest(key).title == "Weekly Five"
