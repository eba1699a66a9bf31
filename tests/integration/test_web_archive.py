"""The archive: private unless a digest says otherwise, pages that can be kept, and a feed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from lxml import etree

from desk_cast import Desk, desk
from digest.model import EditionState
from digest.model.accounts import Role
from digest.web import packing
from digest.web.kept import KeptPages
from digest.web.templates import pages_of
from newsroom import DUE, Clock, newsroom

_ATOM = "{http://www.w3.org/2005/Atom}"


def keep(here: Desk, pages: KeptPages) -> None:
    """Let the application keep its pages there."""
    application = here.client.app
    assert isinstance(application, FastAPI)
    application.state.kept = pages


@contextmanager
def archive(root: Path, settings: str = "archive: public") -> Iterator[tuple[Desk, int]]:
    """Open a home with one edition that was sent."""
    with newsroom(root, settings) as room:
        number = room.build()
        with room.app.store.writing() as tx:
            for state in (EditionState.APPROVED, EditionState.SENDING, EditionState.SENT):
                tx.editions.set_state(number, state, expect=set(EditionState), by="t", at=room.clock())
    with desk(root, clock=Clock(DUE)) as here:
        yield here, number


@pytest.mark.parametrize(
    "path", ["/archive/daily", "/archive/daily/1", "/archive/daily/1/mail", "/archive/daily/feed.xml"]
)
def test_an_archive_is_private_unless_its_digest_says_otherwise(tmp_path: Path, path: str) -> None:
    """Who upgrades has published nothing; a digest that is not there and a private one sound the same."""
    with archive(tmp_path / "home", "") as (here, _):
        private, missing = here.client.get(path), here.client.get(path.replace("daily", "nightly"))
    assert private.status_code == missing.status_code == 404
    assert "There is no such archive" in private.text


def test_a_public_archive_lists_shows_and_feeds_what_was_sent(tmp_path: Path) -> None:
    """With a title and a description to share it by."""
    with archive(tmp_path / "home") as (here, _):
        assert "The Daily Brief" in here.get("/archive")
        assert "/archive/daily/1" in here.get("/archive/daily")
        page = here.get("/archive/daily/1")
        assert '<meta property="og:title"' in page
        assert '<link rel="canonical" href="https://news.example.org/archive/daily/1">' in page
        mail = here.client.get("/archive/daily/1/mail")
        assert "sandbox" in mail.headers["content-security-policy"]
        feed = etree.fromstring(here.client.get("/archive/daily/feed.xml").content)
        entries = feed.findall(f"{_ATOM}entry")
        assert [one.findtext(f"{_ATOM}id") for one in entries] == ["https://news.example.org/archive/daily/1"]
        assert feed.findtext(f"{_ATOM}updated") == "2026-11-19T06:00:00+00:00"


def test_a_kept_page_is_packed_for_who_unpacks_and_else_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever of the two asked first; a feed, too, says what it is."""
    monkeypatch.setattr(packing, "_LEAST_BYTES", 100)
    with archive(tmp_path / "home") as (here, _):
        for path in ("/archive/daily", "/archive/daily/1", "/archive/daily/feed.xml"):
            packed, plain, again = (
                here.client.get(path, headers={"Accept-Encoding": each})
                for each in ("gzip", "identity", "gzip")
            )
            told = [one.headers.get("content-encoding") for one in (packed, plain, again)]
            assert told == ["gzip", None, "gzip"], path
            assert packed.text == plain.text == again.text
            assert (
                packed.headers.get_list("vary")
                == plain.headers.get_list("vary")
                == ["Accept-Encoding, Cookie"]
            )
            assert packed.headers["content-type"] == plain.headers["content-type"]
            assert packed.headers["etag"] != plain.headers["etag"]
        feed = here.client.get("/archive/daily/feed.xml")
        assert feed.headers["content-type"] == "application/atom+xml; charset=utf-8"
        assert etree.fromstring(feed.content).tag == f"{_ATOM}feed"


