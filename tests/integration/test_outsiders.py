"""Readers' pages before somebody from outside who means no good: what they send, and what they learn."""

from __future__ import annotations

import http.client
import logging
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
import structlog
from lxml import etree
from starlette.testclient import TestClient

from desk_cast import SAME, desk
from digest.actions.readers import leaving
from digest.actions.readers.sign_up_form import form_stamp
from digest.bootstrap import open_app
from digest.log import configure
from digest.model import SubscriptionState
from digest.model.accounts import Role
from digest.store import clean_address
from digest.web import create_app, serving
from readers_cast import SAM, House, house, token_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=b"}
ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://news.example.org"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """A public digest that was sent once, and one that nobody is told of."""
    with house(tmp_path / "home", "archive: public", digests=("hidden-list",)) as opened:
        opened.add()
        opened.sent()
        yield opened


@pytest.fixture
def _json_logs() -> Iterator[None]:
    """Write the log as a service does, and leave it as it was."""
    configure("info", json=True)
    yield
    structlog.reset_defaults()


@pytest.fixture
def browser(here: House) -> Iterator[TestClient]:
    """Somebody from outside before the pages."""
    application = create_app(lambda: here.app)
    with TestClient(
        application, base_url=SITE, follow_redirects=False, raise_server_exceptions=False
    ) as client:
        yield client


def _part(fields: str, value: bytes) -> bytes:
    return b"--b\r\n" + fields.encode() + b"\r\n\r\n" + value + b"\r\n"


def bodies(stamp: str) -> dict[str, tuple[dict[str, str], bytes]]:
    """Make forms that no browser makes, with the header fields that go with them."""
    end, named = b"--b--\r\n", 'Content-Disposition: form-data; name="{}"'
    tail = b"&" + urlencode({"stamp": stamp}).encode()
    return {
        "nothing": ({}, b""),
        "no kind": ({}, b"email=a%40example.org"),
        "json": ({"Content-Type": "application/json"}, b'{"email": "a@example.org"}'),
        "packed": ({**FORM, "Content-Encoding": "gzip"}, b"\x1f\x8b"),
        "another charset": (
            {"Content-Type": f"{FORM['Content-Type']}; charset=utf-16"},
            "email=a@example.org".encode("utf-16"),
        ),
        "no boundary": ({"Content-Type": "multipart/form-data"}, b"x"),
        "garbage": (PARTS, b"garbage"),
        "a part without a name": (PARTS, _part("Content-Disposition: form-data", b"x") + end),
        "no text": (PARTS, _part(named.format("email"), b"\xff\xfe\xed\xa0\x80") + end),
        "a file": (PARTS, _part(named.format("email") + '; filename="a"', b"a@example.org") + end),
        "an end that is missing": (PARTS, _part(named.format("email"), b"a@example.org")),
        "a long head": (PARTS, _part(named.format("a") + f"\r\nX: {'y' * 900_000}", b"x") + end),
        "many parts": (PARTS, b"".join(_part(named.format(f"a{n}"), b"x") for n in range(2_000)) + end),
        "many fields": (FORM, urlencode([(f"a{n}", n) for n in range(10_000)]).encode()),
        "many of one": (FORM, urlencode([("sections", n) for n in range(500)]).encode() + tail),
        "nothing but ampersands": (FORM, b"&" * 200_000),
        "a megabyte": (FORM, b"email=" + b"a" * 1_000_000),
        "a name of a megabyte": (FORM, b"a" * 1_000_000 + b"=1"),
        "more than is taken": (FORM, b"email=" + b"a" * 2_100_000),
        "NUL": (FORM, b"email=a%00b%40example.org&zone=%00&hour=%00&language=%00&name=%00" + tail),
        "half a pair": (FORM, b"email=%ed%a0%80%40example.org&zone=%ed%a0%80&move=%ed%a0%80" + tail),
        "a header of its own": (
            FORM,
            urlencode({"email": "a@example.org\r\nBcc: b@example.org"}).encode() + tail,
        ),
        "two addresses": (FORM, urlencode({"email": "a@example.org,b@example.org"}).encode() + tail),
        "a way out": (
            FORM,
            urlencode({"email": "a@example.org", "zone": "../../../etc/passwd"}).encode() + tail,
        ),
    }


