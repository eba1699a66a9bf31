"""Digests: where each stands, what comes, and steering it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from digest.actions.making.build import BuildReport, build
from digest.actions.making.orders import Order
from digest.actions.planning import pausing
from digest.actions.planning.agenda import Coming, next_slots, standings, unsent
from digest.actions.planning.agenda import Standing as Found
from digest.model.accounts import Right
from digest.timetable import describe
from digest.web.api.access import scope
from digest.web.api.edition_shapes import Section, sections_of
from digest.web.api.history import HistoryLine
from digest.web.api.shapes import MOST, DigestKey, Listed, Moment, NoteWish, Shape, Wish, wish_like
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/digests", tags=["digests"])

SlotKey = Annotated[str, Path(max_length=40, description="The slot.", examples=["2026-11-19T07:00"])]


class ComingSlot(Shape):
    """A slot that is to come."""

    digest: str
    slot: str = Field(examples=["2026-11-19T07:00"])
    local: datetime = Field(description="In the digest's zone.")
    utc: datetime
    marks: list[str] = Field(description="What is special: clock changes, blackout, skipped, paused, built.")
    moved_from: str | None = Field(description="The local time that the clock change took away.")
    edition: int | None = Field(description="Once it is built.")


class Paused(Shape):
    """Who let a digest rest."""

    by: str
    at: datetime
    note: str | None


class Digest(Shape):
    """Where a digest stands."""

    digest: str
    title: str
    rules: list[str] = Field(description="When it is due, in words.")
    next: ComingSlot | None = Field(description="The next slot that takes place.")
    pause: Paused | None
    last: HistoryLine | None = Field(description="What became of its newest slot.")


class Steered(Shape):
    """What became of a wish for a digest."""

    digest: str
    changed: bool = Field(description="False: it was so already.")
    unsent: list[int] = Field(description="Editions that are built, and go out all the same.")


class BuildWish(Wish):
    """Which edition to build."""

    at: Moment | None = Field(default=None, description="Until when articles count; null is now.")
    dry_run: bool = Field(default=False, description="Store nothing.")

    model_config = wish_like(at="2026-11-19T07:00:00+01:00", dry_run=True)


class Built(Shape):
    """What building gave."""

    edition: int | None = Field(description="Null on a dry run.")
    digest: str
    slot: str
    state: str
    existed: bool = Field(description="True: the slot had its edition already.")
    held: list[str] = Field(description="Why it is held.")
    subject: str
    preheader: str
    sections: list[Section]
    kept: int
    dropped: int


@router.get("", dependencies=scope(Right.READ))
def list_digests(app: Installed, user: Person) -> Listed[Digest]:
    """List the digests that one may look at, and where each stands."""
    found = [one for one in standings(app) if user.may(Right.READ, one.digest.key)]
    return Listed(items=[_digest(one) for one in found], next=None)


@router.get("/{digest}", dependencies=scope(Right.READ))
def show_digest(app: Installed, digest: DigestKey) -> Digest:
    """Show where one digest stands."""
    (found,) = standings(app, digest)
    return _digest(found)


@router.get("/{digest}/slots", dependencies=scope(Right.READ))
def list_slots(
    app: Installed,
    digest: DigestKey,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many.")] = 10,
) -> Listed[ComingSlot]:
    """List the next slots, those that do not take place too."""
    return Listed(items=[coming_slot(one) for one in next_slots(app, digest, limit)], next=None)


@router.put("/{digest}/pause", dependencies=scope(Right.OPERATE))
def pause(app: Installed, user: Person, digest: DigestKey, wish: NoteWish | None = None) -> Steered:
    """Build no slot until it is resumed; editions that are built already go out all the same."""
    changed = pausing.pause(app, digest, by=by(user), note=wish.note if wish else None)
    return _steered(app, digest, changed=changed)


@router.delete("/{digest}/pause", dependencies=scope(Right.OPERATE))
def resume(app: Installed, user: Person, digest: DigestKey) -> Steered:
    """Let a paused digest come out again, from its next slot on."""
    return _steered(app, digest, changed=pausing.resume(app, digest, by=by(user)))


@router.put("/{digest}/skips/{slot}", dependencies=scope(Right.OPERATE))
def skip(
    app: Installed, user: Person, digest: DigestKey, slot: SlotKey, wish: NoteWish | None = None
) -> Steered:
    """Leave out one coming slot."""
    changed = pausing.skip(app, digest, slot, by=by(user), note=wish.note if wish else None)
    return _steered(app, digest, changed=changed)


@router.delete("/{digest}/skips/{slot}", dependencies=scope(Right.OPERATE))
def unskip(app: Installed, user: Person, digest: DigestKey, slot: SlotKey) -> Steered:
    """Let a slot take place after all that was skipped."""
    return _steered(app, digest, changed=pausing.unskip(app, digest, slot, by=by(user)))


@router.post("/{digest}/build", dependencies=scope(Right.OPERATE))
def build_now(app: Installed, user: Person, digest: DigestKey, wish: BuildWish | None = None) -> Built:
    """Build the edition of a slot now; a slot that has one already is left alone."""
    asked = wish or BuildWish()
    return _built(build(app, digest, at=asked.at, dry_run=asked.dry_run, order=Order(by=by(user))))


def _steered(app: Installed, digest: str, *, changed: bool) -> Steered:
    return Steered(digest=digest, changed=changed, unsent=list(unsent(app, digest)))


def _digest(one: Found) -> Digest:
    return Digest(
        digest=one.digest.key,
        title=one.digest.title,
        rules=list(describe(one.digest)),
        next=one.next and coming_slot(one.next),
        pause=one.pause and Paused.model_validate(one.pause),
        last=one.last and HistoryLine.model_validate(one.last),
    )


def coming_slot(one: Coming) -> ComingSlot:
    """Show a slot that is to come."""
    slot, moved_from = one.planned.slot, one.planned.moved_from
    return ComingSlot(
        digest=one.digest.key,
        slot=slot.key,
        local=slot.local,
        utc=one.planned.due,
        marks=list(one.marks),
        moved_from=None if moved_from is None else moved_from.isoformat(),
        edition=one.record.edition_id if one.record else None,
    )


def _built(report: BuildReport) -> Built:
    edition = report.edition
    return Built(
        edition=report.edition_id,
        digest=edition.digest,
        slot=edition.slot.key,
        state=report.state,
        existed=report.existed,
        held=list(report.reasons),
        subject=edition.subject,
        preheader=edition.preheader,
        sections=sections_of(edition),
        kept=report.kept,
        dropped=report.dropped,
    )
