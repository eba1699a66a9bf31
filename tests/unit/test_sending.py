"""An edition to its recipients: everyone ends once, and the books say how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.deliver import Phase, Receipt, SendingRules, Tally, Timer, Watch, deliver_edition
from digest.errors import MessageError, Refused, TransportError
from digest.model import Books, Delivery, DeliveryState, Outcome, Subscriber

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MESSAGE = b"From: a\r\nTo: b\r\nSubject: c\r\nDate: d\r\nMessage-ID: e\r\nMIME-Version: 1.0\r\n\r\nbody\r\n"
OPEN = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.DOTTED, DeliveryState.DEFERRED}


class MemoryLedger:
    """The books in memory, with the rules of the real ones."""

    def __init__(self, emails: Sequence[str], *, attempt: int = 0) -> None:
        self.rows = {
            n: Delivery(
                id=n,
                edition_id=7,
                subscriber=Subscriber(id=n, uid=f"u{n}", email=email),
                sections=(),
                state=DeliveryState.PENDING,
                attempt=attempt,
            )
            for n, email in enumerate(emails, 1)
        }
        self.log: list[str] = []
        self.codes: list[int | None] = []
        self.next_at: dict[int, datetime | None] = {}
        self.taken_over: set[int] = set()

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        due = [row for row in self.rows.values() if row.state is DeliveryState.PENDING][:limit]
        for row in due:
            self.rows[row.id] = replace(row, state=DeliveryState.CLAIMED, attempt=row.attempt + 1)
        return tuple(self.rows[row.id] for row in due)

    def dotted(self, delivery: Delivery) -> None:
        if delivery.id in self.taken_over:
            raise Refused("not yours")
        self.log.append(f"dotted {delivery.id}")
        self.rows[delivery.id] = replace(self.rows[delivery.id], state=DeliveryState.DOTTED)

    def settle(self, delivery: Delivery, outcome: Outcome) -> None:
        self.log.append(f"{outcome.state} {delivery.id}")
        self.codes.append(outcome.code)
        self.rows[delivery.id] = replace(self.rows[delivery.id], state=outcome.state, reason=outcome.text)
        self.next_at[delivery.id] = outcome.next_at

    def books(self) -> Books:
        states = [row.state for row in self.rows.values()]
        ends = {state.value: states.count(state) for state in DeliveryState if state.is_final}
        return Books(frozen=len(states), open=sum(state in OPEN for state in states), **ends)

    def state(self, email: str) -> DeliveryState:
        return next(row.state for row in self.rows.values() if row.subscriber.email == email)

    def reason(self, email: str) -> str | None:
        return next(row.reason for row in self.rows.values() if row.subscriber.email == email)


@dataclass
class Relay:
    """A relay in memory: what it does to whom, and what it got."""

    answers: dict[str, object] = field(default_factory=dict)  #: a state, an error, by recipient
    got: list[str] = field(default_factory=list)
    connections: int = 0
    is_open: bool = False

    def connect(self) -> Relay:
        self.connections += 1
        self.is_open = True
        return self

    def close(self) -> None:
        self.is_open = False

    def send(self, sender: str, recipient: str, message: bytes, on_dot: Callable[[], None]) -> Receipt:
        answer = self.answers.get(recipient, DeliveryState.SENT)
        if isinstance(answer, TransportError):
            self.is_open = False
            raise answer
        assert (sender, message[-2:]) == ("bounce@example.org", b"\r\n")
        on_dot()
        self.got.append(recipient)
        state = DeliveryState(str(answer))
        return Receipt(state=state, phase=Phase.DOT, code=250, enhanced=None, text=f"said {state}")


def reader(n: int) -> str:
    """Name a recipient."""
    return f"reader{n}@example.org"


def readers(count: int) -> list[str]:
    """Name recipients."""
    return [reader(n) for n in range(1, count + 1)]


def run(
    ledger: MemoryLedger,
    relay: Relay,
    *,
    stamp: Callable[[Delivery], bytes] = lambda _: MESSAGE,
    still_wanted: Callable[[Delivery], str | None] = lambda _: None,
    progress: Callable[[int, int], None] | None = None,
    **rules: object,
) -> Tally:
    """Deliver with a clock that stands still and waits that take no time."""
    watch = Watch(
        still_wanted=still_wanted,
        progress=progress,
        clock=lambda: NOW,
        timer=Timer(monotonic=lambda: 0.0, wait=lambda _: None),
    )
    sending = replace(SendingRules(sender="bounce@example.org", block=3, tries=3), **rules)
    return deliver_edition(ledger, relay.connect, stamp, rules=sending, watch=watch)


def test_everyone_is_mailed_once() -> None:
    """Seven readers in blocks of three."""
    ledger, relay = MemoryLedger(readers(7)), Relay()

    tally = run(ledger, relay)

    assert tally == Tally(sent=7, failed=0, deferred=0, excluded=0, unknown=0)
    assert relay.got == readers(7)
    assert ledger.books().balance


def test_second_run_sends_nothing() -> None:
    """Whoever has an end is not claimed again."""
    ledger, relay = MemoryLedger(readers(2)), Relay()
    run(ledger, relay)

    assert run(ledger, relay) == Tally(sent=0, failed=0, deferred=0, excluded=0, unknown=0)
    assert relay.connections == 1


def test_permit_is_on_the_books_before_the_end_is() -> None:
    """A crash between the two must be seen as 'may have been taken'."""
    ledger = MemoryLedger(readers(1))
    run(ledger, Relay())

    assert ledger.log == ["dotted 1", "sent 1"]
    assert ledger.codes == [250]


def test_last_minute_unsubscriber_is_excluded() -> None:
    """Asked right before MAIL, also in the middle of an edition."""
    ledger, relay = MemoryLedger(readers(3)), Relay()

    tally = run(ledger, relay, still_wanted=lambda d: "unsubscribed" if relay.got and d.id == 2 else None)

    assert (tally.sent, tally.excluded) == (2, 1)
    assert ledger.reason(reader(2)) == "unsubscribed"
    assert relay.got == [reader(1), reader(3)]


def test_recipient_whose_message_cannot_be_built_fails_alone() -> None:
    """One bad name or address must not cost the edition."""

    def stamp(delivery: Delivery) -> bytes:
        if delivery.id == 2:
            raise MessageError("no value for the slot 'email'")
        return MESSAGE.replace(b"body", b"bo\ndy") if delivery.id == 3 else MESSAGE

    ledger, relay = MemoryLedger([*readers(4), "no address"]), Relay()

    tally = run(ledger, relay, stamp=stamp)

    assert (tally.sent, tally.failed) == (2, 3)
    assert "'email'" in str(ledger.reason(reader(2)))
    assert "bare CR or LF" in str(ledger.reason(reader(3)))
    assert "not a mail address" in str(ledger.reason("no address"))


def test_letters_beyond_ascii_may_stand_in_a_message_to_such_an_address() -> None:
    """Whether the relay can carry it is the transport's to say."""
    ledger, relay = MemoryLedger(["jörg@example.org"]), Relay()

    assert (
        run(ledger, relay, stamp=lambda _: MESSAGE.replace(b"To: b", "To: jörg@example.org".encode())).sent
        == 1
    )


