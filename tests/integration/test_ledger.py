"""The sender's books on a real home: batches, and what a refusal means for a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import furnish, run_here
from crashing import EDITION, prepare
from digest.actions.app import App
from digest.actions.home.instance import adopt, begin_run
from digest.actions.mailing import sending
from digest.actions.mailing.allotments import StoreAllotments
from digest.actions.mailing.books import decide_unknown
from digest.actions.mailing.ending import close
from digest.actions.mailing.journals import new_worker, pick_up
from digest.actions.mailing.ledger import StoreLedger
from digest.bootstrap import open_app
from digest.deliver import Look
from digest.deliver.journal.file import FileRecord
from digest.deliver.journal.left_behind import left_behind
from digest.errors import Refused, StoreError
from digest.model import Bounce, Delivery, DeliveryState, EditionState, Outcome, Settlement
from digest.render import Rendered
from digest.store import Recovered, StoredEdition
from scripted_relay import ScriptedRelay
from sending_cast import MemoryLedger, readers
from store_cast import add_edition, add_readers

NOW = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
FAILED, SENT = DeliveryState.FAILED, DeliveryState.SENT
GONE = "550 5.1.1 <reader1@example.org> no such user"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation with two readers."""
    with open_app(furnish(tmp_path / "home"), clock=lambda: NOW) as opened:
        with opened.store.writing() as tx:
            add_readers(tx, 2)
        yield opened


def begin(app: App, number: int, worker: str = "w1") -> tuple[StoreLedger, tuple[Delivery, ...]]:
    """Freeze an edition and claim all of it."""
    with app.store.writing() as tx:
        edition_id = add_edition(tx, state=EditionState.SENDING, number=number, day=18 + number)
        tx.deliveries.freeze(edition_id)
    ledger = StoreLedger(store=app.store, edition_id=edition_id, worker=worker, clock=lambda: NOW)
    return ledger, ledger.claim(10)


def refused(mail: Delivery, text: str = GONE) -> Settlement:
    """Make the end that a relay's refusal leads to."""
    outcome = Outcome(state=FAILED, at=NOW, code=550, text=text)
    return Settlement(delivery_id=mail.id, attempt=mail.attempt, outcome=outcome)


def reports(app: App) -> tuple[tuple[Bounce, ...], list[tuple[str, str]]]:
    """Return the reports on record, and who is suppressed for what."""
    with app.store.reading() as tx:
        return tx.bounces.list(), [(one.email, one.reason) for one in tx.people.suppressions()]


def test_the_second_edition_that_a_relay_refuses_for_good_suppresses(app: App) -> None:
    """The relay's word at the door is worth as much as a report that it sends later."""
    ledger, (sam, olu) = begin(app, 1)
    sent = Settlement(delivery_id=olu.id, attempt=1, outcome=Outcome(state=SENT, at=NOW))
    ledger.settle([refused(sam), sent])
    (report,), suppressed = reports(app)

    assert (report.subscriber.email, report.kind, report.status) == ("Reader1@example.org", "hard", "5.1.1")
    assert (report.edition_id, suppressed) == (1, [])

    ledger, mails = begin(app, 2)
    ledger.settle([refused(mails[0])])
    assert reports(app)[1] == [("reader1@example.org", "mail comes back: 5.1.1")]
    _, mails = begin(app, 3)
    assert [one.subscriber.email for one in mails] == ["Reader2@example.org"]


def test_who_was_put_off_for_a_limit_is_claimed_before_their_time(app: App) -> None:
    """There is room for them again, and nobody was asked for them so far."""
    ledger, (sam, olu) = begin(app, 1)
    later = Outcome(state=DeliveryState.DEFERRED, at=NOW, next_at=NOW + timedelta(hours=1), is_try=False)
    words = {sam.id: "waits for the limit of example.org", olu.id: "waits for the limit of example.net"}
    for one in (sam, olu):
        end = replace(later, text=words[one.id])
        ledger.settle([Settlement(delivery_id=one.id, attempt=one.attempt, outcome=end)])

    assert ledger.claim(10) == ()
    assert [(one.id, one.attempt) for one in ledger.claim_early(10, [words[sam.id]])] == [(sam.id, 1)]
    with app.store.writing() as tx:
        tx.editions.set_state(1, EditionState.HELD, expect=(EditionState.SENDING,), by="ada", at=NOW)
    assert ledger.claim_early(10, [*words.values()]) == ()


