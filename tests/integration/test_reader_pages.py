"""The pages of readers: what a press does, what a visit never does, and what strangers learn."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock

import httpx2
import pytest
from starlette.testclient import TestClient

from desk_cast import SAME
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.readers.own_data import ask_own_data
from digest.model import DeliveryState, SubscriptionState
from digest.web import create_app
from newsroom import DUE
from readers_cast import EVE, SAM, House, house, token_of

FOREIGN = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass
class Pages:
    """A browser before the pages of a house."""

    house: House
    client: TestClient

    def get(self, path: str) -> str:
        """Open a page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:1_000])
        return answer.text

    def post(self, path: str, fields: dict[str, object] | None = None, *, status: int = 303) -> str:
        """Send a form of the page; return where it leads, or the page that it answers with."""
        answer = self.client.post(path, data=fields or {}, headers=SAME)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:1_000])
        return answer.headers.get("location") or answer.text

    def sign_up(self, email: str, **fields: object) -> httpx2.Response:
        """Fill the sign-up form in like a person, from anywhere."""
        stamp = re.search(r'name="stamp" value="([^"]+)"', self.get("/subscribe/daily"))
        assert stamp is not None
        self.house.later(seconds=5)
        form = {"email": email, "stamp": stamp[1], **fields}
        answer: httpx2.Response = self.client.post("/subscribe/daily", data=form, headers=FOREIGN)
        return answer

    def state(self, address: str = SAM) -> SubscriptionState | None:
        """Say how somebody stands to the daily digest."""
        with self.house.app.store.reading() as tx:
            person = tx.people.find(address)
            found = None if person is None else tx.people.subscription(person.id, "daily")
        return None if found is None else found.state

    def dump(self) -> str:
        """Write down all that the database holds."""
        file = self.house.app.store.file
        assert file is not None
        with closing(sqlite3.connect(file)) as database:
            return "\n".join(database.iterdump())


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    """A digest with sign-ups and another one like it."""
    with house(tmp_path / "home", "sign_up: {per_network: 2000}", digests=("weekly",)) as here:
        application = create_app(lambda: here.app)
        base = "https://news.example.org"
        with TestClient(application, base_url=base, follow_redirects=False) as client:
            yield Pages(here, client)


def test_one_click_is_a_post_in_either_form_without_cookie_or_redirect(pages: Pages) -> None:
    """RFC 8058 section 3.2; twice is once, and a GET is nothing."""
    here = pages.house
    for address in (SAM, EVE):
        here.add(address)
    sam, eve = here.link("unsubscribe"), here.link("unsubscribe", EVE)
    pages.get(sam)
    assert pages.state() is SubscriptionState.CONFIRMED
    urlencoded = [pages.client.post(sam, data=ONE_CLICK) for _ in range(2)]
    multipart = pages.client.post(eve, files={"List-Unsubscribe": (None, "One-Click")})

    for answer in (*urlencoded, multipart):
        assert (answer.status_code, answer.text) == (200, "unsubscribed\n")
        assert "set-cookie" not in answer.headers
    assert pages.state() is pages.state(EVE) is SubscriptionState.ENDED


@pytest.mark.parametrize("token", ["x", "a.b", "%00", "a" * 3_000])
def test_a_wrong_link_is_told_nothing(pages: Pages, token: str) -> None:
    """A program hears what every program hears, a person that the link leads nowhere."""
    assert pages.client.post(f"/unsubscribe/{token}", data=ONE_CLICK).text == "unsubscribed\n"
    for purpose in ("unsubscribe", "preferences", "confirm", "move", "own-data", "read"):
        answer = pages.client.get(f"/{purpose}/{token}")
        assert answer.status_code == 404
        assert "There’s nothing here" in answer.text


def test_leaving_takes_one_press_and_so_does_coming_back(pages: Pages) -> None:
    """The page after it says so, and that it was a mistake."""
    here = pages.house
    here.add()
    link = here.link("unsubscribe")
    assert pages.post(link, {"do": "this"}) == link
    assert pages.state() is SubscriptionState.ENDED
    assert "Done. No more The Daily Brief." in pages.get(link)
    back = pages.post(link, {"do": "back"})
    assert pages.state() is SubscriptionState.CONFIRMED
    assert "You get The Daily Brief again, as before." in pages.get(back)


