"""What readers do behind the links of a mail: choose, pause, have it sent again, move, leave, be erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest

from digest.actions.mailing.sending import SendOptions, send
from digest.actions.readers.choices import NewChoices, choices, choose, send_again, take_up
from digest.actions.readers.leaving import come_back, leave, standing
from digest.actions.readers.own_data import ask_own_data, ask_to_move, confirm_move, erase_own, export_own
from digest.errors import DigestError, NotFound, Refused
from digest.model import SubscriptionState
from newsroom import DUE
from readers_cast import EVE, SAM, House, house, text_of, token_of

TOMORROW = "2026-11-20"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """Sam gets the daily digest and might get the weekly one."""
    with house(tmp_path / "home", digests=("weekly",)) as opened:
        opened.add()
        yield opened


def mine(here: House, **new: object) -> None:
    """Store Sam's choices."""
    choose(here.app, token_of(here.link("preferences")), NewChoices(**new))


def both(here: House) -> tuple[Message, Message]:
    """Return Sam's mail and Eve's, whichever came first."""
    by_reader = {str(mail["To"]): mail for mail in here.mails()}
    return by_reader[SAM], by_reader[EVE]


def test_sections_come_in_the_order_that_was_chosen(here: House) -> None:
    """Science leads for Sam, the world for everyone else."""
    here.add(EVE)
    mine(here, sections=("science", "world"))
    here.sent()
    sam, eve = both(here)

    science, world = (text_of(eve).index(word) for word in ("SCIENCE", "In this edition"))
    assert science > world
    lead = text_of(eve).split("SCIENCE")[1].strip("\n- ").splitlines()
    assert any(line and line in text_of(sam).split("In this edition")[0] for line in lead)


def test_all_sections_in_the_usual_order_are_no_choice(here: House) -> None:
    """So that a section that is added later comes, too."""
    mine(here, sections=("world", "science", "more"))
    assert choices(here.app, token_of(here.link("preferences"))).subscription.sections == ()


def test_plain_and_short_mail_is_plain_and_short(here: House) -> None:
    """One item of each section, in text alone, told in the mail as left over."""
    here.add(EVE)
    mine(here, is_plain=True, length="1")
    here.sent()
    sam, eve = both(here)

    assert (sam.get_content_type(), eve.get_content_type()) == ("text/plain", "multipart/alternative")
    assert len(text_of(sam)) < len(text_of(eve))
    assert sam["List-Unsubscribe-Post"] == eve["List-Unsubscribe-Post"]


def test_an_hour_of_ones_own_is_kept_and_the_others_do_not_wait(here: House) -> None:
    """Half past six in the evening on Sam's clocks, which are Tokyo's: half past nine in Berlin."""
    here.add(EVE)
    mine(here, hour="18:30", zone="Asia/Tokyo")
    edition_id = here.sent()
    assert [mail["To"] for mail in here.mails()] == [EVE]
    here.clock.now = datetime(2026, 11, 19, 9, 29, tzinfo=UTC)
    send(here.app, edition_id, SendOptions(by="test"))
    assert [mail["To"] for mail in here.mails()] == [EVE]
    here.later(minutes=1)
    books = send(here.app, edition_id, SendOptions(by="test"))

    assert [mail["To"] for mail in here.mails()] == [EVE, SAM]
    assert books.balance


def test_the_page_says_when_the_next_edition_comes(here: House) -> None:
    """With the hour, the zone and the pause in it."""
    here.clock.now = DUE + timedelta(hours=5)  # noon of Thursday in Berlin

    def coming(**new: object) -> datetime | None:
        mine(here, **new)
        return choices(here.app, token_of(here.link("preferences"))).next_at

    assert coming() == DUE + timedelta(days=1)
    assert coming(hour="18:30") == datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
    assert coming(hour="18:30", zone="Asia/Tokyo") == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert coming(pause_until="2026-11-24") == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_a_pause_ends_by_itself_and_shows_what_was_missed(here: House) -> None:
    """Each edition that was missed may be sent after all."""
    mine(here, pause_until=TOMORROW)
    here.add(EVE)
    missed = here.sent()
    assert [mail["To"] for mail in here.mails()] == [EVE]
    here.later(days=1)
    seen = choices(here.app, token_of(here.link("preferences")))
    (fate,) = seen.past
    assert (fate.mail.edition_id, fate.mail.state, fate.mail.reason) == (missed, "excluded", "paused")
    assert fate.can_come_again
    send_again(here.app, token_of(here.link("preferences")), missed)
    assert [mail["To"] for mail in here.mails()] == [EVE, SAM]


@pytest.mark.parametrize(
    "new",
    [
        {"pause_until": "soon"},
        {"pause_until": "2028-01-01"},
        {"hour": "07:00"},
        {"hour": "25:15"},
        {"zone": "Mars/Base"},
        {"length": "2"},
        {"sections": ("sport",)},
        {"sections": ()},
        {"language": "<b>"},
    ],
)
def test_a_choice_that_cannot_be_changes_nothing(here: House, new: dict[str, object]) -> None:
    """Also not the half of it that could."""
    with pytest.raises(DigestError):
        mine(here, name="New", **new)
    with here.app.store.reading() as tx:
        person = tx.people.find(SAM)
    assert person is not None
    assert person.name is None


