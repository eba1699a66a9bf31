"""Sign-up by double opt-in: one mail, one press, and nothing that tells strangers who is known."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digest.actions.readers.sign_up_form import form_stamp, is_by_hand, network_of
from digest.actions.readers.signing_up import asked, confirm
from digest.errors import DigestError, MessageError, NotFound, Refused
from digest.model import SubscriptionState
from newsroom import DUE
from readers_cast import EVE, SAM, House, house, text_of, token_of


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """A digest that takes sign-ups, and no subscriber."""
    with house(tmp_path / "home") as opened:
        yield opened


def subscription(here: House, address: str = SAM) -> SubscriptionState | None:
    """Say how somebody stands to the daily digest."""
    with here.app.store.reading() as tx:
        person = tx.people.find(address)
        found = None if person is None else tx.people.subscription(person.id, "daily")
    return None if found is None else found.state


def test_a_sign_up_is_one_mail_and_no_subscription(here: House) -> None:
    """Nobody is stored who has not confirmed, and the mail says nothing that a stranger wrote."""
    assert here.ask(name="Buy pills at https://spam.example")
    (mail,) = here.mails()

    assert (mail["To"], mail["Subject"]) == (SAM, "Confirm The Daily Brief")
    assert mail["From"] == "The Daily Brief <brief@news.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert b"pills" not in here.relay.bodies[0]
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]
    assert here.links()[0].startswith("/confirm/")
    assert subscription(here) is None


def test_a_confirmation_subscribes_as_was_asked(here: House) -> None:
    """With the evidence on record: what, when, from where, by which words."""
    here.ask(sections=("science",), hour="18:30", zone="Asia/Tokyo", language="de", name="Sam")
    token = token_of(here.links()[0])
    here.later(hours=3)
    done = confirm(here.app, token)

    assert done.is_first
    with here.app.store.reading() as tx:
        person = tx.people.find(SAM)
        assert person is not None
        choice = tx.people.subscription(person.id, "daily")
        (consent,) = tx.consents.of(person.id)
    assert choice is not None
    assert (choice.state, choice.sections, choice.hour) == ("confirmed", ("science",), "18:30")
    assert (person.zone, person.language, person.name) == ("Asia/Tokyo", "de", "Sam")
    assert (consent.wording, consent.network) == ("de 2026-11", "n1")
    assert consent.confirmed_at == here.clock.now


def test_the_mail_is_in_the_language_that_was_asked_for(here: House) -> None:
    """German has its words; of a language that has none English ones are used."""
    here.ask(language="de-AT")
    here.ask(EVE, language="fi")
    subjects = [mail["Subject"] for mail in here.mails()]

    assert "bestätigen" in subjects[0] or "=?utf-8?" in subjects[0].lower()
    assert subjects[1] == "Confirm The Daily Brief"


def test_a_confirmation_twice_is_once(here: House) -> None:
    """Also when a person has left in between: an old link brings nobody back."""
    here.ask()
    token = token_of(here.links()[0])
    confirm(here.app, token)
    with here.app.store.writing() as tx:
        person = tx.people.find(SAM)
        assert person is not None
        tx.people.end(person.id, "daily", at=here.clock.now, reason="link")
    again = confirm(here.app, token)

    assert not again.is_first
    assert subscription(here) is SubscriptionState.ENDED


def test_the_welcome_is_the_newest_edition_and_comes_once(here: House) -> None:
    """A copy with a name of its own, so that it is none of the edition's books."""
    here.add(EVE)
    edition_id = here.sent()
    here.ask()
    token = token_of(here.links()[0])
    assert confirm(here.app, token).welcome
    confirm(here.app, token)
    first, _, welcome = here.mails()

    assert (first["To"], welcome["To"], welcome["Subject"]) == (EVE, SAM, first["Subject"])
    assert welcome["Message-ID"] != first["Message-ID"]
    assert welcome["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with here.app.store.reading() as tx:
        assert tx.deliveries.books(edition_id).frozen == 1


def test_without_an_edition_there_is_no_welcome(here: House) -> None:
    """The first one comes when it comes."""
    here.ask()
    assert not confirm(here.app, token_of(here.links()[0])).welcome
    assert len(here.mails()) == 1


def test_known_unknown_and_barred_addresses_look_the_same(here: House) -> None:
    """Nobody learns from the form who reads what; who reads is told once a day, who complained never."""
    here.add(EVE)
    with here.app.store.writing() as tx:
        tx.people.suppress("ned@example.org", "complaint", at=here.clock.now)
        tx.people.erase("gone@example.org", at=here.clock.now)

    assert [here.ask(one) for one in (SAM, EVE, "ned@example.org", "gone@example.org")] == [True] * 4
    assert [here.ask(one) for one in (SAM, EVE)] == [True] * 2
    assert [(one["To"], one["Subject"]) for one in here.mails()] == [
        (SAM, "Confirm The Daily Brief"),
        (EVE, "You get The Daily Brief already"),
    ]
    assert here.links()[0].startswith("/preferences/")


def test_a_flood_from_everywhere_is_one_mail_a_day(here: House) -> None:
    """A thousand sign-ups for one victim, each from a network of its own, several at once."""
    with ThreadPoolExecutor(4) as pool:
        took = list(pool.map(lambda n: here.ask(SAM.upper() if n % 2 else SAM, f"n{n}"), range(60)))
    assert took == [True] * 60
    assert len(here.mails()) == 1
    here.later(hours=23, minutes=59)
    here.ask()
    assert len(here.mails()) == 1
    here.later(minutes=1)
    here.ask()
    assert len(here.mails()) == 2


def test_a_network_and_a_digest_have_their_bounds(tmp_path: Path) -> None:
    """And the hour after they may go on."""
    with house(tmp_path / "home", "sign_up: {per_network: 2, per_hour: 3}") as here:
        took = [here.ask(f"a{n}@example.org", "n1") for n in range(3)]
        took += [here.ask(f"b{n}@example.org", "n2") for n in range(2)]
        assert took == [True, True, False, True, False]
        here.later(hours=1)
        assert here.ask("a9@example.org", "n1")
        assert len(here.mails()) == 4


def test_a_link_works_for_seven_days(here: House) -> None:
    """And looking at it confirms nothing."""
    here.ask()
    token = token_of(here.links()[0])
    here.later(days=7)
    assert asked(here.app, token).consent.wish.email == SAM
    assert subscription(here) is None
    here.later(seconds=1)
    with pytest.raises(NotFound, match="nowhere"):
        confirm(here.app, token)


@pytest.mark.parametrize("token", ["", "x", "a.b", "é", "a" * 3_000])
def test_links_that_are_not_ours_lead_nowhere(here: House, token: str) -> None:
    """Whatever somebody writes there."""
    with pytest.raises(NotFound):
        confirm(here.app, token)


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"address": "sam@"}, MessageError),
        ({"address": "sam@example.org\r\nBcc: eve@example.net"}, MessageError),
        ({"address": f"{'a' * 300}@example.org"}, MessageError),
        ({"sections": ("sport",)}, DigestError),
        ({"hour": "06:30"}, DigestError),
        ({"zone": "Mars/Base"}, DigestError),
        ({"zone": "../../etc/passwd"}, DigestError),
        ({"language": "en\n"}, DigestError),
    ],
)
def test_a_wish_that_cannot_be_is_refused(here: House, wish: dict[str, object], error: type) -> None:
    """An hour before the digest's own would bring yesterday's news."""
    with pytest.raises(error):
        here.ask(**wish)
    assert here.mails() == []


