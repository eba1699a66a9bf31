"""What rehearsed editions leave behind, on top of earlier ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from digest.actions.making.remembered import Memory, RehearsedPast
from store_cast import NOW

DAY = timedelta(days=1)


@dataclass
class Earlier:
    """What the store says of editions before the rehearsal: 1 and 2 stand again, 3 was sent."""

    def carried(self, _digest: str, _since: datetime) -> tuple[int, ...]:
        return 1, 2

    def used(self, _digest: str, article_ids: Iterable[int]) -> frozenset[int]:
        return frozenset({3}.intersection(article_ids))

    def sent_since(self, _digest: str, since: datetime) -> tuple[int, ...]:
        return (3,) if since <= NOW - DAY else ()

    def last_sent(self, _digest: str) -> datetime:
        return NOW - DAY

    def next_number(self, _digest: str) -> int:
        return 8


def past(memory: Memory) -> RehearsedPast:
    """Lay a memory over the earlier editions."""
    earlier: Any = Earlier()  # why Any: it stands for a part of a transaction
    return RehearsedPast(memory=memory, before=earlier, now=earlier)


def test_the_newest_word_on_an_article_counts() -> None:
    """1 was weighed again and does not stand; 4 and 5 were cut, and 5 has grown too old since."""
    memory = Memory(stands={1: None, 4: NOW, 5: NOW - 2 * DAY})

    assert past(Memory()).carried("daily", NOW - DAY) == (1, 2)
    assert past(memory).carried("daily", NOW - DAY) == (2, 4)


def test_earlier_and_rehearsed_editions_add_up() -> None:
    """Articles, numbers and the last slot go on where the store ends."""
    memory = Memory(made=2, last=NOW, told={6, 7}, items=[(NOW, frozenset({6}))])
    after = past(memory)

    assert after.used("daily", [3, 4, 7]) == {3, 7}
    assert after.sent_since("daily", NOW - DAY) == (3, 6)
    assert after.sent_since("daily", NOW) == (6,)
    assert after.sent_since("daily", NOW + DAY) == ()
    assert (after.next_number("daily"), after.last_sent("daily")) == (10, NOW)
    assert past(Memory(made=1)).last_sent("daily") == NOW - DAY