def test_an_edition_that_is_tried_again_counts_once(app: App) -> None:
    """`--failed` must not make two editions of one."""
    ledger, (sam, _) = begin(app, 1)
    ledger.settle([refused(sam)])
    with app.store.writing() as tx:
        assert tx.deliveries.reopen_failed(1) == 1
    (again,) = ledger.claim(10)

    ledger.settle([refused(again)])
    assert (len(reports(app)[0]), reports(app)[1]) == (1, [])


def test_an_edition_that_is_sent_at_the_second_try_is_not_one_that_was_refused(app: App) -> None:
    """A relay had lost its table and was mended; one refusal in the next edition is not two in a row."""
    ledger, (sam, _) = begin(app, 1)
    ledger.settle([refused(sam)])
    with app.store.writing() as tx:
        tx.deliveries.reopen_failed(1)
    (again,) = ledger.claim(10)
    ledger.settle(
        [Settlement(delivery_id=sam.id, attempt=again.attempt, outcome=Outcome(state=SENT, at=NOW))]
    )
    ledger, (sam, _) = begin(app, 2)
    ledger.settle([refused(sam)])
    assert [one.edition_id for one in reports(app)[0]] == [2, 1]
    assert reports(app)[1] == []
    ledger, (sam, _) = begin(app, 3)
    ledger.settle([refused(sam)])

    assert reports(app)[1] == [("reader1@example.org", "mail comes back: 5.1.1")]


def one_unknown(app: App) -> StoreLedger:
    """Bring the first edition to where all have an end: one reader is sent, of the other nobody can tell."""
    ledger, mails = begin(app, 1)
    ends = [Outcome(state=state, at=NOW) for state in (SENT, DeliveryState.UNKNOWN)]
    ledger.settle(
        [
            Settlement(delivery_id=mail.id, attempt=1, outcome=end)
            for mail, end in zip(mails, ends, strict=True)
        ]
    )
    return ledger


def state_of(app: App) -> EditionState | None:
    """Return where the first edition is."""
    with app.store.reading() as tx:
        return tx.editions.state_of(EDITION)


def test_an_edition_does_not_end_whose_unknown_are_tried_again_in_that_moment(app: App) -> None:
    """The sender has counted, a person has decided, the sender closes: their mail would wait for ever."""
    counted = one_unknown(app).books()
    decide_unknown(app, EDITION, resend=True, by="olu")
    after = close(app, EDITION, counted, by="worker")

    assert counted.balance
    assert (after.open, state_of(app)) == (1, EditionState.SENDING)