def test_no_form_breaks_a_page_and_none_is_a_sign_up(here: House, browser: TestClient) -> None:
    """Not one is worth a traceback, and not one makes a mail to somebody."""
    stamp = form_stamp(here.app.keyring, here.clock.now)
    here.later(seconds=5)
    choices, off = here.link("preferences"), here.link("unsubscribe")
    paths = {
        "subscribe": "/subscribe/daily",
        "preferences": choices,
        "move": f"{choices}/move",
        "take-up": f"{choices}/take-up",
        "again": f"{choices}/again/99999999999999999999",
        "confirm": f"/confirm/{token_of(off)}",
        "copy": f"/own-data/{token_of(off)}/copy",
        "erase": f"/own-data/{token_of(off)}/erase",
    }
    for what, (fields, body) in bodies(stamp).items():
        for place, path in paths.items():
            answer = browser.post(path, content=body, headers={**SAME, **fields})
            assert answer.status_code in {200, 303, 400, 404, 409, 413, 422}, (
                what,
                place,
                answer.status_code,
            )
    with here.app.store.reading() as tx:
        for name in "ab":
            assert tx.consents.waiting(f"{name}@example.org", since=here.clock.now - timedelta(days=1)) == ()


@pytest.mark.parametrize("what", ["nothing", "no kind", "json", "packed", "a file", "NUL", "many of one"])
def test_one_click_works_with_whatever_a_mail_program_sends(
    here: House, browser: TestClient, what: str
) -> None:
    """RFC 8058 asks for one field in two forms; the address of the link is the permission itself."""
    fields, body = bodies("")[what]
    answer = browser.post(here.link("unsubscribe"), content=body, headers=fields)
    assert (answer.status_code, answer.text) == (200, "unsubscribed\n")
    with here.app.store.reading() as tx:
        person = tx.people.find(SAM)
        assert person is not None
        choice = tx.people.subscription(person.id, "daily")
    assert choice is not None
    assert choice.state is SubscriptionState.ENDED


def test_a_link_is_good_as_it_is_and_in_no_other_spelling(here: House, browser: TestClient) -> None:
    """Cut, longer, in other letters, of another purpose or another reader: nothing, and the same nothing."""
    token = token_of(here.link("unsubscribe"))
    head, _, mac = token.partition(".")
    others = {
        *(token[:-1], f"{token}A", f"{token}.", f"{token}=", f"{token}%00", f"{token}%20", f"{token}%0a"),
        *(token.swapcase(), token.upper(), f"{head}.{mac[::-1]}", f".{mac}", f"{head}.", "a" * 60_000),
        *(token_of(here.link("preferences")), "%ff%fe", "%ed%a0%80", f"{head}%2e{mac}%2e"),
    }
    seen = set()
    for other in sorted(others):
        answer = browser.get(f"/unsubscribe/{other}")
        seen.add((answer.status_code, _main(answer.text)))
        assert browser.post(f"/unsubscribe/{other}").text == "unsubscribed\n"
    assert {status for status, _ in seen} == {404}
    assert len(seen) == 1
    assert browser.get(f"/unsubscribe/{token}").status_code == 200
    assert leaving.standing(here.app, token).is_on


@pytest.mark.parametrize(
    "place", ["/subscribe/{}", "/subscribe/{}/form", "/subscribe/{}/sent", "/accent/{}.css"]
)
def test_nobody_outside_learns_which_digests_there_are(browser: TestClient, place: str) -> None:
    """Names of lists are nobody's business, nor is where their files are."""
    for name in ("nope", "%00", "<b>", "hidden"):
        answer = browser.get(place.format(name))
        assert answer.status_code == 404
        assert "hidden-list" not in answer.text
        assert "config/" not in answer.text


def test_who_runs_the_desk_is_told_what_strangers_are_not(here: House) -> None:
    """The names of digests are the way out for whoever may know them."""
    with desk(here.app.home.root, Role.ADMIN, clock=here.clock) as inside:
        assert "hidden-list" in inside.client.get("/subscribe/nope").text


def test_a_database_that_is_broken_is_not_described_to_strangers(here: House, browser: TestClient) -> None:
    """Its address and its words are for the log."""
    link = here.link("preferences")
    file = here.app.store.file
    assert file is not None
    with closing(sqlite3.connect(file)) as database:
        database.execute("DROP TABLE letters")
        database.commit()
    answer = browser.get(link)
    assert answer.status_code == 503
    assert "try again in a few minutes" in answer.text.lower()
    assert str(file) not in answer.text
    assert "no such table" not in answer.text