@pytest.mark.parametrize("index", ["true", "false"])
def test_search_engines_list_a_public_archive_unless_its_digest_says_otherwise(
    tmp_path: Path, index: str
) -> None:
    """In the header for what reads no page, and in the page; the mail is the edition's second form."""
    with archive(tmp_path / "home", f"archive: public\nindex: {index}") as (here, _):
        for path in ("/archive/daily", "/archive/daily/1", "/subscribe/daily"):
            answer = here.client.get(path)
            assert answer.headers.get("x-robots-tag") == (None if index == "true" else "noindex"), path
            assert ('content="noindex"' in answer.text) == (index == "false"), path
        name = here.client.get("/archive/daily/1").headers["etag"]
        same = here.client.get("/archive/daily/1", headers={"If-None-Match": name})
        assert same.headers.get("x-robots-tag") == (None if index == "true" else "noindex")
        assert here.client.get("/archive/daily/feed.xml").headers.get("x-robots-tag") == (
            None if index == "true" else "noindex"
        )
        assert here.client.get("/archive/daily/1/mail").headers["x-robots-tag"] == "noindex"


def test_a_shared_page_tells_what_it_is_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Open Graph (ogp.me), and nothing that a browser would fetch from another host."""
    with archive(tmp_path / "home") as (here, _):
        page = here.get("/archive/daily/1")
        with here.app.store.reading() as tx:
            stored = tx.editions.by_number("daily", 1)
    assert stored is not None
    told = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', page))
    assert told == {
        "og:type": "article",
        "og:title": html.escape(stored.edition.subject),
        "og:description": html.escape(stored.edition.preheader),
        "og:site_name": "The Daily Brief",
        "og:url": "https://news.example.org/archive/daily/1",
        "article:published_time": "2026-11-19T06:00:00+00:00",
    }
    loaded = re.findall(
        r'<(?:img|script|iframe|link rel="(?:stylesheet|preload|icon)")[^>]*(?:src|href)="([^"]+)"', page
    )
    assert loaded
    assert all(one.startswith("/") and not one.startswith("//") for one in loaded)


def test_what_is_not_out_is_not_in_the_archive(tmp_path: Path) -> None:
    """A draft is nobody's business."""
    with newsroom(tmp_path / "home", "archive: public\nreview: {mode: required}") as room:
        room.build()
    with desk(tmp_path / "home", clock=Clock(DUE)) as here:
        assert here.client.get("/archive/daily/1").status_code == 404
        assert "/archive/daily/1" not in here.get("/archive/daily")


@pytest.mark.parametrize(
    "before", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-19", "soon"]
)
def test_a_moment_that_is_none_leads_back_to_the_newest(tmp_path: Path, before: str) -> None:
    """Two of them are moments until their zone takes them out of the calendar; one has no zone."""
    with archive(tmp_path / "home") as (here, _):
        answer = here.client.get("/archive/daily", params={"before": before})
    assert answer.status_code == 404
    assert "Begin with the newest editions" in answer.text


def test_a_page_that_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    """RFC 9110, section 13: the name decides, among others and made weak too; the time only without one."""
    with archive(tmp_path / "home") as (here, _):
        first = here.client.get("/archive/daily/1")
        assert first.headers["cache-control"] == "public, max-age=300"
        name, since = first.headers["etag"], first.headers["last-modified"]
        assert since == "Thu, 19 Nov 2026 06:00:00 GMT"
        for fields, status in [
            ({"If-None-Match": name}, 304),
            ({"If-None-Match": f'"other", W/{name}'}, 304),
            ({"If-None-Match": "*"}, 304),
            ({"If-Modified-Since": since}, 304),
            ({"If-None-Match": '"other"', "If-Modified-Since": since}, 200),
            ({"If-Modified-Since": "Thu, 19 Nov 2026 05:59:59 GMT"}, 200),
            ({"If-Modified-Since": "Thu, 19 Nov 2026 06:00:00 +99999999999999999999"}, 200),
            ({"If-Modified-Since": "yesterday"}, 200),
        ]:
            again = here.client.get("/archive/daily/1", headers=fields)
            assert (again.status_code, not again.content) == (status, status == 304), fields
            assert again.headers["etag"] == name
            assert again.headers["cache-control"] == "public, max-age=300"