def test_what_was_missed_comes_with_one_press_where_there_is_any(pages: Pages) -> None:
    """The offer goes with it; a second press, from an old page, is told so."""
    here = pages.house
    here.add()
    link = here.link("preferences")
    form = {"order": ["world", "science"], "sections": ["world", "science"], "pause_until": "2026-11-20"}
    pages.post(link, form)
    here.sent()
    assert "While you were away" not in pages.get(link)
    here.later(days=1)
    assert "One edition came while you were away." in pages.get(link)
    done = pages.post(f"{link}/catch-up")
    assert len(here.mails()) == 1
    page = pages.get(done)
    assert "The best of what you missed is on its way to you." in page
    assert "came while you were away" not in page
    assert "nothing to catch up on" in pages.post(f"{link}/catch-up", status=409)


def test_all_digests_end_with_one_press(pages: Pages) -> None:
    """Where there is more than one."""
    here = pages.house
    here.add()
    link = here.link("unsubscribe")
    assert "the other one" not in pages.get(link)
    here.add(digest="weekly")
    assert "Stop this and the other one you get" in pages.get(link)
    pages.post(link, {"do": "all"})
    assert "the other one" not in pages.get(link)


def test_from_the_form_to_the_choices(pages: Pages) -> None:
    """Also when the form stood on another site."""
    answer = pages.sign_up(SAM, sections=["science"], hour="18:30", language="de")
    assert (answer.status_code, answer.headers["location"]) == (303, "/subscribe/daily/sent")
    link = pages.house.links()[0]
    assert "mit Science" in pages.get(link)
    assert pages.state() is None
    assert pages.post(link) == link
    page = pages.get(link)
    assert "Sie sind dabei" in page
    choices = re.search(r'href="(/preferences/[^"]+)"', page)
    assert choices is not None
    shown = pages.get(choices[1])
    assert '<html lang="de"' in shown
    assert "<option selected>18:30</option>" in shown


def test_nobody_learns_who_is_known(pages: Pages) -> None:
    """Known, unknown and barred addresses get the same answer, to the byte."""
    pages.house.add(EVE)
    with pages.house.app.store.writing() as tx:
        tx.people.suppress("ned@example.org", "complaint", at=pages.house.clock.now)
    answers = [pages.sign_up(address) for address in (SAM, EVE, "ned@example.org", SAM)]

    assert len({(one.status_code, one.headers["location"], one.content) for one in answers}) == 1