@pytest.mark.parametrize(("attempt", "pause"), [(0, 5), (1, 15), (2, 60), (3, 60)])
def test_deferred_recipient_waits_longer_each_time(attempt: int, pause: int) -> None:
    """Greylisting asks for minutes, a full disk for an hour."""
    ledger = MemoryLedger(readers(1), attempt=attempt)

    assert run(ledger, Relay({reader(1): DeliveryState.DEFERRED}), max_attempts=9).deferred == 1
    assert ledger.next_at[1] == NOW + timedelta(minutes=pause)


def test_recipient_deferred_too_often_has_failed() -> None:
    """An edition must end; yesterday's news is no news."""
    ledger = MemoryLedger(readers(1), attempt=3)

    assert run(ledger, Relay({reader(1): DeliveryState.DEFERRED}), max_attempts=4).failed == 1
    assert ledger.reason(reader(1)) == "gave up after 4 tries: said deferred"


def test_lost_connection_costs_nobody() -> None:
    """The recipient is pending again, the others go on over a new connection, and all arrive."""
    ledger, relay = MemoryLedger(readers(4)), Relay()
    losses = [TransportError("lost", permanent=False)]

    def still_wanted(delivery: Delivery) -> None:
        relay.answers = {reader(2): losses.pop()} if delivery.id == 2 and losses else {}

    assert run(ledger, relay, still_wanted=still_wanted).sent == 4
    assert sorted(relay.got) == readers(4)
    assert relay.connections == 2


def test_message_that_always_kills_the_connection_holds_up_nobody_else() -> None:
    """It is tried again after the others, and the run stops when only it is left."""
    ledger, relay = MemoryLedger(readers(6)), Relay({reader(2): TransportError("lost", permanent=False)})

    with pytest.raises(TransportError, match="lost"):
        run(ledger, relay)

    assert sorted(relay.got) == [reader(n) for n in (1, 3, 4, 5, 6)]
    assert ledger.state(reader(2)) is DeliveryState.PENDING


def test_relay_that_cannot_be_reached_leaves_everyone_pending() -> None:
    """4,000 readers are not 'failed' because a relay was down for a minute."""
    ledger = MemoryLedger(readers(5))
    tries = []

    def connect() -> Relay:
        tries.append(1)
        raise TransportError("refused", permanent=False)

    relay = Relay()
    relay.connect = connect
    with pytest.raises(TransportError, match="refused"):
        run(ledger, relay)

    assert len(tries) == 3
    assert {row.state for row in ledger.rows.values()} == {DeliveryState.PENDING}


