"""An edition that is too late for those still open: a person at the desk sends it late, or ends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from braking_cast import BEFORE, Sluice, begun, cut_off, furnish_for
from desk_cast import desk
from digest.actions.editing.approving import approve
from digest.actions.editing.shaping import shape
from digest.actions.editions import find
from digest.actions.home.instance import begin_run
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.steering import braking
from digest.actions.steering.late import let_go_late
from digest.actions.steering.review import sendable
from digest.errors import Refused
from digest.model import EditionState, HistoryEntry
from digest.model.accounts import Role
from digest.shape import Headline
from late_cast import late, late_desk, text_of
from newsroom import DUE, newsroom
from scripted_relay import ScriptedRelay
from service_cast import Hurried, Running, until
from store_cast import add_readers

HOUR = timedelta(hours=1)
READERS = 24


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.slow
def test_the_service_mails_the_rest_once_the_desk_has_sent_it_late(tmp_path: Path) -> None:
    """The service was down until it was too late; whoever has only the desk gets it to all, once each."""
    with ScriptedRelay() as relay:
        home = furnish_for(tmp_path / "home", relay.port, readers=READERS)
        sluice = Sluice(relay, after=8)
        with Running(home, Hurried(BEFORE, 60)):
            until(sluice.reached.is_set)
            sluice.open()
        taken = len(relay.recipients)
        assert 8 <= taken < READERS

        morning = Hurried(DUE + 20 * HOUR)
        with Running(home, morning), desk(home, Role.OPERATOR, clock=morning) as here:
            sluice.lift()
            until(lambda: find(here.app, 1).state is EditionState.HELD)
            assert "It is too late, and it waits for a word" in here.get("/sending/1")
            assert len(relay.recipients) == taken
            here.post("/sending/1/late")
            until(lambda: find(here.app, 1).state is EditionState.SENT)
            assert f"{READERS} sent, 0 failed, 0 expired" in here.get("/sending/1/live")
    assert Counter(relay.recipients) == {f"r{n}@example.org": 1 for n in range(READERS)}


def test_the_desk_says_that_it_is_late_how_far_it_got_and_both_ways_out(tmp_path: Path) -> None:
    """Due at seven, and twelve hours were allowed; the question comes before either way."""
    with late_desk(tmp_path / "home", Role.ADMIN) as here:
        page = text_of(here.get("/sending/1"))
        assert "It is too late, and it waits for a word" in page
        assert "It could go out until Thu 19 Nov, 19:00, as max_lateness says." in page
        assert "1 reader has it; 3 are open and get nothing until somebody sends it late or ends it." in page
        assert "The brake is on" not in page
        assert "Expires" not in page
        assert "`digest" not in page  # its ways out are buttons here
        assert "brake, " not in page  # nobody pulled it
        assert "The Daily Brief is late. 3 readers are waiting." in text_of(here.get("/sending"))
        today = text_of(here.get("/"))
        assert "It is too late: it waits until somebody sends it late or ends it." in today
        assert "1 sent · 3 open" in today
        assert "waits for a word" in text_of(here.get("/desk/1"))
        assert "Some readers may have it, so it can’t be called unsent." in text_of(
            here.get("/desk/1/cancel")
        )

        question = text_of(here.get("/sending/1", ask="late"))
        assert "Send The Daily Brief late?" in question
        assert "3 readers have nothing yet and get it now. 1 has it." in question
        assert "3 readers get nothing" in text_of(here.get("/sending/1", ask="end"))
        assert find(here.app, 1).state is EditionState.HELD


def test_who_sent_it_late_is_on_record_and_the_approval_stays_the_editors(tmp_path: Path) -> None:
    """It goes as it was approved; whoever lets it go has not judged it."""
    with late_desk(tmp_path / "home", Role.OPERATOR) as here:
        here.post("/sending/1/late")
        stored = find(here.app, 1)

        assert (stored.state, stored.approved_by) == (EditionState.SENDING, "ada")
        with here.app.store.reading() as tx:
            last, log = tx.history.list()[0], tx.editions.log(1)
        assert (last.event, last.outcome, last.by, last.note) == ("resume", "ok", "ada@example.org", "late")
        page = text_of(here.get("/sending/1"))
        assert "You let it go late" in page
        # Twelve hours from the word on, which came at three in the morning.
        assert "Fri 20 Nov, 15:00, for those still open" in page
        here.post("/sending/1/late")  # whoever clicks twice has what they want
        with here.app.store.reading() as tx:
            assert (tx.editions.log(1), tx.history.list()[0]) == (log, last)


def test_a_late_edition_is_ended_from_the_desk(tmp_path: Path) -> None:
    """The books close over those who never got it."""
    with late_desk(tmp_path / "home", Role.OPERATOR) as here:
        here.post("/sending/1/end")
        assert find(here.app, 1).state is EditionState.SENT
        assert "1 sent, 0 failed, 3 expired, 0 excluded, 0 unknown, 0 open, of 4" in here.get(
            "/sending/1/live"
        )


def test_whoever_is_unknown_can_be_mailed_again_while_it_goes_late(tmp_path: Path) -> None:
    """Held, it is too late for them as well; the word to send late is about everybody, a week later, too."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}") as room:
        cut_off(room, begun(room), 1)
        room.at(7 * 24 * 60)
        clock = room.clock
    with desk(root, Role.OPERATOR, clock=clock) as here:
        assert 'value="again"' not in here.get("/sending/1")
        assert "1 delivery nobody can vouch for" in text_of(here.get("/"))
        assert "was due too long ago" in here.post("/sending/1/decide", {"word": "again"}, status=409)
        here.post("/sending/1/late")
        assert 'value="again"' in here.get("/sending/1")
        here.post("/sending/1/decide", {"word": "again"})
        assert "nobody can vouch for" not in here.get("/")
        assert "0 unknown, 4 open, of 4" in here.get("/sending/1/live")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_who_does_not_operate_reads_who_can(tmp_path: Path, role: Role) -> None:
    """As with the brake: editors and approvers see why it waits, and no button that would be refused."""
    with late_desk(tmp_path / "home", role) as here:
        page = here.get("/sending/1")
        assert "An operator sends it late, or ends it." in page
        assert "ask=late" not in page
        here.post("/sending/1/late", status=403)
        assert find(here.app, 1).state is EditionState.HELD


