"""Steer editions: approve, hold, release, cancel."""

from __future__ import annotations

from collections.abc import Collection

from digest.actions.app import App
from digest.actions.editions import another, find
from digest.actions.news import tell_news
from digest.actions.printing.inspecting import Preflight, inspect
from digest.actions.printing.presses import content_hash, press_of
from digest.actions.telling import GO_ON, Hand, Named, write_down
from digest.actions.timing.courses import course_of
from digest.actions.timing.deadline_words import show
from digest.actions.timing.deadlines import BEFORE_APPROVAL, BEFORE_SENDING
from digest.errors import Refused
from digest.model import AlertKind, EditionState
from digest.store import StoredEdition, Transaction

_NAMED = 20  #: findings that the record of an approval names
ENDED = (EditionState.SKIPPED, EditionState.CANCELLED, EditionState.EXPIRED)


def approve(
    app: App,
    edition_id: int,
    *,
    by: str,
    run: str | None = None,
    seen: str | None = None,
    expect: Collection[EditionState] = BEFORE_APPROVAL,
) -> StoredEdition:
    """Approve the content as it renders now; only this content may be sent. Once more changes nothing.

    Args:
        app: The installation.
        edition_id: The edition.
        by: Who approves.
        run: Names the run of the service, for the history.
        seen: The content hash of what they looked at; None when that does not matter to them.
        expect: The states it may be in.

    Raises:
        NotFound: There is none with this number.
        Refused: It is past approval, was skipped, is too late for its slot of the schedule, has
            changed since it was looked at, or preflight has found what nobody has mended or waived.
    """
    stored = find(app, edition_id)
    if stored.state in ENDED and stored.edition.sections:
        raise Refused(f"edition {edition_id} is {_state_of(stored)}", hint=another(stored))
    press = press_of(app, stored)
    name = content_hash(press.rendered)
    if stored.state is EditionState.APPROVED and stored.approved_hash == name and seen in {None, name}:
        return stored
    if seen is not None and seen != name:
        raise Refused(
            f"edition {edition_id} has changed since it was looked at",
            hint=f"look at `digest preview {edition_id} --out proof`, then approve that",
        )
    found = inspect(press)
    _refuse_blocked(found)
    hand = Hand(by=by, at=app.clock(), run=run)
    with app.store.writing() as tx:
        _refuse_late(app, tx, stored)
        approved = _approve(tx, stored, name, hand, expect)
        note = f"it was {stored.state.value}{_still_open(found)}"
        write_down(tx, Named.of(approved), hand, "approve", note=note)
        tell_news(app, tx, AlertKind.APPROVED, Named.of(approved), hand, note)
        return approved


def hold(app: App, edition_id: int, *, by: str, note: str | None = None) -> StoredEdition:
    """Keep an edition from going out until somebody approves it.

    Raises:
        NotFound: There is none with this number.
        Refused: It is being sent or has ended.
    """
    return _move(app, edition_id, EditionState.HELD, Hand(by=by, at=app.clock()), note)


def release(app: App, edition_id: int, *, by: str, note: str | None = None) -> StoredEdition:
    """Let a held edition go on where it stood: one that was approved is approved again, others wait.

    Raises:
        NotFound: There is none with this number.
        Refused: It is not held; it was stopped on its way, which approving or `resume` answers; or it was
            approved and cannot be again, see `approve`.
    """
    stored = find(app, edition_id)
    with app.store.reading() as tx:
        steps = [one for one in tx.editions.log(edition_id) if one.before is not one.after]
    held = [EditionState.HELD]
    stood = steps[-1].before if steps else None
    if stored.state is EditionState.HELD and stood is EditionState.SENDING:
        raise Refused(f"edition {edition_id} was stopped on its way", hint=GO_ON.format(edition_id))
    if stored.state is EditionState.HELD and stood is EditionState.APPROVED:
        return approve(app, edition_id, by=by, expect=held)
    is_free = app.digest(stored.edition.digest).review.mode == "none"
    state = EditionState.DRAFT if is_free else EditionState.REVIEW
    hand = Hand(by=by, at=app.clock())
    with app.store.writing() as tx:
        moved = tx.editions.set_state(
            edition_id, state, expect=held, by=by, at=hand.at, note=note or f"released by {by}"
        )
        write_down(tx, Named.of(moved), hand, "release", outcome=state.value, note=note)
        return moved