@pytest.mark.usefixtures("_json_logs")
def test_a_page_that_breaks_does_not_write_the_link_down(
    here: House, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the log must not be able to act as a reader."""

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(leaving, "standing", broken)
    log = StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    link = here.link("unsubscribe")
    assert browser.get(link).status_code == 500
    assert token_of(link) not in log.getvalue()
    assert "/unsubscribe/{token}" in log.getvalue()


def test_no_file_has_so_long_a_name(browser: TestClient) -> None:
    """File systems end at 255 bytes."""
    assert browser.get(f"/media/{'a' * 300}.png").status_code == 404


def test_an_address_whose_letters_were_lost_is_none(here: House) -> None:
    """What cannot be decoded comes as U+FFFD, and is nobody's mailbox."""
    with pytest.raises(Exception, match="lost on its way"):
        clean_address("a\ufffdb@example.org")
    assert here.app


def test_head_says_what_get_says_without_the_page(here: House) -> None:
    """RFC 9110, section 9.1: GET and HEAD everywhere. Readers of feeds and checkers of links ask so."""
    paths = ["/archive/daily", "/archive/daily/1", "/archive/daily/feed.xml", "/subscribe/daily", "/nothing"]
    with serving(lambda: here.app, "127.0.0.1:0") as port:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for path in [*paths, here.link("unsubscribe")]:
            said = []
            for method in ("GET", "HEAD", "GET"):
                line.request(method, path)
                answer = line.getresponse()
                body = answer.read()
                fields = {name.lower(): value for name, value in answer.getheaders()}
                said.append(
                    (answer.status, fields["content-type"], fields["content-length"], fields.get("etag"))
                )
                assert bool(body) is (method == "GET")
            assert said[0] == said[1] == said[2]
        line.close()


def test_head_of_the_line_of_events_ends(here: House) -> None:
    """It would be open for ten minutes."""
    with desk(here.app.home.root, Role.EDITOR, clock=here.clock) as inside:
        answer = inside.client.head("/events")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_what_strangers_send_makes_no_line_of_the_log(here: House, caplog: pytest.LogCaptureFixture) -> None:
    """They could fill it, with words of their own."""
    with serving(lambda: here.app, "127.0.0.1:0") as port:
        for kind, sent in (("multipart/form-data; boundary=x", b"garbage"), ("multipart/form-data", b"x")):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("POST", "/subscribe/daily", sent, {"Content-Type": kind})
            assert line.getresponse().status == 400
            line.close()
        with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as bare:
            bare.sendall(b"GARBAGE\r\n\r\n")
            assert b" 400 " in bare.recv(65_536)
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []


def test_an_archive_that_has_become_private_confirms_nothing(here: House) -> None:
    """Neither that a page was there, nor that a browser's copy of it still holds."""
    now = [here.app]
    closed = here.app.digest("daily").model_copy(update={"archive": "private"})
    with TestClient(create_app(lambda: now[0]), base_url=SITE) as client:
        paths = ["/archive/daily", "/archive/daily/1", "/archive/daily/1/mail", "/archive/daily/feed.xml"]
        names = {path: client.get(path).headers["etag"] for path in paths}
        now[0] = replace(here.app, digests={**here.app.digests, "daily": closed})
        for path in paths:
            strange = client.get(path.replace("daily", "nope"))
            for fields in ({}, {"If-None-Match": names[path]}, {"If-None-Match": "*"}):
                answer = client.get(path, headers=fields)
                assert answer.status_code == strange.status_code == 404
                assert _main(answer.text) == _main(strange.text)
                assert _named(answer) == _named(strange)


def _main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def _named(answer: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in {"date", "content-length"}}


def test_a_feed_is_xml_whatever_a_digest_is_called(tmp_path: Path) -> None:
    """XML 1.0 has no way to write most controls, not even escaped; RFC 4287 wants it well-formed."""
    title = 'Tide & <b> "x" ]]> \\u000b\\u0001\\ufffe \\u202e it'.replace('"', '\\"')
    with house(tmp_path / "home", "archive: public") as here:
        file = here.app.home.config / "digests" / "daily.yaml"
        text = file.read_text("utf-8").replace("title: The Daily Brief", f'title: "{title}"')
        file.write_text(text, "utf-8")
        here.add()
        here.sent()
        with open_app(here.app.home.root, clock=here.clock) as app:
            feed = TestClient(create_app(lambda: app)).get("/archive/daily/feed.xml").content
    read = etree.fromstring(feed)
    assert read.findtext(f"{ATOM}title") == 'Tide & <b> "x" ]]> it'
    assert len(read.findall(f"{ATOM}entry")) == 1
