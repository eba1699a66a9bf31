"""What relays answered to mail in the last 24 hours, and after how long: shares, median, 95 of 100."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.deliver import NONE, STEPS, TAKEN
from digest.store import RelayHour

BACK = timedelta(hours=24)
#: Subjects of enhanced codes (RFC 3463, section 3), in words.
_SUBJECTS = {
    "0": "no reason",
    "1": "address",
    "2": "mailbox",
    "3": "mail system",
    "4": "network",
    "5": "protocol",
    "6": "content",
    "7": "policy",
}


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many messages had an answer of one kind."""

    kind: str  #: '2', '4.7', '5.1', '4', '5' or 'none'; the digits before the second dot of enhanced codes
    words: str  #: 'taken', 'put off: policy'
    count: int


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long the final answer took within an hour."""

    hour: datetime  #: it begins then
    p95_ms: int


@dataclass(frozen=True, kw_only=True)
class AnswerFigures:
    """What one relay answered to messages of editions in 24 hours and the hour that they began in.

    Times are known to a tenth of themselves. A sender tells its figures each minute and at its end; those of
    one that is killed in between are missing.
    """

    relay: str
    total: int  #: messages
    taken: int
    put_off: int  #: 4xx
    refused: int  #: 5xx
    lost: int  #: no answer came
    shares: tuple[Share, ...]  #: the most frequent first
    median_ms: int | None  #: from MAIL to the final answer; None: there was none
    p95_ms: int | None
    paces: tuple[Pace, ...]  #: of the hours with answers, in their order


def answer_figures(app: App) -> dict[str, AnswerFigures]:
    """Return what each relay answered lately, by name; those that had no mail are there, too.

    Raises:
        StoreError: The database cannot be read.
    """
    with app.store.reading() as tx:
        hours = tx.relays.answers(app.clock() - BACK)
    return {
        relay.name: _figures(relay.name, [one for one in hours if one.relay == relay.name])
        for relay in app.system.relays
    }


def _figures(relay: str, hours: Sequence[RelayHour]) -> AnswerFigures:
    replies: Counter[str] = Counter()
    times: Counter[int] = Counter()
    for one in hours:
        replies.update(one.replies)
        times.update(one.times)
    of = {first: sum(count for kind, count in replies.items() if kind[0] == first) for first in "245n"}
    return AnswerFigures(
        relay=relay,
        total=replies.total(),
        taken=of["2"],
        put_off=of["4"],
        refused=of["5"],
        lost=of["n"],
        shares=tuple(
            Share(kind=kind, words=_words(kind), count=count)
            for kind, count in sorted(replies.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
        median_ms=within_ms(times, 0.5),
        p95_ms=within_ms(times, 0.95),
        paces=tuple(
            Pace(hour=one.hour, p95_ms=p95)
            for one in hours
            if (p95 := within_ms(one.times, 0.95)) is not None
        ),
    )


def within_ms(times: Mapping[int, int], share: float) -> int | None:
    """Return within how many milliseconds a share of the messages was answered; None: there are none.

    Args:
        times: Messages by step; the middle of the step that the message falls into is told.
        share: Above 0, at most 1.
    """
    left = share * sum(times.values())
    for step in sorted(times):
        left -= times[step]
        if left <= 0:
            return round(2 ** ((step + 0.5) / STEPS))
    return None


def _words(kind: str) -> str:
    if kind == NONE:
        return "no answer"
    first, _, subject = kind.partition(".")
    what = {TAKEN: "taken", "4": "put off", "5": "refused"}.get(first, "other")
    return f"{what}: {_SUBJECTS[subject]}" if subject in _SUBJECTS else what
