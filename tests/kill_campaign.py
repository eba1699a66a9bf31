"""One sender killed after the other, and what the relay and the books say about it afterwards."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crashing import Seen, Sender, Sink, addresses, books, left_over

_MOMENTS = (("sending", "starting", "stopping"), (70, 20, 10))


@dataclass(kw_only=True)
class Campaign:
    """Kills one sender of an edition after the other, and looks at the books after each.

    A kill comes while mail is sent, while the sender starts (freezes, replays), or right after it
    was asked to stop.
    """

    root: Path
    sink: Sink
    chance: random.Random
    readers: int
    connections: int
    sending_s: tuple[float, float] = (0.3, 1.5)  #: after the first message taken
    starting_s: tuple[float, float] = (0.3, 1.2)  #: after the start of the process
    kills: int = 0
    moments: Counter[str] = field(default_factory=Counter)  #: when kills came
    faults: list[str] = field(default_factory=list)  #: what was wrong right after a kill
    is_over: bool = False

    def run(self, kills: int) -> None:
        """Kill so often, or until the edition is over."""
        while self.kills < kills and not self.is_over:
            early = self.kills < max(2, kills // 20)  # where the audience is frozen
            moment = "starting" if early else self.chance.choices(*_MOMENTS)[0]
            sender = Sender(self.root, is_measured=False)
            self._wait(moment, sender)
            sender.tell(signal.SIGKILL)
            code, said = sender.end()
            if code != -signal.SIGKILL:
                self._ended(code, said)
                continue
            self.kills += 1
            self.moments[moment] += 1
            self._check()

    def finish(self) -> None:
        """Let the last sender end by itself."""
        code, said = Sender(self.root).end(within_s=600) if not self.is_over else (0, "")
        if code not in (0, 1) or (code == 1 and not books(self.root).unknown):
            self.faults.append(f"the last sender ended with {code}: {said}")
        self._check()

    def verdict(self) -> Verdict:
        """Hold what the sink has seen against the books."""
        time.sleep(0.5)  # what is in the sink is taken
        return Verdict.of(self)

    def _wait(self, moment: str, sender: Sender) -> None:
        if moment == "starting":
            time.sleep(self.chance.uniform(*self.starting_s))
            return
        if self.sink.wait_for_first(sender):
            time.sleep(self.chance.uniform(*self.sending_s))
        if moment == "stopping":
            sender.tell(signal.SIGTERM)
            time.sleep(self.chance.uniform(0, 0.3))

    def _ended(self, code: int, said: str) -> None:
        """Take it that a sender was through before its kill."""
        if code == 143:
            return
        self.is_over = books(self.root).balance
        if not self.is_over:
            self.faults.append(f"a sender ended by itself with {code}: {said}")
            self.is_over = True

    def _check(self) -> None:
        """Look at the books as the kill has left them."""
        sums = books(self.root)
        ends = sums.sent + sums.failed + sums.expired + sums.excluded + sums.unknown + sums.open
        if sums.frozen not in (0, self.readers) or ends != sums.frozen:
            self.faults.append(f"after kill {self.kills} the books do not add up: {sums}")
        untaken = addresses(self.root, "sent") - {one.recipient for one in self.sink.seen()}
        if untaken:
            self.faults.append(f"after kill {self.kills}: sent in the books, not taken: {sorted(untaken)}")
        if sums.unknown > self.kills * self.connections:
            self.faults.append(f"after kill {self.kills}: {sums.unknown} unknown")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a campaign has shown."""

    kills: int
    accepted: int  #: messages that the sink has taken
    distinct: int  #: recipients of those
    lost: int  #: recipients whom the books do not show as unknown, and no message was taken for
    duplicates: int  #: messages beyond one for each recipient
    differing: int  #: second messages that are not the first, byte for byte and by Message-ID
    needless: int  #: second messages whose first was followed by another one on its connection
    unknown: int  #: in the books
    untrue: int  #: called unknown although another message followed on its connection
    bound: int  #: kills times connections
    is_balanced: bool
    left: tuple[str, ...]  #: what lies in the journals' folder
    faults: Sequence[str]

    @classmethod
    def of(cls, done: Campaign) -> Verdict:
        """Sum up."""
        taken: defaultdict[str, list[Seen]] = defaultdict(list)
        for one in done.sink.seen():
            taken[one.recipient].append(one)
        again = [(each[0], other) for each in taken.values() for other in each[1:]]
        overtaken = _overtaken(done.sink.seen("dot"))
        unknown = addresses(done.root, "unknown")
        sums = books(done.root)
        return cls(
            kills=done.kills,
            accepted=sum(map(len, taken.values())),
            distinct=len(taken),
            lost=len(addresses(done.root) - set(taken) - unknown) + done.readers - sums.frozen,
            duplicates=len(again),
            differing=sum(not _are_same(one, other) for one, other in again),
            needless=sum((first.recipient, first.came_at) in overtaken for first, _ in again),
            unknown=len(unknown),
            untrue=sum(name in unknown for name, _ in overtaken),
            bound=done.kills * done.connections,
            is_balanced=sums.balance,
            left=tuple(left_over(done.root)),
            faults=tuple(done.faults),
        )

    def misses(self, on_unknown: str) -> list[str]:
        """Say in which way the promise was not kept; nothing when it was."""
        resends = on_unknown == "resend"
        bars = {
            "lost 0": self.lost == 0,
            "books balance": self.is_balanced,
            "second copies within bounds": self.duplicates <= (self.bound if resends else 0),
            "unknown within bounds": self.unknown <= (0 if resends else self.bound),
            "second copies are the same": self.differing == 0,
            "no second copy of what was answered": self.needless == 0,
            "nothing unknown that was answered": self.untrue == 0,
            "no journal left": not self.left,
            "books right after every kill": not self.faults,
        }
        return [name for name, is_kept in bars.items() if not is_kept]


def _are_same(one: Seen, other: Seen) -> bool:
    return (one.message_id, one.digest) == (other.message_id, other.digest) and one.message_id != ""


def _overtaken(dots: Sequence[Seen]) -> frozenset[tuple[str, float]]:
    """Name the dots after which another came on the same connection: their answers were on record by then."""
    last = {one.connection: one.came_at for one in dots}
    return frozenset((one.recipient, one.came_at) for one in dots if one.came_at < last[one.connection])
