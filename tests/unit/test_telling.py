"""What a run tells while nobody of it is due."""

from __future__ import annotations

import socket

from digest.deliver import Limit, Limits, Progress, Watch
from digest.model import DeliveryState
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, readers, route, send


def test_a_relay_that_nobody_waits_for_is_in_no_trouble() -> None:
    """People would be told, hours later, of an outage of a relay that is well and was not asked since."""
    told = list[Progress]()

    def is_over() -> bool:
        last = told[-5:]
        return len(last) == 5 and all(one.books == told[-1].books for one in last) and all_put_off()

    def all_put_off() -> bool:
        return set(ledger.states()) == {DeliveryState.DEFERRED}

    ledger = MemoryLedger(readers(6), due_s=300.0)
    with ScriptedRelay({"mail": "451 4.3.2 server busy"}) as relay:
        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=told.append, stopped=is_over)
        send(ledger, route(relay.port, connections=1), wait=True, watch=watch)

    assert any("server busy" in (one.trouble or "") for one in told)  # while somebody waited for it
    assert told[-1].trouble is None


def test_a_relay_that_readers_of_a_limited_domain_wait_for_is_in_trouble() -> None:
    """They stand aside for their domain's limit, all of them where the list has no others."""
    told = list[Progress]()

    def is_over() -> bool:
        return any(one.trouble for one in told) or len(told) > 100

    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    limits = Limits(relays={}, domains={"example.org": Limit(key="domain example.org", connections=2)})
    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=told.append, stopped=is_over)
    send(MemoryLedger(readers(20)), route(port), wait=True, watch=watch, limits=limits, block=20)

    assert any("refused" in (one.trouble or "") for one in told)


def test_a_relay_that_is_given_up_is_told_of_while_no_other_may_begin() -> None:
    """The hour of the other one is used up: nobody heard that the first knows nobody."""
    told = list[Progress]()

    def is_over() -> bool:
        return len(told) > 20 and all(one.trouble for one in told[-4:])

    ledger = MemoryLedger([f"reader{n}@{'abc'[n % 3]}.example" for n in range(80)])
    limits = Limits(relays={"well": Limit(key="relay well", per_hour=5)}, domains={})
    with ScriptedRelay({"rcpt": "550 Account suspended"}) as ill, ScriptedRelay() as well:
        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=told.append, stopped=is_over)
        routes = route(ill.port, name="ill"), route(well.port, name="well")
        send(ledger, *routes, wait=True, watch=watch, limits=limits, block=80)

    in_trouble = [one for one in told if one.trouble]
    assert "nobody is accepted by relay ill" in (in_trouble[-1].trouble or "")
    assert [one.limit for one in in_trouble[-1].used_up] == ["relay well"]
