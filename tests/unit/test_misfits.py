"""Several relays that differ in what they can carry: each message goes to one that can."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from digest.deliver import Limit, Limits, Route, Watch
from digest.deliver.compose.envelope import Envelope
from digest.deliver.run.misfits import Misfits
from digest.deliver.run.relay import Relay
from digest.deliver.smtp.attempt import Attempt
from digest.errors import TransportError
from digest.model import Delivery, DeliveryState, Settlement
from fault_relay import Fault, FaultRelay, Peer, dies, says
from scripted_relay import HANG, ScriptedRelay
from sending_cast import MESSAGE, NOW, MemoryLedger, reader, readers, route, send

PENDING, SENT, DEFERRED, FAILED, EXCLUDED = (
    DeliveryState[name] for name in ("PENDING", "SENT", "DEFERRED", "FAILED", "EXCLUDED")
)
PLAIN = ("8BITMIME",)
WIDE = ("8BITMIME", "SMTPUTF8")


def wide(count: int) -> list[str]:
    """Name recipients whom only a relay with SMTPUTF8 can reach."""
    return [f"jürgen{n}@example.org" for n in range(1, count + 1)]


def mixed(count: int) -> list[str]:
    """Name as many of both, in turns."""
    return [email for pair in zip(wide(count), readers(count), strict=True) for email in pair]


@pytest.mark.parametrize("ahead", [(), ("PIPELINING",)])
@pytest.mark.parametrize("hands", [0, 2])
def test_letters_beyond_ascii_go_to_the_relay_that_offers_them(ahead: tuple[str, ...], hands: int) -> None:
    """Chance must not decide who gets an edition: RFC 6531 binds the address to the extension, not to us."""
    ledger = MemoryLedger(wide(4))
    with ScriptedRelay(offers=PLAIN + ahead) as plain, ScriptedRelay(offers=WIDE + ahead) as able:
        done = send(ledger, route(plain.port, name="plain"), route(able.port, name="able"), hands=hands)

        assert (done.sent, done.failed, done.deferred) == (4, 0, 0)
        assert sorted(able.recipients) == sorted(wide(4))
        assert plain.recipients == []


@pytest.mark.parametrize("ahead", [(), ("PIPELINING",)])
def test_others_are_shared_as_ever(ahead: tuple[str, ...]) -> None:
    """The relay without it keeps its share of what it can carry, and nobody is mailed twice."""
    ledger = MemoryLedger(mixed(40))
    with ScriptedRelay(offers=PLAIN + ahead) as plain, ScriptedRelay(offers=WIDE + ahead) as able:
        done = send(ledger, route(plain.port, name="plain"), route(able.port, name="able"), block=80)

        assert done.sent == 80
        assert sorted(plain.recipients + able.recipients) == sorted(mixed(40))
        assert set(wide(40)) <= set(able.recipients)
        assert len(plain.recipients) >= 20


def test_letters_beyond_ascii_fail_when_no_relay_offers_them() -> None:
    """Then there is nothing to wait for; one that refuses this sender for good is not to be had either."""
    ledger = MemoryLedger([*wide(1), *readers(3)])
    refusing = ScriptedRelay({"auth": "535 5.7.8 no"}, offers=("AUTH PLAIN", *WIDE))
    with ScriptedRelay(offers=PLAIN) as one, ScriptedRelay(offers=PLAIN) as other, refusing:
        closed = _closed_for_good(route(refusing.port, name="closed"))
        done = send(ledger, route(one.port, name="one"), route(other.port, name="other"), closed)

        assert (done.sent, done.failed) == (3, 1)
    assert "SMTPUTF8" in str(ledger.rows[1].reason)


def test_relay_that_is_away_is_waited_for() -> None:
    """An outage of a minute must not fail an address for good; the others go on meanwhile."""
    with ScriptedRelay() as gone:
        port = gone.port
    ledger = MemoryLedger(mixed(3))
    back: list[ScriptedRelay] = []

    def comes_back_after_the_others(_: object) -> None:
        if ledger.states().count(SENT) == 3 and not back:
            back.append(ScriptedRelay(offers=WIDE, port=port).__enter__())

    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=comes_back_after_the_others)
    with ScriptedRelay(offers=PLAIN) as plain:
        done = send(
            ledger, route(plain.port, name="plain"), route(port, name="able"), watch=watch, wait=True, block=6
        )
        back[0].__exit__(None, None, None)

        assert done.sent == 6
        assert sorted(plain.recipients) == sorted(readers(3))
        assert sorted(back[0].recipients) == sorted(wide(3))


def test_run_that_does_not_wait_puts_them_off_until_the_relay_is_back() -> None:
    """Not failed, and no attempt is counted as refused: the same command goes on with them."""
    with ScriptedRelay() as gone:
        port = gone.port
    ledger = MemoryLedger(mixed(3))
    with ScriptedRelay(offers=PLAIN) as plain:
        done = send(ledger, route(plain.port, name="plain"), route(port, name="able"), block=6)

        assert (done.sent, done.deferred, done.failed) == (3, 3, 0)
    put_off = [outcome for outcome in ledger.outcomes.values() if outcome.state is DEFERRED]
    assert {outcome.text for outcome in put_off} == {"waits for a relay that can carry it"}
    assert [(outcome.next_at - NOW).total_seconds() for outcome in put_off] == pytest.approx(
        [60.05, 60.10, 60.15], abs=0.01
    )


@pytest.mark.parametrize(
    "script",
    [
        {"mail": "550 5.7.1 account suspended"},
        {f"dot {one}": "550 5.7.1 account suspended" for one in wide(6)},
    ],
)
def test_who_needs_a_relay_that_refuses_the_sender_is_put_off_with_its_words(script: dict[str, str]) -> None:
    """It can carry them, and may once more: that no relay offers what they need is not so."""
    ledger = MemoryLedger(mixed(6))
    with ScriptedRelay(offers=PLAIN) as plain, ScriptedRelay(script, offers=WIDE) as able:
        routes = route(plain.port, name="plain"), route(able.port, name="able", weight=0)
        done = send(ledger, *routes, block=12)

        assert (done.sent, done.deferred, done.failed) == (6, 6, 0)
        assert all("account suspended" in (ledger.rows[n].reason or "") for n in range(1, 13, 2))
        assert {(ledger.outcomes[n].code, ledger.rows[n].attempt) for n in range(1, 13, 2)} == {(550, 1)}

        able.script.clear()
        ledger.due_s = 0
        again = send(ledger, *routes, block=12)

    assert (again.sent, set(ledger.states())) == (6, {SENT})


def test_edition_that_only_a_relay_can_carry_which_refuses_the_sender_is_held_with_its_words() -> None:
    """Nobody has it: whoever runs it hears so now, as with one relay."""
    ledger = MemoryLedger(readers(6))
    with (
        ScriptedRelay(offers=(f"SIZE {len(MESSAGE) - 1}",)) as small,
        ScriptedRelay({"mail": "550 5.7.1 account suspended"}, offers=PLAIN) as able,
    ):
        routes = route(small.port, name="small"), route(able.port, name="able")
        with pytest.raises(TransportError, match="account suspended; no other relay can carry") as raised:
            send(ledger, *routes, block=6)

    assert raised.value.permanent
    assert set(ledger.states()) <= {PENDING, DEFERRED}


@pytest.mark.parametrize("wait", [False, True])
def test_relay_that_is_full_for_a_moment_fails_nobody(wait: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """554 greets us for good or for a moment; by the next try it is known which."""
    if wait:  # else it would depend on who is quicker whether this run asks it once more
        monkeypatch.setattr("digest.deliver.run.door._SHUT_S", 0.0)
    ledger = MemoryLedger([*wide(1), *readers(5)], due_s=0 if wait else None)
    with (
        ScriptedRelay(offers=PLAIN) as plain,
        ScriptedRelay({"greet": "554 5.3.2 too many connections"}, offers=WIDE, once=True) as able,
    ):
        routes = route(plain.port, name="plain"), route(able.port, name="able", connections=1)
        done = send(ledger, *routes, wait=wait, block=6)

        assert (done.sent, done.failed) == (6 if wait else 5, 0)
        assert able.recipients == (wide(1) if wait else [])
    assert ledger.states()[0] is (SENT if wait else DEFERRED)


def test_relay_that_let_nobody_in_is_tried_again_while_the_others_are_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is back, and all that is left would wait for the one that broke down after it."""
    monkeypatch.setattr("digest.deliver.run.door._SHUT_S", 0.5)
    ledger = MemoryLedger(readers(20))
    with (
        FaultRelay(Fault(phase="greet", act=says("554 5.3.2 too many connections")), times=2) as full,
        FaultRelay(Fault(phase="mail", act=dies), spared=5) as failing,
    ):
        routes = route(full.port, name="full"), route(failing.port, name="failing", connections=1)
        done = send(ledger, *routes, wait=True, sender_of=lambda one: f"b+{one.id}@example.org")

        assert (done.sent, full.taken.total(), failing.taken.total()) == (20, 15, 5)
    assert {row.attempt for row in ledger.rows.values()} == {1}


