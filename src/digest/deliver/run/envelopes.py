"""The messages of deliveries in their envelopes, made ahead and kept until their turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from digest.deliver.compose.envelope import Envelope
from digest.deliver.compose.headers import check_address
from digest.deliver.loop import Crew, Loop
from digest.deliver.run.terms import SendingRules
from digest.errors import MessageError
from digest.model.people import Delivery

_AHEAD = 96  #: messages that are made before their turn
_BATCH = 16  #: made in one go by one thread
_PIECE = 8  #: made in one go by the loop itself


class Envelopes:
    """Makes messages in their envelopes, and keeps those that could not begin at once.

    All methods are for the loop's thread.

    Args:
        stamp: Makes one recipient's message.
        rules: Name the envelope sender.
        loop: Where messages are brought to that were made ahead.
        hands: Threads that make messages ahead; with none, the loop makes them while nothing happens.
    """

    def __init__(
        self, stamp: Callable[[Delivery], bytes], rules: SendingRules, loop: Loop, *, hands: int = 0
    ) -> None:
        self._stamp, self._rules, self._loop = stamp, rules, loop
        self._crew = Crew(hands, "envelopes") if hands else None
        self._made: dict[int, Envelope | MessageError] = {}
        self._asked: dict[int, Delivery] = {}  #: whose are being made

    def stock(self, ready: Sequence[Delivery]) -> None:
        """Have the messages made of those whose turn it is soon; called once a round of the loop."""
        if self._crew is None or len(self._asked) > _BATCH:
            return
        soon = [one for one in islice(ready, _AHEAD) if not (one.id in self._made or one.id in self._asked)]
        self._let_far_ones_go(ready)
        for begin in range(0, len(soon), _BATCH):
            self._ask(self._crew, soon[begin : begin + _BATCH])

    def make(self, ready: Sequence[Delivery]) -> bool:
        """Make a few messages of those whose turn it is soon, now; False when there is no need of any."""
        if self._crew is not None:
            return False
        self._let_far_ones_go(ready)
        missing = (one for one in islice(ready, _AHEAD) if one.id not in self._made)
        soon = list(islice(missing, _PIECE))
        self._made.update((one.id, self._tried(one)) for one in soon)
        return bool(soon)

    def has(self, delivery: Delivery) -> bool:
        """Tell whether a message can be taken now."""
        return self._crew is None or delivery.id in self._made

    def take(self, delivery: Delivery) -> Envelope:
        """Return a delivery's message: the one that was made or kept, or a new one.

        Raises:
            MessageError: It cannot be written.
        """
        made = self._made.pop(delivery.id, None) or enclose(delivery, self._stamp, self._rules)
        if isinstance(made, MessageError):
            raise made
        return made

    def keep(self, delivery: Delivery, envelope: Envelope) -> None:
        """Keep a message whose moment has lapsed while it was made, for the next one."""
        self._made[delivery.id] = envelope

    def forget(self, delivery: Delivery) -> None:
        """Let go of a message that nobody is to get, also of one that is being made."""
        self._made.pop(delivery.id, None)
        self._asked.pop(delivery.id, None)

    def close(self) -> None:
        """Let the threads end."""
        if self._crew is not None:
            self._crew.close()

    def _let_far_ones_go(self, ready: Sequence[Delivery]) -> None:
        """Forget messages of some that have gone back to the ledger, or wait for long, once they are many."""
        if len(self._made) > 2 * _AHEAD:
            near = {one.id for one in islice(ready, _AHEAD)}
            self._made = {number: made for number, made in self._made.items() if number in near}

    def _ask(self, crew: Crew, deliveries: Sequence[Delivery]) -> None:
        self._asked.update((one.id, one) for one in deliveries)

        def brought(made: list[Envelope | MessageError] | None, error: BaseException | None) -> None:
            if made is None:
                raise error or RuntimeError("no messages")  # whatever it is, it would strike everybody
            for one, envelope in zip(deliveries, made, strict=True):
                if (
                    self._asked.get(one.id) is one
                ):  # else it has gone back, and may be claimed with another address
                    del self._asked[one.id]
                    self._made[one.id] = envelope

        self._loop.work(crew, lambda: [self._tried(one) for one in deliveries], brought)

    def _tried(self, delivery: Delivery) -> Envelope | MessageError:
        try:
            return enclose(delivery, self._stamp, self._rules)
        except MessageError as error:
            return error


def enclose(delivery: Delivery, stamp: Callable[[Delivery], bytes], rules: SendingRules) -> Envelope:
    """Make a delivery's message and its envelope.

    Args:
        delivery: Whose.
        stamp: Makes the message.
        rules: Name the envelope sender.

    Raises:
        MessageError: One of them cannot be written.
    """
    recipient = check_address(delivery.subscriber.email, smtputf8=True, where="recipient")
    sender = rules.sender
    if rules.sender_of is not None:
        sender = check_address(rules.sender_of(delivery), where="envelope sender")
    return Envelope(sender=sender, recipient=recipient, message=stamp(delivery))
