"""A run that waits for those who were put off: what others want meanwhile it lets go of."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.deliver import Limit, Limits, LocalAllotments, Route, Watch
from digest.deliver.limits.limit import Draw, Spent
from digest.model.people import DeliveryState
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, reader, readers, route, send

DEFERRED, SENT = DeliveryState.DEFERRED, DeliveryState.SENT
ONE = Limits(relays={"main": Limit(key="relay main", connections=1)}, domains={})
GREYLISTED = {f"rcpt {reader(2)}": "450 4.2.0 greylisted, come back later"}


class Counted(LocalAllotments):
    """Limits that count what is asked of them, by worker or limit."""

    def __init__(self) -> None:
        super().__init__()
        self.draws: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.wanted: list[int] = []  #: connections, each time
        self.is_used_up = False  #: what domains have

    def draw(self, limit: Limit, count: int, among: Sequence[float] | None = None) -> Draw:
        self.draws[limit.key] += 1
        if self.is_used_up and limit.key.startswith("domain "):
            until = time.monotonic() + 0.5
            return Draw(retry_at=until, spent=Spent(most=1, window=timedelta(hours=1), until=until))
        return super().draw(limit, count, among)

    def seats(self, key: str, worker: str, wanted: int, limit: int) -> int:
        self.asked[key] += 1
        self.wanted.append(wanted)
        return super().seats(key, worker, wanted, limit)


def soon(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait for something; False when it does not come."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


@contextmanager
def waiting_run(
    relay: ScriptedRelay,
    ledger: MemoryLedger,
    allotments: LocalAllotments,
    limits: Limits = ONE,
    *others: Route,
    wait: bool = True,
) -> Iterator[None]:
    """Have another thread send, and wait, over the one connection that all may have together."""
    over = threading.Event()
    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, stopped=over.is_set)
    run = threading.Thread(
        target=lambda: send(
            ledger,
            route(relay.port, connections=1),
            *others,
            wait=wait,
            watch=watch,
            limits=limits,
            allotments=allotments,
            worker="first",
        )
    )
    run.start()
    try:
        yield
    finally:
        over.set()
        run.join()


def test_run_with_nobody_due_leaves_its_connection_to_another() -> None:
    """Greylisting takes minutes; a second edition must not wait for them."""
    allotments, ledger = LocalAllotments(), MemoryLedger(readers(2), due_s=300)
    with ScriptedRelay(GREYLISTED) as relay, waiting_run(relay, ledger, allotments):
        assert soon(lambda: ledger.states() == [SENT, DEFERRED])
        second = send(
            MemoryLedger(["grace@example.org"]),
            route(relay.port, connections=1),
            limits=ONE,
            allotments=allotments,
            worker="second",
            lasts_s=15,
        )
        assert ledger.states() == [SENT, DEFERRED]

    assert second.sent == 1
    assert [line for line in relay.commands if line == "QUIT"]


def test_run_with_nobody_due_draws_nothing_from_a_pace() -> None:
    """Moments that it let lapse would be half of those that another could use."""
    paced = Limits(relays={"main": Limit(key="relay main", per_second=50.0)}, domains={})
    allotments, ledger = Counted(), MemoryLedger(readers(2), due_s=300)
    with ScriptedRelay(GREYLISTED) as relay, waiting_run(relay, ledger, allotments, paced):
        assert soon(lambda: ledger.states() == [SENT, DEFERRED] and "QUIT" in relay.commands)
        time.sleep(0.5)  # what was asked for before has come
        drawn = allotments.draws["relay main"]
        time.sleep(2.0)
        assert 0 < allotments.draws["relay main"] == drawn


@pytest.mark.slow
def test_run_at_rest_goes_on_when_somebody_is_due() -> None:
    """Over a new connection, when it has its seat again."""
    allotments, ledger = LocalAllotments(), MemoryLedger(readers(2), due_s=11)
    with (
        ScriptedRelay(GREYLISTED, once=True) as relay,
        waiting_run(relay, ledger, allotments),
    ):
        assert soon(lambda: "QUIT" in relay.commands)
        ledger.due_s = 0
        assert soon(lambda: ledger.states() == [SENT, SENT], 20)
        assert relay.connections == 2


def test_seat_of_a_domain_is_kept_while_a_message_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease would run out behind a slow final dot, and another worker be one too many."""
    monkeypatch.setattr("digest.deliver.limits.share._RENEW_S", 0.1)
    limits = Limits(relays={}, domains={"strict.example": Limit(key="domain strict.example", connections=1)})
    allotments = Counted()
    with ScriptedRelay({"dot": "<pause 2>250 ok"}) as relay:
        send(MemoryLedger(["ada@strict.example"]), route(relay.port), limits=limits, allotments=allotments)

    # One to begin with, and then ten a second: some rounds of the loop come late on a busy machine.
    assert allotments.asked["domain strict.example"] >= 5


