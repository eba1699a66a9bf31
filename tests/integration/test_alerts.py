"""Alerts on their way: real mail and real HTTP on loopback, until they got through."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from functools import partial
from pathlib import Path

import pytest

from commands import DAILY, SYSTEM, furnish, run_here
from digest.actions.app import App
from digest.actions.mailing import handing
from digest.actions.mailing.relays import impatient
from digest.actions.upkeep.alerts import dispatch
from digest.bootstrap import open_app
from digest.deliver.mailbox import Mailbox
from digest.log import configure
from digest.model import Alert, AlertKind, AlertSend
from digest.schedule.metrics import count
from hook_receiver import Receiver, says
from scripted_relay import HANG, ScriptedRelay

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEY = bytes(range(32))
HELD = Alert(
    key="held:7",
    kind=AlertKind.HELD,
    title="The Daily Brief 7 is held",
    text="It holds 3 items only.",
    digest="daily",
    slot="2026-11-20T07:00",
    edition_id=7,
)
FAILED = Alert(
    key="failed:daily", kind=AlertKind.FAILED, title="daily cannot be built", text="…", digest="daily"
)

SOURCE = Alert(key="source:wire", kind=AlertKind.SOURCE_DEAD, title="wire gives nothing", text="…")


class Hand:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hand() -> Hand:
    """A clock."""
    return Hand()


@contextmanager
def opened(root: Path, hand: Callable[[], datetime], alerts: str, *ports: int) -> Iterator[App]:
    """Open a home with settings of alerts, whose relays listen at ports."""
    furnish(root)
    (root / "keys" / "pager").write_text("whsec_" + base64.b64encode(KEY).decode(), encoding="utf-8")
    relays = ", ".join(
        f'{{name: r{at}, url: "smtp://127.0.0.1:{port}", tls: none}}' for at, port in enumerate(ports)
    )
    system = SYSTEM.format(port=9).splitlines()
    if ports:
        system[-1] = f"relays: [{relays}]"
    (root / "config" / "digest.yaml").write_text("\n".join([*system, alerts]) + "\n", encoding="utf-8")
    daily = DAILY + "editors: [ada@newsroom.example.org, 'Olu <olu@newsroom.example.org>']\n"
    (root / "config" / "digests" / "daily.yaml").write_text(daily, encoding="utf-8")
    with open_app(root, clock=hand) as app:
        yield app


def hooked(receiver: Receiver, kinds: str = "[]") -> str:
    """Write the settings of one webhook."""
    entry = f"{{name: pager, url: '{receiver.url}', secret_file: keys/pager, kinds: {kinds}}}"
    return f"alerts: {{webhooks: [{entry}]}}"


MAILED = "alerts: {mail: {to: [olu@newsroom.example.org], from: 'Digest <digest@news.example.org>'}}"


def told(app: App, *alerts: Alert) -> None:
    """Write alerts down."""
    with app.store.writing() as tx:
        for alert in alerts:
            tx.alerts.add(alert, at=app.clock())


def stands(app: App) -> tuple[AlertSend, ...]:
    """How far the newest alert is."""
    with app.store.reading() as tx:
        ((number, _at, _alert), *_) = tx.alerts.list()
        return tx.alerts.sends(number)


def test_a_webhook_carries_a_signature_that_the_receiver_can_check(tmp_path: Path, hand: Hand) -> None:
    """Checked by hand, as a receiver does who has only the secret."""
    with Receiver() as receiver, opened(tmp_path / "home", hand, hooked(receiver, "[held]")) as app:
        told(app, HELD, FAILED)
        dispatch(app)

    (call,) = receiver.calls
    signed = f"{call.fields['webhook-id']}.{call.fields['webhook-timestamp']}.".encode() + call.body
    seal = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    assert call.fields["webhook-signature"] == f"v1,{seal}"
    assert call.fields["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert call.data == {
        "type": "digest.held",
        "timestamp": "2026-11-20T06:00:00+00:00",
        "data": {
            "title": "The Daily Brief 7 is held",
            "text": "It holds 3 items only.",
            "site": "https://news.example.org",
            "digest": "daily",
            "slot": "2026-11-20T07:00",
            "edition": 7,
        },
    }


def test_a_receiver_that_fails_gets_the_same_message_again_later(tmp_path: Path, hand: Hand) -> None:
    """After 1, 5, 15, 60, 60 ... minutes; the id tells repeats."""
    with (
        Receiver(*[says(500)] * 5) as receiver,
        opened(tmp_path / "home", hand, hooked(receiver, "[failed]")) as app,
    ):
        told(app, FAILED)
        for minutes in (1, 5, 15, 60, 60):
            assert dispatch(app).failed == 1
            (send,) = stands(app)
            assert (send.next_at, send.error) == (hand.now + minutes * MINUTE, "answered 500")
            assert dispatch(app).failed == 0
            hand.now += minutes * MINUTE
        assert dispatch(app).sent == 1
        (send,) = stands(app)

    assert (send.sent_at, send.next_at, send.error, send.tries) == (hand.now, None, None, 6)
    assert len({call.fields["webhook-id"] for call in receiver.calls}) == 1
    assert len({call.fields["webhook-timestamp"] for call in receiver.calls}) == 6
    assert len({call.body for call in receiver.calls}) == 1


def test_after_a_day_an_alert_is_given_up_with_its_error_kept(tmp_path: Path, hand: Hand) -> None:
    """What nobody took in a day is no alert any more."""
    with (
        Receiver(*[says(503)] * 40) as receiver,
        opened(tmp_path / "home", hand, hooked(receiver, "[failed]")) as app,
    ):
        told(app, FAILED)
        for _ in range(40):
            dispatch(app)
            (send,) = stands(app)
            if send.next_at is None:
                break
            hand.now = send.next_at

    # After 0, 1, 6 and 21 minutes, then 23 times an hour later: the next one would be after 24:21.
    assert (send.tries, send.error, send.sent_at) == (27, "answered 503", None)
    assert NOW + timedelta(hours=23) < hand.now <= NOW + timedelta(hours=24)


def test_a_receiver_that_is_gone_is_not_asked_again(tmp_path: Path, hand: Hand) -> None:
    """410 says so."""
    with Receiver(says(410)) as receiver, opened(tmp_path / "home", hand, hooked(receiver)) as app:
        told(app, HELD)
        dispatch(app)

        assert [(send.next_at, send.error) for send in stands(app) if "webhook" in send.channel] == [
            (None, "answered 410")
        ]


def test_a_dead_receiver_costs_a_round_one_try(tmp_path: Path, hand: Hand) -> None:
    """Twenty alerts to a machine that does not answer must not keep the mails for minutes."""
    with (
        Receiver(*[says(500)] * 9) as receiver,
        opened(tmp_path / "home", hand, hooked(receiver, "[failed]")) as app,
    ):
        told(app, *(Alert(key=f"f{n}", kind=AlertKind.FAILED, title="t", text="t") for n in range(5)))

        assert dispatch(app).failed == 1
    assert len(receiver.calls) == 1


def test_editors_and_operators_get_one_mail_each(tmp_path: Path, hand: Hand) -> None:
    """Olu is both; only what editors can do something about goes to them."""
    with Mailbox(tmp_path / "box") as box, opened(tmp_path / "home", hand, MAILED, box.port) as app:
        told(app, HELD)
        assert dispatch(app).sent == 2
        told(app, FAILED)
        assert dispatch(app).sent == 1
    mails = [BytesParser(policy=policy.default).parsebytes(one.content) for one in box.messages()]

    assert [(mail["To"], mail["Subject"]) for mail in mails] == [
        ("ada@newsroom.example.org", "[digest] The Daily Brief 7 is held"),
        ("olu@newsroom.example.org", "[digest] The Daily Brief 7 is held"),
        ("olu@newsroom.example.org", "[digest] daily cannot be built"),
    ]
    assert mails[0]["From"] == "Digest <digest@news.example.org>"
    assert mails[0]["Auto-Submitted"] == "auto-generated"
    assert mails[0].get_content().splitlines() == [
        "It holds 3 items only.",
        "",
        "daily · 2026-11-20T07:00 · edition 7 · 2026-11-20 06:00 UTC",
        "https://news.example.org",
    ]


def test_editors_are_written_to_by_their_digest_where_nobody_else_is_set(tmp_path: Path, hand: Hand) -> None:
    """A digest's own file is enough to be told."""
    with Mailbox(tmp_path / "box") as box, opened(tmp_path / "home", hand, "", box.port) as app:
        told(app, HELD)
        dispatch(app)

    assert {one.sender for one in box.messages()} == {"brief@news.example.org"}


