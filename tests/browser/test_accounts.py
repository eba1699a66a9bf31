"""Sign-in, account, people and record before a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser_cast import PASSWORD, assert_all_looks_well, chromium, site, window
from commands import furnish
from digest.model.accounts import Role

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_pages_of_accounts_are_accessible_wide_and_narrow_by_day_and_night(tmp_path: Path) -> None:
    """Nothing serious by axe, nothing that scrolls sideways, nothing that the policy blocks."""
    with site(furnish(tmp_path / "home")) as where, chromium() as browser:
        session = where.sign_in(Role.ADMIN)
        assert_all_looks_well(browser, where, None, "/sign-in")
        assert_all_looks_well(
            browser, where, session, "/account", "/account/codes", "/users", "/users/1", "/audit"
        )


def test_ada_signs_in_by_keyboard_alone_and_without_script(tmp_path: Path) -> None:
    """After a wrong password the page waits in its field; then she lands where she wanted to go."""
    with site(furnish(tmp_path / "home")) as where, chromium() as browser:
        where.sign_in(Role.ADMIN)
        with window(browser, where.url, script=False) as page:
            page.goto("/audit")
            expect(page.get_by_label("Mail address")).to_be_focused()
            page.keyboard.type("ada@example.org")
            page.keyboard.press("Tab")
            page.keyboard.type("wrong horse battery")
            page.keyboard.press("Enter")
            page.get_by_role("alert").wait_for()
            expect(page.get_by_label("Password")).to_be_focused()
            page.keyboard.type(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/audit")

            assert page.get_by_role("heading", level=1).inner_text() == "On record"
