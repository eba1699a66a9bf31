"""One edition that reaches everybody at seven o'clock where they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import DAILY, SYSTEM, furnish
from digest.actions.app import App
from digest.actions.editing.approving import approve
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.making.build import build
from digest.actions.planning.slots import advance
from digest.actions.steering.review import sendable, steer
from digest.bootstrap import open_app
from digest.errors import Refused
from digest.model import DeliveryState, SubscriptionState
from digest.store import NewSubscriber
from scripted_relay import ScriptedRelay
from store_cast import content

SLOT = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)  # seven in Berlin
TOKYO, YORK = SLOT - timedelta(hours=8), SLOT + timedelta(hours=6)  # seven there, of the same date
HOUR = timedelta(hours=1)
PEOPLE = {
    "kei": "Asia/Tokyo",
    "sam": None,
    "ada": "Europe/Berlin",
    "joe": "Mars/Base",
    "ned": "America/New_York",
}


class Hand:
    """A clock that the test sets."""

    now = TOKYO - HOUR

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    """Take all mail, but put Tokyo off once."""
    with ScriptedRelay({"rcpt kei@example.org": "450 4.7.1 greylisted"}) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, relay: ScriptedRelay) -> Iterator[App]:
    """A daily digest at seven o'clock of each subscriber, with an approved edition."""
    root = furnish(tmp_path / "home")
    (root / "config" / "digest.yaml").write_text(SYSTEM.format(port=relay.port), encoding="utf-8")
    schedule = "schedule: [{at: 07:00}]\nlocal_to: subscriber\n"
    (root / "config" / "digests" / "daily.yaml").write_text(DAILY + schedule, encoding="utf-8")
    with open_app(root, clock=Hand()) as opened:
        with opened.store.writing() as tx:
            tx.articles.put([content(n, "world", words=f"Tide {n} rose.") for n in (1, 2)], TOKYO - 2 * HOUR)
            for name, zone in PEOPLE.items():
                person = tx.people.put(NewSubscriber(email=f"{name}@example.org", zone=zone), at=TOKYO)
                tx.people.subscribe(person.id, "daily", state=SubscriptionState.CONFIRMED, at=TOKYO)
        yield opened


def approved(app: App, *, is_planned: bool = True) -> int:
    """Build the edition of the slot, as the schedule does or by hand at noon, and approve it."""
    if is_planned:
        assert isinstance(app.clock, Hand)
        advance(app, worker="w1")
        app.clock.now = TOKYO - HOUR / 12
        (record,) = advance(app, worker="w1").built
        edition_id = record.edition_id
    else:
        edition_id = build(app, "daily", at=SLOT + 5 * HOUR).edition_id
    assert edition_id is not None
    approve(app, edition_id, by="ada")
    return edition_id


def send_at(app: App, edition: int, moment: datetime, *, late: bool = False) -> None:
    """Run the sender once at a moment."""
    assert isinstance(app.clock, Hand)
    app.clock.now = moment
    send(app, edition, SendOptions(by="test", late=late))


def names(relay: ScriptedRelay) -> list[str]:
    """Name who got mail so far."""
    return sorted(one.partition("@")[0] for one in relay.recipients)


def ends(app: App, edition: int) -> dict[str, DeliveryState]:
    """Say how it stands with everybody."""
    with app.store.reading() as tx:
        return {one.subscriber.email.partition("@")[0]: one.state for one in tx.deliveries.list(edition)}


def test_mail_goes_out_zone_by_zone_as_the_hour_comes(app: App, relay: ScriptedRelay) -> None:
    """Seven in Tokyo is eight hours before seven in Berlin; New York follows six hours after."""
    relay.script.clear()
    edition = approved(app)

    send_at(app, edition, TOKYO - HOUR / 60)
    assert names(relay) == []
    send_at(app, edition, TOKYO)
    assert names(relay) == ["kei"]
    send_at(app, edition, SLOT)
    assert names(relay) == ["ada", "joe", "kei", "sam"]
    send_at(app, edition, YORK)
    assert names(relay) == ["ada", "joe", "kei", "ned", "sam"]
    with app.store.reading() as tx:
        assert tx.deliveries.books(edition).balance


