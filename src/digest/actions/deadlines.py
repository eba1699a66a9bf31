"""What is to happen with an open edition, and when: a function of its record, the settings and the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from digest.actions.app import App
from digest.model import EditionState
from digest.settings import AtDeadline, ReviewSettings
from digest.store import OpenEdition

Deed = Literal["send", "send_clean", "hold", "skip", "check", "expire", "end", "remind"]

_UNAPPROVED = (EditionState.DRAFT, EditionState.REVIEW)
_ENDS = (*_UNAPPROVED, EditionState.HELD, EditionState.APPROVED)
_TICK = timedelta(seconds=1)  #: it is too late just after the last moment
_GRACE = timedelta(minutes=5)  #: in which a sender that is at work ends an edition itself
_AGAIN = timedelta(minutes=1)  #: until one that could not be ended is tried again

_THEN: dict[AtDeadline, str] = {
    "send": "goes out as it is",
    "send_clean": "goes out with what is pinned or clean",
    "hold": "is held",
    "skip": "is left out",
    "wait": "expires",
}


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
    review: ReviewSettings | None  #: None when the digest's file is gone: then it can only expire
    max_lateness: timedelta
    zone: tzinfo  #: of the digest, for people to read times in

    @property
    def last(self) -> datetime:
        """Until when it may begin to go out."""
        return self.edition.last_due + self.max_lateness

    @property
    def deadline(self) -> datetime:
        """When it is decided about without an editor: as it is due, and never before half of the window.

        An edition that was built late, after an outage, leaves editors half of the window, or half of
        the time until it is too late.
        """
        built, due = self.edition.built_at, self.edition.due
        if self.review is None or self.review.mode == "none":
            return due
        window = timedelta(minutes=self.review.minutes)
        return max(due, built + max(timedelta(), min(window, self.last - built)) / 2)

    @property
    def waits(self) -> bool:
        """True while an editor's word is missing."""
        state, mode = self.edition.state, "none" if self.review is None else self.review.mode
        return state is EditionState.REVIEW or (state is EditionState.DRAFT and mode != "none")

    @property
    def goes_by_itself(self) -> bool:
        """True for one that is sent when it is due: approved, or of the schedule and without review."""
        state = self.edition.state
        if self.review is None or state is EditionState.APPROVED:
            return self.review is not None
        return state is EditionState.DRAFT and self.edition.is_scheduled and not self.waits

    def may_go(self, now: datetime) -> bool:
        """Tell whether it is time to begin to send it, or to go on."""
        if self.edition.state is EditionState.SENDING:
            return now <= self.last
        return self.goes_by_itself and self.edition.due <= now <= self.last

    def occasions(self, now: datetime) -> Iterator[Occasion]:
        """List the moments at which editors are reminded while it waits, in order.

        Of those that come again and again after the deadline, only the last and the next.
        """
        if self.review is None or self.review.mode == "none":
            return
        yield Occasion(at=self.edition.built_at, name="built")
        before, every = self.review.remind_before, self.review.remind_every
        if before != "off" and self.deadline - before > self.edition.built_at:
            yield Occasion(at=self.deadline - before, name="before")
        if self.review.policy != "wait":
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
        if self.waits and self.review is not None and self.review.policy != "wait":
            return self.deadline
        return self.last if self.waits or self.edition.state is EditionState.HELD else None

    def words(self) -> str:
        """Say in a sentence until when an edition waits, for whom, and what happens then."""
        due, last = self.show(self.edition.due), self.show(self.last)
        until = self.decided_at
        if until is not None:
            policy = self.review.policy if self.waits and self.review is not None else "wait"
            return (
                f"It is due {due} and waits for approval until {self.show(until)}; then it {_THEN[policy]}."
            )
        if self.edition.state is EditionState.SENDING:
            return f"It is being sent, until {last} at the latest."
        if self.goes_by_itself:
            return f"It is due {due} and may go out until {last}."
        return "It fills no slot of the schedule: it waits for your word, without a deadline."

    def show(self, moment: datetime) -> str:
        """Write a moment on the digest's clocks."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M %Z")

    def step(self, now: datetime) -> Step | None:
        """Say what is due now; None when nothing is, or when it is in people's hands alone."""
        if self.edition.is_scheduled and self.edition.state in _ENDS and now > self.last:
            return Step(deed="expire")
        if self._is_left(now):
            return Step(deed="end")
        if self.edition.state is not EditionState.SENDING and self.may_go(now):
            return Step(deed="check")
        if not self.waits or not self.edition.is_scheduled or self.review is None:
            return None
        if now >= self.deadline and self.review.policy != "wait":
            return Step(deed=self.review.policy)
        return self._reminder(now)

    def next_at(self, now: datetime) -> datetime | None:
        """Say when something will be due next, after now; None when nothing will."""
        moments = [self.last + _TICK] if self.edition.is_scheduled else []
        if self.edition.state is EditionState.SENDING:
            moments = [now + _AGAIN if self._is_left(now) else self.last + _GRACE + _TICK]
        if self.goes_by_itself:
            moments.append(self.edition.due)
        if self.waits and self.edition.is_scheduled:
            moments += [self.deadline, *(one.at for one in self.occasions(now))]
        return min((moment for moment in moments if moment > now), default=None)

    def _is_left(self, now: datetime) -> bool:
        """Tell whether its senders came to nothing; one that a person has begun later is theirs."""
        begun = self.edition.begun_at if self.edition.state is EditionState.SENDING else None
        return begun is not None and begun <= self.last < now - _GRACE

    def _reminder(self, now: datetime) -> Step | None:
        past = [one for one in self.occasions(now) if one.at <= now]
        told = self.edition.reminded_at
        if not past or (told is not None and told >= past[-1].at):
            return None
        return Step(deed="remind", occasion=past[-1].name)


def courses(app: App, only: str | None = None) -> tuple[Course, ...]:
    """Return the moments of all open editions, or of one digest's alone, the oldest slot first."""
    with app.store.reading() as tx:
        found = tx.editions.open()
    return tuple(course_of(app, edition) for edition in found if only in {None, edition.digest})


def outlook(app: App, edition_id: int) -> Course | None:
    """Return the moments of one edition; None when it is sent or has ended."""
    with app.store.reading() as tx:
        found = tx.editions.open_one(edition_id)
    return None if found is None else course_of(app, found)


def course_of(app: App, edition: OpenEdition) -> Course:
    """Return the moments of an open edition as the settings of now have them."""
    digest = app.digests.get(edition.digest)
    return Course(
        edition=edition,
        review=None if digest is None else digest.review,
        max_lateness=app.system.delivery.max_lateness,
        zone=UTC if digest is None else digest.timezone,
    )
