"""What a delivery status notification says of each recipient, and of all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Self

from digest.deliver.reports.fields import field, keyword, without_comments
from digest.deliver.statuses import find_status, judge_failure
from digest.model.bounces import BounceKind

#: Who they are: the mailbox that the mail came to in the end, and the address that it was sent to.
_FINAL, _ORIGINAL = "Final-Recipient", "Original-Recipient"
_NOBODY = "unknown"  #: what servers write there when they cannot say


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What became of the mail for one recipient."""

    kind: BounceKind  #: UNKNOWN when it got through, or nobody says
    status: str | None  #: the code that decided, such as 5.1.1; None when there is none
    final: str  #: the mailbox that the mail came to, as written; '' when none is named. Unsigned, as all here
    addresses: frozenset[str]  #: that one, and the one that the mail was sent to

    @classmethod
    def of(cls, kind: BounceKind, status: str | None, final: str, original: str = "") -> Self:
        """Tell of a mailbox, and the address that the mail was sent to; '' when nobody says."""
        names = frozenset(filter(None, (final, original)))
        return cls(kind=kind, status=status, final=final, addresses=names)


def read_recipients(blocks: Iterable[Message], words: str) -> tuple[Told, ...]:
    """Read the groups of fields of a notification that are about a recipient, in their order.

    Exim writes 5.0.0 without a diagnostic about whom it knows itself that there is no way to: what it tells
    people says why, where it is of one recipient. Source: RFC 3464, section 2.3; RFC 6533, section 3.

    Args:
        blocks: All groups of fields.
        words: What the server wrote for people.
    """
    about = [block for block in blocks if "Action" in block or _FINAL in block]
    return tuple(_read(block, words if len(about) == 1 else "") for block in about)


def sum_up(told: Sequence[Told]) -> tuple[BounceKind, str | None]:
    """Say what came back, and the code, whatever the order in which it is told.

    HARD only when it is of all: where one of an alias is gone, the others may have the mail. Else what
    speaks of the sender counts first, then what may pass.
    """
    for kind in (BounceKind.REFUSED, BounceKind.SOFT, BounceKind.HARD):
        statuses = [one.status or "" for one in told if one.kind is kind]
        if statuses:
            is_of_all = kind is not BounceKind.HARD or len(statuses) == len(told)
            return (kind if is_of_all else BounceKind.SOFT), max(statuses) or None
    return BounceKind.UNKNOWN, None


def _read(block: Message, words: str) -> Told:
    return Told.of(*_judge(block, words), *(_mailbox(block, name) for name in (_FINAL, _ORIGINAL)))


def _mailbox(block: Message, name: str) -> str:
    """Return the mailbox that a field names, be it by a name of the server's own; '' when it names none."""
    written = without_comments(block, name).rpartition(";")[2].strip(" <>")
    return "" if written.lower() == _NOBODY else written


def _judge(block: Message, words: str) -> tuple[BounceKind, str | None]:
    action, status = keyword(block, "Action"), find_status(without_comments(block, "Status"))
    if action == "failed":
        diagnostic = field(block, "Diagnostic-Code")
        is_silent = not diagnostic and (status is None or status.endswith(".0.0"))
        return judge_failure(status, words if is_silent else diagnostic)
    return (BounceKind.SOFT if action == "delayed" else BounceKind.UNKNOWN), status
