"""Connections that are opened when needed, and messages at an even pace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.deliver import Line, Pacer, Phase, Receipt, Timer
from digest.errors import TransportError
from digest.model import DeliveryState

LOST = TransportError("lost", permanent=False)


class FakeTime:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    @property
    def timer(self) -> Timer:
        return Timer(monotonic=lambda: self.now, wait=self.wait)


class FakeTransport:
    """A connection that can be closed."""

    def __init__(self) -> None:
        self.is_open = True

    def send(self, sender: str, recipient: str, message: bytes, on_dot: Callable[[], None]) -> Receipt:
        raise NotImplementedError

    def close(self) -> None:
        self.is_open = False


def receipt(state: DeliveryState) -> Receipt:
    """Make a receipt."""
    return Receipt(state=state, phase=Phase.DOT, code=None, enhanced=None, text="gone")


def make_line(connect: Callable[[], FakeTransport], time: FakeTime, *, tries: int = 3) -> Line:
    """Make a line of two messages a connection."""
    return Line(connect, tries=tries, per_connection=2, timer=time.timer)


def test_pace_is_even_when_the_relay_is_fast() -> None:
    """Four a second: one every 250 ms, the first at once."""
    time = FakeTime()
    pacer = Pacer(4, time.timer)
    moments = []
    for _ in range(5):
        pacer.wait()
        moments.append(time.now)

    assert moments == [100.0, 100.25, 100.5, 100.75, 101.0]


def test_waits_that_last_too_long_do_not_add_up() -> None:
    """Sleeping is never exact; 1,000 messages must still take what the rate says."""
    time = FakeTime()
    oversleeping = Timer(monotonic=lambda: time.now, wait=lambda seconds: time.wait(seconds + 0.01))
    pacer = Pacer(10, oversleeping)
    for _ in range(1001):
        pacer.wait()

    assert time.now == pytest.approx(200.01)


def test_time_lost_to_a_slow_relay_is_not_made_up_for() -> None:
    """A burst after a pause is what rate limits are there to stop."""
    time = FakeTime()
    pacer = Pacer(4, time.timer)
    pacer.wait()
    time.now += 10
    pacer.wait()
    pacer.wait()

    assert time.waits == [0.25]


def test_no_rate_means_no_wait() -> None:
    """The relay's own pace is the limit."""
    time = FakeTime()
    Pacer(None, time.timer).wait()

    assert time.waits == []


def test_connection_is_kept_and_replaced_after_its_share() -> None:
    """Relays dislike connections that never end."""
    opened: list[FakeTransport] = []

    def connect() -> FakeTransport:
        opened.append(FakeTransport())
        return opened[-1]

    line = make_line(connect, FakeTime())
    for _ in range(5):
        line.ready()
        line.took(receipt(DeliveryState.SENT))
    line.close()
    line.close()

    assert len(opened) == 3
    assert not any(transport.is_open for transport in opened)


def test_dead_relay_is_given_up_after_growing_waits() -> None:
    """Three tries, one and two seconds apart; then the operator is told what was wrong."""
    time = FakeTime()

    def connect() -> FakeTransport:
        raise LOST

    with pytest.raises(TransportError, match="lost"):
        make_line(connect, time).ready()
    assert time.waits == [1.0, 2.0]


def test_longest_wait_is_a_minute() -> None:
    """A block's lease must outlast the waits."""
    time = FakeTime()

    def connect() -> FakeTransport:
        raise LOST

    with pytest.raises(TransportError):
        make_line(connect, time, tries=9).ready()
    assert time.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_refused_login_is_not_tried_again() -> None:
    """Another try would lock the account."""
    time = FakeTime()

    def connect() -> FakeTransport:
        raise TransportError("535", permanent=True)

    with pytest.raises(TransportError, match="535"):
        make_line(connect, time).ready()
    assert time.waits == []


def test_connection_that_closed_is_replaced() -> None:
    """After a 421 the transport is closed although nobody called it lost."""
    first = FakeTransport()
    transports = [first, FakeTransport()]
    line = make_line(lambda: transports.pop(0), FakeTime())
    line.ready()
    first.close()

    assert line.ready() is not first


def test_unknown_ends_in_a_row_stop_the_run() -> None:
    """A relay that dies after every dot would turn the whole audience into unknowns."""
    line = make_line(FakeTransport, FakeTime())
    for _ in range(2):
        line.ready()
        line.took(receipt(DeliveryState.UNKNOWN))
    line.ready()
    with pytest.raises(TransportError, match="gone"):
        line.took(receipt(DeliveryState.UNKNOWN))


def test_an_answer_forgives_earlier_losses() -> None:
    """Only losses in a row say that the relay is gone."""
    line = make_line(FakeTransport, FakeTime())
    for _ in range(10):
        line.ready()
        line.lost(LOST)
        line.ready()
        line.took(receipt(DeliveryState.FAILED))

    assert line.ready().is_open
