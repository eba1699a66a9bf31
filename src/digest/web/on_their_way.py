"""Editions on their way as pages show them: figures, lines and words, as far as somebody may look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.actions.app import App
from digest.actions.mailing.books import mailable_until, waiting_for_a_word
from digest.actions.mailing.live import Live, look
from digest.actions.telling import SCHEDULE
from digest.actions.timing.courses import courses
from digest.actions.timing.deadlines import BEFORE_APPROVAL, Course
from digest.model import EditionState
from digest.model.accounts import Right, User
from digest.store import Closing, Unknown
from digest.web import charts
from digest.web.frame import zone_of
from digest.web.templates import spelt

_UNKNOWN = 20  #: to decide, on a page
_FORGOTTEN = 4  #: the rank of those that ask for nothing any more
_AHEAD = timedelta(minutes=2)  #: room to the right of a line that goes on


@dataclass(frozen=True, kw_only=True)
class View:
    """One edition as the pages show it."""

    live: Live
    chart: charts.Chart | None
    zone: str  #: of the digest
    is_changed: bool  #: it is stopped, and is not what was approved any more


@dataclass(frozen=True, kw_only=True)
class ToDecide:
    """The unknown that wait for a word."""

    rows: tuple[Unknown, ...]  #: the first of them
    counts: dict[int, int]  #: all of them, by edition
    until: dict[int, datetime]  #: they can be mailed again until then, by edition; of those of the rows

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


def view_of(app: App, user: User, edition: int) -> View:
    """Look at one edition.

    Raises:
        NotFound: There is no such edition.
    """
    found = look(app, edition)
    digest = app.digests.get(found.stored.edition.digest)
    stored = found.stored
    pulled = [
        step.at
        for step in found.steps
        if step.before is EditionState.SENDING and step.after is EditionState.HELD and step.by != SCHEDULE
    ]
    limits = [relay.per_second for relay in app.system.relays if relay.weight]
    return View(
        live=found,
        chart=charts.rates(
            found.line,
            zone=zone_of(app, user),
            limit=sum(limit for limit in limits if limit) if limits and all(limits) else None,
            brakes=tuple(pulled[:3]),
            until=_line_ends(found),
        ),
        zone="UTC" if digest is None else digest.zone,
        is_changed=found.standing.waits and stored.content_hash != stored.approved_hash,
    )


def _line_ends(live: Live) -> datetime | None:
    """Say where the foot of the line ends: with room to the right while mail goes out, now while stopped."""
    if live.is_stopped:
        return live.counted_at
    if live.stored.state is EditionState.SENDING:
        return live.counted_at + min(_AHEAD, live.left or timedelta())
    return None


def may_ask(ask: str, view: View) -> bool:
    """Tell whether a question can be asked of an edition as it is now."""
    standing = view.live.standing
    if ask == "brake":
        return standing.word == "going"
    if ask == "late":
        return standing.is_late and standing.is_known and not view.is_changed
    return ask == "end" and standing.word in {"braked", "late"}


def on_their_way(app: App, user: User) -> tuple[list[int], int]:
    """List the editions one may look at that go out, then the stopped, then the late, the oldest slot first.

    Those of which nobody has a mail are the last: somebody may have forgotten many of them. They ask for
    nothing any more after some time.

    Returns:
        Their numbers; how many more ask for nothing any more.
    """
    mine, now = readable(app, user), app.clock()
    seen = (one for one in courses(app) if mine is None or one.edition.digest in mine)
    ranked = [(rank, one.edition.id) for one in seen if (rank := _rank(one, now)) is not None]
    asking = sorted((one for one in ranked if one[0] < _FORGOTTEN), key=lambda one: one[0])
    return [edition for _, edition in asking], len(ranked) - len(asking)


def _rank(course: Course, now: datetime) -> int | None:
    """Say where an edition stands among those on their way; None: it is not."""
    edition = course.edition
    has_begun = edition.begun_at is not None
    if edition.state is EditionState.SENDING:
        return 0
    if course.is_late(now):
        return 2 if has_begun else 3 if now <= course.asks_until else _FORGOTTEN
    return 1 if has_begun and edition.state in BEFORE_APPROVAL else None


def readable(app: App, user: User) -> Collection[str] | None:
    """Return the digests that one may look at; None is all."""
    return None if user.may(Right.READ, None) else {key for key in app.digests if user.may(Right.READ, key)}


def to_decide(app: App, user: User, edition: int | None = None) -> ToDecide:
    """Find what one may decide on: of one edition, or of all."""
    rows, counts = waiting_for_a_word(app, edition, digests=readable(app, user), limit=_UNKNOWN)
    until = mailable_until(app, {one.edition_id for one in rows})
    return ToDecide(rows=rows, counts=counts, until=until)


def slot_at(app: App, closing: Closing) -> datetime | None:
    """Return when a slot was due, from its key; None when the key tells no moment."""
    digest = app.digests.get(closing.digest)
    try:
        local = datetime.fromisoformat(closing.slot.partition("#")[0])
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo("UTC" if digest is None else digest.zone))


def _waiting(live: Live) -> str:
    """Say how many wait; of one that has no audience yet, all do."""
    if not live.books.frozen:
        return "Its readers are waiting."
    return "One reader is waiting." if live.books.open == 1 else f"{live.books.open:,} readers are waiting."


def lede_of(views: tuple[View, ...], unknown: int) -> str:
    """Say in a sentence or two what is going on."""
    stopped = [view.live for view in views if view.live.standing.waits]
    going = len(views) - len(stopped)
    said = [
        f"{one.title} is {'late' if one.standing.is_late else 'stopped'}. {_waiting(one)}"
        for one in stopped[:2]
    ]
    if going:
        said.append(
            "One edition is on its way." if going == 1 else f"{spelt(going)} editions are on their way."
        )
    if unknown:
        needs_one = "delivery needs" if unknown == 1 else "deliveries need"
        said.append(f"{spelt(unknown)} {needs_one} a decision.")
    return " ".join(said) or "Nothing is on its way, and nothing waits for a decision."
