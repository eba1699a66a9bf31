"""What the store promises about people, on every back end."""

from __future__ import annotations

import pytest

from digest.errors import MessageError, NotFound, Refused
from digest.model import DeliveryState, EditionState, Outcome, SubscriptionState, Suppression
from digest.store import Enrolled, Enrolment, NewSubscriber, Store, fingerprint_address
from store_cast import HOUR, NOW, add_edition, frozen_edition

CONFIRMED, PENDING, ENDED = SubscriptionState.CONFIRMED, SubscriptionState.PENDING, SubscriptionState.ENDED
SAM = NewSubscriber(email="Sam@Readers.example.org", name="Sam Reader", language="en", zone="Europe/Berlin")


def enrol(store: Store, *emails: str) -> tuple[Enrolled, ...]:
    """Import addresses into the daily digest."""
    entries = [
        Enrolment(new=NewSubscriber(email=email, name="Imported"), consent="import:members.csv")
        for email in emails
    ]
    with store.writing() as tx:
        return tx.people.enrol(entries, "daily", at=NOW)


def test_a_person_is_found_however_the_address_is_written(store: Store) -> None:
    """People type their address in capitals when they look for it."""
    with store.writing() as tx:
        sam = tx.people.put(SAM, at=NOW)

        assert (sam.email, sam.name, sam.language, sam.zone) == (
            "Sam@readers.example.org",
            "Sam Reader",
            "en",
            "Europe/Berlin",
        )
        assert len(sam.uid) == 22
        assert sam == tx.people.find(" sam@READERS.example.org ") == tx.people.get_by_uid(sam.uid)
        assert sam == tx.people.get(sam.id)
        assert tx.people.find("no address") is None
        assert tx.people.find("eve@elsewhere.example.net") is None


def test_putting_a_known_person_adds_what_is_new(store: Store) -> None:
    """An import without names must not take the names away."""
    with store.writing() as tx:
        sam = tx.people.put(SAM, at=NOW)
        again = tx.people.put(NewSubscriber(email="sam@readers.example.org", zone="UTC"), at=NOW + HOUR)

    assert (again.id, again.uid, again.name, again.zone) == (sam.id, sam.uid, "Sam Reader", "UTC")


@pytest.mark.parametrize(
    "email", ["", "sam", "sam@", "sam@localhost", "a@b>\r\nRCPT TO:<c@d.example", "\udc80@x.example"]
)
def test_what_is_no_address_is_refused(store: Store, email: str) -> None:
    """An address ends up in an SMTP command; nothing else may."""
    with store.writing() as tx, pytest.raises(MessageError, match="is no mail address"):
        tx.people.put(NewSubscriber(email=email), at=NOW)


def test_a_subscription_is_confirmed_once(store: Store) -> None:
    """Posting someone's address into the form again must not unconfirm them."""
    with store.writing() as tx:
        sam = tx.people.put(SAM, at=NOW)
        waiting = tx.people.subscribe(sam.id, "daily", state=PENDING, at=NOW, consent="form")
        assert (waiting.state, waiting.confirmed_at) == (PENDING, None)

        tx.people.subscribe(sam.id, "daily", state=CONFIRMED, at=NOW + HOUR, consent="double opt-in")
        again = tx.people.subscribe(sam.id, "daily", state=PENDING, at=NOW + 2 * HOUR, sections=("world",))

        assert (again.state, again.confirmed_at, again.consent) == (CONFIRMED, NOW + HOUR, "double opt-in")
        assert again.sections == ("world",)
        assert again.subscriber == sam
        assert tx.people.subscriptions(sam.id) == (again,)
        assert tx.people.subscription(sam.id, "weekly") is None


def test_who_has_left_is_not_brought_back_by_others(store: Store) -> None:
    """Unsubscribed means unsubscribed, whatever list is imported next."""
    with store.writing() as tx:
        sam = tx.people.put(SAM, at=NOW)
        tx.people.subscribe(sam.id, "daily", state=CONFIRMED, at=NOW)
        assert tx.people.end(sam.id, "daily", at=NOW, reason="one click") is True
        assert tx.people.end(sam.id, "daily", at=NOW, reason="one click") is False
        with pytest.raises(Refused, match="has left daily"):
            tx.people.subscribe(sam.id, "daily", state=CONFIRMED, at=NOW)
    assert enrol(store, SAM.email)[0].outcome == "ended"

    with store.writing() as tx:
        back = tx.people.subscribe(sam.id, "daily", state=CONFIRMED, at=NOW + HOUR, reopen=True)
        assert (back.state, back.confirmed_at) == (CONFIRMED, NOW + HOUR)


