"""Hand an edition to its recipients, one after the other, and keep the books of it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Protocol

from digest.clock import Clock, system_clock
from digest.deliver.headers import check_address
from digest.deliver.line import Line, Pacer, Timer, Transport
from digest.deliver.message import check_message
from digest.deliver.replies import Receipt
from digest.errors import MessageError, Refused, TransportError
from digest.model.people import Books, Delivery, DeliveryState, Outcome

#: How long to wait after the first, second and later refusals that ask to try again.
BACKOFF = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))


class Ledger(Protocol):
    """The books of one edition for one sender. Every call is a transaction of its own."""

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        """Take up to `limit` deliveries that are due; empty when there are none."""

    def dotted(self, delivery: Delivery) -> None:
        """Write down that the final dot of this delivery may be written from now on.

        Raises:
            Refused: The delivery is no longer this sender's. The dot is not written, and the
                run goes on with the next delivery.
        """

    def settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write down how an attempt at a delivery ended."""

    def books(self) -> Books:
        """Return the sum over all deliveries of the edition."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SendingRules:
    """How an edition is handed over."""

    sender: str  #: envelope sender, where bounces go; '' is the null sender
    #: An envelope sender for each delivery, which must be ASCII; None takes `sender` for all.
    sender_of: Callable[[Delivery], str] | None = None
    per_second: float | None = None
    block: int = 100  #: deliveries claimed at a time, at most what the pace allows in a minute
    per_connection: int = 100  #: messages after which the connection is replaced
    tries: int = 5  #: connections lost in a row after which the run stops
    max_attempts: int = 4  #: a recipient deferred that often has failed


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """What the run asks and tells on its way."""

    #: Asked right before each MAIL: why this person must not be mailed after all, or None.
    still_wanted: Callable[[Delivery], str | None]
    #: Told after each recipient: deliveries with an end, deliveries frozen.
    progress: Callable[[int, int], None] | None = None
    clock: Clock = system_clock
    timer: Timer = field(default_factory=Timer)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What one run did; the books are the truth about the edition."""

    sent: int
    failed: int
    deferred: int
    excluded: int
    unknown: int


def deliver_edition(
    ledger: Ledger,
    connect: Callable[[], Transport],
    stamp: Callable[[Delivery], bytes],
    *,
    rules: SendingRules,
    watch: Watch,
) -> Tally:
    """Send to everyone who can be claimed, over one connection at a time.

    A recipient whose message cannot be built, or whom the relay refuses, ends alone. Deferred
    recipients wait for another run.

    Args:
        ledger: The books of the edition.
        connect: Opens a connection; called again when one is lost or has carried enough.
        stamp: Builds one recipient's message; MessageError fails that recipient only.
        rules: How to hand over.
        watch: What to ask and tell on the way.

    Raises:
        MessageError: The envelope sender is no address; nobody was mailed.
        TransportError: The relay cannot be reached, or refuses the sender or the message.
            All who were not mailed are pending again.
    """
    # The claims' lease must outlast the block.
    block = rules.block if rules.per_second is None else min(rules.block, ceil(rules.per_second * 60))
    run = _Run(ledger, stamp, rules, watch)
    line = Line(connect, tries=rules.tries, per_connection=rules.per_connection, timer=watch.timer)
    try:
        while claimed := ledger.claim(block):
            run.deliver(deque(claimed), line)
    finally:
        line.close()
    return run.tally()


class _Run:
    """The state of one call of `deliver_edition`."""

    def __init__(
        self, ledger: Ledger, stamp: Callable[[Delivery], bytes], rules: SendingRules, watch: Watch
    ) -> None:
        self._ledger = ledger
        self._stamp = stamp
        self._rules = rules
        self._watch = watch
        self._sender = rules.sender and check_address(rules.sender, where="envelope sender")
        self._pacer = Pacer(rules.per_second, watch.timer)
        self._counts: Counter[DeliveryState] = Counter()
        books = ledger.books()
        self._total, self._done = books.frozen, books.frozen - books.open

    def deliver(self, waiting: deque[Delivery], line: Line) -> None:
        """Deliver a claimed block; give back what was not begun if the run must stop."""
        try:
            while waiting:
                self._one(waiting.popleft(), line)
        finally:
            for delivery in waiting:
                self._ledger.settle(delivery, self._outcome(DeliveryState.PENDING, text=""))

    def tally(self) -> Tally:
        """Return the counts so far."""
        return Tally(
            sent=self._counts[DeliveryState.SENT],
            failed=self._counts[DeliveryState.FAILED],
            deferred=self._counts[DeliveryState.DEFERRED],
            excluded=self._counts[DeliveryState.EXCLUDED],
            unknown=self._counts[DeliveryState.UNKNOWN],
        )

    def _one(self, delivery: Delivery, line: Line) -> None:
        """Deliver to one recipient and settle it, whatever happens before the dot."""
        try:
            recipient, message = self._build(delivery)
            sender = self._sender_of(delivery)
        except MessageError as error:
            self._settle(delivery, self._outcome(DeliveryState.FAILED, text=str(error)))
            return
        try:
            transport = line.ready()
            self._pacer.wait()
            reason = self._watch.still_wanted(delivery)
            if reason is not None:
                self._settle(delivery, self._outcome(DeliveryState.EXCLUDED, text=reason))
                return
            receipt = transport.send(sender, recipient, message, lambda: self._ledger.dotted(delivery))
        except Refused:
            # The ledger's no to the dot: somebody else settles this delivery.
            return
        except TransportError as error:
            # Raised only when nothing was taken, also after the dot: trying again is safe.
            self._settle(delivery, self._outcome(DeliveryState.PENDING, text=str(error), code=error.code))
            line.lost(error)
            return
        self._settle(delivery, self._judged(delivery, receipt))
        line.took(receipt)

    def _build(self, delivery: Delivery) -> tuple[str, bytes]:
        recipient = check_address(delivery.subscriber.email, smtputf8=True, where="recipient")
        message = self._stamp(delivery)
        faults = check_message(message, smtputf8=not recipient.isascii())
        if faults:
            raise MessageError("; ".join(faults), where="message")
        return recipient, message

    def _sender_of(self, delivery: Delivery) -> str:
        if self._rules.sender_of is None:
            return self._sender
        return check_address(self._rules.sender_of(delivery), where="envelope sender")

    def _judged(self, delivery: Delivery, receipt: Receipt) -> Outcome:
        """Say what a receipt means for a delivery; who was deferred too often has failed."""
        state, text, now, next_at = receipt.state, receipt.text, self._watch.clock(), None
        if state is DeliveryState.DEFERRED:
            if delivery.attempt >= self._rules.max_attempts:
                state, text = DeliveryState.FAILED, f"gave up after {delivery.attempt} tries: {text}"
            else:
                next_at = now + BACKOFF[min(max(delivery.attempt, 1), len(BACKOFF)) - 1]
        return Outcome(state=state, at=now, code=receipt.code, text=text, next_at=next_at)

    def _outcome(self, state: DeliveryState, *, text: str, code: int | None = None) -> Outcome:
        return Outcome(state=state, at=self._watch.clock(), code=code, text=text)

    def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        self._ledger.settle(delivery, outcome)
        self._counts[outcome.state] += 1
        self._done += outcome.state.is_final
        if self._watch.progress is not None:
            self._watch.progress(self._done, self._total)