def test_a_page_is_made_once_and_anew_when_an_edition_has_moved_on(tmp_path: Path) -> None:
    """The store is asked once a second; a minute is the longest that a page is kept, as templates change."""
    seconds = [0.0]
    with archive(tmp_path / "home") as (here, number):
        keep(here, KeptPages(lambda: seconds[0]))
        own = here.app.home.templates / "web" / "archive.html"
        first = here.client.get("/archive/daily")
        own.parent.mkdir(parents=True)
        pages_of.cache_clear()  # of a home that had no templates of its own
        own.write_text("mine", encoding="utf-8")
        seconds[0] += 59
        assert here.client.get("/archive/daily").content == first.content
        seconds[0] += 1
        assert here.get("/archive/daily") == "mine"
        assert here.client.get("/archive/daily/1").status_code == 200
        with here.app.store.writing() as tx:
            tx.editions.set_state(number, EditionState.HELD, expect=set(EditionState), by="t", at=DUE)
        assert here.client.get("/archive/daily/1").status_code == 200
        seconds[0] += 1
        assert here.client.get("/archive/daily/1").status_code == 404


def test_a_page_that_is_kept_is_of_one_light_and_of_nobody(tmp_path: Path) -> None:
    """One reader's choice of light, or a cookie of theirs, comes to no other reader."""
    with archive(tmp_path / "home") as (here, _):
        word = here.client.get("/archive/daily/1", headers={"Cookie": "said=%5B%22x%22%2C+null%5D"})
        dark = here.client.get("/archive/daily/1", headers={"Cookie": "look=dark"}).text
        plain = here.client.get("/archive/daily/1")
    assert 'data-theme="dark"' in dark
    assert 'data-theme="dark"' not in plain.text
    assert "set-cookie" not in word.headers
    assert "set-cookie" not in plain.headers


def test_pages_that_are_kept_take_no_more_room_than_they_may(tmp_path: Path) -> None:
    """A page longer than all of it is answered with all the same, and so is each that had to go."""
    with archive(tmp_path / "home") as (here, _):
        kept = KeptPages(most_bytes=15_000)
        keep(here, kept)
        paths = (
            "/archive/daily/1",
            "/archive/daily",
            "/archive",
            "/archive/daily/1/mail",
            "/archive/daily/1",
        )
        bodies = [here.client.get(path).content for path in paths]
        assert kept.bytes <= 15_000
    assert bodies[0] == bodies[-1]
    assert len(bodies[3]) > 15_000


@pytest.mark.parametrize(
    "name", ["../config/digest.yaml", "..%2fkeys%2fsecrets", ".hidden.png", "digest.db", "no.png"]
)
def test_only_pictures_of_the_media_folder_come_out(tmp_path: Path, name: str) -> None:
    """Nothing else of a home is on the web."""
    with archive(tmp_path / "home") as (here, _):
        (here.app.home.media / ".hidden.png").write_bytes(b"x")
        (here.app.home.media / "a.png").write_bytes(b"\x89PNG")
        assert here.client.get("/media/a.png").content == b"\x89PNG"
        assert here.client.get(f"/media/{name}").status_code == 404


def test_the_desk_sees_what_was_sent_with_its_books(tmp_path: Path) -> None:
    """Counted from rows, with what each section held."""
    with archive(tmp_path / "home") as (_, number):
        pass
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as here:
        page = here.get("/sent")
    assert f"/sending/{number}" in page
    assert "World 2, Science 2" in page