def test_subscribing_nobody_says_so(store: Store) -> None:
    """An id from a stale page is no person."""
    with store.writing() as tx, pytest.raises(NotFound, match="no subscriber 5"):
        tx.people.subscribe(5, "daily", state=CONFIRMED, at=NOW)


def test_one_bad_line_of_an_import_costs_only_itself(store: Store) -> None:
    """Lists from other tools are full of junk."""
    with store.writing() as tx:
        tx.people.suppress("bounced@example.org", "hard bounce", at=NOW)
    done = enrol(store, "a@example.org", "junk", "bounced@example.org", "A@Example.org", "b@example.org")

    assert [one.outcome for one in done] == ["new", "bad address", "suppressed", "updated", "new"]
    assert done[0].subscriber_id == done[3].subscriber_id
    assert "is no mail address" in (done[1].detail or "")
    assert [one.outcome for one in enrol(store, "a@example.org")] == ["updated"]
    with store.reading() as tx:
        choices = [tx.people.subscription(one.id, "daily") for one in tx.people.list(digest="daily")]
        assert [one and one.consent for one in choices] == ["import:members.csv"] * 2
        assert [one.email for one in tx.people.list(digest="daily")] == ["a@example.org", "b@example.org"]
        assert [one.email for one in tx.people.list(limit=1, after_id=1)] == ["b@example.org"]


def test_a_suppressed_address_is_not_subscribed(store: Store) -> None:
    """A complaint outlives every list the address is on."""
    with store.writing() as tx:
        sam = tx.people.put(SAM, at=NOW)
        tx.people.suppress("SAM@readers.example.org", "complaint", at=NOW)

        assert tx.people.is_suppressed("sam@readers.example.org")
        assert not tx.people.is_suppressed("eve@elsewhere.example.net")
        assert tx.people.is_suppressed("no address at all")
        assert tx.people.suppressions() == (
            Suppression(email="sam@readers.example.org", reason="complaint", added_at=NOW),
        )
        with pytest.raises(Refused, match="must not be mailed"):
            tx.people.subscribe(sam.id, "daily", state=CONFIRMED, at=NOW)

        assert tx.people.unsuppress("sam@readers.example.org") is True
        assert tx.people.unsuppress("sam@readers.example.org") is False
        assert not tx.people.is_suppressed("sam@readers.example.org")


def test_erased_means_erased_and_stays_so(store: Store) -> None:
    """The law says so; the books must still add up, and no import may bring the person back."""
    with store.writing() as tx:
        sam = tx.people.put(SAM, at=NOW)
        tx.people.subscribe(sam.id, "daily", state=CONFIRMED, at=NOW, consent="form")
        first = add_edition(tx, state=EditionState.SENDING)
        second = add_edition(tx, state=EditionState.SENDING, number=2, day=21)
        for edition_id in (first, second):
            tx.deliveries.freeze(edition_id)
        (mail,) = tx.deliveries.claim(first, "w1", now=NOW, limit=1, lease=HOUR)
        tx.deliveries.settle(
            mail.id,
            "w1",
            1,
            Outcome(state=DeliveryState.FAILED, at=NOW, code=550, text="<sam@readers.example.org> gone"),
        )

        assert tx.people.erase(SAM.email, at=NOW) is True

        assert tx.people.find(SAM.email) is None
        assert tx.people.get_by_uid(sam.uid) is None
        erased = tx.people.get(sam.id)
        assert erased is not None
        assert (erased.email, erased.name, erased.zone) == ("", None, None)
        assert [one.state for one in tx.people.subscriptions(sam.id)] == [ENDED]
        assert [(one.state, one.reason, one.reply) for one in tx.deliveries.list(first)] == [
            (DeliveryState.FAILED, None, None)
        ]
        assert [(one.state, one.reason) for one in tx.deliveries.list(second)] == [
            (DeliveryState.EXCLUDED, "erased")
        ]
        assert tx.people.is_suppressed(SAM.email)
        assert tx.people.suppressions()[0].email == fingerprint_address("sam@readers.example.org")
        assert tx.people.erase("eve@elsewhere.example.net", at=NOW) is False
    assert [one.outcome for one in enrol(store, SAM.email, "eve@elsewhere.example.net")] == ["suppressed"] * 2


