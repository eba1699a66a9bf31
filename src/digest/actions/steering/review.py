"""Steer editions through review: deadlines, reminders, expiry; and say which may be sent now."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.home.instance import LOOK_AGAIN, notice
from digest.actions.steering.verdicts import DEEDS, Ending
from digest.actions.telling import SCHEDULE, Hand, Named, tell_stuck
from digest.actions.timing.courses import courses
from digest.actions.timing.deadlines import Course, Deed, Step
from digest.errors import DigestError, Refused, StoreError
from digest.log import get_logger
from digest.model import EditionState

#: What the history calls deeds, where that is another word.
_EVENTS: Mapping[Deed, str] = {"send": "approve", "send_clean": "approve", "check": "hold", "leave": "hold"}


@dataclass(frozen=True, kw_only=True)
class Steered:
    """What one tick did, by the ids of editions, the oldest slot first, and when to look again."""

    approved: tuple[int, ...] = ()  #: by the schedule, at their deadline
    held: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()
    expired: tuple[int, ...] = ()
    reminded: tuple[int, ...] = ()
    next_at: datetime | None = None  #: when something will be due; None when nothing is foreseen
    refused: tuple[str, ...] = ()  #: why this home must not go on: then nothing was done


def steer(app: App, *, run: str | None = None, only: str | None = None) -> Steered:
    """Do what is due with editions that are neither sent nor ended; the same moment twice is once.

    Only those are touched that fill a slot of the schedule, and approved ones that would not go out as
    they were approved. What somebody else changes meanwhile is left to the next tick, and so is an edition
    in which something fails: people are told of it, once, and the others are seen to.

    Args:
        app: The installation.
        run: Names the service's run, for the history.
        only: Leave all editions but this digest's alone.

    Raises:
        StoreError: The database cannot be read or written.
        DigestError: The home cannot be written in.
    """
    hand = Hand(by=SCHEDULE, at=app.clock(), run=run)
    seen = courses(app, only)
    steps = [(course, step) for course in seen if (step := course.step(hand.at)) is not None]
    # A restored backup or a copied home must not speak, nor end what the real one may be sending.
    refused = notice(app.home, app.store, app.keyring) if steps else ()
    if refused:
        return Steered(refused=refused, next_at=hand.at + LOOK_AGAIN)
    done: defaultdict[Ending, list[int]] = defaultdict(list)
    for course, step in steps:
        ending = _take(app, course, step, hand)
        if ending is not None:
            done[ending].append(course.edition.id)
    left = courses(app, only) if done else seen
    moments = [moment for course in left if (moment := course.next_at(hand.at)) is not None]
    return Steered(
        approved=tuple(done["approved"]),
        held=tuple(done["held"]),
        skipped=tuple(done["skipped"]),
        expired=tuple(done["expired"]),
        reminded=tuple(done["reminded"]),
        next_at=min(moments, default=None),
    )


def sendable(app: App) -> tuple[int, ...]:
    """Return the editions to be sent now, the oldest slot first.

    Those are, unless it is too late: the ones being sent (late, too, while the word of who let them go so
    holds); the approved ones that are due; and of digests
    without review those that are due and fill a slot of the schedule. A pause of a digest keeps new
    editions from being built, not the approved ones from going out. A restored backup or a copied home
    sends nothing before `digest db adopt`.

    Raises:
        StoreError: The database cannot be read.
        DigestError: The home cannot be written in.
    """
    now = app.clock()
    # Not those that wait for people: there may be many, and this is asked every other second.
    ready = courses(app, states=[EditionState.DRAFT, EditionState.APPROVED, EditionState.SENDING])
    found = tuple(course.edition.id for course in ready if course.may_go(now))
    return () if found and notice(app.home, app.store, app.keyring) else found


def _take(app: App, course: Course, step: Step, hand: Hand) -> Ending | None:
    """Do one thing; return what became of the edition, None when nothing did."""
    try:
        return DEEDS[step.deed](app, course, step, hand)
    except Refused:
        return None  # somebody else was quicker, which is as good
    except StoreError:
        raise  # what one finds, all find
    except Exception as error:  # noqa: BLE001  (whatever one edition does, the others are seen to)
        _tell_stuck(app, course, step, hand, error)
        return None


def _tell_stuck(app: App, course: Course, step: Step, hand: Hand, error: Exception) -> None:
    """Tell people, once, of an edition that cannot be seen to; each tick tries it again."""
    name = type(error).__name__
    why = str(error) if isinstance(error, DigestError) else f"an unexpected error: {name}"
    with app.store.writing() as tx:
        is_new = tell_stuck(tx, Named.of(course.edition), _EVENTS.get(step.deed, step.deed), why, hand)
    trace = {"traceback": traceback.format_exc()} if is_new else {}  # it is the same on every tick
    get_logger().error("edition_stuck", edition=course.edition.id, deed=step.deed, kind=name, **trace)
