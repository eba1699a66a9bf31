"""Ways of editors and operators from start to end, each with a pointer and with the keyboard alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import web_cast
from browser_cast import PASSWORD, Site, assert_accessible, site, window
from commands import SYSTEM, furnish
from digest.actions.app import App
from digest.actions.editing.left_out import left_out
from digest.actions.editions import find
from digest.actions.staff.accounts import add_user
from digest.bootstrap import open_app
from digest.model import EditionState
from digest.model.accounts import ALL, Grant, Role
from digest.schedule import Way
from digest.web import serving
from hands import Hand, both_hands
from newsroom import Clock, newsroom
from scripted_relay import ScriptedRelay
from service_cast import QUICK, Hurried, Running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MORNING = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
WINDOW = 'editors: ["Ada Venn <ada@example.org>"]\nreview: {mode: window}'
STORIES = {
    "Ferry sails to Tarn again": "The ferry reached the island of Tarn after a winter in the yard. ",
    "Opera house shuts its roof": "Rain had come through the dome of the opera house since spring. ",
    "Bakers strike over flour": "Ovens stayed cold in forty bakeries as millers raised the price of wheat. ",
    "New comet seen at dawn": "Astronomers in the hills photographed a green tail above the horizon. ",
    "Court frees three sailors": "Judges found no proof that the crew had smuggled copper. ",
}
FEED = """<rss version="2.0"><channel><title>Harbour Wire</title><link>http://127.0.0.1/</link>
<description>News</description>{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>http://127.0.0.1/{number}</link>
<pubDate>Thu, 19 Nov 2026 08:00:00 GMT</pubDate><description>{text}</description></item>"""


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Run the whole service over a home, as `digest serve` does; gives the address of its pages."""
    found: list[int] = []

    @contextmanager
    def web(current: Callable[[], App]) -> Iterator[int]:
        with serving(current, "127.0.0.1:0") as port:
            found.append(port)
            yield port

    parts = ("schedule", "sending", "web")
    with Running(root, Hurried(MORNING), Way(parts=parts, web=web, pace=QUICK, listen="none")):
        yield f"http://127.0.0.1:{found[0]}"


def look_until(page: Page, what: Locator) -> None:
    """Open a page again until something is there: what the service does in its own time."""
    patient_until = time.monotonic() + 60
    while not what.is_visible() and time.monotonic() < patient_until:
        page.wait_for_timeout(200)
        page.reload()
    expect(what).to_be_visible()


@both_hands
def test_from_the_first_run_to_the_first_edition(tmp_path: Path, browser: Browser, hand: Hand) -> None:
    """From a home and a person: a source, a digest, an edition, a mail to oneself, and out it goes."""
    root = furnish(tmp_path / "home")
    (root / "config" / "digests" / "daily.yaml").unlink()
    (root / "config" / "sources.yaml").write_text("sources: []\n", "utf-8")
    told = enumerate(STORIES.items())
    items = "".join(ITEM.format(number=number, title=title, text=text * 8) for number, (title, text) in told)
    feed = web_cast.Site(web_cast.ok(FEED.format(items=items).encode(), "Content-Type: application/rss+xml"))
    with ScriptedRelay() as relay:
        trusted = f"fetch: {{allow_private: [127.0.0.1], ports: [{feed.port}]}}\n"
        (root / "config" / "digest.yaml").write_text(SYSTEM.format(port=relay.port) + trusted, "utf-8")
        with open_app(root) as app:
            grants = [Grant(digest=ALL, role=Role.ADMIN)]
            add_user(app, "ada@example.org", "Ada Venn", password=PASSWORD, grants=grants, by="tests")
        try:
            with served(root) as url, window(browser, url) as page:
                _begin(page, hand, f"http://127.0.0.1:{feed.port}/")
                _first_edition(page, hand, relay)
        finally:
            feed.close()

    first, second = relay.recipients
    assert (first, second) == ("ada@example.org", "sam@example.org")


def _begin(page: Page, hand: Hand, feed: str) -> None:
    """Sign in, and go the first two of the three steps."""
    do = hand(page)
    page.goto("/")
    do.write(page.get_by_label("Mail address"), "ada@example.org")
    do.write(page.get_by_label("Password"), PASSWORD)
    do.press(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("heading", name="Three steps to your first edition")).to_be_visible()
    do.press(page.get_by_role("link", name="Add a source"))
    do.write(page.get_by_label("Address of the site or its feed"), feed)
    do.press(page.get_by_role("button", name="Try it out"))
    expect(page.get_by_text("Ferry sails to Tarn again")).to_be_visible()
    do.write(page.get_by_label("Tags for all its articles"), "world")
    do.press(page.get_by_role("button", name="Add it"))
    page.wait_for_url("**/sources")
    page.goto("/")
    begin = page.get_by_role("button", name="Start with “Daily, three sections”")
    look_until(page, page.get_by_text("Harbour Wire, 5"))
    do.press(begin)
    page.wait_for_url("**/digests/daily-brief/file?mode=write")
    field = page.get_by_label("The file’s text")
    do.write(field, field.input_value().replace("minutes: 60", "minutes: 45"))
    do.press(page.get_by_role("button", name="Check and show the difference"))
    expect(page.get_by_text("It can be read. 2 lines differ")).to_be_visible()
    do.press(page.get_by_role("button", name="Save as the new version"))
    expect(page.get_by_text("Saved. It is in force from now on.")).to_be_visible()


def _first_edition(page: Page, hand: Hand, relay: ScriptedRelay) -> None:
    """Build it, look at it, mail it to oneself, add a reader, and let it go."""
    do = hand(page)
    page.goto("/readers")
    reader = page.get_by_role("form", name="Add a reader")
    do.write(reader.get_by_label("Address"), "sam@example.org")
    do.write(reader.get_by_label("Where they agreed, and when"), "at the fair, 19 Nov 2026")
    do.press(reader.get_by_role("button", name="Add"))
    page.wait_for_url("**/readers/1")
    page.goto("/")
    look_until(page, page.get_by_role("button", name="Build the first edition"))
    do.press(page.get_by_role("button", name="Build the first edition"))
    page.wait_for_url("**/desk/1")
    frame = page.frame_locator("iframe[title='The edition as mailed, wide']")
    expect(frame.get_by_role("heading", name="New comet seen at dawn")).to_be_visible()
    do.press(page.locator(".edbar").get_by_role("button", name="Test to me"))
    expect(page.locator("#said")).to_contain_text("Test sent to you")
    assert relay.recipients == ["ada@example.org"]
    do.press(page.locator(".edbar").get_by_role("link", name="Approve"))
    do.press(page.get_by_role("button", name="Approve", exact=True))
    expect(page.locator(".edbar")).to_contain_text("Approved")
    page.goto("/sending/1")
    look_until(page, page.get_by_text("It has gone out."))


@pytest.fixture
def clock() -> Clock:
    """Half past six, in Berlin."""
    return Clock()


@pytest.fixture
def morning(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """Half an hour before an edition in review is due, at an approver's desk."""
    with newsroom(tmp_path / "home", WINDOW) as room:
        room.build()
    with site(tmp_path / "home", clock=clock) as here:
        yield here


def test_the_morning_review_is_done_on_a_phone(morning: Site, browser: Browser) -> None:
    """From Today through list, findings and proof to the approval, on 320 points; each page is in order."""
    session = morning.sign_in(Role.APPROVER)
    with window(browser, morning.url, session=session, width=320) as page:
        page.goto("/")
        page.get_by_role("link", name="Open the desk").click()
        foot = page.get_by_role("navigation", name="Parts of the desk, at the foot")
        first = page.locator(".order .item").first
        headline = first.locator("h3").inner_text()
        first.get_by_role("link", name=headline).click()
        page.locator(".item.is-on").get_by_role("button", name="Move down").click()
        expect(page.locator("#worktable")).to_have_attribute("data-version", "1")
        assert_accessible(page)
        foot.get_by_role("link", name="Findings").click()
        page.wait_for_url("**/desk/1?pane=findings")
        assert_accessible(page)
        foot.get_by_role("link", name="Proof").click()
        page.wait_for_url("**/desk/1/proof")
        frame = page.frame_locator("iframe[title='The edition as mailed, wide']")
        expect(frame.get_by_role("heading", name=headline)).to_be_visible()
        page.locator(".deskbar").get_by_role("link", name="Approve").click()
        assert_accessible(page)
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.locator(".edbar")).to_contain_text("Approved")

    stored = find(morning.app, 1)
    assert (stored.state, stored.approved_by) == (EditionState.APPROVED, "ada@example.org")
    assert stored.edition.items[1].title == headline


@both_hands
def test_a_dropped_article_is_taken_in(morning: Site, browser: Browser, hand: Hand) -> None:
    """Its reason stands beside it; afterwards it is in the list and the proof, and nothing else has moved."""
    wanted = next(one for one in left_out(morning.app, 1).told if one.group == "full")
    before = [item.article_id for item in find(morning.app, 1).edition.items]
    session = morning.sign_in(Role.EDITOR)
    with window(browser, morning.url, session=session) as page:
        do = hand(page)
        page.goto("/")
        do.press(page.get_by_role("link", name="Open the desk"))
        do.press(page.get_by_role("link", name="Not in this edition"))
        row = page.locator(".out", has_text=wanted.title)
        expect(row.locator("summary.why")).to_contain_text(wanted.reason.short)
        do.press(row.get_by_role("button", name="Take in"))
        expect(page.locator(".order .item", has_text=wanted.title)).to_be_visible()
        do.press(page.get_by_role("navigation", name="Beside the list").get_by_role("link", name="Proof"))
        frame = page.frame_locator("iframe[title='The edition as mailed, wide']")
        expect(frame.get_by_role("heading", name=wanted.title)).to_be_visible()

    after = [item.article_id for item in find(morning.app, 1).edition.items]
    assert [number for number in after if number in before] == before
    assert set(after) - set(before) == {wanted.article_id}


@both_hands
def test_a_change_after_approval_shows_and_needs_approval_again(
    morning: Site, clock: Clock, browser: Browser, hand: Hand
) -> None:
    """It cannot go out as it is; the question tells who approved what before, and what has changed since."""
    ada = morning.sign_in(Role.APPROVER)
    tomas = morning.sign_in(Role.EDITOR, email="tomas@example.org", name="Tomas Rook")
    with (
        window(browser, morning.url, session=ada) as hers,
        window(browser, morning.url, session=tomas) as his,
    ):
        do = hand(hers)
        hers.goto("/desk/1/approve")
        do.press(hers.get_by_role("button", name="Approve", exact=True))
        expect(hers.locator(".edbar")).to_contain_text("Approved")
        approved = find(morning.app, 1)
        clock.now += timedelta(minutes=4)
        do = hand(his)
        his.goto("/desk/1")
        do.press(his.get_by_role("link", name="Write, and more").first)
        do.write(his.get_by_label("Headline"), "Written after the approval")
        do.press(his.locator(".edit").get_by_role("button", name="Save", exact=True))
        expect(his.locator(".edbar")).to_contain_text("In review")
        assert find(morning.app, 1).state is EditionState.REVIEW
        do = hand(hers)
        hers.goto("/desk/1")
        do.press(hers.locator(".edbar").get_by_role("link", name="Approve"))
        question = hers.get_by_role("main")
        expect(question).to_contain_text("You approved it at 06:30. Different since, by Tomas Rook:")
        expect(question).to_contain_text("Written after the approval")
        do.press(hers.get_by_role("button", name="Approve", exact=True))
        expect(hers.locator(".edbar")).to_contain_text("Approved")

    again = find(morning.app, 1)
    assert again.approved_hash == again.content_hash != approved.approved_hash
    assert again.edition.items[0].title == "Written after the approval"
