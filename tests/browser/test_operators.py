"""Operators before a real browser: a schedule file is broken and mended, a source is tried out and added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import web_cast
from browser_cast import assert_accessible, assert_all_looks_well, site, window
from commands import DAILY, furnish
from digest.actions.content.sources import fetch, fetch_soon
from digest.actions.readers import import_desk
from digest.model.accounts import Role
from digest.settings import load_settings
from digest.store import Enrolment, NewSubscriber
from hands import Hand, both_hands

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

RULES = DAILY + 'schedule: [{at: "07:00"}] # each day\n'
FEED = """<rss version="2.0"><channel><title>Harbour Wire</title><link>http://127.0.0.1/</link>
<description>News</description><item><title>Ferry sails again</title><link>http://127.0.0.1/1</link>
<description>{text}</description></item></channel></rss>"""
TEXT = "The ferry sails again after a long winter, said its captain on Monday. " * 12


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose digest 'daily' comes out at seven."""
    root = furnish(tmp_path / "home")
    (root / "config" / "digests" / "daily.yaml").write_text(RULES, "utf-8")
    (root / "config" / "sources.yaml").write_text("sources: []\n", "utf-8")
    return root


@pytest.fixture
def wire(home: Path) -> Iterator[web_cast.Site]:
    """A site that the home may go to."""
    body = FEED.format(text=TEXT).encode()
    found = web_cast.Site(web_cast.ok(body, "Content-Type: application/rss+xml"))
    file = home / "config" / "digest.yaml"
    trusted = f"fetch: {{allow_private: [127.0.0.1], ports: [{found.port}]}}\n"
    file.write_text(file.read_text("utf-8") + trusted, "utf-8")
    yield found
    found.close()


def test_a_schedule_file_is_broken_and_mended_by_keyboard_alone(home: Path, browser: Browser) -> None:
    """Written, refused with the focus on the way out, mended by Enter, looked at, saved."""
    file = home / "config" / "digests" / "daily.yaml"
    with site(home) as here:
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session) as page:
            page.goto("/digests/daily/file")
            page.get_by_role("link", name="Write in it").focus()
            page.keyboard.press("Enter")
            field = page.get_by_label("The file’s text")
            expect(field).to_be_focused()
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(RULES.replace("07:00", "25:15"))
            for _ in range(3):
                page.keyboard.press("Tab")  # past the remark and the check
            expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
            page.keyboard.press("Enter")
            mend = page.get_by_role("button", name='Change to "07:00"')
            expect(mend).to_be_focused()
            assert_accessible(page)
            assert file.read_text("utf-8") == RULES
            page.keyboard.press("Enter")
            expect(
                page.get_by_text("It says what the file says").or_(page.get_by_text("Write in it"))
            ).to_be_visible()
            page.goto("/digests/daily/file?mode=write")
            expect(field).to_be_focused()
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(RULES.replace("07:00", "06:30"))
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            save = page.get_by_role("button", name="Save as the new version")
            expect(save).to_be_visible()
            assert_accessible(page)
            save.focus()
            page.keyboard.press("Enter")
            expect(page.get_by_text("Saved. It is in force from now on.")).to_be_visible()

    assert file.read_text("utf-8") == RULES.replace("07:00", "06:30")


@pytest.mark.parametrize("script", [True, False])
@both_hands
def test_a_source_is_added_after_it_was_tried_out(
    home: Path, wire: web_cast.Site, browser: Browser, hand: Hand, *, script: bool
) -> None:
    """On a phone: the address, the headlines, one press; with a script and without."""
    with site(home) as here:
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session, width=320, script=script) as page:
            do = hand(page)
            page.goto("/sources")
            do.press(page.get_by_role("link", name="Add a source"))
            do.write(page.get_by_label("Address of the site or its feed"), f"http://127.0.0.1:{wire.port}/")
            do.press(page.get_by_role("button", name="Try it out"))
            expect(page.get_by_text("Ferry sails again")).to_be_visible()
            do.press(page.get_by_role("button", name="Add it"))
            page.wait_for_url("**/sources")

    assert [one.key for one in load_settings(home, {}).sources] == ["harbour-wire"]


@pytest.mark.parametrize("script", [True, False])
@both_hands
def test_older_articles_of_a_source_are_wanted_at_its_page(
    home: Path, wire: web_cast.Site, browser: Browser, hand: Hand, *, script: bool
) -> None:
    """On a phone: a number, one press, what will come of it, then what came of it; no request waits."""
    listed = f"- {{name: wire, title: Harbour Wire, url: 'http://127.0.0.1:{wire.port}/'}}\n"
    (home / "config" / "sources.yaml").write_text(listed, "utf-8")
    with site(home) as here:
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session, width=320, script=script) as page:
            do = hand(page)
            page.goto("/sources/wire")
            do.write(page.get_by_label("Further pages to read"), "7")
            do.press(page.get_by_role("button", name="Read them"))
            expect(page.get_by_text("7 further pages wanted")).to_be_visible()
            assert wire.requests == []
            fetch(here.app, [], worker="w", told=lambda _: None)
            page.reload()
            expect(page.get_by_text("It has none.")).to_be_visible()


