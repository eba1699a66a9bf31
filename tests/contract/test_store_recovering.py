"""What the ledger promises when senders go silent, on every back end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import ColumnElement

from digest.model import PARTICULAR, Delivery, DeliveryState, Outcome
from digest.store import ACCEPTED, Recovered, Store, Transaction
from digest.store.recovering import Recovering
from digest.store.values import UnknownPolicy
from store_cast import HOUR, NOW, ended, frozen_edition

CLAIMED, DOTTED, PENDING = DeliveryState.CLAIMED, DeliveryState.DOTTED, DeliveryState.PENDING
SENT, FAILED, DEFERRED, UNKNOWN = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.DEFERRED,
    DeliveryState.UNKNOWN,
)
LEASE = timedelta(minutes=10)
#: For the sender's sake, while others were taken.
REFUSED = Outcome(state=DEFERRED, at=NOW, text=f"{PARTICULAR}550 Rejected", next_at=NOW + HOUR)
SILENT = "the sender went silent after the final dot"


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_dot_that_is_written_while_its_lease_is_taken_back_is_not_overlooked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server others write between two statements; what was dotted must not be mailed again."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        late, _ = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
    judge = Recovering._judge

    def and_then_dot(
        self: Recovering, which: ColumnElement[bool], policy: UnknownPolicy, now: datetime
    ) -> int:
        judged = judge(self, which, policy, now)
        with store.writing() as tx:
            assert tx.deliveries.dotted(late.id, "w1", 1)
        return judged

    monkeypatch.setattr(Recovering, "_judge", and_then_dot)
    with store.writing() as tx:
        assert tx.deliveries.recover(edition_id, now=NOW + HOUR, policy="hold").released == 1
    monkeypatch.undo()
    with store.writing() as tx:
        assert tx.deliveries.list(edition_id)[0].state is DOTTED
        assert tx.deliveries.recover(edition_id, now=NOW + HOUR, policy="hold").unknown == 1


def test_a_late_worker_changes_nothing(store: Store) -> None:
    """Its lease ran out, another has sent the mail; its own failure is no news."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        assert tx.deliveries.recover(edition_id, now=NOW + LEASE, policy="hold") == Recovered(
            released=0, resent=0, unknown=0
        )
        later = NOW + 2 * LEASE
        assert tx.deliveries.recover(edition_id, now=later, policy="hold").released == 1
        (again,) = tx.deliveries.claim(edition_id, "w2", now=later, limit=9, lease=LEASE)

        assert (again.id, again.attempt) == (mail.id, 2)
        assert tx.deliveries.settle(mail.id, "w1", 1, Outcome(state=FAILED, at=NOW)) is False
        assert tx.deliveries.dotted(mail.id, "w2", 2) is True
        assert tx.deliveries.settle(mail.id, "w2", 2, Outcome(state=SENT, at=NOW)) is True
        assert tx.deliveries.settle(mail.id, "w2", 2, Outcome(state=FAILED, at=NOW)) is False


