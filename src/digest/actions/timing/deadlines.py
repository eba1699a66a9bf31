"""What is to happen with an open edition, and when: a function of its record, the settings and the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import Literal

from digest.model import EditionState
from digest.settings import AtDeadline, ReviewSettings
from digest.store import OpenEdition

Deed = Literal["send", "send_clean", "hold", "skip", "check", "expire", "leave", "remind"]

UNAPPROVED = (EditionState.DRAFT, EditionState.REVIEW)
BEFORE_APPROVAL = (*UNAPPROVED, EditionState.HELD)
BEFORE_SENDING = (*BEFORE_APPROVAL, EditionState.APPROVED)
_JUST_AFTER = timedelta(seconds=1)  #: the last moment it is too late
_GRACE = timedelta(minutes=5)  #: in which a sender that is at work ends an edition itself
_AGAIN = timedelta(minutes=1)  #: until one that could not be held is tried again


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A moment at which editors are reminded."""

    at: datetime
    name: str  #: 'built', 'before', 'deadline', 'late-1'; unique per edition


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is due now with an edition."""

    deed: Deed
    occasion: str = ""  #: of a reminder


@dataclass(frozen=True, kw_only=True)
class Course:
    """The moments of one open edition."""

    edition: OpenEdition
    review: ReviewSettings
    is_known: bool  #: False when the digest's file is gone: whatever `review` says, it can only expire
    max_lateness: timedelta
    zone: tzinfo  #: of the digest, for people to read times in

    @property
    def last(self) -> datetime:
        """Until when it may begin to go out."""
        return self.edition.last_due + self.max_lateness

    @cached_property
    def deadline(self) -> datetime:
        """When it is decided about without an editor: as it is due, and never before half of the window.

        An edition that was built late, after an outage, leaves editors half of the window, or half of
        the time until it is too late.
        """
        built, due = self.edition.built_at, self.edition.due
        if self.review.mode == "none":
            return due
        window = timedelta(minutes=self.review.minutes)
        return max(due, built + max(timedelta(), min(window, self.last - built)) / 2)

    @property
    def waits(self) -> bool:
        """True while an editor's word is missing."""
        state = self.edition.state
        return state is EditionState.REVIEW or (state is EditionState.DRAFT and self.review.mode != "none")

    @property
    def policy(self) -> AtDeadline:
        """What happens to it at its deadline while an editor's word is missing."""
        return self.review.policy if self.is_known else "wait"

    @property
    def goes_by_itself(self) -> bool:
        """True for one that is sent when it is due: approved, or of the schedule and without review."""
        state = self.edition.state
        is_free = state is EditionState.DRAFT and self.edition.is_scheduled and not self.waits
        return self.is_known and (is_free or state is EditionState.APPROVED)

    def may_go(self, now: datetime) -> bool:
        """Tell whether it is time to begin to send it, or to go on."""
        if not self.is_known:
            return False
        if self.edition.state is EditionState.SENDING:
            return now <= self.sent_by
        return self.goes_by_itself and self.edition.due <= now <= self.last

    def is_late(self, now: datetime) -> bool:
        """Tell whether it is too late for those still open, and a person's to say what becomes of them.

        What nobody has got yet fills no slot then, and was approved: any other expires, or is not to go out.
        """
        state, has_begun = self.edition.state, self.edition.begun_at is not None
        is_by_hand = state is EditionState.APPROVED and not self.edition.is_scheduled
        return now > self.last and state in BEFORE_SENDING and (has_begun or is_by_hand)

    @property
    def asks_until(self) -> datetime:
        """Until when it asks for that word though nobody has it: as long again, also from an approval then.

        One of the schedule has expired by `last`; what was built by hand stays, and would ask for ever.
        """
        return max(self.last, self.edition.let_go_at or self.last) + self.max_lateness

    def occasions(self, now: datetime) -> Iterator[Occasion]:
        """List the moments at which editors are reminded while it waits, in order.

        Of those that come again and again after the deadline, only the last and the next.
        """
        if not self.is_known or self.review.mode == "none":
            return
        yield Occasion(at=self.edition.built_at, name="built")
        before, every = self.review.remind_before, self.review.remind_every
        if before != "off" and self.deadline - before > self.edition.built_at:
            yield Occasion(at=self.deadline - before, name="before")
        if self.policy != "wait":
            return
        yield Occasion(at=self.deadline, name="deadline")
        if every == "off":
            return
        reached = max(0, (now - self.deadline) // every)
        for number in (reached, reached + 1):
            at = self.deadline + number * every
            if number and at < self.last:
                yield Occasion(at=at, name=f"late-{number}")

    @property
    def decided_at(self) -> datetime | None:
        """Until when it waits for a person; None when it does not, or when nothing will come of waiting."""
        if not self.edition.is_scheduled:
            return None
        if self.waits and self.policy != "wait":
            return self.deadline
        if self.edition.begun_at is not None:
            return None
        return self.last if self.waits or self.edition.state is EditionState.HELD else None

    def step(self, now: datetime) -> Step | None:
        """Say what is due now; None when nothing is, or when it is in people's hands alone."""
        if self._is_left(now):
            return Step(deed="leave")
        if self.edition.is_scheduled and self.edition.state in BEFORE_SENDING and now > self.last:
            return Step(deed="expire") if self.edition.begun_at is None else None
        if self.edition.state is not EditionState.SENDING and self.may_go(now):
            return Step(deed="check")
        if not self.waits or not self.edition.is_scheduled:
            return None
        if now >= self.deadline and self.policy != "wait":
            return Step(deed=self.policy)
        return self._reminder(now)

    def next_at(self, now: datetime) -> datetime | None:
        """Say when something will be due next, after now; None when nothing will."""
        moments = [self.last + _JUST_AFTER] if self.edition.is_scheduled else []
        if self._is_on_its_way:
            moments = [now + _AGAIN if self._is_left(now) else self.sent_by + _GRACE + _JUST_AFTER]
        if self.goes_by_itself:
            moments.append(self.edition.due)
        if self.waits and self.edition.is_scheduled:
            moments += [self.deadline, *(one.at for one in self.occasions(now))]
        return min((moment for moment in moments if moment > now), default=None)

    def _is_left(self, now: datetime) -> bool:
        """Tell whether its senders came to nothing."""
        is_let_go = self._is_on_its_way and self.edition.let_go_at is not None
        return is_let_go and self.sent_by < now - _GRACE

    @property
    def is_let_go_late(self) -> bool:
        """True when the last that let it go was a person's word to send it however late."""
        return self.edition.late_at is not None and self.edition.late_at == self.edition.let_go_at

    @property
    def sent_by(self) -> datetime:
        """When its senders give up: as long after a person's word to send it late as others have.

        An approval after it was too late is not that word, and waits for it as long.
        """
        let_go, is_approved = self.edition.let_go_at, self.edition.state is EditionState.APPROVED
        if let_go is None or not (self.is_let_go_late or (is_approved and let_go > self.last)):
            return self.last
        return max(let_go, self.edition.last_due) + self.max_lateness

    @property
    def _is_on_its_way(self) -> bool:
        """True when some readers may have it, and it is to go to the rest."""
        state = self.edition.state
        return state is EditionState.SENDING or (
            state is EditionState.APPROVED and self.edition.begun_at is not None
        )

    def _reminder(self, now: datetime) -> Step | None:
        past = [one for one in self.occasions(now) if one.at <= now]
        told = self.edition.reminded_at
        if not past or (told is not None and told >= past[-1].at):
            return None
        return Step(deed="remind", occasion=past[-1].name)
