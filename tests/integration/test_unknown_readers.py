"""A relay, or a domain, that knows none of its readers: what the operator sees, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from braking_cast import BEFORE, DUE, furnish_for
from commands import run_here
from crashing import EDITION, books, opened, prepare
from digest.actions.editing.approving import approve
from digest.actions.mailing.sending import SendOptions, send
from digest.bootstrap import open_app
from digest.errors import TransportError
from digest.model import AlertKind, DeliveryState, EditionState
from digest.store import Enrolment, NewSubscriber
from scripted_relay import DROP, ScriptedRelay
from service_cast import Hurried, Running, until

UNKNOWN = "550 5.1.1 no such user"
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def house(root: Path, port: int, *domains: str, count: int = 30) -> Path:
    """Make a home whose readers are of these domains, in turns."""
    prepare(root, port, readers=0, on_unknown="hold", connections=1, more="hard_bounces: 1, ")
    people = [
        Enrolment(new=NewSubscriber(email=f"r{n}@{domains[n % len(domains)]}"), consent="form")
        for n in range(count)
    ]
    with closing(opened(root)) as store, store.writing() as tx:
        tx.people.enrol(people, "daily", at=NOW)
    return root


def test_relay_that_knows_nobody_holds_the_edition_and_costs_no_reader_anything(tmp_path: Path) -> None:
    """Even where one edition is enough to suppress; once it is mended, everybody gets the mail, once."""
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        root = house(tmp_path / "home", relay.port, "one.example", "two.example", "three.example")
        ran = run_here("send", EDITION, home=root)
        with open_app(root) as app, app.store.reading() as tx:
            state, (first, *_) = tx.editions.keep_state(EDITION), tx.alerts.list(limit=9)
            reports, suppressed = tx.bounces.list(), tx.people.suppressions()
        held = books(root)
        relay.script.clear()
        approved = run_here("editions", "approve", EDITION, home=root)
        again = run_here("send", EDITION, home=root)

    assert (ran.code != 0, state, reports, suppressed) == (True, EditionState.HELD, (), ())
    assert "nobody is known to relay main: 20 in a row, of 3 domains: 550 5.1.1 no such user" in ran.err
    assert "an edition that is approved after this believes it" in first[2].text
    assert first[2].kind is AlertKind.SENDER_FAULT
    assert (held.sent, held.failed, held.open) == (0, 0, 30)
    assert (approved.code, again.code) == (0, 0), again.err
    assert sorted(relay.recipients) == sorted(
        f"r{n}@{d}.example" for n, d in enumerate(["one", "two", "three"] * 10)
    )


def test_who_is_particular_holds_no_edition_when_failed_is_interrupted(tmp_path: Path) -> None:
    """A person asks for them once more and stops at once; the service goes on, and hears noes in a row."""
    now, refused = NOW, {f"rcpt r{n}@one.example": "554 5.7.1 we do not like you" for n in range(0, 30, 4)}
    with ScriptedRelay(refused) as relay:
        root = house(tmp_path / "home", relay.port, "one.example")
        with open_app(root, clock=lambda: now) as app:
            for minutes in (0, 5, 15, 60, 60):
                now += timedelta(minutes=minutes, seconds=1)
                done = send(app, EDITION, SendOptions(by="olu"))
            stopped = send(app, EDITION, SendOptions(by="olu", failed=True, stopped=lambda: True))
            again = send(app, EDITION, SendOptions(by="worker", follows=True))

    assert (done.sent, done.failed, done.open) == (22, 8, 0)
    assert (stopped.failed, stopped.open) == (0, 8)
    assert (again.sent, again.failed, again.open) == (22, 8, 0)
    assert sum(line.startswith("RCPT") for line in relay.commands) == 22 + 6 * 8


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("phase", ["rcpt", "dot"])
def test_short_list_that_a_relay_refuses_hears_why(tmp_path: Path, count: int, phase: str) -> None:
    """Everybody's first try: one reader, and a relay that does not know the sender yet."""
    with ScriptedRelay({phase: "554 5.7.1 Relay access denied"}) as relay:
        root = house(tmp_path / "home", relay.port, "one.example", count=count)
        ran = run_here("send", EDITION, home=root)
        with open_app(root) as app, app.store.reading() as tx:
            state, rows = tx.editions.keep_state(EDITION), tx.deliveries.list(EDITION)
            (alert,) = [one for _, _, one, *_ in tx.alerts.list(limit=9)]
        relay.script.clear()
        approved = run_here("editions", "approve", EDITION, home=root)
        again = run_here("send", EDITION, home=root)

    assert (ran.code, state) == (1, EditionState.HELD)
    assert "the relay refuses the sender or the message: 554 5.7.1 Relay access denied" in ran.err
    assert f"`digest editions approve {EDITION}`" in " ".join(ran.err.split())
    assert {(row.state, row.attempt) for row in rows} == {(DeliveryState.PENDING, 0)}
    assert alert.kind is AlertKind.SENDER_FAULT
    assert (approved.code, again.code) == (0, 0), again.err
    assert len(relay.recipients) == count