def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the minutes between two tries pass at once."""
    for name in ("door._SHUT_S", "put_off._ASK_AGAIN_S", "put_off._SHORTEST_S"):
        monkeypatch.setattr(f"digest.deliver.run.{name}", 0.0)


def test_run_that_waits_ends_when_the_one_relay_that_could_carry_the_rest_is_shut_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a run does whose only relay refuses this machine: whoever runs it hears so now, not after a day."""
    _soon(monkeypatch)
    ledger = MemoryLedger(mixed(3), due_s=0)
    with (
        ScriptedRelay(offers=PLAIN) as plain,
        ScriptedRelay({"greet": "554 5.7.1 no service for your network"}, offers=WIDE) as able,
    ):
        routes = route(plain.port, name="plain"), route(able.port, name="able")
        with pytest.raises(TransportError, match="no service for your network; no other relay") as raised:
            send(ledger, *routes, wait=True, block=6)

        assert (raised.value.permanent, raised.value.code) == (True, 554)
        assert sorted(plain.recipients) == sorted(readers(3))
        assert 5 <= able.connections <= 10  # two are dialled at once, when more than one waits
    assert ledger.states() == [DEFERRED, SENT] * 3


def test_run_stays_for_who_is_put_off_while_others_are_stranded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One reader whom nobody can carry must not end the run of all who are greylisted."""
    _soon(monkeypatch)
    ledger = MemoryLedger([*wide(1), *readers(2)], due_s=0)
    said = {f"rcpt {reader(2)}": "450 4.2.0 greylisted"}
    with (
        ScriptedRelay(said, offers=PLAIN) as plain,
        ScriptedRelay({"greet": "554 5.7.1 no service"}, offers=WIDE) as able,
    ):

        def takes_it_in_the_end(_: object) -> None:
            if able.connections >= 9:
                plain.script.clear()

        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=takes_it_in_the_end)
        routes = route(plain.port, name="plain"), route(able.port, name="able")
        with pytest.raises(TransportError, match="no other relay"):
            send(ledger, *routes, watch=watch, wait=True, block=6)

        assert able.connections >= 9
    assert ledger.states() == [DEFERRED, SENT, SENT]


def test_who_was_stranded_and_has_left_does_not_end_the_run_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two are stranded and one of them unsubscribes: of the two that are open one may still be mailed."""
    _soon(monkeypatch)
    ledger = MemoryLedger([*wide(2), *readers(1)], due_s=0)
    settle = ledger.settle
    with (
        ScriptedRelay({"rcpt": "450 4.2.0 greylisted"}, offers=PLAIN) as plain,
        ScriptedRelay({"greet": "554 5.7.1 no service"}, offers=WIDE) as able,
    ):

        def leaves(ends: Sequence[Settlement]) -> None:
            settle(ends)
            if able.connections >= 12 and ledger.rows[1].state is DEFERRED:
                ledger.rows[1] = replace(ledger.rows[1], state=EXCLUDED)

        def takes_it_in_the_end(_: object) -> None:
            if able.connections >= 18:
                plain.script.clear()

        ledger.settle = leaves
        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=takes_it_in_the_end)
        routes = route(plain.port, name="plain"), route(able.port, name="able")
        with pytest.raises(TransportError, match="no other relay"):
            send(ledger, *routes, watch=watch, wait=True, block=6)

    assert ledger.states() == [EXCLUDED, DEFERRED, SENT]


