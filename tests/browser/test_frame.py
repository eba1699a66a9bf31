"""The frame of the desk in a browser: signing in, keys, day and night."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser_cast import PASSWORD, assert_all_looks_well, chromium, site, window
from commands import furnish
from digest.model.accounts import Role

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_somebody_signs_in_goes_by_keys_and_leaves_the_light_on(tmp_path: Path) -> None:
    """By keyboard alone: the fields, the button, `g c` and the way back, and night that stays."""
    with site(furnish(tmp_path / "home")) as here, chromium() as browser:
        here.sign_in(Role.ADMIN)
        with window(browser, here.url) as page:
            page.goto("/keys")
            expect(page.get_by_label("Mail address")).to_be_focused()
            page.keyboard.type("ada@example.org")
            page.keyboard.press("Tab")
            page.keyboard.type(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/keys")
            page.keyboard.press("g")
            page.keyboard.press("t")
            page.wait_for_url(f"{here.url}/")
            light = page.evaluate("getComputedStyle(document.body).backgroundColor")
            with page.expect_response("**/look"):
                page.get_by_label("Night").check(force=True)
            dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert light != dark
            page.reload()
            expect(page.get_by_label("Night")).to_be_checked()
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_the_frames_pages_are_for_everybody(tmp_path: Path) -> None:
    """Nothing serious by axe and nothing that scrolls sideways, in all four lights and widths."""
    with site(furnish(tmp_path / "home")) as here, chromium() as browser:
        session = here.sign_in(Role.ADMIN)
        assert_all_looks_well(browser, here, None, "/sign-in", "/api/v1/docs")
        assert_all_looks_well(browser, here, session, "/", "/more", "/keys")
