"""Readers as operators see them: masked, on record, and of their own digests."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import furnish
from desk_cast import SAME, Desk, desk
from digest.model.accounts import Role
from digest.store import NewSubscriber


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a digest."""
    return furnish(tmp_path / "home")


def add(here: Desk, email: str = "sam.okonjo@example.org") -> str:
    """Add a reader by the form; returns where it leads to."""
    fields = {"email": email, "digest": "daily", "consent": "fair 2026", "name": "Sam"}
    return here.post("/readers/add", fields)


def notes(here: Desk) -> list[str | None]:
    """Return what the record says, the newest first."""
    with here.app.store.reading() as tx:
        return [line.note for line in tx.history.list()]


def test_an_address_is_shown_when_somebody_asks_and_that_is_on_record(home: Path) -> None:
    """Lists and pages show enough to know a reader again, and no more."""
    with desk(home, Role.OPERATOR) as here:
        page = add(here)
        assert "sam.okonjo@example.org" not in here.get(page) + here.get("/readers")
        assert "s…o@example.org" in here.get(page)
        assert "sam.okonjo@example.org" in here.post(f"{page}/reveal", status=200)
        assert notes(here)[0] == "looked at the address of reader 1"


def test_nobody_is_added_without_a_consent(home: Path) -> None:
    """Nobody is mailed who has not agreed."""
    with desk(home, Role.OPERATOR) as here:
        said = here.post(
            "/readers/add", {"email": "a@b.example", "digest": "daily", "consent": " "}, status=422
        )
        assert "Nobody is added without a consent" in said


def test_a_reader_is_found_by_address_through_a_form_alone(home: Path) -> None:
    """An address in a web address would stay in browsers and logs."""
    with desk(home, Role.OPERATOR) as here:
        page = add(here)
        assert here.post("/readers/find", {"email": "SAM.okonjo@example.org"}) == page
        assert "Nobody has that address" in here.post("/readers/find", {"email": "x@example.org"}, status=404)


def test_a_reader_is_barred_let_go_and_erased(home: Path) -> None:
    """Each by a form, each on record by number alone."""
    with desk(home, Role.OPERATOR) as here:
        page = add(here)
        here.post(f"{page}/suppress", {"reason": "asked by phone"})
        assert "This address is not mailed" in here.get(page)
        assert "s…o@example.org" in here.get("/readers/suppressed")
        here.post(f"{page}/unsuppress")
        assert "This address is not mailed" not in here.get(page)
        here.post(f"{page}/erase", status=200)
        assert here.client.get(page).status_code == 200
        here.post(f"{page}/erase", {"sure": "true"})
        assert here.client.get(page).status_code == 404
        assert "okonjo" not in " ".join(filter(None, notes(here)))


def test_a_file_is_imported_with_a_word_on_each_bad_line(home: Path) -> None:
    """The good ones come in all the same."""
    with desk(home, Role.OPERATOR) as here:
        csv = b"email,name\nada@example.org,Ada\nno address,X\n"
        fields = {"_token": here.token, "digest": "daily", "consent": "fair 2026"}
        answer = here.client.post(
            "/readers/import", data=fields, files={"file": ("r.csv", csv, "text/csv")}, headers=SAME
        )
        assert answer.status_code == 200
        assert "1 reader new" in answer.text
        assert "1 line refused" in answer.text


def test_an_operator_of_one_digest_adds_to_no_other(home: Path) -> None:
    """The right is asked for over the digest that the form names."""
    daily = home / "config" / "digests" / "daily.yaml"
    (daily.parent / "nightly.yaml").write_text(daily.read_text("utf-8"), encoding="utf-8")
    with desk(home, Role.OPERATOR, digest="nightly") as here:
        fields = {"email": "a@example.org", "digest": "daily", "consent": "fair"}
        here.post("/readers/add", fields, status=403)
        with here.app.store.writing() as tx:
            other = tx.people.put(NewSubscriber(email="x@example.org"), at=here.app.clock())
        assert here.client.get(f"/readers/{other.id}").status_code == 404
        assert f"/readers/{other.id}" not in here.get("/readers")
        assert here.client.get("/readers/suppressed").status_code == 403