def test_who_was_erased_may_come_back_and_be_erased_again(store: Store) -> None:
    """The rows of the first time must not stand in the way of the second."""
    with store.writing() as tx:
        for number in (1, 2):
            sam = tx.people.put(SAM, at=NOW)
            tx.people.subscribe(sam.id, "daily", state=CONFIRMED, at=NOW)
            edition_id = add_edition(tx, state=EditionState.SENDING, number=number, day=19 + number)
            assert tx.deliveries.freeze(edition_id) == 1
            assert tx.people.erase(SAM.email, at=NOW)
            assert tx.people.unsuppress(SAM.email)

        reasons = [one.reason for number in (1, 2) for one in tx.deliveries.list(number)]
        assert reasons == ["erased", "erased"]


def test_an_export_holds_all_that_is_stored(store: Store) -> None:
    """People may ask what is known of them."""
    with store.writing() as tx:
        sam = tx.people.put(SAM, at=NOW)
        tx.people.subscribe(sam.id, "daily", state=CONFIRMED, at=NOW, consent="form", sections=("world",))
        edition_id = add_edition(tx)
        tx.deliveries.freeze(edition_id)
        tx.people.suppress(SAM.email, "complaint", at=NOW)

        assert tx.people.export("sam@readers.example.org") == {
            "subscriber": {
                "email": "Sam@readers.example.org",
                "name": "Sam Reader",
                "language": "en",
                "zone": "Europe/Berlin",
                "uid": sam.uid,
            },
            "subscriptions": [
                {
                    "digest": "daily",
                    "state": "confirmed",
                    "sections": ["world"],
                    "hour": None,
                    "plain_text": False,
                    "items_of_a_section": None,
                    "paused_until": None,
                    "away": None,
                    "consent": "form",
                    "confirmed_at": "2026-11-20T06:00:00+00:00",
                }
            ],
            "deliveries": [
                {
                    "digest": "daily",
                    "slot": "2026-11-20T07:00",
                    "address": "sam@readers.example.org",
                    "state": "excluded",
                    "reason": "suppressed",
                    "reply": None,
                }
            ],
            "bounces": [],
            "suppressions": [{"reason": "complaint", "added_at": "2026-11-20T06:00:00+00:00"}],
            "consents": [],
            "letters": [],
        }
        with pytest.raises(NotFound):
            tx.people.export("eve@elsewhere.example.net")


def test_several_leave_in_one_go_as_each_alone(store: Store) -> None:
    """Also editions under way are held back for each of them, and for nobody else."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        mails = tx.deliveries.list(edition_id)
        numbers = [mail.subscriber.id for mail in mails]
        assert tx.people.end(numbers[0], "daily", at=NOW, reason="link") is True

        left = tx.people.end_all([*numbers[:3], 10**30], "daily", at=NOW, reason="one click")

        assert left == set(numbers[1:3])
        states = [mail.state for mail in tx.deliveries.list(edition_id)]
        assert states == [*[DeliveryState.EXCLUDED] * 3, DeliveryState.PENDING]
        kept = tx.people.of_digest("daily", state=CONFIRMED)
        assert [one.subscriber.id for one in kept] == numbers[3:]
        uids = [mail.subscriber.uid for mail in mails]
        tx.people.erase(mails[3].subscriber.email, at=NOW)
        assert tx.people.numbers_of([*uids, "nobody"]) == dict(zip(uids[:3], numbers[:3], strict=True))


def test_reason_is_lifted_letter_by_letter(store: Store) -> None:
    """What people wrote by hand is no reason of ours, as like as it looks."""
    theirs = ("Mail comes back: 5.1.1", "mail comes back, he says", "mail_comes back: 5.1.1", "complaint")
    with store.writing() as tx:
        tx.people.suppress("sam@example.org", "mail comes back: 5.1.1", at=NOW)
        for number, reason in enumerate(theirs):
            tx.people.suppress(f"reader{number}@example.org", reason, at=NOW)

        assert tx.people.lift("mail comes back: ", since=NOW) == 1
        assert [one.reason for one in tx.people.suppressions()] == list(theirs)