def test_a_form_of_another_site_sends_nothing_late(tmp_path: Path) -> None:
    """A link in a mail must not mail everybody."""
    with late_desk(tmp_path / "home", Role.OPERATOR) as here:
        here.post("/sending/1/late", {"_token": "guessed"}, status=403)
        answer = here.client.post(
            "/sending/1/late", data={"_token": here.token}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 403
        assert here.client.get("/sending/1/late").status_code == 405
        assert find(here.app, 1).state is EditionState.HELD


def test_what_was_corrected_is_approved_again_before_it_goes_late(tmp_path: Path) -> None:
    """An approval alone sends nothing; the desk then asks for the word, and takes either."""
    with late_desk(tmp_path / "home", Role.ADMIN) as here:
        item = find(here.app, 1).edition.items[0]
        shape(here.app, 1, Headline(article=item.article_id, text="Corrected"), on_version=0, by="ada")
        page = here.get("/sending/1")
        assert "Look at it and approve" in page
        assert "ask=late" not in page
        assert "is not what was approved any more" in here.post("/sending/1/late", status=409)

        approve(here.app, 1, by="ada")
        assert sendable(here.app) == ()
        assert 'href="/sending/1?ask=late"' in here.get("/sending/1")
        assert "Too late" in here.get("/desk/1")
        assert "The Daily Brief is late" in here.get("/sending")
        here.post("/sending/1/late")
        assert sendable(here.app) == (1,)


def test_what_was_approved_again_is_ended_as_well(tmp_path: Path) -> None:
    """Somebody approved it, and somebody else finds that it has come too late."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = late(room)
        approve(room.app, edition, by="ada")
        books = braking.end(room.app, edition, by="olu")

        assert (books.sent, books.expired, books.open) == (1, 3, 0)
        assert room.stored(edition).state is EditionState.SENT


def test_the_word_holds_as_long_as_max_lateness_and_for_the_service_alone(tmp_path: Path) -> None:
    """A service goes on for twelve hours; then it is held again. Whoever types a command says --late."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = late(room)
        let_go_late(room.app, edition, by="olu")
        with pytest.raises(Refused, match="longer than max_lateness"):
            send(room.app, edition, SendOptions(by="olu"))
        books = send(room.app, edition, SendOptions(by="worker", follows=True, stopped=lambda: True))

        assert (books.sent, books.open) == (1, 3)
        assert room.at((20 + 12) * 60).held == ()
        assert room.sendable() == (edition,)
        assert room.at((20 + 12) * 60 + 1).held == ()
        assert room.sendable() == ()
        assert room.at((20 + 12) * 60 + 6).held == (edition,)
        with pytest.raises(Refused, match="is held"):
            send(room.app, edition, SendOptions(by="worker", follows=True))


def test_only_what_is_late_can_be_sent_late(tmp_path: Path) -> None:
    """A page that was open overnight must not let something go before its hour."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = room.build()
        approve(room.app, edition, by="ada")
        with pytest.raises(Refused, match="is approved, and waits for nobody to send it late: it may go out"):
            let_go_late(room.app, edition, by="olu")
        assert room.stored(edition).state is EditionState.APPROVED


def test_what_was_built_by_hand_too_late_goes_from_the_desk(tmp_path: Path) -> None:
    """Nobody has it: its readers are frozen by the word, and the service mails them."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}") as room:
        with room.app.store.writing() as tx:
            add_readers(tx, 3)
        room.clock.now = DUE + 20 * HOUR
        approve(room.app, room.build(scheduled=False), by="ada")
        begin_run(room.app)
        clock = room.clock
    with desk(root, Role.ADMIN, clock=clock) as here:
        page = text_of(here.get("/sending/1"))
        assert "Nobody has it, and nobody gets it until somebody sends it late." in page
        assert "The Daily Brief is late. Its readers are waiting." in here.get("/sending")
        assert 'href="/desk/1/cancel"' in here.get("/sending/1")
        assert "All its readers get it now" in here.get("/sending/1", ask="late")
        assert sendable(here.app) == ()
        here.post("/sending/1/late")

        assert sendable(here.app) == (1,)
        assert "0 sent, 0 failed, 0 expired, 0 excluded, 0 unknown, 3 open, of 3" in here.get(
            "/sending/1/live"
        )
        with here.app.store.reading() as tx:
            lines: list[HistoryEntry] = tx.history.list()
        assert [(one.event, one.outcome, one.by) for one in lines][:1] == [
            ("send", "begun", "ada@example.org")
        ]