def test_who_was_stranded_and_is_put_off_by_the_relay_that_is_back_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its door is open again, for others first: whom it greylists then is as good as anybody else."""
    _soon(monkeypatch)
    ledger = MemoryLedger([*wide(2), *readers(1)], due_s=0)
    first, claim = wide(2)[0], ledger.claim
    with (
        ScriptedRelay({"rcpt": "450 4.2.0 greylisted"}, offers=PLAIN) as plain,
        ScriptedRelay({"greet": "554 5.7.1 no service"}, offers=WIDE) as able,
    ):

        def opens_for_the_second(limit: int) -> tuple[Delivery, ...]:
            if able.connections < 12 or able.recipients:
                return claim(limit)
            able.script = {f"rcpt {first}": "450 4.2.0 greylisted"}
            kept, ledger.rows[1] = ledger.rows[1], replace(ledger.rows[1], state=SENT)
            claimed = claim(limit)
            ledger.rows[1] = kept
            return claimed

        def takes_them_in_the_end(_: object) -> None:
            if able.recipients and plain.script:
                plain.script.clear()
            elif ledger.states()[2] is SENT:
                able.script.clear()

        ledger.claim = opens_for_the_second
        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=takes_them_in_the_end)
        routes = route(plain.port, name="plain"), route(able.port, name="able")
        done = send(ledger, *routes, watch=watch, wait=True, block=6, lasts_s=30)

    assert done.sent == 3


def _closed_for_good(leads_to: Route) -> Route:
    def connect(_: Attempt) -> object:
        raise TransportError("535 5.7.8 no", permanent=True)

    return replace(leads_to, connect=connect)


def _sized(delivery: Delivery) -> bytes:
    return MESSAGE + b"a longer line\r\n" * 50 * (delivery.id % 2)


def test_message_too_large_for_one_relay_goes_to_another() -> None:
    """RFC 1870: the limit is that relay's, and no fault of the sender."""
    ledger = MemoryLedger(readers(20))
    with ScriptedRelay(offers=("SIZE 300",)) as small, ScriptedRelay(offers=("SIZE 5000",)) as large:
        routes = route(small.port, name="small"), route(large.port, name="large")
        done = send(ledger, *routes, stamp=_sized, block=20)

        assert (done.sent, done.deferred) == (20, 0)
        assert {reader(n) for n in range(1, 21, 2)} <= set(large.recipients)
        assert small.recipients, "the small one takes what it can"


