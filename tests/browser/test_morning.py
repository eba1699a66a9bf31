"""The last half hour of an edition in a browser: hold it, waive, approve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser_cast import Site, assert_all_looks_well, chromium, site, window
from digest.actions.editing.shaping import shape
from digest.actions.editions import find
from digest.model import EditionState
from digest.model.accounts import Role
from digest.shape import Write
from newsroom import Clock, newsroom

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SETTINGS = 'editors: ["Ada Venn <ada@example.org>"]\nreview: {mode: window}'


@dataclass
class Morning:
    """Edition 1 in review before an approver's browser."""

    here: Site
    browser: Browser
    session: str

    @property
    def state(self) -> EditionState:
        """Where the edition is in its life."""
        return find(self.here.app, 1).state


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    """Half an hour before seven, in Berlin."""
    with newsroom(tmp_path / "home", SETTINGS) as room:
        room.build()
    with site(tmp_path / "home", clock=Clock()) as here, chromium() as browser:
        yield Morning(here=here, browser=browser, session=here.sign_in(Role.APPROVER))


def test_it_is_held_at_the_last_minute_and_let_go_again_by_keys(morning: Morning) -> None:
    """Both ask; the page says who holds it and why."""
    with window(morning.browser, morning.here.url, session=morning.session) as page:
        page.goto("/desk/1")
        page.keyboard.press("Shift+H")
        page.wait_for_url("**/desk/1/hold")
        page.get_by_label("Why").fill("The council may answer before eight.")
        page.keyboard.press("Enter")
        expect(page.locator(".heldnote")).to_contain_text("You hold it since 06:30")
        expect(page.locator(".heldnote")).to_contain_text("The council may answer before eight.")
        assert morning.state is EditionState.HELD
        page.locator(".edbar").get_by_role("link", name="Release…").click()
        page.get_by_role("button", name="Release", exact=True).click()
        expect(page.locator(".edbar")).to_contain_text("In review")

    assert morning.state is EditionState.REVIEW


def test_what_blocks_is_waived_by_name_and_then_it_is_approved(morning: Morning) -> None:
    """The button leads to what is to be fixed; with that waived it asks, and then the edition may go."""
    subject = Write(what="subject", text="Flight TK 1951 lands")
    shape(morning.here.app, 1, subject, on_version=0, by="tom@example.org")
    with window(morning.browser, morning.here.url, session=morning.session) as page:
        page.goto("/desk/1")
        page.locator(".edbar").get_by_role("link", name="1 to fix first").click()
        finding = page.locator("#f1")
        expect(finding).to_contain_text("It says TK")
        finding.get_by_text("Waive…").click()
        finding.get_by_label("Why it may stand").fill("that is a flight")
        finding.get_by_role("button", name="Waive", exact=True).click()
        expect(page.locator(".finding.waived")).to_contain_text("that is a flight")
        page.keyboard.press("Shift+A")
        page.wait_for_url("**/desk/1/approve")
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.locator(".edbar")).to_contain_text("Approved")

    assert morning.state is EditionState.APPROVED


def test_the_proof_has_five_views_and_a_dark_one_at_noon(morning: Morning) -> None:
    """By the keys 1 to 5; the frames run nothing."""
    with window(morning.browser, morning.here.url, session=morning.session) as page:
        page.goto("/desk/1")
        wide = _paper(page, ".p-desktop")
        page.keyboard.press("2")
        expect(page.locator(".p-phone iframe")).to_be_visible()
        page.keyboard.press("3")
        assert _paper(page, ".p-dark") != wide
        page.keyboard.press("4")
        expect(page.locator(".p-text pre")).to_contain_text("The Daily Brief")
        page.keyboard.press("5")
        page.get_by_label("As", exact=True).fill("nobody@example.org")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("#as-said")).to_contain_text("No subscriber nobody@example.org")


def _paper(page: Page, view: str) -> str:
    """Return the colour of the mail's paper in a view."""
    frame = page.frame_locator(f"{view} iframe")
    expect(frame.locator("h1").first).to_be_visible()
    return str(frame.locator(".pg").first.evaluate("one => getComputedStyle(one).backgroundColor"))


def test_all_of_it_works_without_script(morning: Morning) -> None:
    """An old browser, a strict one, or one whose script has not come yet."""
    with window(morning.browser, morning.here.url, session=morning.session, script=False) as page:
        page.goto("/desk/1?pane=left_out")
        page.get_by_role("button", name=re.compile("Take in")).first.click()
        page.goto("/desk/1/approve")
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.locator(".edbar")).to_contain_text("Approved")

    assert morning.state is EditionState.APPROVED


def test_these_pages_are_for_everybody(morning: Morning) -> None:
    """Nothing serious by axe and nothing that scrolls sideways, in all four lights and widths."""
    subject = Write(what="subject", text="Flight TK 1951 lands")
    shape(morning.here.app, 1, subject, on_version=0, by="tom@example.org")
    paths = ("?pane=findings", "?pane=left_out", "/proof", "/hold", "/approve", "/cancel")
    assert_all_looks_well(
        morning.browser, morning.here, morning.session, *(f"/desk/1{path}" for path in paths)
    )