def test_who_was_claimed_by_a_worker_that_died_is_still_at_their_first_try(store: Store) -> None:
    """Nobody was asked for them; of whoever was put off or failed before it stays on record, and why."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        _, late, gone = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        put_off = Outcome(state=DEFERRED, at=NOW, code=450, text="450 later", next_at=NOW)
        tx.deliveries.settle(late.id, "w1", 1, put_off)
        tx.deliveries.settle(gone.id, "w1", 1, Outcome(state=FAILED, at=NOW, code=550, text="550 no"))
        tx.deliveries.reopen_failed(edition_id)
        # One more dies, and one stops in good order.
        tx.deliveries.claim(edition_id, "w2", now=NOW, limit=9, lease=LEASE)
        assert tx.deliveries.recover(edition_id, now=NOW + HOUR, policy="hold").released == 3
        back = tx.deliveries.claim(edition_id, "w3", now=NOW + HOUR, limit=9, lease=LEASE)
        tx.deliveries.settle_all("w3", [ended(one, PENDING, "") for one in back])
        left = tx.deliveries.claim(edition_id, "w4", now=NOW + HOUR, limit=9, lease=LEASE)

        assert [(one.attempt, one.is_first_try) for one in left] == [(2, True), (3, False), (3, False)]
        assert [one.reason for one in left] == [None, "450 later", None]


def test_workers_are_silent_once_their_leases_have_run_out(store: Store) -> None:
    """Of a journal that cannot be read nothing else tells whether its sender lives."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        tx.deliveries.claim(edition_id, "j-1", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.claim(edition_id, "j-2", now=NOW + HOUR, limit=1, lease=LEASE)
        (mail,) = tx.deliveries.claim(edition_id, "w3", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.dotted(mail.id, "w3", 1)

        assert tx.deliveries.silent_workers(edition_id, now=NOW) == frozenset()
        assert tx.deliveries.silent_workers(edition_id, now=NOW + HOUR) == {"j-1", "w3"}
        assert tx.deliveries.silent_workers(edition_id + 1, now=NOW + HOUR) == frozenset()


@pytest.mark.parametrize(
    ("policy", "state", "counted"),
    [
        ("hold", UNKNOWN, Recovered(released=1, resent=0, unknown=1)),
        ("resend", PENDING, Recovered(released=1, resent=1, unknown=0)),
    ],
)
def test_what_was_dotted_when_its_sender_died_goes_by_the_policy(
    store: Store, policy: str, state: DeliveryState, counted: Recovered
) -> None:
    """RFC 1047: nobody can know whether it arrived; the operator decides which mistake is worse."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=2, lease=LEASE)
        tx.deliveries.dotted(mails[0].id, "w1", 1)

        assert tx.deliveries.recover(edition_id, now=NOW + HOUR, policy=policy) == counted
        assert [one.state for one in tx.deliveries.list(edition_id)] == [state, PENDING, PENDING]


@pytest.mark.parametrize("hours", [3, 10_000])
def test_a_clock_that_was_ahead_holds_nothing_back(store: Store, hours: int) -> None:
    """A machine that woke up in the wrong zone or year must not make the audience wait as long."""
    ahead = NOW + hours * HOUR
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        mails = tx.deliveries.claim(edition_id, "w1", now=ahead, limit=2, lease=LEASE)
        tx.deliveries.settle(
            mails[0].id, "w1", 1, Outcome(state=DEFERRED, at=NOW, text="450 later", next_at=ahead + HOUR)
        )

        assert tx.deliveries.recover(edition_id, now=NOW, policy="hold").released == 1
        assert len(tx.deliveries.claim(edition_id, "w2", now=NOW, limit=9, lease=LEASE)) == 3


def test_a_worker_that_is_heard_of_keeps_its_claims(store: Store) -> None:
    """A slow relay is no dead sender."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)

        assert tx.deliveries.renew(edition_id, "w1", now=NOW + LEASE, lease=HOUR) == 2
        assert tx.deliveries.renew(edition_id, "w2", now=NOW + LEASE, lease=HOUR) == 0
        assert tx.deliveries.recover(edition_id, now=NOW + HOUR, policy="hold").released == 0


def test_a_journal_that_cannot_be_asked_may_hold_a_dot(store: Store) -> None:
    """A machine burned down with its journal: what it had in hand may have arrived."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        for worker in ("j-burned", "plain", "J-plain", "j-here"):
            tx.deliveries.claim(edition_id, worker, now=NOW, limit=1, lease=LEASE)

        recovered = tx.deliveries.recover(
            edition_id, now=NOW + HOUR, policy="hold", here=["j-here", "j-other"]
        )
        assert recovered == Recovered(released=2, resent=0, unknown=1)
        assert [(one.state, one.reason) for one in tx.deliveries.list(edition_id)] == [
            (UNKNOWN, SILENT),
            (PENDING, None),
            (PENDING, None),
            (CLAIMED, None),
        ]


def test_a_journal_that_is_here_is_waited_for(store: Store) -> None:
    """Its dots are known once it is read; neither time nor a wrong clock may decide before."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.claim(edition_id, "j-1", now=NOW + 9999 * HOUR, limit=1, lease=LEASE)
        tx.deliveries.dotted(mail.id, "w1", 1)
        nothing = Recovered(released=0, resent=0, unknown=0)

        assert tx.deliveries.recover(edition_id, now=NOW + HOUR, policy="hold", here=["w1", "j-1"]) == nothing
        assert [one.state for one in tx.deliveries.list(edition_id)] == [DOTTED, CLAIMED]


@pytest.mark.parametrize(
    ("policy", "state", "counted"),
    [
        ("hold", UNKNOWN, Recovered(released=1, resent=0, unknown=2)),
        ("resend", PENDING, Recovered(released=1, resent=2, unknown=0)),
    ],
)
def test_a_journal_that_was_read_settles_everything_at_once(
    store: Store, policy: str, state: DeliveryState, counted: Recovered
) -> None:
    """No lease is waited for: what ended has ended, what was dotted goes by the policy, the rest is free."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 5)
        mails = tx.deliveries.claim(edition_id, "j-1", now=NOW, limit=4, lease=LEASE)
        tx.deliveries.claim(edition_id, "j-2", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.dotted(mails[2].id, "j-1", 1)
        recovered = tx.deliveries.take_over(
            "j-1",
            ended=[ended(mails[0], SENT, "250 ok")],
            dotted=[(mails[0].id, 1), (mails[1].id, 1), (99, 1)],
            policy=policy,
            now=NOW,
        )

        assert recovered == counted
        assert [(one.state, one.attempt, one.reason) for one in tx.deliveries.list(edition_id)] == [
            (SENT, 1, None),
            (state, 1, SILENT),
            (state, 1, SILENT),
            (PENDING, 0, None),
            (CLAIMED, 1, None),
        ]


def test_what_a_damaged_journal_has_no_end_of_may_have_been_mailed(store: Store) -> None:
    """The permit of anybody in hand may have stood where nothing can be read: nobody is mailed twice."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        mails = tx.deliveries.claim(edition_id, "j-1", now=NOW, limit=3, lease=LEASE)
        tx.deliveries.claim(edition_id, "j-2", now=NOW, limit=1, lease=LEASE)
        recovered = tx.deliveries.take_over(
            "j-1",
            ended=[ended(mails[0], SENT, "250 ok")],
            dotted=[(mails[1].id, 1)],
            policy="hold",
            now=NOW,
            is_whole=False,
        )

        assert recovered == Recovered(released=0, resent=0, unknown=2)
        assert [(one.state, one.reason) for one in tx.deliveries.list(edition_id)] == [
            (SENT, None),
            (UNKNOWN, SILENT),
            (UNKNOWN, "the sender's journal is damaged: it may have been mailed"),
            (CLAIMED, None),
        ]


def test_who_was_claimed_after_a_copy_of_the_database_is_taken_again(store: Store) -> None:
    """The copy has counted an attempt less; who has an end, or was opened again since, is left alone."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 5)
        put_off, held, opened, gone = tx.deliveries.claim(edition_id, "j-0", now=NOW, limit=4, lease=LEASE)
        tx.deliveries.settle_all("j-0", [ended(opened, FAILED, "550 no")])
        assert tx.deliveries.reopen_failed(edition_id) == 1
        tx.deliveries.settle_all("j-0", [replace(ended(put_off, SENT, ""), outcome=REFUSED)])
        tx.deliveries.settle_all("j-0", [ended(gone, FAILED, "550 no")])
        unclaimed = tx.deliveries.list(edition_id)[-1]
        after = [(one.id, one.attempt + 1) for one in (put_off, held, gone, unclaimed)]
        others = [*after, (opened.id, opened.attempt), (99, 1)]
        tx.deliveries.take_again(edition_id + 1, "j-1", others, version=2)
        tx.deliveries.take_again(edition_id, "j-1", others, version=3)

        assert [(one.state, one.attempt, one.version) for one in tx.deliveries.list(edition_id)] == [
            (CLAIMED, 2, 3),
            (CLAIMED, 2, 3),
            (PENDING, 1, 0),
            (FAILED, 1, 0),
            (CLAIMED, 1, 3),
        ]
        assert tx.deliveries.give_back("j-1") == 3


def test_a_journal_that_is_read_twice_changes_nothing_more(store: Store) -> None:
    """The program may be killed between the database and the journal's end."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        first, second, third = tx.deliveries.claim(edition_id, "j-1", now=NOW, limit=3, lease=LEASE)
        ends = [ended(first, SENT, "250 ok"), ended(second, PENDING, "421 closing")]

        def replay() -> Recovered:
            return tx.deliveries.take_over(
                "j-1", ended=ends, dotted={(third.id, 1)}, policy="resend", now=NOW
            )

        assert replay() == Recovered(released=0, resent=1, unknown=0)
        tx.deliveries.claim(edition_id, "j-2", now=NOW, limit=3, lease=LEASE)
        assert replay() == Recovered(released=0, resent=0, unknown=0)
        assert [(one.state, one.attempt) for one in tx.deliveries.list(edition_id)] == [
            (SENT, 1),
            (CLAIMED, 1),
            (CLAIMED, 2),
        ]


@pytest.mark.parametrize("state", [FAILED, UNKNOWN])
def test_an_end_from_before_somebody_was_tried_again_changes_nothing(
    store: Store, state: DeliveryState
) -> None:
    """A person has them tried again while the same run goes on, whose journal still holds how they ended."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.claim(edition_id, "j-1", now=NOW, limit=1, lease=LEASE)
        end = ended(mail, state, "550 no")
        tx.deliveries.settle_all("j-1", [end])
        assert tx.deliveries.reopen_failed(edition_id) + tx.deliveries.resend_unknown(edition_id) == 1
        (again,) = tx.deliveries.claim(edition_id, "j-1", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.take_over("j-1", ended=[end], dotted=[], policy="hold", now=NOW)
        (free,) = tx.deliveries.list(edition_id)

    assert again.attempt == 2
    assert (free.state, free.attempt, free.reason) == (PENDING, 1, None)


def test_a_dot_after_an_attempt_was_given_back_counts(store: Store) -> None:
    """The same worker took the same attempt again and wrote the dot: giving it back would mail twice."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.claim(edition_id, "j-1", now=NOW, limit=1, lease=LEASE)
        given_back = ended(mail, PENDING, "421 closing")
        tx.deliveries.settle_all("j-1", [given_back])
        (again,) = tx.deliveries.claim(edition_id, "j-1", now=NOW, limit=1, lease=LEASE)

        assert again.attempt == mail.attempt
        assert tx.deliveries.take_over(
            "j-1", ended=[given_back], dotted=[(mail.id, 1)], policy="hold", now=NOW
        ) == Recovered(released=0, resent=0, unknown=1)


def _settled(tx: Transaction, mail: Delivery) -> None:
    tx.deliveries.settle_all("w1", [ended(mail, PENDING, "")])


def _given_back(tx: Transaction, mail: Delivery) -> None:
    assert tx.deliveries.give_back("w1") == len([mail])


def _run_out(tx: Transaction, mail: Delivery) -> None:
    tx.deliveries.recover(mail.edition_id, now=NOW + 2 * HOUR, policy="hold")


def _sent_again(tx: Transaction, mail: Delivery) -> None:
    tx.deliveries.dotted(mail.id, "w1", mail.attempt)
    tx.deliveries.recover(mail.edition_id, now=NOW + 2 * HOUR, policy="resend")


def _reopened(tx: Transaction, mail: Delivery) -> None:
    tx.deliveries.settle_all("w1", [ended(mail, FAILED, mail.reason or "550 no")])
    tx.deliveries.reopen_failed(mail.edition_id)


def _cut_off(tx: Transaction, mail: Delivery) -> None:
    tx.deliveries.settle_all("w1", [ended(mail, UNKNOWN, mail.reason or "cut off")])
    tx.deliveries.resend_unknown(mail.edition_id)


def _gone_silent(tx: Transaction, mail: Delivery) -> None:
    tx.deliveries.dotted(mail.id, "w1", mail.attempt)
    tx.deliveries.recover(mail.edition_id, now=NOW + 2 * HOUR, policy="hold")
    tx.deliveries.resend_unknown(mail.edition_id)


def _accepted(tx: Transaction, mail: Delivery) -> None:
    tx.deliveries.settle_all("w1", [ended(mail, UNKNOWN, mail.reason or "cut off")])
    tx.deliveries.accept_unknown(mail.edition_id, note=f"{ACCEPTED}olu", at=NOW)
    tx.deliveries.resend_unknown(mail.edition_id, [mail.id])


@pytest.mark.parametrize(
    "back",
    [_settled, _given_back, _run_out, _sent_again, _reopened, _cut_off, _gone_silent, _accepted],
)
def test_who_is_particular_stays_so_whatever_becomes_of_the_next_try(
    store: Store, back: Callable[[Transaction, Delivery], None]
) -> None:
    """A stop, a crash, `--failed`, `--resend-unknown`: else the next refusals would count for the relay's."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (first,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.settle(first.id, "w1", 1, REFUSED)
        (second,) = tx.deliveries.claim(edition_id, "w1", now=NOW + HOUR, limit=1, lease=LEASE)
        back(tx, second)
        (free,) = tx.deliveries.list(edition_id)

    assert second.is_particular
    assert (free.state, free.reason) == (PENDING, REFUSED.text)


@pytest.mark.parametrize("state", [SENT, FAILED])
def test_an_end_has_its_own_reason_whatever_was_said_before(store: Store, state: DeliveryState) -> None:
    """The books show why somebody has no mail, and of whoever has it nothing."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (first,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.settle(first.id, "w1", 1, REFUSED)
        (second,) = tx.deliveries.claim(edition_id, "w1", now=NOW + HOUR, limit=1, lease=LEASE)
        tx.deliveries.settle_all("w1", [ended(second, state, "as the relay says")])
        (mail,) = tx.deliveries.list(edition_id)

    assert mail.reason == (None if state is SENT else "as the relay says")