def test_readers_who_are_particular_fail_in_time_and_hold_nothing_up(tmp_path: Path) -> None:
    """Their servers do not like the mail; what they said stays on record, and nobody is suppressed for it."""
    now, alone = NOW, [f"r{n}@one.example" for n in range(0, 30, 4)]
    words = "554 5.7.1 we do not like you"
    open_for = list[int]()
    with ScriptedRelay({f"rcpt {email}": words for email in alone}) as relay:
        root = house(tmp_path / "home", relay.port, "one.example")
        with open_app(root, clock=lambda: now) as app:
            for minutes in (0, 5, 15, 60, 60):
                now += timedelta(minutes=minutes, seconds=1)
                open_for.append(send(app, EDITION, SendOptions(by="olu")).open)
            with app.store.reading() as tx:
                state, rows = tx.editions.keep_state(EDITION), tx.deliveries.list(EDITION)
                reports, suppressed = tx.bounces.list(), tx.people.suppressions()
        run_here("send", EDITION, "--failed", home=root)
        again = books(root)
        relay.script.clear()
        taken = run_here("send", EDITION, "--failed", home=root)

    assert open_for == [8, 8, 8, 8, 0]
    assert (state, reports, suppressed) == (EditionState.SENT, (), ())
    failed = [row for row in rows if row.state is DeliveryState.FAILED]
    assert sorted(row.subscriber.email for row in failed) == sorted(alone)
    assert all(words in (row.reason or "") for row in failed)
    assert (again.sent, again.failed, again.open) == (22, 8, 0)
    assert (taken.code, len(relay.recipients)) == (0, 30), taken.err


def test_list_of_dead_addresses_costs_one_approval(tmp_path: Path) -> None:
    """Seventy of them, where whoever looks at both ends of it finds no other."""
    domains = ("one.example", "two.example", "three.example")
    with ScriptedRelay() as relay:
        root = house(tmp_path / "home", relay.port, *domains, count=100)
        dead = [*range(35), *range(65, 100)]
        relay.script |= {f"rcpt r{n}@{domains[n % 3]}": UNKNOWN for n in dead}
        ran = run_here("send", EDITION, home=root)
        held = books(root)
        approved = run_here("editions", "approve", EDITION, home=root)
        run_here("send", EDITION, home=root)
        with open_app(root) as app, app.store.reading() as tx:
            alerts = [alert for _, _, alert in tx.alerts.list(limit=9)]

    assert (ran.code, approved.code) == (1, 0)
    assert (held.sent, held.failed, held.open) == (0, 0, 100)
    assert (books(root).sent, books(root).failed, books(root).open) == (30, 70, 0)
    assert [alert.kind for alert in alerts] == [AlertKind.SENDER_FAULT]


@pytest.mark.slow
def test_service_believes_the_relay_once_a_person_has_approved(tmp_path: Path) -> None:
    """It sends what is approved at once, before anybody could say anything else."""
    people = [
        Enrolment(new=NewSubscriber(email=f"r{n}@{'abc'[n % 3]}.example"), consent="form") for n in range(70)
    ]
    with ScriptedRelay({f"rcpt {one.new.email}": UNKNOWN for one in people[:20] + people[-20:]}) as relay:
        root = furnish_for(tmp_path / "home", relay.port, readers=0)
        with closing(opened(root)) as store, store.writing() as tx:
            tx.people.enrol(people, "daily", at=BEFORE - timedelta(days=1))
        with Running(root, Hurried(BEFORE, 60)), open_app(root, clock=Hurried(DUE)) as app:

            def state() -> EditionState | None:
                with app.store.reading() as tx:
                    return tx.editions.state_of(1)

            until(lambda: state() is EditionState.HELD)
            held = books(root)
            approve(app, 1, by="olu")
            until(lambda: state() is EditionState.SENT)
            with app.store.reading() as tx:
                alerts = [alert.kind for _, _, alert in tx.alerts.list(limit=9)]

    assert (held.failed, held.open) == (0, 70)
    assert (books(root).sent, books(root).failed) == (30, 40)
    assert alerts.count(AlertKind.SENDER_FAULT) == 1


