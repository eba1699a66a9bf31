"""Refusals of one message, for its size or its letters, beside those of everybody."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from digest.deliver.run.breaker import SenderFaults
from digest.errors import TransportError
from digest.model import DeliveryState
from fault_relay import Fault, FaultRelay, says
from scripted_relay import ScriptedRelay
from sending_cast import MESSAGE, MemoryLedger, reader, readers, route, send

SENT, DEFERRED, PENDING = DeliveryState.SENT, DeliveryState.DEFERRED, DeliveryState.PENDING
WORDS = [
    ("mail", "552 5.3.4 message too big for this system"),
    ("mail", "552 message exceeds fixed maximum size"),
    ("mail", "553 5.6.7 mailbox needs SMTPUTF8"),
    ("mail", "555 5.5.4 unsupported option: SMTPUTF8"),
    ("mail", "555 unrecognised parameter"),
    ("dot", "554 5.6.3 conversion to 7bit is not possible"),
]


class Choosy(FaultRelay):
    """A relay whose fault strikes some recipients' messages only."""

    def __init__(self, phase: str, words: str, victims: Collection[str]) -> None:
        super().__init__(Fault(phase=phase, act=says(words)))
        self.victims = victims

    def strikes(self, phase: str, recipient: str) -> Fault | None:
        return super().strikes(phase, recipient) if recipient in self.victims else None


def sent_through(relay: FaultRelay, ledger: MemoryLedger, connections: int = 2) -> None:
    """Send with an envelope sender that names the reader, once."""
    send(
        ledger,
        route(relay.port, connections=connections),
        block=100,
        sender_of=lambda delivery: f"b+{delivery.id}@example.org",
    )


@pytest.mark.parametrize(("phase", "words"), WORDS)
@pytest.mark.parametrize("few", [[1], [20], [4, 5, 6, 7, 8, 9, 10], [1, 13, 27, 40]], ids=str)
def test_messages_that_a_relay_refuses_for_their_own_sake_hold_nobody_up(
    phase: str, words: str, few: list[int]
) -> None:
    """The first of all, the last, and those that stand together: the others have the edition."""
    ledger = MemoryLedger(readers(40), due_s=0)
    with Choosy(phase, words, {reader(n) for n in few}) as relay:
        for _ in range(2):
            sent_through(relay, ledger)

    assert [n for n, row in ledger.rows.items() if row.state is DEFERRED] == few
    assert ledger.states().count(SENT) == 40 - len(few)
    assert {relay.hit[reader(n)] for n in few} == {2}


@pytest.mark.parametrize(("phase", "words"), WORDS)
@pytest.mark.parametrize(("spared", "connections"), [(0, 8), (10, 1)])
def test_relay_that_refuses_each_message_so_is_found_out_within_twenty(
    phase: str, words: str, spared: int, connections: int
) -> None:
    """Whatever it says: a relay whose limit is below the edition takes none of it, from whenever on."""
    ledger = MemoryLedger(readers(100))
    with Choosy(phase, words, readers(100)[spared:]) as relay, pytest.raises(TransportError) as raised:
        sent_through(relay, ledger, connections)

    assert words in str(raised.value)
    assert ledger.states() == [SENT] * spared + [PENDING] * (100 - spared)
    assert relay.hit.total() <= 20


def test_short_list_of_which_each_message_is_refused_hears_why() -> None:
    """Nobody is put off for hours over what no waiting mends."""
    ledger = MemoryLedger(readers(3))
    with Choosy("mail", WORDS[0][1], readers(3)) as relay, pytest.raises(TransportError, match="too big"):
        sent_through(relay, ledger)

    assert ledger.states() == [PENDING] * 3


def test_one_message_beyond_the_size_that_the_only_relay_tells_holds_nobody_up() -> None:
    """The relay need not be asked about it, and takes the others."""
    ledger = MemoryLedger(readers(5))
    with ScriptedRelay(offers=(f"SIZE {len(MESSAGE)}",)) as relay:
        send(ledger, route(relay.port), stamp=lambda one: MESSAGE + b"more\r\n" * (one.id == 1))

    assert ledger.states() == [DEFERRED, SENT, SENT, SENT, SENT]


@pytest.mark.parametrize("words", ["452 4.3.4 too big for now", "450 4.6.7 mailbox needs SMTPUTF8"])
def test_messages_that_are_put_off_for_their_own_sake_stop_no_relay(words: str) -> None:
    """Six in a row are no relay that puts everybody off."""
    ledger = MemoryLedger(readers(40))
    with Choosy("mail", words, readers(15)[9:]) as relay:
        sent_through(relay, ledger)

    assert ledger.states() == [SENT] * 9 + [DEFERRED] * 6 + [SENT] * 25


def test_a_message_of_its_own_hides_no_fault_of_the_sender() -> None:
    """Between refusals of the sender it is neither one of them nor a good answer."""
    faults = SenderFaults()

    assert [faults.add(refused=True, own=own) for own in (False, True) * 4] == [False] * 8
    assert faults.add(refused=True)
