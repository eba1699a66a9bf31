"""Stories and pictures at the desk in a browser: by keys, on a phone, and the test send to oneself."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser_cast import NARROW, assert_all_looks_well, chromium, site, window
from commands import SYSTEM
from digest.actions.editions import find
from digest.model.accounts import Role
from newsroom import DUE, Clock, newsroom
from pictures_cast import CRANE, PORT, pictured
from scripted_relay import ScriptedRelay

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

REVIEW = "review: {mode: required}"


def test_stories_are_merged_by_keys_alone_and_undone(tmp_path: Path) -> None:
    """From the item to what tells the same, one press, and z takes it back."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with site(tmp_path / "home", clock=Clock(DUE)) as here, chromium() as browser:
        session = here.sign_in(Role.APPROVER)
        built = find(here.app, edition).edition
        with window(browser, here.url, session=session) as page:
            page.goto(f"/desk/{edition}")
            page.keyboard.press("j")
            page.keyboard.press("Shift+M")
            page.wait_for_url("**pane=merge**")
            button = page.locator("form[action$='/merge'] button").first
            button.focus()
            page.keyboard.press("Enter")
            expect(page.locator("#worktable")).to_have_attribute("data-version", "1")
            merged = find(here.app, edition).edition
            assert len(merged.items) == len(built.items) - 1
            assert merged.items[0].merged
            page.keyboard.press("z")
            expect(page.locator("#worktable")).to_have_attribute("data-version", "2")
            assert find(here.app, edition).edition == built


def test_a_picture_is_described_and_a_test_sent_from_a_phone(tmp_path: Path) -> None:
    """The finding leads to the field; the proof has the button; the mail holds the words."""
    home = tmp_path / "home"
    with ScriptedRelay() as relay:
        with newsroom(home, REVIEW) as room:
            pictured(room, PORT)
            edition = room.build()
        (home / "config" / "digest.yaml").write_text(SYSTEM.format(port=relay.port), encoding="utf-8")
        with site(home, clock=Clock(DUE)) as here, chromium() as browser:
            session = here.sign_in(Role.EDITOR)
            with window(browser, here.url, session=session, width=NARROW) as page:
                page.goto(f"/desk/{edition}/proof")
                page.get_by_role("link", name="Findings").last.click()
                page.get_by_role("link", name="Describe the picture").click()
                page.get_by_label("What the picture shows").fill("The new basin at dusk")
                page.get_by_role("button", name="Save the picture").click()
                expect(page.locator("#worktable")).to_have_attribute("data-version", "1")
                page.goto(f"/desk/{edition}/proof")
                page.get_by_role("button", name="Test to me").last.click()
                expect(page.locator("#said").get_by_text("Test sent to you")).to_be_visible()
        assert relay.recipients == ["ada@example.org"]
        assert b"The new basin at dusk" in relay.bodies[0].replace(b"=\r\n", b"").replace(b"\r\n", b" ")


def test_the_pages_of_stories_and_pictures_are_for_everybody(tmp_path: Path) -> None:
    """Nothing serious by axe, no sideways scroll; wide, narrow, light and dark."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        port, _ = pictured(room, PORT, CRANE)
        edition = room.build()
    with site(tmp_path / "home", clock=Clock(DUE)) as here, chromium() as browser:
        session = here.sign_in(Role.APPROVER)
        assert_all_looks_well(
            browser,
            here,
            session,
            f"/desk/{edition}?item={port}",
            f"/desk/{edition}?pane=merge&item={port}",
            f"/desk/{edition}/proof",
            f"/sent/{edition}",
        )
