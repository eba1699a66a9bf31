"""Ways of people while mail goes out, from start to end, with a pointer and with the keyboard alone."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from braking_cast import Sluice
from browser_cast import Site, window
from digest.actions.editions import find
from digest.actions.mailing.ledger import StoreLedger
from digest.actions.mailing.sending import SendOptions, send
from digest.deliver import Look
from digest.errors import Refused
from digest.model import DeliveryState, EditionState, SubscriptionState
from digest.model.accounts import Role
from digest.web import serving
from hands import Hand, both_hands
from newsroom import DUE
from readers_cast import SAM, House, house, links_of, text_of
from service_cast import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

READERS = 12
CORRECTED = "The bridge opens on Tuesday after all"


@contextmanager
def served(root: Path, settings: str = "") -> Iterator[tuple[House, Site]]:
    """Serve the pages of a digest whose mail goes to a relay on this machine."""
    with house(root, settings) as here, serving(lambda: here.app, "127.0.0.1:0") as port:
        yield here, Site(app=here.app, url=f"http://127.0.0.1:{port}")


@dataclass
class OnItsWay:
    """An edition that goes out, and what its sender has seen of who is left out and whether to stop."""

    sender: threading.Thread
    looks: list[Look]

    def until_seen(self, is_so: Callable[[Look], bool]) -> None:
        """Wait until the sender has seen something, and has looked again or ended since."""
        until(lambda: any(is_so(look) for look in self.looks[:-1]) or not self.sender.is_alive())


@contextmanager
def on_its_way(here: House, edition: int, *, after: int) -> Iterator[OnItsWay]:
    """Send an edition; so many mails are taken, and no more while the context is open."""
    sluice = Sluice(here.relay, after=after)
    looks: list[Look] = []
    look = StoreLedger.look

    def noted(ledger: StoreLedger) -> Look:
        looks.append(look(ledger))
        return looks[-1]

    def run() -> None:
        with suppress(Refused):  # what a run says that was stopped by hand
            send(here.app, edition, SendOptions(by="worker"))

    here.clock.now = DUE
    sender = threading.Thread(target=run)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StoreLedger, "look", noted)
        sender.start()
        try:
            assert sluice.reached.wait(60)
            yield OnItsWay(sender=sender, looks=looks)
        finally:
            sluice.open()
            sender.join(60)
        assert not sender.is_alive()


@both_hands
def test_the_brake_is_pulled_and_the_rest_get_it_corrected(
    tmp_path: Path, browser: Browser, hand: Hand
) -> None:
    """Stop, correct the headline, approve: who has it keeps it, the others get the right one, each once."""
    with served(tmp_path / "home") as (here, site):
        for number in range(READERS):
            here.add(f"r{number}@example.org")
        edition = here.built()
        session = site.sign_in(Role.ADMIN)
        with window(browser, site.url, session=session) as page, on_its_way(here, edition, after=4) as run:
            _pull(page, hand, edition)
            until(lambda: run.looks[-1].halted)
        assert find(here.app, edition).state is EditionState.HELD
        before = len(here.relay.bodies)
        with window(browser, site.url, session=session) as page:
            _correct(page, hand, edition)
        assert find(here.app, edition).state is EditionState.APPROVED
        here.send(edition)
        mails = here.mails()

    told = [CORRECTED in text_of(mail).replace("\n", " ") for mail in mails]
    assert told == [False] * before + [True] * (READERS - before)
    assert 4 <= before < READERS
    assert sorted(here.relay.recipients) == sorted(f"r{number}@example.org" for number in range(READERS))


def _pull(page: Page, hand: Hand, edition: int) -> None:
    do = hand(page)
    page.goto(f"/sending/{edition}")
    do.press(page.get_by_role("link", name="Pull the brake…"))
    do.write(page.get_by_label("Why"), "The headline is wrong")
    do.press(page.get_by_role("button", name="Pull the brake"))
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("The headline is wrong")


def _correct(page: Page, hand: Hand, edition: int) -> None:
    do = hand(page)
    page.goto(f"/sending/{edition}")
    do.press(page.get_by_role("link", name="Correct an item first…"))
    page.wait_for_url(f"**/desk/{edition}")
    do.press(page.get_by_role("link", name="Write, and more").first)
    do.write(page.get_by_label("Headline"), CORRECTED)
    do.press(page.locator(".edit").get_by_role("button", name="Save", exact=True))
    expect(page.locator(".order .item").first).to_contain_text(CORRECTED)
    page.goto(f"/sending/{edition}")
    do.press(page.get_by_role("link", name="Look at it and approve"))
    do.press(page.locator(".edbar").get_by_role("link", name="Approve"))
    do.press(page.get_by_role("button", name="Approve", exact=True))
    expect(page.locator(".edbar")).to_contain_text("Approved")


@both_hands
def test_who_unsubscribes_while_it_goes_out_gets_no_mail(
    tmp_path: Path, browser: Browser, hand: Hand
) -> None:
    """One by the button of a mail program (RFC 8058), one by the link and a press; the books say why."""
    with served(tmp_path / "home") as (here, site):
        for address in (SAM, *(f"r{number}@example.org" for number in range(READERS))):
            here.add(address)
        edition = here.built()
        program = here.link("unsubscribe", f"r{READERS - 1}@example.org")
        by_hand = here.link("unsubscribe", f"r{READERS - 2}@example.org")
        with window(browser, site.url) as page, on_its_way(here, edition, after=3) as run:
            one_click = page.request.post(program, form={"List-Unsubscribe": "One-Click"}, max_redirects=0)
            assert (one_click.status, one_click.text()) == (200, "unsubscribed\n")
            page.goto(by_hand)
            hand(page).press(page.get_by_role("button", name="Stop these mails"))
            expect(page.get_by_role("heading", name="Done. No more The Daily Brief.")).to_be_visible()
            run.until_seen(lambda look: len(look.barred) == 2)
        with here.app.store.reading() as tx:
            books = tx.deliveries.books(edition)
            ends = {one.subscriber.email: (one.state, one.reason) for one in tx.deliveries.list(edition)}

    left = {f"r{READERS - 1}@example.org", f"r{READERS - 2}@example.org"}
    assert books.balance
    assert not left & set(here.relay.recipients)
    assert {ends[one] for one in left} == {(DeliveryState.EXCLUDED, "unsubscribed")}
    assert len(here.relay.recipients) == READERS - 1


def test_a_scanner_that_visits_every_link_changes_nothing(tmp_path: Path, browser: Browser) -> None:
    """A browser with script opens all that stands in a mail; nobody is confirmed, moved or gone."""
    with served(tmp_path / "home") as (here, site):
        here.add()
        here.sent()
        here.ask("new@example.org")
        edition, confirmation = here.mails()
        links = [*links_of(edition), *links_of(confirmation)]
        links.append(str(edition["List-Unsubscribe"]).strip("<>").removeprefix("https://news.example.org"))
        before = _dump(here)
        with window(browser, site.url) as page:
            for link in dict.fromkeys(link.partition("#")[0] for link in links):
                answer = page.goto(link, wait_until="networkidle")
                assert answer is not None
                assert answer.ok, link
        assert _dump(here) == before
        with here.app.store.reading() as tx:
            sam = tx.people.find(SAM)
            assert sam is not None
            choice = tx.people.subscription(sam.id, "daily")
            assert tx.people.find("new@example.org") is None
        assert choice is not None
        assert choice.state is SubscriptionState.CONFIRMED


def _dump(here: House) -> list[str]:
    assert here.app.store.file is not None
    with closing(sqlite3.connect(here.app.store.file)) as database:
        return list(database.iterdump())