def test_edition_too_large_for_one_relay_goes_to_another_whole() -> None:
    """All of it waits for one relay: nobody is put off, and few are in hand at a time."""
    ledger, in_hand = MemoryLedger(readers(600)), []
    with ScriptedRelay(offers=("SIZE 50",)) as small, ScriptedRelay(offers=("SIZE 5000",)) as large:
        large.on_taken = lambda _: in_hand.append(
            600 - ledger.states().count(PENDING) - len(large.recipients)
        )
        routes = route(small.port, name="small"), route(large.port, name="large")
        done = send(ledger, *routes, block=100)

        assert (done.sent, done.deferred) == (600, 0)
        assert len(large.recipients) == 600
        assert max(in_hand) <= 96 + 2 * 100


def test_message_too_large_for_all_relays_stops_the_run() -> None:
    """As with one relay: the edition is to be made smaller, and nobody has lost anything."""
    ledger = MemoryLedger(readers(4))
    with ScriptedRelay(offers=("SIZE 50",)) as one, ScriptedRelay(offers=("SIZE 60",)) as other:
        routes = route(one.port, name="one"), route(other.port, name="other")
        with pytest.raises(TransportError, match=f"has {len(MESSAGE)} bytes, the relay takes"):
            send(ledger, *routes)

    assert set(ledger.states()) == {PENDING}