def test_machines_get_the_answer_of_people_and_no_mail(pages: Pages) -> None:
    """A filled trap and a form that came back at once; one without our stamp may be pressed again."""
    stamp = re.search(r'name="stamp" value="([^"]+)"', pages.get("/subscribe/daily"))
    assert stamp is not None
    quick = pages.client.post("/subscribe/daily", data={"email": SAM, "stamp": stamp[1]}, headers=SAME)
    trapped = pages.sign_up(SAM, website="https://spam.example")
    bare = pages.client.post("/subscribe/daily", data={"email": SAM}, headers=FOREIGN)

    assert quick.status_code == trapped.status_code == 303
    assert bare.status_code == 422
    assert f'value="{SAM}"' in bare.text
    assert "Press once more" in bare.text
    assert pages.house.mails() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "sam@"}, "no mail address"),
        ({"email": '"><script>alert(1)</script>@x'}, "no mail address"),
        ({"sections": ["<b>"]}, "Something in the form"),
        ({"hour": "25:15"}, "Something in the form"),
        ({"zone": "Mars/Base"}, "Something in the form"),
    ],
)
def test_a_form_that_cannot_be_comes_back_with_what_to_do(
    pages: Pages, fields: dict[str, object], said: str
) -> None:
    """What was written stands in it, and nothing of it runs."""
    email = fields.pop("email", SAM)
    answer = pages.sign_up(str(email), **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>alert" not in answer.text
    assert pages.house.mails() == []


def test_too_many_sign_ups_are_told_to_come_again(tmp_path: Path) -> None:
    """With a status that programs know."""
    with house(tmp_path / "home", "sign_up: {per_network: 1}") as here:
        application = create_app(lambda: here.app)
        with TestClient(application, base_url="https://news.example.org", follow_redirects=False) as client:
            pages = Pages(here, client)
            assert [pages.sign_up(one).status_code for one in (SAM, EVE)] == [303, 429]


def test_the_form_stands_in_frames_of_the_sites_that_are_named(tmp_path: Path) -> None:
    """And on no other page of ours."""
    settings = "sign_up: {frame_on: ['https://www.example.org', 'http://localhost:8000']}"
    with (
        house(tmp_path / "home", settings) as here,
        TestClient(create_app(lambda: here.app), base_url="https://news.example.org") as client,
    ):
        framed = client.get("/subscribe/daily/form")
        page = client.get("/subscribe/daily")
    policy = framed.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://www.example.org http://localhost:8000")
    assert 'target="_top"' in framed.text
    assert page.headers["content-security-policy"].endswith("frame-ancestors 'none'")


def test_choices_are_stored_and_shown(pages: Pages) -> None:
    """All of them at once."""
    here = pages.house
    here.add()
    link = here.link("preferences")
    fields: dict[str, object] = {
        "order": ["science", "world", "more"],
        "sections": ["world", "science"],
        "hour": "18:30",
        "zone": "Asia/Tokyo",
        "length": "3",
        "kind": "plain",
        "pause_until": "2026-11-24",
        "name": "Sam <b>",
    }
    to = pages.post(link, fields)
    assert to == f"{link}?done=saved"
    page = pages.get(to)

    for shown in (
        "Nothing comes until Tue",
        "<option selected>18:30</option>",
        "Sam &lt;b&gt;",
        "2026-11-24",
    ):
        assert shown in page
    for chosen in ('value="Asia/Tokyo"', 'value="3"', 'value="plain"'):
        assert f"{chosen} selected" in page
    assert page.index('value="science"') < page.index('value="world"')


def test_an_arrow_moves_a_section_and_stores_nothing(pages: Pages) -> None:
    """Without a script; what else was written stays in the form."""
    here = pages.house
    here.add()
    before = pages.dump()
    fields: dict[str, object] = {
        "order": ["world", "science"],
        "sections": ["world"],
        "move": "up:science",
        "hour": "18:30",
    }
    page = pages.post(here.link("preferences"), fields, status=200)

    assert re.findall(r'name="order" value="(\w+)"', page) == ["science", "world", "more"]
    assert re.findall(r'name="sections" value="(\w+)" checked', page) == ["world"]
    assert "<option selected>18:30</option>" in page
    assert pages.dump() == before


def test_a_choice_that_cannot_be_is_told_and_kept_in_the_form(pages: Pages) -> None:
    """Nothing of it is stored."""
    here = pages.house
    here.add()
    before = pages.dump()
    page = pages.post(here.link("preferences"), {"order": ["world"], "name": "Sam"}, status=422)
    assert "Choose one at least" in page
    assert re.findall(r'name="sections" value="(\w+)" checked', page) == []
    assert 'value="Sam"' in page
    assert pages.dump() == before


def test_an_edition_comes_again_and_another_digest_too(pages: Pages) -> None:
    """From the page, by one press each."""
    here = pages.house
    here.add()
    edition_id = here.sent()
    link = here.link("preferences")
    assert "Your provider took it at 07:01" in pages.get(link)
    pages.post(f"{link}/again/{edition_id}")
    assert len(here.mails()) == 2
    to = pages.post(f"{link}/take-up", {"key": "weekly"})
    assert "You get Weekly from its next edition on." in pages.get(to)


def test_address_and_data_go_by_mail(pages: Pages) -> None:
    """Move, copy, erase: each asks at the mailbox first, and each press is on a page."""
    here = pages.house
    here.add()
    link = here.link("preferences")
    pages.post(f"{link}/move", {"email": "sam@new.example"})
    move = here.links()[0]
    assert "sam@new.example" in pages.get(move)
    assert pages.post(move) == link
    pages.post(f"{link}/own-data")
    data = here.links()[0]
    assert "sam@new.example" in pages.get(data)
    copy = pages.client.post(f"{data}/copy", headers=SAME)
    assert json.loads(copy.text)["subscriber"]["email"] == "sam@new.example"
    assert copy.headers["content-disposition"].startswith("attachment")
    assert pages.post(f"{data}/erase") == "/subscribe/daily/erased"
    assert "We hold nothing" in pages.get("/subscribe/daily/erased")
    assert pages.client.get(link).status_code == 404
    assert b"sam@new.example" not in pages.dump().encode()


def test_only_links_and_sign_ups_may_be_pressed_on_other_sites(pages: Pages) -> None:
    """A page elsewhere cannot change choices, move or erase, also not by somebody who holds the link."""
    here = pages.house
    here.add()
    link = here.link("preferences")
    ask_own_data(here.app, token_of(link))
    data = here.links()[0]
    before = pages.dump()
    for path in (
        link,
        f"{link}/move",
        f"{link}/own-data",
        f"{link}/take-up",
        f"{data}/copy",
        f"{data}/erase",
    ):
        answer = pages.client.post(path, data={"email": EVE, "key": "weekly"}, headers=FOREIGN)
        assert answer.status_code == 403, path
    assert pages.dump() == before


def test_pages_keep_to_the_policy_and_name_their_language(pages: Pages) -> None:
    """No inline style, no script, no cookie, and nothing for search engines that holds a token."""
    here = pages.house
    here.add(language="de")
    for path in (
        here.link("preferences"),
        here.link("unsubscribe"),
        "/subscribe/daily",
        "/subscribe/daily/sent",
    ):
        answer = pages.client.get(path, headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
        assert '<html lang="de" dir="ltr"' in answer.text, path
        assert " style=" not in answer.text
        assert "set-cookie" not in answer.headers
        assert ("noindex" in answer.text) == (path != "/subscribe/daily")


def test_a_mail_in_the_browser_runs_nothing(pages: Pages) -> None:
    """It is the reader's own, in a box."""
    here = pages.house
    here.add()
    here.sent()
    link = next(one for one in here.links() if one.startswith("/read/"))
    answer = pages.client.get(link)
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert SAM in answer.text


def test_a_mail_in_the_browser_is_kept_by_that_browser_alone(pages: Pages) -> None:
    """It holds the reader's own links. The browser asks each time, and gets it again once it has changed."""
    here = pages.house
    here.add()
    edition_id = here.sent()
    link = next(one for one in here.links() if one.startswith("/read/"))
    first = pages.client.get(link)
    assert first.headers["cache-control"] == "private, no-cache"
    again = pages.client.get(link, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "private, no-cache"
    here.add(EVE)
    other = pages.client.get(here.in_browser(edition_id, EVE))
    assert EVE in other.text
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.slow
def test_one_click_in_the_middle_of_an_edition_stops_the_mail(pages: Pages) -> None:
    """Everybody presses at the first dot; whose mail begins more than a second later gets none."""
    here = pages.house
    addresses = [f"r{number}@example.org" for number in range(12)]
    for address in addresses:
        here.add(address)
    links = [here.link("unsubscribe", address) for address in addresses]
    turn, pressed = Lock(), Event()

    def press() -> None:
        with turn:
            for link in () if pressed.is_set() else links:
                assert pages.client.post(link, data=ONE_CLICK).status_code == 200
            pressed.set()

    here.relay.on_dot = press
    here.relay.script["dot"] = "<pause 1.5>250 2.0.0 taken"
    edition_id = here.built()
    here.clock.now = DUE
    books = send(here.app, edition_id, SendOptions(by="test"))

    assert books.balance
    with here.app.store.reading() as tx:
        ends = [(one.state, one.reason) for one in tx.deliveries.list(edition_id)]
    # Two connections, each with a mail in hand and one that began behind it.
    assert sum(state is DeliveryState.SENT for state, _ in ends) == len(here.relay.bodies) <= 4
    assert ends.count((DeliveryState.EXCLUDED, "unsubscribed")) == len(addresses) - len(here.relay.bodies)


def test_a_private_archive_shows_strangers_no_headline(tmp_path: Path) -> None:
    """The sign-up page tells what came out only where everybody may read it."""
    seen = {}
    for archive in ("private", "public"):
        with house(tmp_path / archive, f"archive: {archive}") as here:
            here.add()
            here.sent()
            client = TestClient(create_app(lambda here=here: here.app), base_url="https://news.example.org")
            seen[archive] = client.get("/subscribe/daily").text
            assert ("/archive/daily/1" in seen[archive]) == (archive == "public")
            if archive == "public":
                assert client.get("/archive/daily/1").status_code == 200
    assert "Ministers agree on fishing quotas" in seen["public"]
    assert "Ministers agree" not in seen["private"]


def test_the_last_digest_can_be_left_when_its_file_is_gone(pages: Pages) -> None:
    """Whoever still has its mail must get off its list; and no page speaks for another digest."""
    here = pages.house
    here.add()
    link = here.link("unsubscribe")
    gone = replace(here.app, digests={})
    with TestClient(create_app(lambda: gone), base_url="https://news.example.org") as client:
        page = client.get(link)
        assert page.status_code == 200
        assert "/preferences/" not in page.text
        assert "Weekly" not in page.text
        left = client.post(link, data={"do": "this"})
        assert (left.status_code, "/subscribe/" in left.text) == (200, False)
        assert client.post(link, data=ONE_CLICK).text == "unsubscribed\n"
    assert pages.state() is SubscriptionState.ENDED
