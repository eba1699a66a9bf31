"""An edition that is corrected on its way: each reader keeps, and is shown, the one that they were mailed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from braking_cast import begun
from commands import run_here
from desk_cast import desk
from digest.actions.editing.approving import approve
from digest.actions.editing.printed import printed
from digest.actions.editing.shaping import shape, undo
from digest.actions.editing.states import state_to_print
from digest.actions.editions import find
from digest.actions.readers.archive import as_mailed, volume
from digest.actions.readers.letters import written
from digest.actions.readers.reader_links import link
from digest.actions.readers.reading import in_browser
from digest.actions.steering import braking
from digest.errors import DigestError, NotFound
from digest.model import Delivery, DeliveryState, EditionState, Letter, LetterKind
from digest.model.accounts import Role
from digest.shape import Write
from newsroom import Newsroom, newsroom
from store_cast import ended

NEW, INTRO = "The corrected subject", "Corrected words."
LEASE = timedelta(minutes=20)


@dataclass
class Corrected:
    """An edition of four readers; the first got it, of the second nobody knows, then it was corrected."""

    room: Newsroom
    edition: int
    first: Delivery = field(init=False)
    unknown: Delivery = field(init=False)

    def read(self, one: Delivery) -> str:
        """Open the link of a reader's mail."""
        token = link(self.room.app, "read", f"{self.edition}.{one.subscriber.uid}").rpartition("/")[2]
        return in_browser(self.room.app, token).decode()

    def mail(self, count: int, state: DeliveryState) -> tuple[Delivery, ...]:
        """Mail the next readers what the edition is now, as a sender does."""
        version = state_to_print(self.room.app, find(self.room.app, self.edition))
        with self.room.app.store.writing() as tx:
            taken = tx.deliveries.claim(
                self.edition, "w", now=self.room.clock(), limit=count, lease=LEASE, version=version
            )
            tx.deliveries.settle_all("w", [ended(one, state, "as the relay said") for one in taken])
        return taken

    def go_on(self) -> None:
        """Let it be on its way again, approved anew."""
        approve(self.room.app, self.edition, by="ada")
        with self.room.app.store.writing() as tx:
            approved = [EditionState.APPROVED]
            tx.editions.set_state(
                self.edition, EditionState.SENDING, expect=approved, by="worker", at=self.room.clock()
            )


@contextmanager
def corrected(root: Path) -> Iterator[Corrected]:
    """Mail two of four readers, pull the brake, and write another subject; it waits for approval."""
    with newsroom(root, "review: {mode: required}\narchive: public") as room:
        edition = begun(room)
        case = Corrected(room=room, edition=edition)
        (case.first,) = case.mail(1, DeliveryState.SENT)
        (case.unknown,) = case.mail(1, DeliveryState.UNKNOWN)
        room.clock.now += timedelta(minutes=1)
        braking.pull(room.app, edition, by="olu")
        shape(room.app, edition, Write(what="subject", text=NEW), on_version=0, by="ada")
        shape(room.app, edition, Write(what="intro", text=INTRO), on_version=1, by="ada")
        yield case


def subject_of(case: Corrected, one: Delivery) -> str:
    """Return the subject of a reader's mail in their list of the last ten."""
    with case.room.app.store.reading() as tx:
        later = case.room.clock() + timedelta(days=1)
        mails = tx.people.mails_of(one.subscriber.id, "daily", before=later, limit=10)
    return mails[0].edition.subject


def test_each_reader_is_shown_the_one_that_they_were_mailed(tmp_path: Path) -> None:
    """In the browser and in their list, while it is stopped and after it went on."""
    with corrected(tmp_path / "home") as case:
        built = case.room.stored(case.edition)
        assert INTRO not in case.read(case.first)
        case.go_on()
        (third,) = case.mail(1, DeliveryState.SENT)
        for one, has_new in ((case.first, False), (case.unknown, False), (third, True)):
            assert (INTRO in case.read(one)) is has_new
            assert (subject_of(case, one) == NEW) is has_new
        assert built.edition.subject == NEW


def test_books_tell_the_versions_apart_and_an_unknown_one_that_is_mailed_again_moves(tmp_path: Path) -> None:
    """Who is mailed again gets what is approved now, and that is on record."""
    with corrected(tmp_path / "home") as case:
        assert [one.version for one in printed(case.room.app, case.edition)] == [0]
        case.go_on()
        with case.room.app.store.writing() as tx:
            assert tx.deliveries.resend_unknown(case.edition) == 1
        again = case.mail(3, DeliveryState.SENT)
        assert case.unknown.id in {one.id for one in again}
        books = printed(case.room.app, case.edition)
        assert [(one.version, one.books.sent, one.books.unknown) for one in books] == [(0, 1, 0), (2, 3, 0)]
        assert [one.made and one.made.by for one in books] == ["digest", "ada"]
        assert INTRO in case.read(case.unknown)
    told = run_here("deliveries", case.edition, "--all", home=tmp_path / "home").out
    assert "as it was built: 1 sent" in told
    assert "state 2 (ada: intro:" in told
    with desk(tmp_path / "home", Role.OPERATOR, clock=case.room.clock) as olu:
        page = olu.get(f"/sending/{case.edition}/deliveries")
        assert "Version 0, as it was built: 1 sent" in page
        assert "Version 2, by ada" in page


def test_a_copy_is_of_the_one_that_was_mailed_and_none_goes_while_it_is_stopped(tmp_path: Path) -> None:
    """Send again sends the same mail; what waits for approval is sent to nobody."""
    with corrected(tmp_path / "home") as case:
        person = case.first.subscriber
        letter = Letter(
            uid="copy",
            kind=LetterKind.EDITION,
            email=person.email,
            digest="daily",
            subscriber_id=person.id,
            edition_id=case.edition,
            made_at=case.room.clock(),
        )
        with pytest.raises(DigestError, match="stopped on its way"):
            written(case.room.app, letter)
        case.go_on()
        assert INTRO.encode() not in written(case.room.app, letter)[1]


def test_the_archive_says_that_it_was_corrected(tmp_path: Path) -> None:
    """It holds what was approved last; a correction that was undone is none."""
    with corrected(tmp_path / "home") as case:
        with pytest.raises(NotFound):
            volume(case.room.app, "daily", 1)
        case.go_on()
        assert volume(case.room.app, "daily", 1).corrected_at == case.room.clock()
        assert INTRO.encode() in as_mailed(case.room.app, "daily", 1)
        braking.pull(case.room.app, case.edition, by="olu")
        for _ in range(2):
            undo(case.room.app, case.edition, by="ada")
        case.go_on()
        assert volume(case.room.app, "daily", 1).corrected_at is None
        assert printed(case.room.app, case.edition) == ()
    with desk(tmp_path / "home", clock=case.room.clock) as anybody:
        assert "corrected at" not in anybody.get("/archive/daily/1")


def test_what_the_machine_changed_last_is_a_state_on_record_when_it_goes_out(tmp_path: Path) -> None:
    """A deadline may leave out what is not clean after a hand has written: readers keep that."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = room.build()
        shape(room.app, edition, Write(what="intro", text="Good day."), on_version=0, by="ada")
        stored = room.stored(edition)
        with room.app.store.writing() as tx:
            tx.editions.replace(
                edition,
                stored.edition,
                content_hash="as the machine left it",
                expect=[stored.state],
                by="digest",
                at=room.clock(),
            )
        assert state_to_print(room.app, room.stored(edition)) == 2
        assert state_to_print(room.app, room.stored(edition)) == 2