def test_standby_relay_takes_what_no_other_can_and_no_more() -> None:
    """Weight nought is for when the others do not work: for these they do not."""
    ledger = MemoryLedger(mixed(10))
    with ScriptedRelay(offers=PLAIN) as main, ScriptedRelay(offers=WIDE) as spare:
        done = send(ledger, route(main.port), route(spare.port, name="spare", weight=0), block=20)

        assert done.sent == 20
        assert sorted(spare.recipients) == sorted(wide(10))


def test_connection_that_one_misfit_needed_does_not_slow_the_others_down() -> None:
    """The standby relay's stays open and free; a message to the other still begins behind a dot."""
    behind: list[bool] = []
    taken = threading.Event()

    def takes(peer: Peer) -> None:
        taken.wait(5)  # before the first of them has its answer, the misfit is gone
        behind.append(peer.buffer.startswith(b"MAIL FROM:"))
        peer.say("250 2.0.0 queued")

    ledger = MemoryLedger([*wide(1), *readers(200)])
    with FaultRelay(Fault(phase="dot", act=takes)) as main, ScriptedRelay(offers=WIDE) as spare:
        spare.on_taken = lambda _: taken.set()
        done = send(
            ledger,
            route(main.port, connections=1),
            route(spare.port, name="spare", weight=0),
            sender_of=lambda one: f"b+{one.id - 1}@example.org",
            block=201,
        )

        assert done.sent == 201
        assert spare.recipients == wide(1)
    assert sum(behind) >= 120


def test_relay_whose_machines_differ_is_held_to_what_all_of_them_offer() -> None:
    """Behind one name may stand several programs; a connection to the lesser one must cost nobody."""
    ledger = MemoryLedger(wide(6))
    with (
        ScriptedRelay(offers=PLAIN) as lesser,
        ScriptedRelay(offers=WIDE) as greater,
        ScriptedRelay(offers=WIDE) as able,
    ):
        ways = [route(lesser.port).connect, route(greater.port).connect]

        def connect(attempt: Attempt) -> object:
            return (ways or [_nothing]).pop()(attempt)

        both = replace(route(lesser.port, name="both"), connect=connect)
        done = send(ledger, both, route(able.port, name="able"), block=6, tries=9)

        assert (done.sent, done.failed) == (6, 0)


def _nothing(_: Attempt) -> object:
    raise TransportError("refused", permanent=False)


def _stuck_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.deliver.run.misfits._STUCK_S", 0.1)