def test_seat_of_a_relay_in_use_no_more_is_kept_while_a_message_ends_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It refuses the others for good; the connection of the one behind a slow dot is open all the same."""
    monkeypatch.setattr("digest.deliver.limits.share._RENEW_S", 0.1)
    limit = Limit(key="relay main", connections=2)
    limits, allotments = Limits(relays={"main": limit}, domains={}), Counted()
    refusals = {f"rcpt {reader(n)}": "<pause 0.2>550 5.7.1 sender not allowed" for n in range(2, 31)}
    main = ScriptedRelay({"dot": "<pause 4>250 ok", **refusals})
    with main, ScriptedRelay() as spare:
        routes = route(main.port, connections=2), route(spare.port, name="spare", weight=0)
        done = send(MemoryLedger(readers(30)), *routes, limits=limits, allotments=allotments)

    assert (done.sent, len(spare.recipients)) == (30, 29)
    # Looked at four times a second for four seconds; without that, it is asked for at the beginning only.
    assert allotments.asked["relay main"] >= 5


@pytest.fixture
def idle_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is of no use for half a second is others'."""
    monkeypatch.setattr("digest.deliver.run.need.IDLE_S", 0.5)


def has_its_turn(relay: ScriptedRelay, allotments: LocalAllotments, limits: Limits) -> bool:
    """Tell whether a second run gets the one connection."""
    only = MemoryLedger(["grace@example.net"])
    second = route(relay.port, connections=1)
    done = send(only, second, limits=limits, allotments=allotments, worker="second", lasts_s=4)
    return done.sent == 1


def used_up(**relay: float) -> tuple[Limits, Counted]:
    """A domain of whose hour nothing is left, behind a relay with one connection or a pace."""
    limits = Limits(
        relays={"main": Limit(key="relay main", **relay)},
        domains={"slow.example": Limit(key="domain slow.example", per_second=5.0, per_hour=100)},
    )
    allotments = Counted()
    allotments.is_used_up = True
    return limits, allotments


@pytest.mark.usefixtures("idle_soon")
@pytest.mark.parametrize("wait", [False, True])
def test_run_whose_readers_wait_for_their_domain_leaves_its_connection_to_another(wait: bool) -> None:
    """An hour that is used up takes an hour; a second edition must not wait for it."""
    (limits, allotments), ledger = used_up(connections=1), MemoryLedger([reader(1), "bea@slow.example"])
    with ScriptedRelay() as relay, waiting_run(relay, ledger, allotments, limits, wait=wait):
        assert soon(lambda: ledger.states()[0] is SENT)
        assert has_its_turn(relay, allotments, limits)
        assert ledger.states()[1] is DeliveryState.CLAIMED


@pytest.mark.parametrize("relay_limit", [{"connections": 1}, {"per_second": 3.0}, {"per_second": 0.9}])
@pytest.mark.usefixtures("idle_soon")
def test_run_whose_readers_wait_for_their_domain_goes_on_once_it_has_room(
    relay_limit: dict[str, float],
) -> None:
    """Whatever else was let go of meanwhile is asked for again, and found together."""
    (limits, allotments), ledger = used_up(**relay_limit), MemoryLedger([reader(1), "bea@slow.example"])
    with ScriptedRelay() as relay, waiting_run(relay, ledger, allotments, limits):
        assert soon(lambda: ledger.states()[0] is SENT and "QUIT" in relay.commands)
        allotments.is_used_up = False
        assert soon(lambda: ledger.states() == [SENT, SENT])


