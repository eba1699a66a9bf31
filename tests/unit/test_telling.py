"""What a run tells while nobody of it is due."""

from __future__ import annotations

from digest.deliver import Progress, Watch
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