def preflight(app: App, edition_id: int) -> Preflight:
    """Look an edition over as it would be mailed now; asks nobody on the network.

    Raises:
        NotFound: There is none with this number.
        Refused: It was skipped, so there is nothing to look over.
        TemplateError: The theme is broken.
    """
    return inspect(press_of(app, find(app, edition_id)))


def cancel(app: App, edition_id: int, *, by: str, note: str | None = None) -> StoredEdition:
    """End an edition unsent; its articles are free for the next.

    Raises:
        NotFound: There is none with this number.
        Refused: It is being sent or has ended, or some readers may have it.
    """
    return _move(app, edition_id, EditionState.CANCELLED, Hand(by=by, at=app.clock()), note)


def _state_of(stored: StoredEdition) -> str:
    return f"{stored.state}: {stored.note}" if stored.note else stored.state.value


def _approve(
    tx: Transaction, stored: StoredEdition, name: str, hand: Hand, expect: Collection[EditionState]
) -> StoredEdition:
    """Approve what an edition renders as now."""
    if name != stored.content_hash:
        tx.editions.replace(
            stored.id,
            stored.edition,
            content_hash=name,
            expect=expect,
            by=hand.by,
            at=hand.at,
            note="rendered with other templates or settings",
            made_of=stored.content_hash,
        )
    return tx.editions.set_state(
        stored.id,
        EditionState.APPROVED,
        expect=expect,
        by=hand.by,
        at=hand.at,
        note=f"approved by {hand.by}",  # or why it was held would stand there for ever
        content_hash=name,
    )


def _still_open(found: Preflight) -> str:
    """Name the findings that an approval passes over; '' when there are none."""
    names = [f"{one.rule} {one.anchor}" for one in found.open]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"; found and left: {', '.join(names[:_NAMED])}{more}" if names else ""


def _refuse_blocked(found: Preflight) -> None:
    """Let nobody approve what must not go out."""
    if not found.blocking:
        return
    number = found.edition_id
    raise Refused(
        f"edition {number} cannot be approved yet: {found.why_not}",
        hint=f"mend it; or `digest check {number}` names each, and `digest editions waive` lets one stand",
    )


def _refuse_late(app: App, tx: Transaction, stored: StoredEdition) -> None:
    """Let nobody approve what the next tick lets expire."""
    found = tx.editions.open_one(stored.id)
    if found is None or not found.is_scheduled or found.begun_at is not None:
        return  # built by hand, or some readers may have it: `digest send` decides on its age
    course = course_of(app, found)
    if app.clock() > course.last:
        raise Refused(
            f"edition {stored.id} could be approved until {show(course, course.last)}, as max_lateness says",
            hint=another(stored),
        )


def _move(app: App, edition_id: int, state: EditionState, hand: Hand, note: str | None) -> StoredEdition:
    find(app, edition_id)
    event = "hold" if state is EditionState.HELD else "cancel"
    with app.store.writing() as tx:
        if state is EditionState.CANCELLED:
            _refuse_begun(tx, edition_id)
        moved = tx.editions.set_state(
            edition_id, state, expect=BEFORE_SENDING, by=hand.by, at=hand.at, note=note
        )
        write_down(tx, Named.of(moved), hand, event, outcome=state.value, note=note)
        return moved


def _refuse_begun(tx: Transaction, edition_id: int) -> None:
    """Let nobody call unsent what some readers may have."""
    found = tx.editions.open_one(edition_id)
    if found is None or found.begun_at is None or found.state is EditionState.SENDING:
        return
    raise Refused(
        f"edition {edition_id} is {found.state}, and some readers may have it",
        hint=f"`digest editions resume {edition_id} --end` ends it for the others",
    )
