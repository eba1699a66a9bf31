"""What the store promises about alerts and the ways they go out, on every back end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from digest.model import Alert, AlertKind, AlertSend
from digest.store import Store
from store_cast import HOUR, NOW

HELD = Alert(
    key="held:7",
    kind=AlertKind.HELD,
    title="daily 7 waits for your word",
    text="It holds 3 items only.\nLook at it.",
    digest="daily",
    slot="2026-11-20T07:00",
    edition_id=7,
)
SETTINGS = Alert(key="settings:1", kind=AlertKind.SETTINGS, title="a file has a fault", text="line 3")
MINUTE = timedelta(minutes=1)


def routed(store: Store, alert: Alert = HELD, *channels: str, due: datetime | None = NOW) -> int:
    """Write an alert that is to go out through channels, due now; return its number."""
    with store.writing() as tx:
        tx.alerts.add(alert, at=NOW)
        (number, _at, _alert), *_ = tx.alerts.list(limit=1)
        tx.alerts.route(number, alert.key, dict.fromkeys(channels or ("mail",), due), at=NOW)
    return number


def claimed(store: Store, at: datetime = NOW, channel: str = "mail") -> AlertSend | None:
    """Claim what is due."""
    with store.writing() as tx:
        return tx.alerts.claim(channel, at=at, lease=2 * MINUTE)


def test_an_occasion_is_told_once(store: Store) -> None:
    """Every tick notices again what is amiss, and several schedulers do at once."""
    with store.writing() as tx:
        assert tx.alerts.add(HELD, at=NOW)
        assert not tx.alerts.add(HELD, at=NOW + HOUR)
        assert tx.alerts.add(SETTINGS, at=NOW + HOUR)
        newest, oldest = tx.alerts.list()
        (last,) = tx.alerts.list(limit=1)

        assert newest[1:] == (NOW + HOUR, SETTINGS)
        assert oldest[1:] == (NOW, HELD)
        assert last == newest


def test_two_processes_that_notice_at_once_write_one_alert(store: Store) -> None:
    """The key decides, not who looked first."""

    def notice(_: int) -> bool:
        with store.writing() as tx:
            return tx.alerts.add(HELD, at=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(notice, range(4))) == [False, False, False, True]


def test_an_alert_is_routed_once(store: Store) -> None:
    """Two services must not double the channels, nor lose those of a changed file."""
    with store.writing() as tx:
        tx.alerts.add(HELD, at=NOW)
        ((number, found),) = tx.alerts.unrouted()
        assert found == HELD
        assert tx.alerts.waiting() == {"": 1}

        assert tx.alerts.route(number, HELD.key, {"mail": NOW, "webhook pager": NOW}, at=NOW)
        assert not tx.alerts.route(number, HELD.key, {"webhook other": NOW}, at=NOW)
        assert tx.alerts.unrouted() == ()
        assert [send.channel for send in tx.alerts.sends(number)] == ["mail", "webhook pager"]
        assert tx.alerts.waiting() == {"": 0, "mail": 1, "webhook pager": 1}


def test_an_alert_that_is_on_its_way_is_not_taken_back(store: Store) -> None:
    """Who is over before anybody was told need not be told; what people may have read stays on record."""
    number = routed(store, HELD, "mail", due=NOW)
    again = replace(HELD, key="held:3:again")
    with store.writing() as tx:
        tx.alerts.add(again, at=NOW)
        tx.alerts.add(SETTINGS, at=NOW)
        assert HELD.edition_id is not None
        assert tx.alerts.withdraw(HELD.edition_id, AlertKind.SENDER_FAULT) == 0
        assert tx.alerts.withdraw(HELD.edition_id, AlertKind.HELD) == 1
        assert [alert for _, _, alert in tx.alerts.list()] == [SETTINGS, HELD]
        assert [send.id for send in tx.alerts.sends(number)] == [number]


def test_an_alert_that_was_taken_back_gives_its_channels_to_no_other(store: Store) -> None:
    """SQLite gives its number to the next one, which other people may have to hear of."""
    with store.writing() as tx:
        tx.alerts.add(HELD, at=NOW)
        ((number, _),) = tx.alerts.unrouted()
        assert HELD.edition_id is not None
        tx.alerts.withdraw(HELD.edition_id, AlertKind.HELD)
        tx.alerts.add(SETTINGS, at=NOW)

        assert not tx.alerts.route(number, HELD.key, {"mail": NOW}, at=NOW)
        assert [alert for _, alert in tx.alerts.unrouted()] == [SETTINGS]


def test_what_nobody_is_told_has_ended_at_once(store: Store) -> None:
    """A home without addresses must not gather a heap that waits for ever."""
    number = routed(store, HELD, "log", due=None)

    with store.reading() as tx:
        (send,) = tx.alerts.sends(number)
        assert (send.channel, send.next_at, send.sent_at) == ("log", None, None)
        assert (tx.alerts.waiting(), tx.alerts.due(at=NOW + HOUR)) == ({"": 0}, ())


def test_a_claim_is_one_services_until_its_lease_ends(store: Store) -> None:
    """Two services do not send twice; one that dies with it does not keep it for ever."""
    number = routed(store)
    first = claimed(store)

    assert first is not None
    assert (first.id, first.alert, first.channel, first.tries, first.at) == (number, HELD, "mail", 1, NOW)
    assert claimed(store, NOW + MINUTE) is None
    second = claimed(store, NOW + 2 * MINUTE)
    assert second is not None
    assert second.tries == 2


def test_many_claims_at_once_share_what_is_due(store: Store) -> None:
    """Each send is given to one."""
    numbers = [routed(store, Alert(key=f"k{n}", kind=AlertKind.HELD, title="t", text="t")) for n in range(5)]

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda _: claimed(store), range(12)))

    # One that looks while others hold what is due may come away empty: it never gets what they have.
    ids = [send.id for send in got if send]
    assert sorted({*ids}) == sorted(ids)
    while send := claimed(store):
        ids.append(send.id)
    assert sorted(ids) == numbers


def test_a_failed_try_comes_again_with_its_error_kept(store: Store) -> None:
    """A pager that is down for an hour gets its alert afterwards."""
    number = routed(store)
    send = claimed(store)
    assert send is not None
    with store.writing() as tx:
        assert tx.alerts.ended(send, at=NOW, error="answered 500", again=NOW + HOUR)
        (stand,) = tx.alerts.sends(number)
        assert (stand.error, stand.next_at, stand.sent_at) == ("answered 500", NOW + HOUR, None)
        assert tx.alerts.due(at=NOW + HOUR - MINUTE) == ()
        assert tx.alerts.due(at=NOW + HOUR) == ("mail",)


def test_an_alert_that_arrived_is_not_sent_again(store: Store) -> None:
    """Also when whoever lost it to a lease comes back late and says that it failed."""
    number = routed(store)
    slow = claimed(store)
    quick = claimed(store, NOW + 2 * MINUTE)
    assert slow is not None
    assert quick is not None
    with store.writing() as tx:
        assert tx.alerts.ended(quick, at=NOW + 3 * MINUTE)
        assert not tx.alerts.ended(slow, at=NOW + 3 * MINUTE, error="timed out", again=NOW + HOUR)
        (stand,) = tx.alerts.sends(number)

    assert (stand.sent_at, stand.next_at, stand.error) == (NOW + 3 * MINUTE, None, None)
    assert claimed(store, NOW + 24 * HOUR) is None


def test_a_send_is_kept_by_nobody_but_who_has_it_in_hand(store: Store) -> None:
    """A relay that is slow costs no second mail, and who lost a send to its lease begins none."""
    routed(store)
    slow = claimed(store)
    assert slow is not None
    with store.writing() as tx:
        assert tx.alerts.lasts(slow, at=NOW + MINUTE)
        assert not tx.alerts.lasts(slow, at=NOW + 2 * MINUTE)
        assert tx.alerts.keep(slow, at=NOW + 2 * MINUTE, lease=2 * MINUTE)
        assert tx.alerts.lasts(slow, at=NOW + 3 * MINUTE)
    assert claimed(store, NOW + 3 * MINUTE) is None
    quick = claimed(store, NOW + 4 * MINUTE)
    assert quick is not None
    with store.writing() as tx:
        assert not tx.alerts.keep(slow, at=NOW + 4 * MINUTE, lease=HOUR)
        assert not tx.alerts.lasts(slow, at=NOW + 4 * MINUTE)
        assert tx.alerts.lasts(quick, at=NOW + 4 * MINUTE)
        assert tx.alerts.ended(quick, at=NOW + 4 * MINUTE)
        assert not tx.alerts.keep(quick, at=NOW + 4 * MINUTE, lease=HOUR)


def test_a_clock_that_was_set_back_delays_nothing_for_days(store: Store) -> None:
    """A machine that believed in next year for a minute must not keep its alerts until then."""
    routed(store, HELD, "mail", due=NOW + 9000 * HOUR)

    assert claimed(store, NOW) is not None


def test_an_alert_for_one_channel_is_written_and_taken_at_once(store: Store) -> None:
    """Nobody else sends it, and its key is used up."""
    alert = Alert(key="test:1", kind=AlertKind.TEST, title="t", text="t")
    with store.writing() as tx:
        send = tx.alerts.begin(alert, "webhook pager", at=NOW, lease=HOUR)
        assert send is not None
        assert (send.tries, send.next_at) == (1, NOW + HOUR)
        assert tx.alerts.begin(alert, "webhook pager", at=NOW, lease=HOUR) is None
        assert tx.alerts.due(at=NOW) == ()
        assert tx.alerts.unrouted() == ()


def test_what_went_through_a_channel_is_found_the_newest_first(store: Store) -> None:
    """At most so many."""
    for n in range(3):
        with store.writing() as tx:
            alert = Alert(key=f"test:{n}", kind=AlertKind.TEST, title=f"t{n}", text="t")
            tx.alerts.begin(alert, "webhook pager" if n != 1 else "webhook other", at=NOW, lease=HOUR)
    with store.reading() as tx:
        assert [one.alert.title for one in tx.alerts.sent_through("webhook pager", limit=9)] == ["t2", "t0"]
        assert len(tx.alerts.sent_through("webhook pager", limit=1)) == 1
