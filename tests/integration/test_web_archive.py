"""The archive: private unless a digest says otherwise, pages that can be kept, and a feed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET  # why: of our own writing

import pytest

from desk_cast import Desk, desk
from digest.model import EditionState
from digest.model.accounts import Role
from newsroom import DUE, Clock, newsroom

_ATOM = "{http://www.w3.org/2005/Atom}"


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
        feed = ET.fromstring(here.client.get("/archive/daily/feed.xml").content)  # noqa: S314  # why: ours
        entries = feed.findall(f"{_ATOM}entry")
        assert [one.findtext(f"{_ATOM}id") for one in entries] == ["https://news.example.org/archive/daily/1"]
        assert feed.findtext(f"{_ATOM}updated") == "2026-11-19T06:00:00+00:00"


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
    """RFC 9110, section 13: the name of what the browser has comes back, and 304 with it."""
    with archive(tmp_path / "home") as (here, _):
        first = here.client.get("/archive/daily/1")
        assert first.headers["cache-control"] == "public, max-age=300"
        again = here.client.get("/archive/daily/1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


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