def test_who_is_put_off_expires_by_the_hour_of_their_own_zone(app: App) -> None:
    """Tokyo's morning mail is stale when New York wakes up."""
    edition = approved(app)
    for hours in (0, 1, 3, 5, 7, 9):
        send_at(app, edition, TOKYO + hours * HOUR)
    assert ends(app, edition)["kei"] is DeliveryState.DEFERRED
    send_at(app, edition, TOKYO + 11 * HOUR)  # the next try would be in an hour, twelve hours late

    assert ends(app, edition)["kei"] is DeliveryState.EXPIRED
    assert ends(app, edition)["ned"] is DeliveryState.PENDING
    send_at(app, edition, YORK)
    assert ends(app, edition)["ned"] is DeliveryState.SENT


def test_who_could_not_be_mailed_in_time_expires_and_the_others_get_it(
    app: App, relay: ScriptedRelay
) -> None:
    """Thirteen hours of outage: too late for Tokyo, not for Berlin."""
    relay.script.clear()
    edition = approved(app)
    send_at(app, edition, TOKYO + 13 * HOUR)

    assert ends(app, edition)["kei"] is DeliveryState.EXPIRED
    assert names(relay) == ["ada", "joe", "sam"]
    with pytest.raises(Refused, match="longer than max_lateness"):
        send_at(app, edition, YORK + 13 * HOUR)
    send_at(app, edition, YORK + 13 * HOUR, late=True)
    assert names(relay) == ["ada", "joe", "ned", "sam"]


@pytest.mark.parametrize("hours", [11.99, 13])
def test_the_word_to_send_late_reaches_a_run_under_way(app: App, relay: ScriptedRelay, hours: float) -> None:
    """Given in time, or when the hour of Tokyo is over, it is about everybody: whoever mails them."""
    edition, given = approved(app), []

    def give() -> bool:
        """Be asked whether to stop, first of all before anybody is claimed."""
        if not given:
            given.append("--late")
            send(app, edition, SendOptions(by="olu", late=True, stopped=lambda: True))
        return False

    assert isinstance(app.clock, Hand)
    app.clock.now = TOKYO + hours * HOUR
    send(app, edition, SendOptions(by="worker", follows=True, stopped=give))

    assert ends(app, edition)["kei"] is DeliveryState.DEFERRED
    assert names(relay) == ["ada", "joe", "sam"]


def test_an_edition_that_was_built_by_hand_goes_to_everybody_at_once(app: App, relay: ScriptedRelay) -> None:
    """An extra edition at noon means now."""
    relay.script.clear()
    edition = approved(app, is_planned=False)
    send_at(app, edition, SLOT + 5 * HOUR)

    assert names(relay) == sorted(PEOPLE)


def test_the_schedule_lets_it_go_when_the_first_are_due(app: App) -> None:
    """By the digest's own clock that is the evening before."""
    edition = approved(app)
    assert isinstance(app.clock, Hand)

    assert sendable(app) == ()
    app.clock.now = TOKYO
    assert sendable(app) == (edition,)
    app.clock.now = YORK + 12 * HOUR
    assert sendable(app) == (edition,)
    app.clock.now = YORK + 13 * HOUR
    assert sendable(app) == ()


def test_who_moves_west_after_the_slot_came_near_is_waited_for(app: App, relay: ScriptedRelay) -> None:
    """The edition must not expire before their hour, which nobody knew of as it was built."""
    relay.script.clear()
    edition = approved(app)
    with app.store.writing() as tx:
        tx.people.put(NewSubscriber(email="ned@example.org", zone="Pacific/Honolulu"), at=TOKYO)
    send_at(app, edition, SLOT)
    assert isinstance(app.clock, Hand)
    honolulu = SLOT + 11 * HOUR
    app.clock.now = YORK + 13 * HOUR  # later than twelve hours after New York's seven

    steer(app)
    assert sendable(app) == (edition,)
    send_at(app, edition, honolulu + 9 * HOUR)
    assert "ned" in names(relay)