def test_a_digest_that_is_not_open_takes_nobody(tmp_path: Path) -> None:
    """A company's own."""
    with house(tmp_path / "home", "sign_up: {open: false}") as here, pytest.raises(Refused):
        here.ask()


def test_a_relay_that_is_away_costs_a_while_and_no_second_mail(here: House) -> None:
    """The letter waits, and goes once."""
    here.relay.script["mail"] = "421 4.3.2 later"
    here.ask()
    assert here.mails() == []
    here.relay.script.clear()
    assert here.mails() == []
    here.later(minutes=2)
    here.mails()
    assert len(here.mails()) == 1


def test_who_was_barred_meanwhile_gets_no_letter(here: House) -> None:
    """The last look is before the mail, as with editions."""
    here.ask()
    with here.app.store.writing() as tx:
        tx.people.suppress(SAM, "complaint", at=here.clock.now)
    assert here.mails() == []
    here.later(days=1)
    assert here.mails() == []


def test_what_else_was_asked_for_is_offered_after_the_confirmation(tmp_path: Path) -> None:
    """The second digest of a day sends no mail of its own."""
    with house(tmp_path / "home", digests=("weekly",)) as here:
        here.ask()
        here.ask(digest="weekly")
        assert len(here.mails()) == 1
        done = confirm(here.app, token_of(here.links()[0]))
        assert [one.wish.digest for one in done.others] == ["weekly"]


def test_hands_are_told_from_machines(here: House) -> None:
    """By a trap that people do not see, and by the time a form takes."""
    keys, stamp = here.app.keyring, form_stamp(here.app.keyring, DUE)

    def seen(seconds: float, trap: str = "", sent: str = stamp) -> bool | None:
        here.clock.now = DUE
        here.later(seconds=seconds)
        return is_by_hand(keys, sent, trap, now=here.clock.now)

    assert [seen(1), seen(2), seen(12 * 3_600), seen(12 * 3_600 + 1)] == [False, True, True, None]
    assert seen(9, trap="x") is False
    assert seen(9, sent="forged") is None


def test_networks_are_named_and_cannot_be_read_back(here: House) -> None:
    """Who has a /64 has as many addresses as they like."""
    names = [
        network_of(here.app.keyring, one)
        for one in (
            "2001:db8:1:2::1",
            "2001:db8:1:2:ffff::9",
            "2001:db8:1:3::1",
            "192.0.2.1",
            "::ffff:192.0.2.1",
            "x",
        )
    ]
    assert names[0] == names[1] != names[2]
    assert names[3] == names[4] != names[5]
    assert "192" not in names[3]


def test_the_text_says_what_the_page_says(here: House) -> None:
    """Who reads plain text can do as much."""
    here.ask()
    said = text_of(here.mails()[0])
    assert "Do you want The Daily Brief?" in said
    assert "Yes, send it to me:\nhttps://news.example.org/confirm/" in said
    assert "14 Quay Street" in said
