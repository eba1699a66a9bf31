"""What a look makes of a source's state: a function of values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from digest.actions.content.rounds.look import Found, Look
from digest.actions.content.rounds.rhythm import (
    MOST_RETRY,
    Pace,
    after_failure,
    interval,
    jittered,
    rate,
    wanted,
)
from digest.model import Fetching, SourceState

RESTLESS_ITEMS = 10  #: known articles of a look; of fewer, changes say nothing
RESTLESS_LOOKS = 3  #: in a row, after which a source's articles keep the words they have
_MOST_RESTLESS = 10  #: looks that count; so many calm ones make good for them
_DOUBT = 3  #: failures in a row, after which the address of the configuration is asked again
RESTLESS = "it changes most of its articles at each look; they keep the words that they have"


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What became of the articles of a look."""

    new: int = 0
    revised: int = 0
    kept: int = 0  #: came with other words, which were not taken
    same: int = 0


def after_listing(
    state: SourceState, seen: Look, counts: Counts, *, now: datetime, fetching: Fetching, pace: Pace
) -> SourceState:
    """Return how a source is doing after its listing was looked at.

    Args:
        state: How it was doing before.
        seen: What was found.
        counts: What became of its articles.
        now: The moment.
        fetching: What the operator says of the source.
        pace: The bounds of intervals.
    """
    moved_to = seen.moved_to or state.moved_to
    tried = replace(state, tried_at=now, moved_to=moved_to, slow=seen.is_slow)
    if seen.found in {Found.FAILED, Found.GONE}:
        return _failed(tried, seen, now=now, fetching=fetching, pace=pace)
    good = replace(tried, succeeded_at=now, failures=0, error=None)
    good = replace(good, etag=seen.validators.etag, last_modified=seen.validators.last_modified)
    if seen.found is Found.CONTENT:
        good = replace(good, body_hash=seen.body_hash, restless=_restless(state, counts))
        good = replace(good, notice=RESTLESS if good.restless >= RESTLESS_LOOKS else seen.notice)
    good = counted(good, state, counts.new, now, is_past=seen.walk.is_past)
    return rested(good, seen, now=now, fetching=fetching, pace=pace)


def counted(
    state: SourceState, before: SourceState, new: int, now: datetime, *, is_past: bool = False
) -> SourceState:
    """Count the new articles of a look.

    Args:
        state: How the source is doing otherwise.
        before: How it was doing before the look.
        new: In all of this look so far.
        now: The moment.
        is_past: They came because a person wanted the past, and say nothing of how often more comes.
    """
    if not new:
        return state
    if is_past and before.changed_at is not None:
        return replace(state, brought=before.brought + new)
    per_day = rate(before, new, now)
    return replace(state, per_day=per_day, changed_at=now, brought=before.brought + new)


def rested(state: SourceState, seen: Look, *, now: datetime, fetching: Fetching, pace: Pace) -> SourceState:
    """Say when a source that is doing well is looked at next."""
    every = interval(fetching, state, now, pace)
    span = jittered(every, f"{state.key} {now.isoformat()}")
    if fetching.every is None:
        span = max(span, wanted(seen.rest, pace))
    return replace(state, every=every, due_at=_not_before(now + span, seen.not_before, now))


def unfinished(
    state: SourceState,
    *,
    now: datetime,
    pace: Pace,
    again_at: datetime | None = None,
    not_before: datetime | None = None,
) -> SourceState:
    """Let a source be read anew, since pages of it wait.

    Args:
        state: How it is doing otherwise.
        now: The moment.
        pace: The bounds of intervals.
        again_at: When they are to be had; None: soon.
        not_before: When its server wants to be asked again.
    """
    again_at = now + pace.shortest if again_at is None else again_at
    soon = _not_before(min(state.due_at, again_at), not_before, now)
    return replace(state, etag=None, last_modified=None, body_hash=None, due_at=soon)


def _failed(state: SourceState, seen: Look, *, now: datetime, fetching: Fetching, pace: Pace) -> SourceState:
    failed = replace(state, failures=state.failures + 1, error=seen.error)
    if failed.failures >= _DOUBT:
        failed = replace(failed, moved_to=None)
    if seen.found is Found.GONE:
        return replace(failed, gone_at=now)
    span = after_failure(failed, state.every or interval(fetching, state, now, pace), pace)
    due = now + jittered(span, f"{state.key} {now.isoformat()}")
    return replace(failed, due_at=_not_before(due, seen.not_before, now))


def _not_before(due: datetime, wanted_at: datetime | None, now: datetime) -> datetime:
    """Put a look off as far as the server asks, within bounds."""
    return due if wanted_at is None else max(due, min(wanted_at, now + MOST_RETRY))


def _restless(state: SourceState, counts: Counts) -> int:
    known = counts.revised + counts.kept + counts.same
    if known < RESTLESS_ITEMS:
        return state.restless
    change = 1 if 2 * (counts.revised + counts.kept) > known else -1
    return min(max(0, state.restless + change), _MOST_RESTLESS)