def test_refused_sender_stops_the_run_and_blames_nobody() -> None:
    """A wrong password or a bad reputation is ours."""
    ledger = MemoryLedger(readers(5))
    relay = Relay({reader(2): TransportError("550 5.7.1", permanent=True, code=550)})

    with pytest.raises(TransportError, match=r"5\.7\.1"):
        run(ledger, relay)

    assert relay.got == [reader(1)]
    assert ledger.books() == Books(frozen=5, sent=1, failed=0, expired=0, excluded=0, unknown=0, open=4)
    assert {ledger.state(reader(n)) for n in (2, 3, 4, 5)} == {DeliveryState.PENDING}
    assert not relay.is_open


def test_relay_that_dies_after_every_dot_stops_the_run() -> None:
    """Three unknowns in a row; the rest of the audience stays pending."""
    ledger = MemoryLedger(readers(9))
    relay = Relay(dict.fromkeys(readers(9), DeliveryState.UNKNOWN))

    with pytest.raises(TransportError, match="said unknown"):
        run(ledger, relay)

    assert (ledger.books().unknown, ledger.books().open) == (3, 6)


def test_delivery_that_another_sender_has_taken_over_is_left_to_it() -> None:
    """The ledger refuses the permit, so this sender neither writes the dot nor settles."""
    ledger, relay = MemoryLedger(readers(3)), Relay()
    ledger.taken_over = {2}

    assert run(ledger, relay).sent == 2
    assert [line for line in ledger.log if line.endswith(" 2")] == []


def test_books_that_break_after_the_dot_are_not_guessed() -> None:
    """The delivery stays dotted, for recovery to judge; those not begun are given back."""
    ledger, relay = MemoryLedger(readers(3)), Relay()
    settle = ledger.settle

    def broken(delivery: Delivery, outcome: Outcome) -> None:
        if outcome.state is DeliveryState.SENT:
            raise OSError("disk full")
        settle(delivery, outcome)

    ledger.settle = broken
    with pytest.raises(OSError, match="disk full"):
        run(ledger, relay)

    assert [row.state for row in ledger.rows.values()] == [
        DeliveryState.DOTTED,
        DeliveryState.PENDING,
        DeliveryState.PENDING,
    ]


def test_progress_counts_ends_of_all_runs() -> None:
    """A bar that starts at zero after a restart would frighten people."""
    ledger, relay = MemoryLedger(readers(4)), Relay({reader(1): DeliveryState.DEFERRED})
    ledger.rows[4] = replace(ledger.rows[4], state=DeliveryState.SENT)
    seen: list[tuple[int, int]] = []

    run(ledger, relay, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(1, 4), (2, 4), (3, 4)]


def test_block_lasts_no_longer_than_a_minute_of_the_pace() -> None:
    """At one mail in ten seconds, a hundred claims would outlive their lease."""
    ledger = MemoryLedger(readers(14))
    claim, limits = ledger.claim, []

    def seen(limit: int) -> tuple[Delivery, ...]:
        limits.append(limit)
        return claim(limit)

    ledger.claim = seen
    run(ledger, Relay(), per_second=0.1, block=100)

    assert set(limits) == {6}


def test_sender_is_checked_before_anybody_is_claimed() -> None:
    """It is the operator's fault and would fail every recipient."""
    ledger = MemoryLedger(readers(2))

    with pytest.raises(MessageError, match="envelope sender"):
        run(ledger, Relay(), sender="brief")

    assert {row.state for row in ledger.rows.values()} == {DeliveryState.PENDING}


def test_connection_is_replaced_after_its_share() -> None:
    """Two messages a connection make three connections for five."""
    relay = Relay()
    run(MemoryLedger(readers(5)), relay, per_connection=2)

    assert relay.connections == 3


def test_each_delivery_may_have_a_sender_of_its_own() -> None:
    """A report that comes back tells by its address whom it is about; a bad sender costs its reader alone."""
    senders: list[str] = []

    class Noting(Relay):
        def send(self, sender: str, recipient: str, message: bytes, on_dot: Callable[[], None]) -> Receipt:
            senders.append(sender)
            return super().send("bounce@example.org", recipient, message, on_dot)

    ledger, relay = MemoryLedger(readers(3)), Noting()
    own = {1: "b+1@example.org", 2: "no address", 3: "b+3@example.org"}

    tally = run(ledger, relay, sender_of=lambda delivery: own[delivery.id])

    assert senders == ["b+1@example.org", "b+3@example.org"]
    assert (tally.sent, tally.failed) == (2, 1)