def test_an_edition_goes_on_whose_unknown_are_tried_again_as_it_ends(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round: it was being sent when the person asked, and has ended when they are heard."""
    counted = one_unknown(app).books()
    monkeypatch.setattr(
        "digest.actions.mailing.books._refuse_late", lambda *_: close(app, EDITION, counted, by="worker")
    )
    decide_unknown(app, EDITION, resend=True, by="olu")
    with app.store.reading() as tx:
        steps = [one.after for one in tx.editions.log(EDITION)]

    assert steps[-2:] == [EditionState.SENT, EditionState.SENDING]


def test_failed_ones_are_tried_again_though_the_edition_ends_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service closes the books while somebody's command lays the edition out."""
    sending_again, ended = (EditionState.SENDING, EditionState.SENT)
    render = sending.render

    def and_close(app: App, stored: StoredEdition) -> Rendered:
        with app.store.writing() as tx:
            tx.editions.set_state(EDITION, ended, expect=(sending_again,), by="worker", at=NOW)
        return render(app, stored)

    with ScriptedRelay({"rcpt reader2@example.org": "550 5.2.2 full"}, once=True) as relay:
        root = prepare(tmp_path / "home", relay.port, readers=3, on_unknown="hold", connections=1)
        assert run_here("send", EDITION, home=root).code == 1
        with open_app(root) as app, app.store.writing() as tx:
            tx.editions.set_state(EDITION, sending_again, expect=(ended,), by="olu", at=NOW)
        monkeypatch.setattr(sending, "render", and_close)
        ran = run_here("send", EDITION, "--failed", home=root)

    assert (ran.code, len(relay.bodies)) == (0, 3), ran.err


def test_failed_ones_are_tried_again_that_only_a_dead_senders_journal_tells_of(tmp_path: Path) -> None:
    """The machine went down after the refusals and before the database knew: the books call nobody failed."""
    with ScriptedRelay() as relay:
        root = prepare(tmp_path / "home", relay.port, readers=3, on_unknown="hold", connections=1)
        with open_app(root) as app:
            begin_run(app)
            with app.store.writing() as tx:
                tx.deliveries.freeze(EDITION)
                for after in (EditionState.APPROVED, EditionState.SENDING):
                    before = tx.editions.keep_state(EDITION)
                    tx.editions.set_state(EDITION, after, expect=(before,), by="olu", at=NOW)
            mails = StoreLedger(store=app.store, edition_id=EDITION, worker="j-9", clock=app.clock).claim(3)
            record = FileRecord(app.home.database_dir / "journal", "j-9")
            record.write([(one.id, one.attempt) for one in mails], [])
            record.write([], [refused(one, "550 5.2.2 full") for one in mails])
            record.close(keep=True)
        ran = run_here("send", EDITION, "--failed", home=root)

    assert (ran.code, len(relay.bodies)) == (0, 3), ran.err


def test_only_what_is_written_down_has_consequences(app: App) -> None:
    """A sender that wakes up late, a full mailbox and an erased person suppress nobody."""
    ledger, (sam, olu) = begin(app, 1)
    late = StoreLedger(store=app.store, edition_id=1, worker="w2", clock=lambda: NOW, hard_bounces=1)
    late.settle([refused(sam)])
    assert late.books().failed == 0
    ledger.hard_bounces = 1
    ledger.settle([refused(olu, "552 5.2.2 mailbox full")])
    with app.store.writing() as tx:
        tx.people.erase("reader1@example.org", at=NOW)

    ledger.settle([refused(sam)])
    assert reports(app)[0] == ()
    assert [reason for _, reason in reports(app)[1]] == ["erased"]
    with app.store.reading() as tx:
        assert [one.reply for one in tx.deliveries.list(1)] == [None, "552 5.2.2 mailbox full"]


def test_what_a_journal_says_has_the_same_consequences(app: App) -> None:
    """The machine went down after the refusal and before the database knew."""
    ledger, (sam, olu) = begin(app, 1, worker="j-1")
    ledger.hard_bounces = 1
    recovered = ledger.take_over([refused(sam)], [(olu.id, 1)], "hold")

    assert recovered == Recovered(released=0, resent=0, unknown=1)
    assert reports(app)[1] == [("reader1@example.org", "mail comes back: 5.1.1")]
    assert (ledger.books().failed, ledger.books().unknown) == (1, 1)


@pytest.mark.parametrize("is_adopted", [False, True])
def test_a_journal_tells_whom_a_copy_lacks_until_somebody_adopts_another_database(
    app: App, is_adopted: bool
) -> None:
    """Beside the database of that home; in another one the same numbers may be other people's."""
    worker = new_worker(app, begin_run(app), 1, 5)
    record = FileRecord(app.home.database_dir / "journal", worker)
    _, mails = begin(app, 1)
    sent, dotted = ((one.id, one.attempt) for one in mails)
    record.write([sent, dotted], [])
    outcome = Outcome(state=SENT, at=NOW, code=250, text="2.0.0 queued as 5A")
    record.write([], [Settlement(delivery_id=sent[0], attempt=sent[1], outcome=outcome)])
    record.close(keep=True)
    with app.store.writing() as tx:
        tx.deliveries.give_back("w1")
    if is_adopted:
        app.home.instance.unlink()
        assert adopt(app, "olu").noticed
    pick_up(app, 1)
    with app.store.reading() as tx:
        found = [(one.state, one.attempt, one.reply, one.version) for one in tx.deliveries.list(1)]

    nobody = [("pending", 0, None, 0)] * 2
    known = [("sent", 1, "2.0.0 queued as 5A", 5), ("unknown", 1, None, 5)]
    assert found == (nobody if is_adopted else known)


def test_a_journal_is_kept_until_copies_that_lack_what_it_says_are_behind(app: App, tmp_path: Path) -> None:
    """Another sender takes it over, and waits for minutes: nothing but that steps on meanwhile."""
    worker = new_worker(app, begin_run(app), 1, 0)
    record = FileRecord(app.home.database_dir / "journal", worker)
    _, (mail, _) = begin(app, 1)
    record.write([(mail.id, mail.attempt)], [])
    record.close(keep=True)
    file, copy = app.home.database_dir / "digest.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(copy)) as other:
        one.backup(other)
    pick_up(app, 1)
    with closing(sqlite3.connect(copy)) as one, closing(sqlite3.connect(file)) as other:
        one.backup(other)

    assert not [*left_behind(app.home.database_dir / "journal")]
    with pytest.raises(Refused, match="a backup was restored"):
        begin_run(app)


def test_a_journal_that_outlived_its_edition_says_nothing_about_another_one(app: App) -> None:
    """Recipients of the edition went off the record, and SQLite gives their numbers to the next one's."""
    worker = new_worker(app, begin_run(app), 1, 0)
    ledger, mails = begin(app, 1, worker)
    sent = Outcome(state=SENT, at=NOW, code=250)
    ends = [Settlement(delivery_id=one.id, attempt=one.attempt, outcome=sent) for one in mails]
    record = FileRecord(app.home.database_dir / "journal", worker)
    record.write([one.mark for one in ends], [])
    record.write([], ends)
    ledger.settle(ends)
    record.close(keep=True)
    close(app, 1, ledger.books(), by="olu")
    with app.store.writing() as tx:
        assert tx.deliveries.prune(1, before=NOW + timedelta(days=30), limit=10, at=NOW) == len(mails)
        second = add_edition(tx, state=EditionState.SENDING, number=2, day=20)
        tx.deliveries.freeze(second)
        assert [one.id for one in tx.deliveries.list(second)] == [one.id for one in mails]
    pick_up(app, second)
    with app.store.reading() as tx:
        assert [one.state for one in tx.deliveries.list(second)] == ["pending", "pending"]


def test_the_end_of_one_edition_decides_on_nobody_of_another(app: App) -> None:
    """It mails nobody again; whoever may have the other one is mailed again, as the settings say."""
    worker = new_worker(app, begin_run(app), 1, 0)
    record = FileRecord(app.home.database_dir / "journal", worker)
    _, (mail, _) = begin(app, 1, worker)
    begin(app, 2)
    record.write([(mail.id, mail.attempt)], [])
    record.close(keep=True)
    resends = app.system.delivery.model_copy(update={"on_unknown": "resend"})
    pick_up(replace(app, system=app.system.model_copy(update={"delivery": resends})), 2)

    with app.store.reading() as tx:
        assert [(one.state, one.may_have_it) for one in tx.deliveries.list(1)] == [
            ("pending", True),
            ("pending", False),
        ]


def test_damaged_journal_is_told_with_what_was_concluded(
    app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    """The books say why these are unknown; the log says where, so that somebody looks at the disk."""
    _, (sam, olu) = begin(app, 1, worker="j-9")
    record = FileRecord(app.home.database_dir / "journal", "j-9")
    record.write([(sam.id, 1), (olu.id, 1)], [])
    record.close(keep=True)
    place = app.home.database_dir / "journal" / "j-9"
    data = (place / "000001").read_bytes()
    (place / "000001").write_bytes(b"x" + data[1:])
    pick_up(app, 1)

    told = capsys.readouterr().err
    assert "event=journal_damaged" in told
    assert f"journal={place}" in told
    assert 'first="000001 at byte 0"' in told
    assert "unknown=2" in told
    with app.store.reading() as tx:
        assert [one.state for one in tx.deliveries.list(1)] == ["unknown", "unknown"]
    assert not place.exists()


@pytest.fixture
def journals(app: App) -> Path:
    """Two that others left: of j-7 nobody may ask whether it lives, j-8 is dead."""
    folder = app.home.database_dir / "journal"
    for worker in ("j-7", "j-8"):
        FileRecord(folder, worker).close(keep=True)
    (folder / "j-7" / "lock").unlink()
    (folder / "j-7" / "lock").mkdir()
    return folder


@pytest.mark.usefixtures("journals")
def test_journal_that_cannot_be_read_stops_its_own_edition_alone(app: App) -> None:
    """Somebody sent one edition as root: whatever else the home sends is none of that."""
    begin(app, 1, worker="j-7")
    begin(app, 2, worker="j-8")
    later = replace(app, clock=lambda: NOW + timedelta(minutes=21))
    with pytest.raises(StoreError, match="j-7: the journal cannot be read"):
        pick_up(later, 1)
    pick_up(later, 2)

    with app.store.reading() as tx:
        assert [tx.deliveries.in_hand(number) for number in (1, 2)] == [2, 0]


def test_journal_that_cannot_be_read_may_be_of_a_sender_at_work(app: App, journals: Path) -> None:
    """It renews its leases each minute; until they run out, others go on beside it."""
    begin(app, 1, worker="j-7")
    pick_up(replace(app, clock=lambda: NOW + timedelta(minutes=19)), 1)

    assert [one.name for one in journals.iterdir()] == ["j-7"]
    with app.store.reading() as tx:
        assert tx.deliveries.in_hand(1) == 2


def test_connections_of_the_dead_are_free_once_their_journal_is_read(app: App) -> None:
    """The same command right after a crash must not wait half a minute for a lease."""
    ledger, _ = begin(app, 1, worker="j-1")
    shared = StoreAllotments(store=app.store, clock=app.clock)
    assert shared.seats("relay main", "j-1", wanted=8, limit=8) == 8
    ledger.take_over([], [], "hold")

    assert shared.seats("relay main", "j-2", wanted=8, limit=8) == 8


def test_dots_and_last_looks_come_in_batches(app: App) -> None:
    """One transaction for all connections."""
    ledger, (sam, olu) = begin(app, 1)
    with app.store.writing() as tx:
        tx.people.end(olu.subscriber.id, "daily", at=NOW, reason="one click")

    assert ledger.look() == Look(barred={olu.id: "unsubscribed"}, halted=None)
    assert ledger.dotted([(sam.id, 1), (olu.id, 2)]) == {sam.id}


@pytest.mark.parametrize(("left", "word"), [(timedelta(hours=3), None), (timedelta(hours=1), NOW)])
def test_a_look_asks_for_a_word_to_send_late_once_it_could_matter(
    app: App, left: timedelta, word: datetime | None
) -> None:
    """Nobody is put off for more than an hour: long before the end looks stay as cheap as they were."""
    ledger, _ = begin(app, 1)
    ledger.give_up_at, ledger.let_go_until = NOW + left, lambda _: NOW

    assert ledger.look().let_go_until == word


def test_an_edition_that_is_held_in_between_is_seen_at_the_next_look(app: App) -> None:
    """An editor's hold counts as fast as an unsubscribe."""
    ledger, _ = begin(app, 1)
    with app.store.writing() as tx:
        tx.editions.set_state(1, EditionState.HELD, expect=(EditionState.SENDING,), by="ada", at=NOW)

    assert ledger.look().halted == "edition 1 is held"


def test_who_was_put_off_by_a_clock_that_was_ahead_is_due_at_once(app: App) -> None:
    """A run that stays until everybody has an end must not stay for the hours that a clock went back."""
    ledger, (sam, olu) = begin(app, 1)
    later = Outcome(state=DeliveryState.DEFERRED, at=NOW, next_at=NOW + timedelta(hours=3, minutes=5))
    ledger.settle([Settlement(delivery_id=sam.id, attempt=1, outcome=later)])
    ledger.settle([Settlement(delivery_id=olu.id, attempt=1, outcome=Outcome(state=SENT, at=NOW))])
    ledger.next_due_s()

    assert ledger.next_due_s() == 0
    assert [one.id for one in ledger.claim(9)] == [sam.id]


def test_next_due_tells_when_to_come_again(app: App) -> None:
    """Nought while somebody may be tried now; nothing when everybody has an end."""
    ledger, (sam, olu) = begin(app, 1)
    later = Outcome(state=DeliveryState.DEFERRED, at=NOW, next_at=NOW + timedelta(minutes=5))
    sent = Outcome(state=SENT, at=NOW)
    ledger.settle([Settlement(delivery_id=sam.id, attempt=1, outcome=later)])
    ledger.settle([Settlement(delivery_id=olu.id, attempt=1, outcome=sent)])

    assert ledger.next_due_s() == 300.0
    ledger.clock = lambda: NOW + timedelta(minutes=6)
    (sam,) = ledger.claim(1)
    ledger.settle([Settlement(delivery_id=sam.id, attempt=2, outcome=sent)])
    assert ledger.next_due_s() is None


@pytest.mark.parametrize("kind", ["store", "memory"])
def test_who_waits_is_counted_alike_by_every_ledger(app: App, kind: str) -> None:
    """In a sender's hands, put off, and with an end: only the second waits."""
    ledger, mails = begin(app, 1)
    if kind == "memory":
        ledger = MemoryLedger(readers(2))
        mails = ledger.claim(10)
    both = [one.id for one in mails]
    assert ledger.count_waiting(both) == 0
    later = Outcome(state=DeliveryState.DEFERRED, at=NOW, next_at=NOW + timedelta(minutes=5))
    for one, outcome in zip(mails, (later, Outcome(state=SENT, at=NOW)), strict=True):
        ledger.settle([Settlement(delivery_id=one.id, attempt=1, outcome=outcome)])

    assert ledger.count_waiting(both) == 1
    assert ledger.count_waiting(both[1:]) == 0


def test_claims_whose_confirmation_was_lost_are_let_go(app: App) -> None:
    """The server had committed when it went away; nobody else would ever claim them."""
    ledger, (sam, olu) = begin(app, 1)
    with app.store.reading() as tx:
        assert [one.state for one in tx.deliveries.list(1)] == ["claimed", "claimed"]

    ledger.release()
    assert [one.id for one in ledger.claim(9)] == [sam.id, olu.id]
