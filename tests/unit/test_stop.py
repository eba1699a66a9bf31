"""The time that is left once a sender is asked to stop."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from digest.deliver.compose.envelope import Envelope
from digest.deliver.journal.group import CLOSE_S
from digest.deliver.loop import Loop
from digest.deliver.run.gate import CLOSING_S
from digest.deliver.run.lane import Lane, LaneEvents, Patience
from digest.deliver.run.stop import LEDGER_S, Stop
from digest.deliver.smtp.offers import read_offers
from digest.schedule.pace import Pace
from sending_cast import MESSAGE

ASKED = 1_000.0  #: when it was asked to stop
SLOW_S = 17  #: a filter that takes so long over a dot leaves nobody unknown


@pytest.fixture
def lane() -> Iterator[Lane]:
    """A connection to a relay whose answer to the body's first commands is there."""
    ours, theirs = socket.socketpair()
    events = LaneEvents(body_written=lambda _: None, ended=lambda *_: None)
    patience = Patience(answer_s=300, dot_s=600)
    with theirs, Loop() as loop:
        made = Lane(
            loop, ours, read_offers({"pipelining": ""}), relay="main", patience=patience, events=events
        )
        made.begin(Envelope(sender="a@example.org", recipient="b@example.org", message=MESSAGE))
        theirs.sendall(b"250 ok\r\n250 ok\r\n354 go on\r\n")
        loop.run(lambda: made.waits_for_permit)
        yield made
        made.close()


def test_whoever_may_still_have_a_dot_is_waited_for_until_a_slow_filter_has_answered(lane: Lane) -> None:
    """Else asking a sender to stop makes an unknown of a mail that is taken a moment later."""
    stop = Stop()
    stop.want(None, ASKED)
    dots = [second for second in range(31) if not stop.is_late(ASKED + second)]
    assert 5 <= dots[-1] < 10, "what is under way is finished, where that is soon"
    assert not stop.must_leave(lane, ASKED + dots[-1])
    assert stop.must_leave(lane, ASKED + dots[-1] + 1), "who has no dot by then is let go"

    lane.dot()
    assert not stop.must_leave(lane, ASKED + dots[-1] + SLOW_S)
    assert stop.must_leave(lane, ASKED + LEDGER_S - 0.4), "the ends need time to be written down"


def test_all_is_over_before_the_machine_kills_it() -> None:
    """Thirty seconds are promised: a database that hangs holds up the journal and the limits, too.

    After 29 the process ends wherever it is, and a busy machine adds a second or two.
    """
    assert LEDGER_S + CLOSE_S + CLOSING_S <= 27
    assert Pace().grace_s - 2 > LEDGER_S, "a service lets go of its threads then"
