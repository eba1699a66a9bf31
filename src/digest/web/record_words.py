"""What stands on record of editions and deliveries, in the words of pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from digest.actions.mailing.live import Live
from digest.actions.telling import ENDED_BY, LET_GO_LATE
from digest.model import DeliveryState, EditionState
from digest.store import LogEntry

if TYPE_CHECKING:
    from digest.web.frame import Frame

_STEPS = 12  #: of an edition, on a page
_PROGRAM = frozenset({"digest", "schedule", "worker", "service"})
_UNSEEN = " without review"  #: ends the name of whoever sent what nobody had to approve
_COMMANDS = ". `digest "  #: begins the ways out at a terminal; a page has buttons for them
_BECAME = {
    DeliveryState.PENDING: "waits",
    DeliveryState.CLAIMED: "in hand",
    DeliveryState.DOTTED: "in hand",
    DeliveryState.DEFERRED: "put off",
}


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One step in the life of an edition, as its page tells it."""

    at: datetime
    text: str
    looks: Literal["bad", "by-hand", ""]


def told(text: str, frame: Frame) -> str:
    """Show a note on record as a sentence begins, with names of people at the desk for their addresses.

    Commands that it ends with are left out: they are for whoever reads it at a terminal.
    """
    text = text.partition(_COMMANDS)[0]
    for email, name in frame.names.items():
        text = text.replace(email, name)
    return text[:1].upper() + text[1:]


def became(state: DeliveryState) -> str:
    """Say what has become of a delivery."""
    return _BECAME.get(state, state.value)


def happened(live: Live, frame: Frame) -> tuple[Happened, ...]:
    """Tell the last steps of an edition, the newest first."""
    first = next((one for one in reversed(live.steps) if one.after is EditionState.SENDING), None)
    return tuple(
        Happened(
            at=one.at,
            text=step_words(one, frame, frozen=live.books.frozen if one is first else None),
            looks="bad" if _stops(one) else "by-hand" if _hand(one) else "",
        )
        for one in _told_once(live.steps)[:_STEPS]
    )


def _told_once(steps: tuple[LogEntry, ...]) -> tuple[LogEntry, ...]:
    """Leave out the step by which a held one went on where the word to send it late stands right above it."""
    word = ""
    kept = []
    for one in steps:
        said = f"{one.at} {one.note}" if (one.note or "").startswith(LET_GO_LATE) else ""
        if not said or said != word:
            kept.append(one)
        word = said
    return tuple(kept)


def step_words(step: LogEntry, frame: Frame, *, frozen: int | None = None) -> str:
    """Say what a step in the life of an edition was.

    Args:
        step: The step.
        frame: Of who reads it.
        frozen: How many are to get it, of the step that began to send it; None of any other.
    """
    who = frame.name_of(_hand(step)) if _hand(step) else ""
    note = f": {told(step.note, frame)}" if step.note else ""
    before, after = step.before, step.after
    if before is None:
        return "Built"
    if after is EditionState.SENDING:
        return _goes(step, who, frozen)
    if before is after:
        return f"{who or 'The program'} changed it{note}"
    if after is EditionState.HELD and before is EditionState.SENDING:
        return note.removeprefix(": ") or "Stopped"
    named = {
        EditionState.HELD: f"Held{note}",
        EditionState.APPROVED: f"{who or 'The schedule'} approved{_UNSEEN if _is_unseen(step) else ''}",
        EditionState.SENT: "The books were closed",
    }
    return named.get(after) or f"{after.value.capitalize()}{note}"


def _goes(step: LogEntry, who: str, frozen: int | None) -> str:
    """Say how an edition came to be sent, or to be sent however late."""
    note = step.note or ""
    if frozen is not None:
        return f"{f'{who} sent it' if who else 'First mail'}; audience frozen at {frozen:,}"
    if step.before is EditionState.SENDING or note.startswith(LET_GO_LATE):
        return f"{who or 'The program'} let it go late"
    if note.startswith(ENDED_BY):
        return f"{who} ended it for those still open"
    if step.before is EditionState.SENT:
        return f"{who or 'The program'} opened the books again"
    return f"{who} let it go on" if who else "It went on"


def _hand(step: LogEntry) -> str:
    """Return the person who took a step; '' when it was the program."""
    by = step.by.removesuffix(_UNSEEN)
    return "" if by in _PROGRAM else by


def _is_unseen(step: LogEntry) -> bool:
    return step.by.endswith(_UNSEEN)


def _stops(step: LogEntry) -> bool:
    return step.after is EditionState.HELD is not step.before