def test_a_source_with_older_articles_wanted_and_read_looks_well(
    home: Path, wire: web_cast.Site, browser: Browser
) -> None:
    """Both stand on its page, with the form for more."""
    listed = f"- {{name: wire, title: Harbour Wire, url: 'http://127.0.0.1:{wire.port}/'}}\n"
    (home / "config" / "sources.yaml").write_text(listed, "utf-8")
    with site(home) as here:
        session = here.sign_in(Role.OPERATOR)
        fetch(here.app, ["wire"], worker="w", told=lambda _: None, further=20)
        fetch_soon(here.app, ["wire"], by="ada", further=50)
        assert_all_looks_well(browser, here, session, "/sources/wire")


@both_hands
def test_a_list_of_readers_is_looked_at_and_taken_in(home: Path, browser: Browser, hand: Hand) -> None:
    """What would come of it, then a bar that goes on by itself, then what became of them."""
    list_of_readers = home / "readers.csv"
    lines = [f"r{number}@example.org,Reader {number}" for number in range(2_500)]
    list_of_readers.write_text("\n".join(["email,name", "no address,X", *lines]), "utf-8")
    with site(home) as here, pytest.MonkeyPatch.context() as patched:
        patched.setattr(import_desk, "STEP_S", 0.05)  # a thousand lines a step
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session) as page:
            do = hand(page)
            page.goto("/readers")
            do.press(page.get_by_role("link", name="Import a file"))
            do.attach(page.get_by_label("File"), list_of_readers)
            do.write(page.get_by_label("Where they agreed, and when"), "at the fair, 18 Nov 2026")
            do.press(page.get_by_role("button", name="Look at it"))
            expect(page.get_by_role("heading", name="Take in 2,500 readers?")).to_be_visible()
            assert_accessible(page)
            do.press(page.get_by_role("button", name="Take them in"))
            expect(page.get_by_role("heading", name="2,500 readers taken in")).to_be_visible()
            assert_accessible(page)
            do.press(page.get_by_role("link", name="See the readers"))
            expect(page.get_by_text("r…0@example.org").first).to_be_visible()
        with here.app.store.reading() as tx:
            assert tx.people.find("r2499@example.org") is not None


def test_lists_stand_under_their_heads_and_name_nothing_that_is_empty(home: Path, browser: Browser) -> None:
    """A reader without language and zone shows no words for them; titles begin where their heading does."""
    file = home / "config" / "digests" / "daily.yaml"
    file.write_text(f"{RULES}archive: public\n", "utf-8")
    person = Enrolment(new=NewSubscriber(email="sam@example.org"), consent="form")
    left = "e => { const r = new Range(); r.selectNodeContents(e); return r.getBoundingClientRect().left }"
    with site(home) as here, here.app.store.writing() as tx:
        tx.people.enrol([person], "daily", at=here.app.clock())
    with site(home) as here, window(browser, here.url, session=here.sign_in(Role.OPERATOR)) as page:
        page.set_viewport_size({"width": 1200, "height": 800})
        page.goto("/readers")
        head, address = page.get_by_role("columnheader", name="Address"), page.get_by_role("rowheader")
        assert head.evaluate(left) == address.evaluate(left)
        page.goto("/archive")
        heading, title = page.get_by_role("heading"), page.get_by_role("link", name="The Daily Brief")
        assert heading.evaluate(left) == title.evaluate(left)
        page.set_viewport_size({"width": 320, "height": 700})
        page.goto("/readers")
        expect(page.locator("td[data-l='Number']")).to_be_visible()
        expect(page.locator("td[data-l='Language']")).to_be_hidden()


def test_the_operators_pages_are_for_everybody(home: Path, browser: Browser) -> None:
    """Nothing serious by axe and nothing that scrolls sideways, in all four lights and widths."""
    listed = "- {name: wire, title: Wire, url: 'https://wire.example/f', tags: [world]}\n"
    (home / "config" / "sources.yaml").write_text(listed, "utf-8")
    with site(home) as here:
        session = here.sign_in(Role.ADMIN)
        assert_all_looks_well(
            browser,
            here,
            session,
            "/",
            "/schedules",
            "/schedules?ask=pause",
            "/digests/daily/file",
            "/digests/daily/file?mode=write",
            "/digests/daily/compare",
            "/digests/new",
            "/sources",
            "/sources/wire",
            "/sources/wire?ask=remove",
            "/sources/_new",
            "/sources/_file",
        )
