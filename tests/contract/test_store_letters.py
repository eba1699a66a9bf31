"""Sign-ups on record, and letters: counted, sent once, forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from digest.model import Consent, Letter, LetterKind, SubscriptionState, Wish
from digest.store import NewSubscriber, Store, Transaction
from store_cast import HOUR, NOW

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WISH = Wish(
    email="Sam@Readers.Example.org", digest="daily", sections=("world",), hour="18:30", zone="Asia/Tokyo"
)
ASKED = Letter(uid="", kind=LetterKind.CONFIRM, email=WISH.email, digest="daily", made_at=NOW)


def ask(tx: Transaction, wish: Wish = WISH, at: int = 0) -> Consent:
    """Put a wish on record so many days from now."""
    return tx.consents.ask(wish, wording="2026-11", network="n1", at=NOW + at * DAY)


def test_a_wish_comes_back_as_it_was_put_down(store: Store) -> None:
    """It is the evidence that somebody asked."""
    with store.writing() as tx:
        asked = ask(tx)

        assert asked.wish == replace(WISH, email="Sam@readers.example.org")
        assert (asked.wording, asked.network, asked.asked_at) == ("2026-11", "n1", NOW)
        assert tx.consents.get(asked.uid) == asked
        assert tx.consents.get("x") is None


def test_a_newer_wish_takes_the_place_of_one_that_nobody_confirmed(store: Store) -> None:
    """A thousand sign-ups for one address are one row, and the link of the first mail still works."""
    with store.writing() as tx:
        first = ask(tx)
        second = ask(tx, replace(WISH, hour=None), at=1)

        assert (second.uid, second.wish.hour) == (first.uid, None)
        assert ask(tx, replace(WISH, digest="weekly")).uid != first.uid


def test_a_wish_that_nobody_confirms_is_forgotten(store: Store) -> None:
    """Strangers' addresses are not kept; what was confirmed is."""
    with store.writing() as tx:
        sam = tx.people.put(NewSubscriber(email=WISH.email), at=NOW)
        kept, gone = ask(tx), ask(tx, replace(WISH, email="eve@example.net"))
        assert tx.consents.confirm(kept.uid, sam.id, at=NOW)
        assert not tx.consents.confirm(kept.uid, sam.id, at=NOW + DAY)
        ask(tx, replace(WISH, email="olu@example.net"), at=31)

        assert tx.consents.get(gone.uid) is None
        assert [one.confirmed_at for one in tx.consents.of(sam.id)] == [NOW]


def test_sign_ups_are_counted_by_the_hour(store: Store) -> None:
    """Two an hour are two an hour, also for a clock that was ahead and went back."""
    with store.writing() as tx:
        ahead = [tx.consents.count("n1", limit=2, at=NOW + 9 * HOUR) for _ in range(3)]
        hours = [tx.consents.count("n1", limit=2, at=NOW + hour * HOUR / 2) for hour in (0, 1, 1, 2)]

        assert ahead == [True, True, False]
        assert hours == [True, True, False, True]
        assert tx.consents.count("n2", limit=1, at=NOW)


def test_a_letter_is_taken_once_until_its_lease_is_over(store: Store) -> None:
    """Two senders must not both mail it."""
    with store.writing() as tx:
        letter = tx.letters.add(ASKED)
        assert tx.letters.is_due(NOW)
        taken = tx.letters.take(now=NOW, lease=HOUR, limit=5)

        assert [(one.uid, one.tries, one.kind) for one in taken] == [(letter.uid, 1, LetterKind.CONFIRM)]
        assert not tx.letters.is_due(NOW)
        assert tx.letters.take(now=NOW, lease=HOUR, limit=5) == ()
        assert tx.letters.take(now=NOW + HOUR, lease=HOUR, limit=5)[0].tries == 2


def test_a_letter_that_has_its_end_is_not_taken_again(store: Store) -> None:
    """Sent or given up; one that failed waits for its moment."""
    with store.writing() as tx:
        for _ in range(3):
            tx.letters.add(ASKED)
        sent, dropped, again = tx.letters.take(now=NOW, lease=HOUR, limit=3)
        assert tx.letters.sent(sent, at=NOW)
        assert tx.letters.drop(dropped, note="refused")
        assert tx.letters.again(again, at=NOW + HOUR, note="451 later")

        assert tx.letters.take(now=NOW, lease=HOUR, limit=5) == ()
        assert [one.uid for one in tx.letters.take(now=NOW + HOUR, lease=HOUR, limit=5)] == [again.uid]
        assert not tx.letters.again(sent, at=NOW, note="451 later")
        assert not tx.letters.keep(dropped, now=NOW, lease=HOUR)


def test_a_letter_that_is_somebody_elses_now_stays_as_it_is(store: Store) -> None:
    """Who wakes up when its lease is over must not undo what the next one did, nor mail it once more."""
    with store.writing() as tx:
        tx.letters.add(ASKED)
        (late,) = tx.letters.take(now=NOW, lease=HOUR, limit=1)
        (next_one,) = tx.letters.take(now=NOW + HOUR, lease=HOUR, limit=1)
        before = tx.people.export(WISH.email)["letters"]

        assert not tx.letters.lasts(late, now=NOW + HOUR)
        assert not tx.letters.keep(late, now=NOW + HOUR, lease=5 * HOUR)
        assert not tx.letters.sent(late, at=NOW + HOUR)
        assert not tx.letters.drop(late, note="refused")
        assert not tx.letters.again(late, at=NOW + HOUR, note="451 later")
        assert tx.people.export(WISH.email)["letters"] == before
        assert not tx.letters.is_due(NOW + HOUR)
        assert tx.letters.lasts(next_one, now=NOW + HOUR)
        assert tx.letters.sent(next_one, at=NOW + HOUR)