@pytest.mark.parametrize("way", ["away", "silent", "limited"])
def test_many_that_wait_for_a_relay_hold_up_nobody_else(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred in front of one reader whom the other relay could reach at once."""
    _stuck_soon(monkeypatch)
    ledger = MemoryLedger([*wide(300), *readers(1)])
    script = {"greet": HANG} if way == "silent" else {}
    with ScriptedRelay(offers=PLAIN) as plain, ScriptedRelay(script, offers=WIDE) as able:
        leads_to = route(able.port, name="able")
        if way == "away":
            leads_to = replace(leads_to, connect=_nothing)
        limits = Limits(
            relays={"able": Limit(key="relay able", per_hour=1)} if way == "limited" else {}, domains={}
        )
        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, stopped=lambda: bool(plain.recipients))
        done = send(
            ledger,
            route(plain.port, name="plain"),
            leads_to,
            watch=watch,
            limits=limits,
            wait=True,
            block=100,
        )

        assert plain.recipients == readers(1)
        assert done.failed == 0
        assert done.sent == (2 if way == "limited" else 1)


def test_domain_whose_limit_is_used_up_holds_up_no_misfits() -> None:
    """Those held for a domain stand in front, and the relay that can carry the others is free."""
    others = [f"sam{n}@slow.example" for n in range(1, 5)]
    ledger = MemoryLedger([*others, *wide(4)])
    limits = Limits(relays={}, domains={"slow.example": Limit(key="domain slow.example", per_hour=1)})
    with ScriptedRelay(offers=PLAIN) as plain, ScriptedRelay(offers=WIDE) as able:
        sent: list[str] = []
        plain.on_taken = able.on_taken = sent.append
        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, stopped=lambda: len(sent) == 5)
        done = send(
            ledger,
            route(plain.port, name="plain"),
            route(able.port, name="able"),
            watch=watch,
            limits=limits,
            block=8,
        )

        assert done.sent == 5
        assert set(wide(4)) < set(sent)


def test_who_leaves_while_waiting_for_a_relay_is_not_mailed() -> None:
    """The last look counts when MAIL begins, not when the message was made."""
    with ScriptedRelay() as gone:
        port = gone.port
    ledger = MemoryLedger(mixed(2))
    back: list[ScriptedRelay] = []

    def leaves_then_it_is_back(_: object) -> None:
        if ledger.states().count(SENT) == 2 and not back:
            ledger.barred[1] = "unsubscribed"
            time.sleep(1.0)
            back.append(ScriptedRelay(offers=WIDE, port=port).__enter__())

    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=leaves_then_it_is_back)
    with ScriptedRelay(offers=PLAIN) as plain:
        routes = route(plain.port, name="plain"), route(port, name="able")
        done = send(ledger, *routes, watch=watch, wait=True, block=4)
        back[0].__exit__(None, None, None)

        assert (done.sent, done.excluded) == (3, 1)
        assert back[0].recipients == wide(2)[1:]


def test_misfits_that_go_on_one_by_one_are_not_put_off() -> None:
    """Sixty for a slow relay: they move, and only those that stand still for five seconds give way."""
    seconds = [0.0]
    slow = Relay(route(1), lambda: 0.0, per_connection=9)
    waiting = Misfits([slow], lambda: seconds[0])
    for row in MemoryLedger(wide(60)).rows.values():
        waiting.add(row, Envelope(sender="b@example.org", recipient=row.subscriber.email, message=MESSAGE))
    put_off = []
    for _ in range(3):
        seconds[0] += 4.0
        assert waiting.take(slow) is not None
        put_off.extend(waiting.surplus(5))
    assert put_off == []
    seconds[0] += 5.1

    assert len(list(waiting.surplus(5))) == 57 - 48


def test_misfits_keep_to_their_domains_connections() -> None:
    """A provider that bears one connection blocks whoever opens more, by whichever relay they come."""
    strict = Limits(relays={}, domains={"example.org": Limit(key="domain example.org", connections=1)})
    ledger, under_way, at_once = MemoryLedger(wide(4)), [0], [0]
    able = ScriptedRelay({"greet": "<pause 0.5>220 hi", "dot": "<pause 0.1>250 ok"}, offers=WIDE)

    def begins(line: str) -> None:
        under_way[0] += line.startswith("MAIL")
        at_once[0] = max(at_once[0], under_way[0])

    def ends(_: str) -> None:
        under_way[0] -= 1

    able.on_command, able.on_taken = begins, ends
    with ScriptedRelay(offers=PLAIN) as plain, able:
        # The weight has all go to the one that cannot carry them; the other takes time to greet.
        routes = route(plain.port, name="plain", weight=100), route(able.port, name="able", connections=4)
        done = send(ledger, *routes, limits=strict)

        assert done.sent == 4
    assert at_once == [1]
