"""Find or do over a page, by keyboard and by pointer, with and without script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser_cast import NARROW, WIDE, assert_accessible, chromium, site, window
from commands import furnish
from digest.actions.readers.people import add
from digest.model.accounts import Role
from digest.store import NewSubscriber
from newsroom import newsroom

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def marked(page: Page) -> str:
    """The line that the field says is marked."""
    named = "document.activeElement.getAttribute('aria-activedescendant')"
    return str(page.evaluate(f"document.getElementById({named})?.textContent ?? ''"))


def test_a_deed_is_found_and_gone_to_by_keyboard_alone(tmp_path: Path) -> None:
    """The key, some letters, an arrow, Enter; Esc gives the focus back to where it was."""
    root = tmp_path / "home"
    with newsroom(root) as room:
        edition, clock = room.build(), room.clock
    with site(root, clock=clock) as here, chromium() as browser:
        session = here.sign_in(Role.ADMIN)
        with window(browser, here.url, session=session) as page:
            page.goto("/sources")
            page.get_by_role("link", name="More").first.focus()
            page.keyboard.press("/")
            field = page.get_by_role("combobox", name="Find or do")
            expect(field).to_be_focused()
            expect(page.get_by_role("option", name="Shape the next The Daily Brief")).to_be_visible()
            page.keyboard.press("Tab")
            assert page.evaluate("!document.activeElement.closest('.mast, main, .foot, .tabbar')")
            page.keyboard.press("Escape")
            expect(field).to_be_hidden()
            expect(page.get_by_role("link", name="More").first).to_be_focused()

            page.keyboard.press("/")
            expect(field).to_be_focused()
            with page.expect_request_finished(lambda asked: "brief" in (asked.post_data or asked.url)):
                page.keyboard.type("brief")
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            expect(page.get_by_role("option", name=re.compile("Hold The Daily Brief"))).to_be_visible()
            first = marked(page)
            page.keyboard.press("ArrowDown")
            assert marked(page) not in {"", first}
            page.keyboard.press("ArrowUp")
            assert marked(page) == first
            page.keyboard.press("Control+A")
            page.keyboard.type("hold brief")
            page.keyboard.press("Enter")  # before anything is found for it
            page.wait_for_url(f"**/desk/{edition}/hold")


def test_the_overlay_is_for_everybody_and_follows_the_pointer(tmp_path: Path) -> None:
    """Nothing serious by axe in any light; what is typed stands in no address; a press goes there."""
    root = tmp_path / "home"
    with newsroom(root) as room:
        room.build()
        add(room.app, "daily", NewSubscriber(email="sam@example.org"), consent="form", by="tests")
        clock = room.clock
    with site(root, clock=clock) as here, chromium() as browser:
        session = here.sign_in(Role.ADMIN)
        for width in (WIDE, NARROW):
            for scheme in ("light", "dark"):
                with window(browser, here.url, session=session, width=width, scheme=scheme) as page:
                    page.goto("/sources")
                    page.get_by_role("link", name="Find or do").click()
                    page.get_by_role("combobox", name="Find or do").fill("sam@ex")
                    reader = page.get_by_role("option", name=re.compile("reader 1"))
                    expect(reader).to_be_visible()
                    assert_accessible(page)
                    assert page.url == f"{here.url}/sources"
                    reader.click()
                    page.wait_for_url("**/readers/1")


def test_the_keys_lie_over_the_page_and_none_reaches_what_is_under_them(tmp_path: Path) -> None:
    """`?` opens them, `g c` goes nowhere meanwhile, Esc closes them and the focus is back."""
    with site(furnish(tmp_path / "home")) as here, chromium() as browser:
        session = here.sign_in(Role.ADMIN)
        with window(browser, here.url, session=session) as page:
            page.goto("/sources")
            page.get_by_role("link", name="More").first.focus()
            page.keyboard.press("?")
            keys = page.get_by_role("dialog", name="Keys")
            expect(keys.get_by_text("Next, previous item")).to_be_visible()
            assert_accessible(page)
            for key in ("g", "c", "/"):
                page.keyboard.press(key)
            expect(keys).to_be_visible()
            expect(page.get_by_role("combobox", name="Find or do")).to_be_hidden()
            page.keyboard.press("Escape")
            expect(keys).to_be_hidden()
            expect(page.get_by_role("link", name="More").first).to_be_focused()
            assert page.url == f"{here.url}/sources"


def test_without_script_the_link_leads_to_the_page(tmp_path: Path) -> None:
    """Which finds the same."""
    root = tmp_path / "home"
    with newsroom(root) as room:
        room.build()
        clock = room.clock
    with site(root, clock=clock) as here, chromium() as browser:
        session = here.sign_in(Role.ADMIN)
        with window(browser, here.url, session=session, script=False) as page:
            page.goto("/sources")
            page.get_by_role("link", name="Find or do").click()
            page.wait_for_url("**/find")
            page.get_by_label("Words").fill("hold")
            page.get_by_role("button", name="Find", exact=True).click()
            expect(page.get_by_role("link", name="Hold The Daily Brief…")).to_be_visible()
