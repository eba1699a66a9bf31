"""The demo is the whole product in one command."""

from __future__ import annotations

import email
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

import digest
from commands import Ran, run_here
from digest.cli import demo_view

READER = "ingrid.solberg@example.org"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """One demo, and what it said."""
    home = tmp_path_factory.mktemp("demo") / "home"
    ran = run_here("demo", "--home", home, "--json")

    assert ran.code == 0, ran.err
    return home, ran.data


def test_what_comes_next_can_be_typed_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who called it as a module has no program to call by its path."""
    monkeypatch.setattr(sys, "argv", [digest.__file__.replace("__init__", "__main__")])

    assert demo_view._program() == f"{shlex.quote(sys.executable)} -m digest"


class TestDemo:
    def test_everybody_frozen_is_mailed_once(self, demo: tuple[Path, Any]) -> None:
        """The books are the product's promise; the mailbox is the witness."""
        home, said = demo
        books = said["deliveries"]
        envelopes = [json.loads(path.read_text("utf-8")) for path in sorted((home / "mail").glob("*.json"))]
        recipients = [envelope["recipients"] for envelope in envelopes]

        assert books["frozen"] == said["subscribers"] == 13
        assert books["sent"] == len(recipients) == 13
        assert [books[name] for name in ("failed", "expired", "excluded", "unknown", "open")] == [0] * 5
        assert all(len(one) == 1 for one in recipients)
        assert len({one[0] for one in recipients}) == 13

    def test_the_preview_is_the_very_bytes_sent(self, demo: tuple[Path, Any]) -> None:
        """An editor approves what readers get, to the byte."""
        home, _ = demo
        sent = next(
            path.with_suffix(".eml").read_bytes()
            for path in (home / "mail").glob("*.json")
            if READER in json.loads(path.read_text("utf-8"))["recipients"]
        )

        assert (home / "proof" / "edition.eml").read_bytes() == sent

    def test_a_reader_gets_only_the_sections_they_chose(self, demo: tuple[Path, Any]) -> None:
        """Niamh asked for Culture alone."""
        home, said = demo
        text = _text_of(home, "niamh@example.org")
        titles = {
            section["key"]: [item["title"] for item in section["items"]]
            for section in said["build"]["sections"]
        }
        flat = " ".join(text.split())

        assert all(title in flat for title in titles["culture"])
        assert not any(title in flat for key in titles if key != "culture" for title in titles[key])

    def test_the_mail_says_why_it_came_and_how_to_leave(self, demo: tuple[Path, Any]) -> None:
        """Every reader finds address, date and way out, and the postal address of the sender."""
        home, _ = demo
        flat = " ".join(_text_of(home, READER).split())

        assert "Good morning, Ingrid Sølberg." in flat
        assert f"You get this because you signed up as {READER} on 19 November 2026." in flat
        assert "https://news.example.org/unsubscribe/" in flat
        assert "14 Quay Street, Vellmouth VM1 2QS" in flat

    def test_hostile_seeds_cost_only_themselves(self, demo: tuple[Path, Any]) -> None:
        """Bad documents are named, the rest is mailed."""
        _, said = demo
        refused = {Path(one["document"]).name for one in said["refused"]}

        assert {"binary-junk.html", "empty.html", "billion-laughs.rss.xml", "deep-nesting.html"} <= refused
        assert said["articles"] >= 76

    def test_no_article_stands_twice(self, demo: tuple[Path, Any]) -> None:
        """Nor does a second telling of the same event."""
        _, said = demo
        taken = [item["article"] for section in said["build"]["sections"] for item in section["items"]]

        assert len(taken) == len(set(taken)) == said["build"]["kept"]
        assert any(item["also"] for section in said["build"]["sections"] for item in section["items"])

    def test_every_mail_is_sound_on_the_wire(self, demo: tuple[Path, Any]) -> None:
        """Short lines, CR LF only, one-click unsubscribing, nothing of a hostile name in the headers."""
        _, said = demo
        for path in map(Path, said["mails"]):
            raw = path.read_bytes()
            message = email.message_from_bytes(raw)

            assert max(map(len, raw.split(b"\r\n"))) <= 998
            assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            assert message["List-Unsubscribe"].startswith("<https://news.example.org/unsubscribe/")
            assert [part.get_content_type() for part in message.walk()] == [
                "multipart/alternative",
                "text/plain",
                "text/html",
            ]

    def test_the_same_slot_is_not_built_again(self, demo: tuple[Path, Any]) -> None:
        """Exactly one edition a slot."""
        home, said = demo
        again = run_here("build", "morning", "--at", "2026-11-19T07:00", "--json", home=home)

        assert again.code == 0
        assert again.data["existed"] is True
        assert again.data["edition"] == said["build"]["edition"]

    def test_the_next_edition_takes_nothing_that_was_sent(self, demo: tuple[Path, Any]) -> None:
        """Sent is used: not even another telling of a story comes back."""
        home, said = demo
        sent = {item["article"] for section in said["build"]["sections"] for item in section["items"]}
        next_day = run_here("build", "morning", "--at", "2026-11-19T12:00", "--dry-run", "--json", home=home)
        taken = {item["article"] for section in next_day.data["sections"] for item in section["items"]}

        assert next_day.code == 0
        assert taken
        assert not taken & sent

    def test_sending_again_sends_nothing(self, demo: tuple[Path, Any]) -> None:
        """A second run of the same command is harmless."""
        home, said = demo
        before = len(list((home / "mail").glob("*.eml")))
        again: Ran = run_here("send", str(said["build"]["edition"]), "--json", home=home)

        assert again.code == 1
        assert again.error["error"] == f"edition {said['build']['edition']} is sent"
        assert len(list((home / "mail").glob("*.eml"))) == before


def _text_of(home: Path, reader: str) -> str:
    path = next(
        path
        for path in (home / "mail").glob("*.json")
        if reader in json.loads(path.read_text("utf-8"))["recipients"]
    )
    message = email.message_from_bytes(path.with_suffix(".eml").read_bytes())
    part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")
