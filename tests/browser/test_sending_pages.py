"""The pages of sending in a browser: the brake by its key, figures that move, decisions by keyboard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from braking_cast import begun, cut_off
from browser_cast import Site, assert_accessible, assert_all_looks_well, chromium, site, window
from digest.actions.editions import find
from digest.actions.mailing.allotments import StoreAllotments, limits_of
from digest.actions.steering import braking
from digest.model import DeliveryState, EditionState, HistoryEntry
from digest.model.accounts import Role
from digest.store import Store
from newsroom import newsroom
from store_cast import ended

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@contextmanager
def on_its_way(root: Path, *, unknown: int = 0) -> Iterator[Site]:
    """Serve a home whose edition is on its way; thirty have it, at ten in five seconds."""
    with newsroom(root, "review: {mode: required}") as room:
        edition = begun(room, readers=40)
        cut_off(room, edition, unknown)
        for _ in range(3):
            take(room.app.store, edition, 10, room.clock.now)
            room.clock.now += timedelta(seconds=5)
        with room.app.store.writing() as tx:
            for days in range(1, 4):
                at = room.clock.now - timedelta(days=days)
                counts = {"frozen": 9, "sent": 9 - days, "failed": days}
                counts |= {"expired": 0, "excluded": 0, "unknown": 0}
                line = HistoryEntry(at=at, by="worker", event="send", outcome="ok", edition_id=90 + days)
                tx.history.add(replace(line, digest="daily", slot="7 Nov", seconds=64.0, counts=counts))
        clock = room.clock
    system = root / "config" / "digest.yaml"
    text = system.read_text(encoding="utf-8")
    system.write_text(text.replace("tls: none}", "tls: none, per_day: 30}"), encoding="utf-8")
    with site(root, clock=clock) as here:
        yield here


def take(store: Store, edition: int, count: int, now: datetime) -> None:
    """Let so many mails be sent."""
    with store.writing() as tx:
        taken = tx.deliveries.claim(edition, "w", now=now, limit=count, lease=timedelta(minutes=20))
        tx.deliveries.settle_all("w", [ended(one, DeliveryState.SENT, "250 ok") for one in taken])


def test_the_brake_is_pulled_by_its_key_and_asks_first(tmp_path: Path) -> None:
    """`B`, a reason, Enter; Esc steps out without a trace; and what was stopped goes on by one press."""
    with on_its_way(tmp_path / "home") as here, chromium() as browser:
        session = here.sign_in(Role.OPERATOR, email="olu@example.org", name="Olu Idris")
        with window(browser, here.url, session=session) as page:
            page.goto("/sending/1", wait_until="load")
            page.keyboard.press("Shift+B")
            page.wait_for_url("**/sending/1?ask=brake")
            expect(page.get_by_role("dialog")).to_contain_text("10 readers have nothing yet and will wait")
            assert_accessible(page)
            page.keyboard.press("Escape")
            page.wait_for_url("**/sending/1")
            assert find(here.app, 1).state is EditionState.SENDING
            page.keyboard.press("Shift+B")
            page.wait_for_url("**/sending/1?ask=brake")
            expect(page.get_by_label("Why")).to_be_focused()
            page.keyboard.type("Be right back")
            page.keyboard.press("Enter")
            page.wait_for_url("**/sending/1")
            expect(page.get_by_role("alert").filter(visible=True)).to_contain_text(
                "The brake was pulled by Olu Idris: Be right back."
            )
            assert find(here.app, 1).state is EditionState.HELD
            assert_accessible(page)
            page.get_by_role("button", name="Go on with everyone").press("Enter")
            expect(page.get_by_role("link", name="Pull the brake…")).to_be_visible()
            assert find(here.app, 1).state is EditionState.SENDING


def test_figures_move_and_a_brake_elsewhere_shows_without_a_press(tmp_path: Path) -> None:
    """The line of live updates brings both; who was reading keeps the place and the focus."""
    with on_its_way(tmp_path / "home") as here, chromium() as browser:
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session) as page:
            page.goto("/sending/1")
            sent = page.locator(".books .c-sent dd")
            expect(sent).to_have_text("30")
            page.get_by_role("link", name="Pull the brake…").focus()
            take(here.app.store, 1, 7, here.app.clock())
            expect(sent).to_have_text("37")
            assert page.evaluate("document.activeElement.id") == "pull"
            braking.pull(here.app, 1, by="olu@example.org", note="wrong headline")
            expect(page.get_by_text("wrong headline").first).to_be_visible()
            expect(page.get_by_role("button", name="Go on with everyone")).to_be_visible()


def test_the_line_stands_however_late_its_script_comes(tmp_path: Path) -> None:
    """On a slow network the scripts arrive one by one, in any order."""
    with on_its_way(tmp_path / "home") as here, chromium() as browser:
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session) as page:
            for late in ("hx-sse", "sending"):
                page.route(f"**/{late}*", lambda route: (time.sleep(1), route.continue_()))
            page.goto("/sending/1", wait_until="load")
            take(here.app.store, 1, 7, here.app.clock())
            expect(page.locator(".books .c-sent dd")).to_have_text("37")


def test_a_line_that_is_down_is_said(tmp_path: Path) -> None:
    """Figures that stand still must not look like mail that does; it comes back by itself."""
    with on_its_way(tmp_path / "home") as here, chromium() as browser:
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session) as page:
            page.route("**/events", lambda route: route.fulfill(status=503))
            page.goto("/sending/1")
            expect(page.locator("#lost")).to_be_visible()
            page.unroute("**/events")
            expect(page.locator("#lost")).to_be_hidden()


def test_the_unknown_are_decided_by_keyboard(tmp_path: Path) -> None:
    """One again, one left; both are on record, and the page tells what was done."""
    with on_its_way(tmp_path / "home", unknown=2) as here, chromium() as browser:
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session) as page:
            page.goto("/sending")
            page.get_by_role("button", name="Send again to").first.press("Enter")
            expect(page.get_by_role("status")).to_contain_text("1 reader is mailed again.")
            page.get_by_role("button", name="Leave", exact=False).first.press("Enter")
            expect(page.get_by_role("status")).to_contain_text("1 reader is left as they are.")
            expect(page.get_by_role("heading", name="to decide")).to_have_count(0)


def test_without_script_the_page_tells_all_and_the_brake_works(tmp_path: Path) -> None:
    """A link looks again; the question is a page."""
    with on_its_way(tmp_path / "home") as here, chromium() as browser:
        session = here.sign_in(Role.OPERATOR)
        with window(browser, here.url, session=session, script=False) as page:
            page.goto("/sending/1")
            page.get_by_role("link", name="Look again").click()
            page.get_by_role("link", name="Pull the brake…").click()
            page.get_by_role("button", name="Pull the brake").click()
            expect(page.get_by_role("button", name="Go on with everyone")).to_be_visible()


def test_what_is_too_late_is_sent_late_by_keyboard_on_pages_for_everybody(tmp_path: Path) -> None:
    """The question comes first, Esc leaves it; on a phone the name stands whole beside its clock."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room, readers=40)
        cut_off(room, edition, 2)
        take(room.app.store, edition, 10, room.clock.now)
        room.at(20 * 60)
        clock = room.clock
    with site(tmp_path / "home", clock=clock) as here, chromium() as browser:
        session = here.sign_in(Role.ADMIN)
        paths = ("/", "/desk/1", "/sending", "/sending/1", "/sending/1?ask=late", "/readers/1")
        assert_all_looks_well(browser, here, session, *paths)
        with window(browser, here.url, session=session) as page:
            page.set_viewport_size({"width": 320, "height": 700})
            page.goto("/desk/1")
            name = page.locator(".edbar h1")
            for title in ("The Daily Brief", "Harbour and Ferry Observer"):
                name.evaluate("(e, title) => { e.textContent = title }", title)
                whole = "e => e.scrollWidth <= e.clientWidth && e.scrollHeight < e.clientHeight + 9"
                assert name.evaluate(whole), title
            page.goto("/sending/1")
            page.get_by_role("link", name="Send it late all the same…").press("Enter")
            expect(page.get_by_role("dialog")).to_contain_text("28 readers have nothing yet and get it now")
            page.keyboard.press("Escape")
            page.wait_for_url("**/sending/1")
            assert find(here.app, edition).state is EditionState.HELD
            page.get_by_role("link", name="Send it late all the same…").press("Enter")
            expect(page.get_by_role("button", name="Send it late")).to_be_focused()
            page.keyboard.press("Enter")
            page.wait_for_url("**/sending/1")
            expect(page.get_by_role("status")).to_contain_text("It goes to those who have none yet.")
            assert find(here.app, edition).state is EditionState.SENDING


