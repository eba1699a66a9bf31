"""The ways of readers through their pages, in a real browser: to the first mail, to choices, and away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import web_cast
from browser_cast import NARROW, Site, assert_all_looks_well, chromium, window
from digest.actions.readers.own_data import ask_own_data, ask_to_move
from digest.web import serving
from hands import Hand, both_hands
from newsroom import DUE
from readers_cast import EVE, SAM, House, house, links_of, text_of, token_of
from web_cast import ok

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with chromium() as running:
        yield running


@contextmanager
def served(root: Path) -> Iterator[tuple[House, str]]:
    """Serve a digest's pages on this machine."""
    with house(root, digests=("weekly",)) as here, serving(lambda: here.app, "127.0.0.1:0") as port:
        yield here, f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("script", [True, False])
def test_from_the_form_to_the_first_mail_by_keyboard(
    tmp_path: Path, browser: Browser, *, script: bool
) -> None:
    """With a script and without: write, tick, send, confirm, and the newest edition is there."""
    with served(tmp_path / "home") as (here, url), window(browser, url, script=script) as page:
        here.add(EVE)
        here.sent()
        page.goto("/subscribe/daily")
        here.later(seconds=30)
        page.get_by_label("Your mail address").focus()
        page.keyboard.type(SAM)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")  # off goes World
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Now check your mail")).to_be_visible()
        link = links_of(here.mails()[-1])[0]
        page.goto(link)
        assert "Science" in page.inner_text("main")
        page.get_by_role("button", name="Yes, send it to me").press("Enter")
        expect(page.get_by_role("heading", name="You’re in.")).to_be_visible()
        page.get_by_role("link", name="Your choices").click()
        expect(page.get_by_role("checkbox", name="World")).not_to_be_checked()
        expect(page.get_by_role("checkbox", name="Science")).to_be_checked()
        first, _, welcome = here.mails()

    assert (welcome["To"], welcome["Subject"] is not None) == (SAM, True)
    assert "SCIENCE" in text_of(first)
    assert "World" not in text_of(welcome)


@both_hands
def test_change_hour_and_sections_and_the_next_mail_keeps_to_it(
    tmp_path: Path, browser: Browser, hand: Hand
) -> None:
    """Science first and no World, at half past six in the evening in Tokyo; the page says when that is."""
    with served(tmp_path / "home") as (here, url), window(browser, url, width=NARROW) as page:
        here.add()
        do = hand(page)
        page.goto(here.link("preferences"))
        do.press(page.get_by_role("checkbox", name="World"))
        do.press(page.get_by_role("button", name="Move Science up"))
        expect(page.get_by_text("Moved, not saved yet.")).to_be_visible()
        expect(page.get_by_role("button", name="Move Science down")).to_be_focused()
        do.choose(page.get_by_role("combobox", name="At", exact=True), "18:30")
        do.choose(page.get_by_label("Where you are"), "Tokyo")
        do.press(page.get_by_role("button", name="Save my choices").and_(page.locator(".savebar button")))
        expect(page.get_by_text("Saved. It holds from your next edition on.")).to_be_visible()
        assert "Today 18:30" in page.inner_text(".nexted")
        assert page.locator("input[name=order]").evaluate_all("all => all.map(one => one.value)") == [
            "science",
            "more",
            "world",  # what is not wanted stands last
        ]
        edition_id = here.sent()
        assert here.relay.bodies == []
        here.clock.now = DUE + timedelta(hours=3, minutes=30)
        here.send(edition_id)
        (mail,) = here.mails()

    assert "Science" in text_of(mail)
    assert "World" not in text_of(mail)


@both_hands
def test_leave_and_be_erased(tmp_path: Path, browser: Browser, hand: Hand) -> None:
    """Stop, go back, ask for the data, erase; nobody is known afterwards."""
    with served(tmp_path / "home") as (here, url), window(browser, url) as page:
        here.add()
        do = hand(page)
        page.goto(here.link("preferences"))
        do.press(page.get_by_role("link", name="Stop these mails"))
        do.press(page.get_by_role("button", name="Stop these mails"))
        expect(page.get_by_role("heading", name="Done. No more The Daily Brief.")).to_be_visible()
        do.press(page.get_by_role("button", name="That was a mistake"))
        expect(page.get_by_text("You get The Daily Brief again, as before.")).to_be_visible()
        do.press(page.get_by_role("button", name="Mail me the link"))
        expect(page.get_by_text("The link is on its way")).to_be_visible()
        page.goto(links_of(here.mails()[0])[0])
        with page.expect_download() as copy:
            do.press(page.get_by_role("button", name="Get the copy"))
        assert copy.value.suggested_filename == "my-data.json"
        do.press(page.get_by_role("button", name="Erase all of it"))
        expect(page.get_by_role("heading", name="Erased.")).to_be_visible()
        with here.app.store.reading() as tx:
            assert tx.people.find(SAM) is None


def test_the_form_works_in_a_frame_of_another_site(tmp_path: Path, browser: Browser) -> None:
    """What follows opens over the whole window."""
    with served(tmp_path / "home") as (here, url), closing(web_cast.Site(lambda _: framed)) as elsewhere:
        body = f"<!doctype html><iframe src='{url}/subscribe/daily/form' title='Sign up'></iframe>"
        framed = ok(body.encode(), "Content-Type: text/html")
        other = f"http://localhost:{elsewhere.port}"  # another site than 127.0.0.1, to browsers
        may_frame(here, other)
        with window(browser, url) as page:
            page.goto(f"{other}/")
            here.later(seconds=30)
            frame = page.frame_locator("iframe")
            frame.get_by_label("Your mail address").fill(SAM)
            frame.get_by_role("button", name="Send me the confirmation").click()
            expect(page.get_by_role("heading", name="Now check your mail")).to_be_visible()
            assert len(here.mails()) == 1


def may_frame(here: House, site: str) -> None:
    """Let the settings of the digest name a site."""
    daily = here.app.digest("daily")
    opened = daily.sign_up.model_copy(update={"frame_on": (site,)})
    digests = {**here.app.digests, "daily": daily.model_copy(update={"sign_up": opened})}
    object.__setattr__(here.app, "digests", digests)


def test_all_pages_can_be_used_by_everybody(tmp_path: Path, browser: Browser) -> None:
    """Wide and narrow, light and dark: nothing serious by axe, nothing that scrolls sideways."""
    with served(tmp_path / "home") as (here, url):
        assert_all_looks_well(browser, Site(app=here.app, url=url), None, *every_page(here))


def every_page(here: House) -> list[str]:
    """Bring a house to where each page has something to show."""
    here.add()
    here.add(digest="weekly")
    here.add(EVE)
    here.sent()
    here.ask("new@example.org")
    preferences = here.link("preferences")
    ask_to_move(here.app, token_of(preferences), "sam@new.example")
    ask_own_data(here.app, token_of(preferences))
    letters = [here.links(number)[0] for number in range(2, len(here.mails()))]
    assert {one.split("/")[1] for one in letters} == {"confirm", "move", "own-data"}
    return [
        "/subscribe/daily",
        "/subscribe/daily/form",
        "/subscribe/daily/sent",
        "/subscribe/daily/erased",
        *letters,
        preferences,
        here.link("unsubscribe"),
    ]
