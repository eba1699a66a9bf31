"""Deadlines of open editions in words, on the clocks of their digest."""

from __future__ import annotations

from datetime import datetime

from digest.actions.telling import GO_ON, GO_ON_LATE
from digest.actions.timing.deadlines import Course
from digest.model import EditionState
from digest.settings import AtDeadline

_THEN: dict[AtDeadline, str] = {
    "send": "goes out as it is",
    "send_clean": "goes out with what is pinned or clean",
    "hold": "is held",
    "skip": "is left out",
    "wait": "expires",
}


def words(course: Course, now: datetime) -> str:
    """Say in a sentence until when an edition waits, for whom, and what happens then; now: the moment."""
    edition, until = course.edition, course.decided_at
    due, last = show(course, edition.due), show(course, course.last)
    if until is not None:
        then = _THEN[course.policy if course.waits else "wait"]
        return f"It is due {due} and waits for approval until {show(course, until)}; then it {then}."
    if edition.is_scheduled and not course.is_known and edition.begun_at is None:
        return f"The file of its digest is gone: unless it comes back, it expires after {last}."
    if edition.state is EditionState.SENDING:
        return f"It is being sent, until {show(course, course.sent_by)} at the latest."
    is_too_late = edition.begun_at is not None and course.sent_by > course.last
    if course.goes_by_itself and not is_too_late:
        after = "" if edition.is_scheduled else f", and after that by `digest send {edition.id} --late`"
        return f"It is due {due} and may go out until {last}{after}."
    if edition.begun_at is not None:
        return f"Some readers may have it: it waits for your word, without a deadline. {_ways(course, now)}"
    return "It fills no slot of the schedule: it waits for your word, without a deadline."


def _ways(course: Course, now: datetime) -> str:
    """Say what lets an edition go on that some may have, and from when on that takes more than a word."""
    number, is_approved = course.edition.id, course.edition.state is EditionState.APPROVED
    late = f"digest send {number} --late" if is_approved else f"digest editions resume {number} --late"
    after = f"After {show(course, course.last)} those still open get it by `{late}`."
    if is_approved:
        return after
    end = f"`digest editions resume {number} --end` ends it for those still open"
    if course.is_late(now):
        return f"{GO_ON_LATE.format(number)}, {end}."
    return f"{GO_ON.format(number)}, {end}. {after}"


def show(course: Course, moment: datetime) -> str:
    """Write a moment on the clocks of an edition's digest."""
    return moment.astimezone(course.zone).strftime("%Y-%m-%d %H:%M %Z")