def test_run_whose_readers_wait_for_their_domain_draws_nothing_from_a_pace() -> None:
    """Another edition would have half of it."""
    (limits, allotments), ledger = used_up(per_second=50.0), MemoryLedger([reader(1), "bea@slow.example"])
    with ScriptedRelay() as relay, waiting_run(relay, ledger, allotments, limits):
        assert soon(lambda: ledger.states()[0] is SENT and allotments.draws["domain slow.example"] > 0)
        time.sleep(0.5)  # what was asked for before has come
        drawn, asked = allotments.draws["relay main"], allotments.draws["domain slow.example"]
        time.sleep(2.0)
        assert allotments.draws["domain slow.example"] > asked
        assert 0 < allotments.draws["relay main"] == drawn


@pytest.mark.usefixtures("idle_soon")
def test_run_whose_last_reader_waits_for_a_relay_that_is_away_leaves_that_of_the_others() -> None:
    """No message for the one that is there: its connection is of no use."""
    allotments, ledger = LocalAllotments(), MemoryLedger([reader(1), "jürgen@example.org"])
    with ScriptedRelay() as gone:
        port = gone.port
    away = route(port, name="able")
    with ScriptedRelay() as relay, waiting_run(relay, ledger, allotments, ONE, away):
        assert soon(lambda: ledger.states()[0] is SENT)
        assert has_its_turn(relay, allotments, ONE)


@pytest.mark.usefixtures("idle_soon")
def test_run_that_waits_for_another_sender_of_its_edition_leaves_it_the_connection() -> None:
    """They are due at once, as far as the books say, and in the hands of one who has no connection."""
    allotments, ledger = LocalAllotments(), MemoryLedger(readers(2))
    ledger.rows[2] = replace(ledger.rows[2], state=DeliveryState.CLAIMED)
    ledger.next_due_s = lambda: 0.0
    with ScriptedRelay() as relay, waiting_run(relay, ledger, allotments):
        assert soon(lambda: ledger.states()[0] is SENT)
        assert has_its_turn(relay, allotments, ONE)


def test_message_behind_a_slow_dot_wants_one_connection_and_no_moment() -> None:
    """It had half of the connections, and let half of the pace lapse, for an answer of minutes."""
    limits = Limits(relays={"main": Limit(key="relay main", per_second=20.0, connections=8)}, domains={})
    allotments, drawn = Counted(), []
    relay = ScriptedRelay({"dot": "<pause 2>250 ok"})
    relay.on_dot = lambda: drawn.append(allotments.draws["relay main"])
    with relay:
        send(MemoryLedger(readers(1)), route(relay.port), limits=limits, allotments=allotments)

    assert set(allotments.wanted) == {1}
    assert drawn == [allotments.draws["relay main"]]


@pytest.mark.usefixtures("idle_soon")
def test_connections_beside_a_slow_dot_are_left_to_others() -> None:
    """All were of use; now one is."""
    limits = Limits(relays={"main": Limit(key="relay main", connections=4)}, domains={})
    allotments = Counted()
    script = {"dot": "<pause 0.1>250 ok", f"dot {reader(12)}": "<pause 4>250 ok"}
    with ScriptedRelay(script) as relay:
        main = route(relay.port, connections=4)
        send(MemoryLedger(readers(12)), main, limits=limits, allotments=allotments, block=12)

    assert allotments.wanted[0] == 4
    assert allotments.wanted[-1] == 1


def test_seat_of_a_domain_that_a_run_seldom_has_mail_for_is_left_to_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One reader of a run of hours must not keep out the only reader of another."""
    monkeypatch.setattr("digest.deliver.run.gate._KEPT_S", 0.5)
    strict = Limits(relays={}, domains={"strict.example": Limit(key="domain strict.example", connections=1)})
    allotments, ledger = Counted(), MemoryLedger(["ada@strict.example", reader(2)])
    script = {f"dot {reader(2)}": "<pause 9>250 ok"}
    with ScriptedRelay(script) as relay, waiting_run(relay, ledger, allotments, strict):
        assert soon(lambda: ledger.states()[0] is SENT)
        second, only = MemoryLedger(["bea@strict.example"]), route(relay.port)
        done = send(second, only, limits=strict, allotments=allotments, worker="second", lasts_s=4)

        assert done.sent == 1
        assert ledger.states()[1] is DeliveryState.CLAIMED
