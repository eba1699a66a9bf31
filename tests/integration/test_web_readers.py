"""Readers as operators see them: masked, on record, and of their own digests."""

from __future__ import annotations

import errno
import itertools
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import furnish
from desk_cast import SAME, Desk, desk, join
from digest.actions.readers import import_desk, importing
from digest.actions.readers.importing import Imported
from digest.model import BounceKind
from digest.model.accounts import Role
from digest.store import NewBounce, NewSubscriber
from newsroom import Clock
from store_cast import NOW, frozen_edition


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


def send(here: Desk, csv: bytes, *, consent: str = "fair 2026", status: int = 303) -> str:
    """Send a file by the form; returns where it leads to, or the page that it answers with."""
    fields = {"_token": here.token, "digest": "daily", "consent": consent}
    files = {"file": ("list.csv", csv, "text/csv")}
    answer = here.client.post("/readers/import", data=fields, files=files, headers=SAME)
    assert answer.status_code == status, answer.text
    return answer.headers.get("location") or answer.text


def test_a_file_is_looked_at_then_taken_in_with_a_word_on_each_bad_line(home: Path) -> None:
    """Nobody is taken in by a look; the good ones come in all the same as the bad ones are told."""
    with desk(home, Role.OPERATOR) as here:
        page = send(here, b"email,name\nada@example.org,Ada\nno address,X\n")
        assert "Take in 1 reader?" in here.get(page)
        assert "2 lines, for" in here.get(page)
        assert "no address" in here.get(page)
        assert "Nobody yet" in here.get("/readers")
        assert here.post(page) == page
        assert "1 reader taken in" in here.get(page)
        assert "a…a@example.org" in here.get("/readers?digest=daily&state=confirmed")
        assert "Nobody is pending" in here.get("/readers?digest=daily&state=pending")
        assert notes(here)[0] == "imported 1 new and 0 known readers, refused 1 lines"
        assert not list((here.app.home.root / "var" / "imports").glob("*.csv"))
        here.post(page)
        assert len([note for note in notes(here) if note and note.startswith("imported")]) == 1