def test_relay_that_is_suspended_once_more_after_an_approval_holds_the_edition_again(tmp_path: Path) -> None:
    """The person had the account mended; the rest of the list is not dead for that."""
    domains = ("one.example", "two.example", "three.example")
    held = list[tuple[int, int]]()
    with ScriptedRelay() as relay:
        root = house(tmp_path / "home", relay.port, *domains, count=100)
        for most in (20, 40):
            relay.script.clear()
            relay.on_taken = lambda _, most=most: (
                len(relay.recipients) >= most and relay.script.update(rcpt="550 Account suspended")
            )
            ran = run_here("send", EDITION, home=root)
            assert "nobody is accepted by relay main" in ran.err
            held.append((books(root).failed, books(root).open))
            run_here("editions", "approve", EDITION, home=root)
        relay.script.clear()
        relay.on_taken = lambda _: None
        run_here("send", EDITION, home=root)

    assert held == [(0, 80), (0, 60)]
    assert (books(root).sent, books(root).failed) == (100, 0)


def test_hold_of_a_relay_that_answers_no_message_names_where_the_unknown_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever approves it decides on them as well."""
    monkeypatch.setattr("digest.deliver.run.breaker._LONGEST_PAUSE_S", 0.05)
    with ScriptedRelay({"dot": DROP}) as relay:
        root = house(tmp_path / "home", relay.port, "one.example")
        with open_app(root) as app, pytest.raises(TransportError, match="no message is answered") as raised:
            send(app, EDITION, SendOptions(by="olu", wait=True))

    assert f"`digest deliveries {EDITION}` names those who are unknown" in (raised.value.hint or "")


def test_approval_after_another_fault_believes_no_relay(tmp_path: Path) -> None:
    """Who approved an edition that was refused for its sender has not looked at its readers."""
    with ScriptedRelay({"mail": "550 5.7.1 sender refused"}) as relay:
        root = house(tmp_path / "home", relay.port, "one.example", "two.example", "three.example")
        run_here("send", EDITION, home=root)
        run_here("editions", "approve", EDITION, home=root)
        relay.script = {"rcpt": UNKNOWN}
        again = run_here("send", EDITION, home=root)

    assert "nobody is known" in again.err
    assert (books(root).failed, books(root).open) == (0, 30)


def test_domain_that_knows_nobody_is_told_and_what_it_did_can_be_lifted(tmp_path: Path) -> None:
    """An outage of a provider, with what a second edition would do at once."""
    with ScriptedRelay({f"rcpt r{n}@ill.example": UNKNOWN for n in range(25)}) as relay:
        root = house(tmp_path / "home", relay.port, "ill.example", count=25)
        ada = Enrolment(new=NewSubscriber(email="ada@well.example"), consent="form")
        with closing(opened(root)) as store, store.writing() as tx:
            tx.people.enrol([ada], "daily", at=NOW)
            tx.people.suppress("eve@ill.example", "asked by phone", at=NOW)
        run_here("send", EDITION, home=root)
        with open_app(root) as app, app.store.reading() as tx:
            alerts = [alert for _, _, alert in tx.alerts.list(limit=9)]
        day = f"{NOW:%Y-%m-%d}"
        barred = run_here("suppress", "list", "--json", home=root).data
        others = run_here("suppress", "lift", "--since", day, "--domain", "well.example", "--json", home=root)
        lifted = run_here("suppress", "lift", "--since", day, "--domain", "ill.example", "--json", home=root)
        left = run_here("suppress", "list", "--json", home=root).data
        relay.script.clear()
        again = run_here("send", EDITION, "--failed", home=root)

    (outage,) = [one for one in alerts if one.kind is AlertKind.SENDER_FAULT]
    assert "ill.example knows none of 25 readers in a row: 550 5.1.1 no such user" in outage.text
    assert f"digest suppress lift --since {day} --domain ill.example" in outage.text
    assert len(barred) == 26
    assert (others.data, lifted.data) == ({"lifted": 0}, {"lifted": 25})
    assert [one["email"] for one in left] == ["eve@ill.example"]
    assert (again.code, len(relay.bodies)) == (0, 1 + 25), again.err


@pytest.mark.parametrize("count", [3, 25])
def test_list_of_one_domain_of_which_nobody_is_known_costs_one_approval(tmp_path: Path, count: int) -> None:
    """A company's own relay that has lost its lists, or a list that is dead indeed: a person has looked."""
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        root = house(tmp_path / "home", relay.port, "one.example", count=count)
        ran = run_here("send", EDITION, home=root)
        held = books(root)
        approved = run_here("editions", "approve", EDITION, home=root)
        run_here("send", EDITION, home=root)

    assert (ran.code, approved.code) == (1, 0)
    assert f"nobody is known to relay main: {count} in a row, of 1 domain: 550 5.1.1 no such user" in ran.err
    assert (held.failed, held.open) == (0, count)
    assert (books(root).failed, books(root).open) == (count, 0)