def test_what_a_relay_said_stands_whole_on_a_phone(tmp_path: Path) -> None:
    """Addresses of pages in it are long words: they break instead of running out of the page."""
    said = (
        "550 5.7.1 This mailbox takes mail of senders alone whom its owner has confirmed before, by letter;"
        " see http://postgrey.example.org/help/for/readers/of/example.org.html"
    )
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room, readers=2)
        with room.app.store.writing() as tx:
            taken = tx.deliveries.claim(edition, "w", now=room.clock(), limit=2, lease=timedelta(minutes=9))
            tx.deliveries.settle_all("w", [ended(one, DeliveryState.FAILED, said) for one in taken])
        clock = room.clock
    with (
        site(tmp_path / "home", clock=clock) as here,
        chromium() as browser,
        window(browser, here.url, session=here.sign_in(Role.ADMIN)) as page,
    ):
        page.set_viewport_size({"width": 320, "height": 700})
        for path in (f"/readers/{taken[0].subscriber.id}", f"/sending/{edition}/deliveries"):
            page.goto(path)
            table = page.locator(".scroll-x", has_text="postgrey.example.org")
            assert table.evaluate("e => e.scrollWidth <= e.clientWidth"), path
        page.set_viewport_size({"width": 1200, "height": 800})
        reader = page.get_by_role("rowheader").first
        lines = "e => { const r = new Range(); r.selectNodeContents(e); return r.getClientRects().length }"
        assert reader.evaluate(lines) == 1


def test_the_pages_of_sending_are_for_everybody(tmp_path: Path) -> None:
    """Nothing serious by axe and nothing that scrolls sideways, in all four lights and widths."""
    with on_its_way(tmp_path / "home", unknown=2) as here, chromium() as browser:
        session = here.sign_in(Role.ADMIN)
        with here.app.store.writing() as tx:
            tx.relays.put("main", at=here.app.clock(), trouble="554 5.7.1 not you", ms=None)
        limit = limits_of(here.app.system, here.app.clock().date()).relays["main"]
        StoreAllotments(store=here.app.store, clock=here.app.clock).draw(limit, 30)
        with window(browser, here.url, session=session) as page:
            page.goto("/sending/1")
            expect(page.get_by_text("For now the limit of relay main, 30 a day, is used up")).to_be_visible()
        paths = ("/sending", "/sending/1", "/sending/1/deliveries", "/relays", "/machine")
        assert_all_looks_well(browser, here, session, *paths)