def test_an_import_goes_on_where_it_stood(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that was closed, or a service that was restarted, costs nothing and nobody twice."""
    monkeypatch.setattr(importing, "BATCH", 2)
    csv = b"email\n" + b"".join(b"r%d@example.org\n" % number for number in range(5))
    with desk(home, Role.OPERATOR) as here:
        name = send(here, csv).rpartition("/")[2]
        clock = itertools.chain([0.0], itertools.repeat(9.0)).__next__
        once = import_desk.go_on(here.app, name, by="ada@example.org", monotonic=clock)
        assert once.done is not None
        assert (once.done.new, once.done.line, once.is_over) == (2, 3, False)
        assert "Line 3 of 6" in here.get(f"/readers/import/{name}")
        here.post(f"/readers/import/{name}")
        assert "5 readers taken in" in here.get(f"/readers/import/{name}")


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        (b"mail\nada@example.org\n", "line 1: No column &#39;email&#39;"),
        (b'email\nada@example.org\n"eve@example.org\n', "line 3: Not CSV"),
        (b"\0\1", "No text"),
    ],
)
def test_a_file_that_is_no_list_says_where_and_is_not_kept(home: Path, csv: bytes, said: str) -> None:
    """The operator mends the line; nobody is taken in, and no address stays behind."""
    with desk(home, Role.OPERATOR) as here:
        assert said in send(here, csv, status=422)
        assert not list((here.app.home.root / "var" / "imports").iterdir())


def test_a_file_needs_a_consent_and_its_own_operator(home: Path) -> None:
    """Nobody is mailed who has not agreed; a stranger's list is nobody's business."""
    with desk(home, Role.OPERATOR) as here:
        assert "without a consent" in send(here, b"email\na@example.org\n", consent=" ", status=422)
        page = send(here, b"email\na@example.org\n")
        join(here.app, here.client, Role.OPERATOR, email="olu@example.org")
        assert here.client.get(page).status_code == 404
        assert here.client.get("/readers/import/..%2f..%2fdigest1").status_code == 404


def test_a_file_that_nobody_comes_back_for_is_gone_after_a_day(home: Path) -> None:
    """Addresses of people lie in it. The service looks, also when nobody sends another file."""
    with desk(home, Role.OPERATOR, clock=Clock(datetime.now(UTC) + timedelta(hours=23))) as here:
        page = send(here, b"email\na@example.org\n")
        import_desk.forget_old_imports(here.app)
        assert f"on the machine {socket.gethostname()}" in here.get(page)
    with desk(home, clock=Clock(datetime.now(UTC) + timedelta(hours=25))) as here:
        import_desk.forget_old_imports(here.app)
        assert not list((here.app.home.root / "var" / "imports").iterdir())


def test_a_file_that_is_elsewhere_is_told_with_the_place(home: Path) -> None:
    """Of two machines behind one address each has its own files."""
    with desk(home, Role.OPERATOR) as here:
        page = send(here, b"email\na@example.org\n")
        folder = here.app.home.root / "var" / "imports"
        folder.rename(folder.with_name("other"))
        answer = here.client.get(page)
        assert answer.status_code == 404
        assert f"this is {socket.gethostname()}" in answer.text


def test_a_disk_that_is_full_keeps_no_half_of_a_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says so, and the addresses that were written already are gone."""

    def full(*_: object) -> Imported:
        raise OSError(errno.ENOSPC, "No space left on device")

    with desk(home, Role.OPERATOR) as here:
        monkeypatch.setattr(import_desk, "look", full)
        assert "No space left" in send(here, b"email\na@example.org\n", status=422)
        assert not list((here.app.home.root / "var" / "imports").iterdir())


def test_a_file_can_be_forgotten(home: Path) -> None:
    """Addresses that nobody wants here must not lie around."""
    with desk(home, Role.OPERATOR) as here:
        page = send(here, b"email\na@example.org\n")
        here.post(f"{page}/drop")
        assert not list((here.app.home.root / "var" / "imports").iterdir())
        assert here.client.get(page).status_code == 404


def test_readers_are_written_out_and_that_is_on_record(home: Path) -> None:
    """A list of addresses leaves the house; somebody did that."""
    with desk(home, Role.OPERATOR) as here:
        add(here)
        out = here.post("/readers/export", {"digest": "daily"}, status=200)
        assert out.splitlines()[1].startswith("sam.okonjo@example.org,Sam,,,,confirmed,fair 2026,")
        assert notes(here)[0] == "wrote all readers out"


def test_readers_are_listed_by_the_beginning_of_their_address(home: Path) -> None:
    """Who rings up spells the first letters."""
    with desk(home, Role.OPERATOR) as here:
        add(here)
        add(here, "eve@example.org")
        found = here.post("/readers/find", {"email": "SAM.o"}, status=200)
        assert "s…o@example.org" in found
        assert "e…e@example.org" not in found


def test_a_readers_page_tells_why_they_are_barred_and_what_came_back(home: Path) -> None:
    """One page answers 'why do I get nothing'."""
    with desk(home, Role.OPERATOR) as here:
        page = add(here)
        here.post(f"{page}/suppress", {"reason": "asked by phone"})
        assert "Asked by phone." in here.get(page)
        assert "Nothing came back" in here.get("/readers/bounces")
        with here.app.store.writing() as tx:
            edition_id, person = frozen_edition(tx, 1), int(page.rpartition("/")[2])
            report = NewBounce(
                subscriber_id=person, edition_id=edition_id, kind=BounceKind.HARD, digest="x", status="5.1.1"
            )
            tx.bounces.add(report, at=NOW)
        assert "5.1.1" in here.get("/readers/bounces")
        assert "5.1.1" in here.get(f"/readers/{person}")


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