def test_three_editions_a_day_are_sent_again(here: House) -> None:
    """And none that was not meant for the reader, or is on its way."""
    token = token_of(here.link("preferences"))
    edition_id = here.sent()
    for _ in range(3):
        send_again(here.app, token, edition_id)
    with pytest.raises(Refused, match="3 today"):
        send_again(here.app, token, edition_id)
    with pytest.raises(NotFound):
        send_again(here.app, token, edition_id + 1)
    names = [mail["Message-ID"] for mail in here.mails()]
    assert len(names) == len(set(names)) == 4
    here.later(days=1)
    send_again(here.app, token, edition_id)


def test_another_digest_is_one_press_for_who_has_one(here: House) -> None:
    """The address is confirmed already; who has left everything has to sign up."""
    token = token_of(here.link("preferences"))
    assert take_up(here.app, token, "weekly").state is SubscriptionState.CONFIRMED
    leave(here.app, token_of(here.link("unsubscribe")), every=True)
    with pytest.raises(Refused):
        take_up(here.app, token, "weekly")


def test_leaving_holds_for_one_digest_or_all_and_twice_is_once(here: House) -> None:
    """With a way back for a day, as it was."""
    mine(here, sections=("science",), hour="18:30")
    here.add(digest="weekly")
    token = token_of(here.link("unsubscribe"))
    assert [leave(here.app, token).is_on for _ in range(2)] == [False, False]
    assert standing(here.app, token).others == 1
    assert come_back(here.app, token).is_on
    kept = choices(here.app, token_of(here.link("preferences"))).subscription
    assert (kept.sections, kept.hour) == (("science",), "18:30")
    assert leave(here.app, token, every=True).others == 0
    here.later(days=1)
    with pytest.raises(Refused, match="too long ago"):
        come_back(here.app, token)


def test_links_of_one_purpose_do_nothing_else(here: House) -> None:
    """Nor do those of nobody."""
    for token in (
        token_of(here.link("preferences")),
        "x",
        here.app.keyring.sign("unsubscribe", "nobody.daily"),
    ):
        with pytest.raises(NotFound):
            leave(here.app, token)


def test_an_address_moves_once_the_new_one_says_so(here: House) -> None:
    """The old one is told, and the links of old mails go on working."""
    preferences = here.link("preferences")
    ask_to_move(here.app, token_of(preferences), "Sam@new.example")
    (asks,) = here.mails()
    assert asks["To"] == "Sam@new.example"
    assert SAM not in text_of(asks)
    token = token_of(here.links()[0])
    confirm_move(here.app, token)
    _, told = here.mails()

    assert (told["To"], told["Subject"]) == (SAM, "The Daily Brief has moved to another address")
    assert "Sa…@new.example" in text_of(told)
    assert choices(here.app, token_of(preferences)).subscription.subscriber.email == "Sam@new.example"
    with pytest.raises(NotFound):
        confirm_move(here.app, token)


def test_a_wish_to_move_tells_nobody_who_is_known(here: House) -> None:
    """Neither a subscriber's address nor one that complained answers otherwise; three an hour are enough."""
    here.add(EVE)
    token = token_of(here.link("preferences"))
    with here.app.store.writing() as tx:
        tx.people.suppress("ned@example.org", "complaint", at=here.clock.now)
    for address in (EVE, "ned@example.org", EVE):
        ask_to_move(here.app, token, address)
    assert [mail["To"] for mail in here.mails()] == [EVE]
    with pytest.raises(Refused, match="addresses in an hour"):
        ask_to_move(here.app, token, "x@example.org")
    with pytest.raises(Refused, match="of its own"):
        confirm_move(here.app, token_of(here.links()[0]))


def test_ones_data_are_behind_a_link_that_is_mailed(here: House) -> None:
    """A forwarded digest lets nobody take or erase them."""
    here.sent()
    ask_own_data(here.app, token_of(here.link("preferences")))
    token = token_of(here.links()[0])
    data = export_own(here.app, token)
    assert [one["state"] for one in data["deliveries"]] == ["sent"]
    assert [one["kind"] for one in data["letters"]] == ["own data"]
    erase_own(here.app, token)

    with here.app.store.reading() as tx:
        assert tx.people.find(SAM) is None
    for call in (export_own, erase_own):
        with pytest.raises(NotFound):
            call(here.app, token)
    assert here.ask()
    assert len(here.mails()) == 2


def test_the_link_to_ones_data_works_for_a_day(here: House) -> None:
    """And three of them a day are enough."""
    token = token_of(here.link("preferences"))
    for _ in range(3):
        ask_own_data(here.app, token)
    with pytest.raises(Refused, match="3 times today"):
        ask_own_data(here.app, token)
    link = token_of(here.links()[0])
    here.later(days=1, seconds=1)
    with pytest.raises(NotFound):
        export_own(here.app, link)
