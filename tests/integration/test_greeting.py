"""Relays that should be greeted with a name: those to whose filters we are strangers."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import SYSTEM, furnish, run_here
from digest.actions.upkeep.greeting import nameless_greetings
from digest.settings import load_settings


def home_with(root: Path, relay: str) -> Path:
    """Make a home with such a relay."""
    home = furnish(root)
    (home / "keys" / "pass").write_text("secret\n", encoding="utf-8")
    text = SYSTEM.replace('url: "smtp://127.0.0.1:{port}", tls: none', "RELAY").format()
    (home / "config" / "digest.yaml").write_text(text.replace("RELAY", relay), encoding="utf-8")
    return home


@pytest.mark.parametrize(
    ("relay", "is_told"),
    [
        ("url: 'smtp://mx.example.org:25'", True),
        ("url: 'smtp://MX.Example.org:587'", True),
        ("url: 'smtp://9.9.9.9:25'", True),
        ("url: 'smtp://[2620:fe::9]:25'", True),
        ("url: 'smtp://mx.example.org:25', hello_name: mail.news.example.org", False),
        ("url: 'smtp://mx.example.org:587', user: brief, password_file: keys/pass", False),
        ("url: 'lmtp://mx.example.org:24'", False),
        ("url: 'smtp://127.0.0.1:25', tls: none", False),
        ("url: 'smtp://localhost:25', tls: none", False),
        ("url: 'smtp://10.0.0.7:25'", False),
        ("url: 'smtp://[fd00::7]:25'", False),
        ("url: 'smtp://postfix:25'", False),
        ("url: 'smtp://mail.office.local:25'", False),
        ("url: 'smtp://mail.internal:25'", False),
    ],
)
def test_only_strangers_relays_are_told_of(tmp_path: Path, relay: str, is_told: bool) -> None:
    """Filters leave alone who logs in and who is of their own network: a remark there would be noise."""
    notes = nameless_greetings(load_settings(home_with(tmp_path / "home", relay), {}))

    assert [note.partition(",")[0] for note in notes] == ["relay main"] * is_told


def test_check_and_doctor_tell_of_it_and_find_no_fault(tmp_path: Path) -> None:
    """Who sets up sees it, and who wonders why mail goes to the spam folders."""
    home = home_with(tmp_path / "home", "url: 'smtp://mx.example.org:25'")
    check, doctor = (run_here(*args, home=home) for args in (["check"], ["doctor", "--offline"]))
    notes = [
        run_here(*args, "--json", home=home).data["notes"] for args in (["check"], ["doctor", "--offline"])
    ]

    assert (check.code, doctor.code) == (0, 0)
    for out in (check.out, doctor.out):
        assert "! relay main, which asks for no login, is greeted with a bare address" in out
        assert "set its hello_name" in out
    assert notes[0] == notes[1]
    assert len(notes[0]) == 1
