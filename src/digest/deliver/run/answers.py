"""What a relay answered to messages and after how long: counted beside the books, never in their way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

from digest.deliver.smtp.replies import Verdict

TAKEN = "2"  #: the kind of an answer that takes a message
NONE = "none"  #: the kind where the connection was lost and no answer came
#: Times are counted by fourths of a doubling from 1 ms on, so that each is known to a tenth of itself.
STEPS = 4
_LAST_STEP = 80  #: beyond a quarter of an hour
_SUBJECTS = frozenset("01234567")  #: of enhanced codes (RFC 3463, section 3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What one relay answered since it was asked last."""

    relay: str
    #: By kind: '2'; '4.7', '5.1' of enhanced codes; '4', '5' of relays without; 'none'.
    replies: Mapping[str, int]
    #: By step: messages whose final answer came after 2**(step/4) ms at least, and before the next step.
    times: Mapping[int, int]


class Answers:
    """Counts the answers of one relay; for the loop's thread alone."""

    def __init__(self) -> None:
        self._replies: defaultdict[str, int] = defaultdict(int)
        self._times: defaultdict[int, int] = defaultdict(int)

    def add(self, verdict: Verdict, seconds: float) -> None:
        """Count the end of a message.

        Args:
            verdict: What the relay said, or how it was lost.
            seconds: From MAIL to the final answer.
        """
        kind = TAKEN if verdict.code == 250 else kind_of(verdict)  # nearly all
        self._replies[kind] += 1
        if kind is not NONE:
            step = int(STEPS * log2(seconds * 1_000)) if seconds > 0.001 else 0
            self._times[min(step, _LAST_STEP)] += 1

    def fetch(self, relay: str) -> Heard | None:
        """Return what was counted since the last time; None: nothing."""
        if not self._replies:
            return None
        heard = Heard(relay=relay, replies=self._replies, times=self._times)
        self._replies, self._times = defaultdict(int), defaultdict(int)
        return heard


def kind_of(verdict: Verdict) -> str:
    """Name the kind of an answer: its first digit, and the subject of its enhanced code if it has one."""
    if verdict.code is None:
        return NONE
    enhanced = verdict.enhanced
    first = str(verdict.code // 100)
    if first == TAKEN or enhanced is None or not enhanced.startswith(f"{first}."):
        return first
    subject = enhanced.split(".")[1]
    return f"{first}.{subject}" if subject in _SUBJECTS else first