def test_mail_goes_through_the_first_relay_that_works(tmp_path: Path, hand: Hand) -> None:
    """Alerts of a relay that is down would stay with it."""
    with (
        ScriptedRelay({"mail": "550 5.7.1 no such sender"}) as first,
        Mailbox(tmp_path / "box") as box,
        opened(tmp_path / "home", hand, MAILED, 9, first.port, box.port) as app,
    ):
        told(app, FAILED)

        assert dispatch(app).sent == 1
        assert len(box.messages()) == 1


def test_a_mail_that_no_relay_takes_comes_again_under_its_name(tmp_path: Path, hand: Hand) -> None:
    """Twice the same Message-ID is once for the reader's program."""
    once = {"dot": "451 4.3.0 later"}
    with (
        ScriptedRelay(once, once=True) as relay,
        opened(tmp_path / "home", hand, MAILED, relay.port) as app,
    ):
        told(app, FAILED)
        assert dispatch(app).failed == 1
        (send,) = stands(app)
        assert send.error is not None
        hand.now += MINUTE
        assert dispatch(app).sent == 1

    first, second = relay.bodies
    assert first == second


def test_relays_that_say_nothing_keep_neither_the_pager_nor_the_heart(
    tmp_path: Path, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five people and two silent relays: two time-outs and not ten, after the webhook was called."""
    monkeypatch.setattr(handing, "impatient", partial(impatient, patience=timedelta(seconds=0.2)))
    people = ", ".join(f"olu{n}@newsroom.example.org" for n in range(5))
    beats: list[int] = []
    with (
        Receiver() as receiver,
        ScriptedRelay({"greet": HANG}) as first,
        ScriptedRelay({"ehlo": HANG}) as second,
        opened(
            tmp_path / "home",
            hand,
            f"alerts: {{mail: {{to: [{people}], from: digest@news.example.org}}, "
            + hooked(receiver).removeprefix("alerts: {"),
            first.port,
            second.port,
        ) as app,
    ):
        told(app, FAILED)
        done = dispatch(app, beat=lambda: beats.append(len(receiver.calls)))
        asked = first.connections, second.connections
        errors = {send.error for send in stands(app) if send.error is not None}

    assert (done.sent, done.failed) == (1, 5)
    assert asked == (1, 1)
    assert beats == [0, *[1] * 7]
    assert len(errors) <= 2


def test_a_relay_that_refuses_one_person_is_asked_for_the_next(tmp_path: Path, hand: Hand) -> None:
    """An old address of an editor must not cost the others their mail."""
    refused = {"rcpt ada@newsroom.example.org": "550 5.1.1 no such user"}
    with (
        ScriptedRelay(refused) as relay,
        opened(tmp_path / "home", hand, MAILED, relay.port) as app,
    ):
        told(app, HELD)
        done = dispatch(app)

    assert (done.sent, done.failed) == (1, 1)


def test_nobody_to_tell_is_told_to_the_log(
    tmp_path: Path, hand: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new home has no addresses; no line of the log has one either."""
    with opened(tmp_path / "home", hand, "") as app:
        configure("info", json=True)
        told(app, FAILED)
        dispatch(app)
        dispatch(app)
        (send,) = stands(app)
    (line,) = [json.loads(each) for each in capsys.readouterr().err.splitlines()]

    assert (send.channel, send.next_at) == ("log", None)
    assert (line["event"], line["kind"], line["told"], line["digest"]) == ("alert", "failed", False, "daily")


def test_no_address_and_no_secret_is_logged(
    tmp_path: Path, hand: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Logs go to many places."""
    with Receiver(says(500)) as receiver, opened(tmp_path / "home", hand, hooked(receiver), 9) as app:
        configure("debug", json=True)
        told(app, HELD)
        dispatch(app)
    written = capsys.readouterr().err

    assert "alert_not_sent" in written
    assert [word for word in ("@", "of=olu", "AAECAw") if word in written] == []


def test_two_services_send_each_alert_once(tmp_path: Path, hand: Hand) -> None:
    """Any number of schedulers may run."""
    with Receiver() as receiver, opened(tmp_path / "home", hand, hooked(receiver, "[failed]")) as app:
        told(app, *(Alert(key=f"f{n}", kind=AlertKind.FAILED, title="t", text="t") for n in range(12)))
        with ThreadPoolExecutor(3) as pool:
            rounds = list(pool.map(lambda _: dispatch(app), range(3)))

    assert sum(each.sent for each in rounds) == 12
    assert len({call.fields["webhook-id"] for call in receiver.calls}) == len(receiver.calls) == 12


def test_a_channel_that_left_the_settings_ends(tmp_path: Path, hand: Hand) -> None:
    """Its alerts must not wait for ever, nor go where nobody wants them."""
    with Receiver(says(500)) as receiver:
        with opened(tmp_path / "home", hand, hooked(receiver, "[failed]")) as app:
            told(app, FAILED)
            dispatch(app)
        hand.now += MINUTE
        (tmp_path / "home" / "config" / "digest.yaml").write_text(SYSTEM.format(port=9), encoding="utf-8")
        with open_app(tmp_path / "home", clock=hand) as app:
            dispatch(app)
            (send,) = stands(app)

    assert (len(receiver.calls), send.next_at) == (1, None)
    assert send.error == "no longer a webhook of the settings"


def test_the_check_says_that_nobody_is_told(tmp_path: Path) -> None:
    """A service that nobody hears of fails in silence; a home without a schedule needs nobody."""
    root = furnish(tmp_path / "home")
    quiet = run_here("check", home=root)
    daily = root / "config" / "digests" / "daily.yaml"
    daily.write_text(DAILY + "schedule: [{at: '07:00'}]\n", encoding="utf-8")
    warned = run_here("check", home=root)
    (root / "config" / "digest.yaml").write_text(SYSTEM.format(port=9) + MAILED + "\n", encoding="utf-8")

    assert "nobody is told" not in quiet.out
    assert (warned.code, "! nobody is told when" in warned.out) == (0, True)
    assert "nobody is told" not in run_here("check", home=root).out


def test_the_command_shows_what_people_were_told(tmp_path: Path, hand: Hand) -> None:
    """And what did not get through, to somebody who has heard nothing."""
    root = tmp_path / "home"
    with Receiver(says(500)) as receiver, opened(root, hand, hooked(receiver, "[failed]")) as app:
        told(app, SOURCE)
        dispatch(app)
        told(app, FAILED)
        dispatch(app)
    shown, as_json = run_here("alerts", home=root), run_here("alerts", "--json", home=root).data

    assert [(one["kind"], one["digest"], len(one["sends"])) for one in as_json] == [
        ("failed", "daily", 1),
        ("source-dead", None, 1),
    ]
    assert as_json[0]["sends"][0]["error"] == "answered 500"
    assert "webhook pager:" in shown.out
    assert "answered 500" in shown.out
    assert "nobody" in shown.out


def test_the_command_shows_an_alert_whole(tmp_path: Path, hand: Hand) -> None:
    """Where no mail is set up its text, with the ways out, stands nowhere else in a terminal."""
    root = tmp_path / "home"
    with opened(root, hand, "") as app:
        told(app, SOURCE)
        told(app, FAILED)
    whole, none = run_here("alerts", 2, home=root), run_here("alerts", 3, home=root)

    assert whole.out.splitlines()[:2] == [FAILED.title, FAILED.text]
    assert SOURCE.title not in whole.out
    assert "nobody yet" in whole.out
    assert (none.code, "there is no alert 3" in none.err) == (1, True)


def test_the_figures_tell_by_which_way_alerts_wait_and_no_address(tmp_path: Path, hand: Hand) -> None:
    """A pager that is down is another call than a relay that is; and what never spoke is silent for ever."""
    with (
        Receiver(says(500)) as receiver,
        opened(
            tmp_path / "home",
            hand,
            MAILED.removesuffix("}") + ", " + hooked(receiver, "[failed]").removeprefix("alerts: {"),
            9,
        ) as app,
    ):
        (app.home.config / "sources.yaml").write_text(
            "sources: [{name: harbour-post, title: The Harbour Post}]\n", encoding="utf-8"
        )
        told(app, HELD, FAILED)
        dispatch(app)
        told(app, SOURCE)
    with open_app(tmp_path / "home", clock=hand) as app:
        found = count(app)

    assert found.alerts == {"new": 1, "mail": 3, "webhook pager": 1}
    assert found.silences_s == {"harbour-post": float("inf")}