def test_a_letter_can_be_kept_in_hand_while_nobody_else_has_it(store: Store) -> None:
    """A relay that is slow must not cost it; the lease counts from the last word on."""
    with store.writing() as tx:
        tx.letters.add(ASKED)
        (taken,) = tx.letters.take(now=NOW, lease=HOUR, limit=1)

        assert tx.letters.lasts(taken, now=NOW + HOUR - SECOND)
        assert not tx.letters.lasts(taken, now=NOW + HOUR)
        assert tx.letters.keep(taken, now=NOW + HOUR, lease=HOUR)
        assert tx.letters.lasts(taken, now=NOW + HOUR)
        assert tx.letters.take(now=NOW + 2 * HOUR - SECOND, lease=HOUR, limit=1) == ()
        assert tx.letters.take(now=NOW + 2 * HOUR, lease=HOUR, limit=1) != ()


def test_a_letter_of_somebody_erased_meanwhile_is_not_kept(store: Store) -> None:
    """It is asked before the mail begins: erased means erased."""
    with store.writing() as tx:
        tx.letters.add(ASKED)
        (taken,) = tx.letters.take(now=NOW, lease=HOUR, limit=1)
        tx.people.erase(WISH.email, at=NOW)

        assert not tx.letters.lasts(taken, now=NOW)
        assert not tx.letters.keep(taken, now=NOW, lease=HOUR)


def test_a_letter_waits_for_no_moment_that_a_clock_ahead_wrote(store: Store) -> None:
    """Who signs up on a machine that is ahead, or before its clock is set back, gets the mail at once."""
    with store.writing() as tx:
        new = tx.letters.add(replace(ASKED, made_at=NOW + HOUR))
        (taken,) = tx.letters.take(now=NOW, lease=HOUR, limit=5)
        tx.letters.again(taken, at=NOW + 3 * HOUR, note="451 later")

        assert taken.uid == new.uid
        assert [one.tries for one in tx.letters.take(now=NOW, lease=HOUR, limit=5)] == [2]
        assert not tx.letters.is_due(NOW)


def test_letters_to_an_address_are_counted_however_it_is_written(store: Store) -> None:
    """The bound of mails a day is for a mailbox."""
    with store.writing() as tx:
        tx.letters.add(ASKED)
        tx.letters.add(replace(ASKED, kind=LetterKind.MOVED))
        kinds = {LetterKind.CONFIRM, LetterKind.ALREADY}

        assert tx.letters.made_to("SAM@readers.example.org", kinds, since=NOW - DAY) == 1
        assert tx.letters.made_to("SAM@readers.example.org", kinds, since=NOW) == 0
        assert tx.letters.made_to("Sam+news@readers.example.org", kinds, since=NOW - DAY) == 1
        tx.letters.add(replace(ASKED, email="sam+a_b@readers.example.org"))
        assert tx.letters.made_to("sam@readers.example.org", kinds, since=NOW - DAY) == 2
        others = ("eve@example.net", "samuel@readers.example.org", "s_m@readers.example.org", "+@example.org")
        for other in others:
            assert tx.letters.made_to(other, kinds, since=NOW - DAY) == 0


def test_a_link_of_a_letter_works_once_and_old_letters_go(store: Store) -> None:
    """A month is longer than any link works."""
    with store.writing() as tx:
        letter = tx.letters.add(ASKED)
        assert tx.letters.use(letter.uid, at=NOW)
        assert not tx.letters.use(letter.uid, at=NOW)
        tx.letters.add(replace(ASKED, made_at=NOW + 31 * DAY))

        assert tx.letters.get(letter.uid) is None


def test_erasing_forgets_wishes_and_letters_and_an_export_shows_them(store: Store) -> None:
    """Also those of an address that never confirmed."""
    with store.writing() as tx:
        sam = tx.people.put(NewSubscriber(email=WISH.email), at=NOW)
        tx.people.subscribe(sam.id, "daily", state=SubscriptionState.CONFIRMED, at=NOW)
        moved = replace(ASKED, kind=LetterKind.MOVE, email="sam@new.example", subscriber_id=sam.id)
        ask(tx)
        for letter in (ASKED, moved):
            tx.letters.add(letter)
        shown = tx.people.export(WISH.email)
        tx.people.erase(WISH.email, at=NOW)
        ask(tx, replace(WISH, email="eve@example.net"))
        tx.people.erase("eve@example.net", at=NOW)

        assert [one["hour"] for one in shown["consents"]] == ["18:30"]
        assert [one["kind"] for one in shown["letters"]] == ["confirm", "move"]
        for email in (WISH.email, "eve@example.net"):
            left = tx.people.export(email)
            assert (left["consents"], left["letters"]) == ([], [])
        assert not tx.letters.is_due(NOW)
