"""What the schedule does with an edition when nobody has: one function for each deed of a course."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.mailing.ending import close
from digest.actions.mailing.journals import pick_up
from digest.actions.making.judging import Ground, survey, weigh
from digest.actions.news import tell_news
from digest.actions.printing.inspecting import Preflight, inspect
from digest.actions.printing.mail import Press
from digest.actions.printing.presses import content_hash, press_of
from digest.actions.steering.cleaning import cleaned, decided_again, faults_of
from digest.actions.telling import (
    Hand,
    Named,
    remind,
    tell_expired,
    tell_held,
    tell_skipped,
    write_down,
)
from digest.actions.timing.deadline_words import show, words
from digest.actions.timing.deadlines import UNAPPROVED, Course, Deed, Step
from digest.errors import TemplateError
from digest.model import AlertKind, Decision, Edition, EditionState
from digest.settings import show_duration
from digest.store import StoredEdition, Transaction

Ending = Literal["approved", "held", "skipped", "expired", "reminded"]

_NOBODY = "nobody approved it in time"
#: What a person may do with an edition that is too late for those still open.
_LATE = (
    "`digest editions resume {0} --late` has the service mail those still open, "
    "`digest editions resume {0} --end` ends it for them."
)
_CHANGED = "templates or settings have changed, so it would not go out as {}"


@dataclass(frozen=True, kw_only=True)
class _Cleaned:
    """An edition after cleaning."""

    edition: Edition
    content_hash: str
    decisions: tuple[Decision, ...]  #: those that were made again
    plan: Mapping[str, object]  #: what later editions are compared with
    note: str


def _send(app: App, course: Course, _: Step, hand: Hand) -> Ending:
    """Approve for the editors what they could look at."""
    stored = find(app, course.edition.id)
    seen = _look(app, stored, "editors could look at it")
    why = seen.changed or seen.blocked
    if why:
        return _hold(app, course, why, hand)
    with app.store.writing() as tx:
        _approve(app, tx, stored, stored.content_hash, hand, "nobody decided otherwise by its deadline")
    return "approved"


def _send_clean(app: App, course: Course, step: Step, hand: Hand) -> Ending:
    """Approve what is pinned or clean; hold it all when that is too little, or unlike the last editions."""
    stored = find(app, course.edition.id)
    with app.store.reading() as tx:
        decisions = tx.editions.decisions(stored.id)
        pins = tx.editions.pins(stored.edition.digest)
        ground = survey(tx, stored.edition.digest, stored.edition.slot)
    spared = {number for number, kind in pins.items() if kind == "pin"}
    seen = _look(app, stored, "editors could look at it")
    faults = faults_of(stored.edition, seen.found.open if seen.found else (), spared=spared)
    if seen.changed or not faults:
        return _hold(app, course, seen.changed, hand) if seen.changed else _send(app, course, step, hand)
    made = _clean(app, stored, decisions, faults, ground)
    if isinstance(made, str):
        return _hold(app, course, f"{_NOBODY}, and {made}", hand)
    _replace(app, stored, made, hand)
    return "approved"


def _clean(
    app: App, stored: StoredEdition, decisions: Sequence[Decision], faults: Mapping[int, str], ground: Ground
) -> _Cleaned | str:
    """Take out what something is found against; say why not, when the rest may not go out."""
    digest = app.digest(stored.edition.digest)
    left = len(stored.edition.items) - len(faults)
    if left < digest.selection.at_least:
        return f"only {left} of its {len(stored.edition.items)} items are pinned or clean"
    edition = cleaned(stored.edition, digest, faults.keys())
    rendered = app.renderer.render(edition, app.look(digest))
    name = content_hash(rendered)
    found = inspect(Press(app, replace(stored, edition=edition, content_hash=name), rendered))
    plan, reasons = weigh(digest, edition, rendered, ground, found.blocking)
    if reasons:
        return f"what is pinned or clean is unlike its last editions: {'; '.join(reasons)}"
    if found.blocking:
        return f"of what is pinned or clean, {found.why_not}"
    return _Cleaned(
        edition=edition,
        content_hash=name,
        decisions=decided_again(decisions, faults, digest),
        plan=plan,
        note=f"{_NOBODY}, so {len(faults)} of its items went that were neither pinned nor clean",
    )


def _replace(app: App, stored: StoredEdition, made: _Cleaned, hand: Hand) -> None:
    """Store what is left of an edition, and approve that."""
    with app.store.writing() as tx:
        tx.editions.replace(
            stored.id,
            made.edition,
            content_hash=made.content_hash,
            expect=UNAPPROVED,
            by=hand.by,
            at=hand.at,
            note=made.note,
            plan=made.plan,
            made_of=stored.content_hash,
        )
        tx.editions.decide_again(stored.id, made.decisions)
        _approve(app, tx, stored, made.content_hash, hand, made.note)


def _approve(app: App, tx: Transaction, stored: StoredEdition, name: str, hand: Hand, why: str) -> None:
    """Approve a content by its hash, if it is still there and waits."""
    tx.editions.set_state(
        stored.id,
        EditionState.APPROVED,
        expect=UNAPPROVED,
        by=hand.by,
        at=hand.at,
        note=why,
        content_hash=name,
    )
    write_down(tx, Named.of(stored), hand, "approve", note=why)
    tell_news(app, tx, AlertKind.APPROVED, Named.of(stored), hand, why)


def _hold_at_deadline(app: App, course: Course, _: Step, hand: Hand) -> Ending:
    return _hold(app, course, f"{_NOBODY}, and review.at_deadline is hold", hand)


def _skip(app: App, course: Course, _: Step, hand: Hand) -> Ending:
    why = f"{_NOBODY}, and review.at_deadline is skip"
    with app.store.writing() as tx:
        stored = tx.editions.set_state(
            course.edition.id, EditionState.SKIPPED, expect=UNAPPROVED, by=hand.by, at=hand.at, note=why
        )
        tell_skipped(tx, Named.of(stored), why, hand)
    return "skipped"


def _check(app: App, course: Course, _: Step, hand: Hand) -> Ending | None:
    """Hold an edition that would go out other than it was approved, or without review other than built."""
    stored = find(app, course.edition.id)
    is_draft = stored.state is EditionState.DRAFT
    seen = _look(app, stored, "it was built" if is_draft else "it was approved")
    why = seen.changed or (seen.blocked if is_draft else "")  # who approved it has seen the findings
    if not is_draft and stored.approved_hash != stored.content_hash:
        why = "it was changed after it was approved"
    return _hold(app, course, why, hand) if why else None


def _expire(app: App, course: Course, _: Step, hand: Hand) -> Ending:
    """End an edition for which it has become too late, whoever kept it until now."""
    edition = course.edition
    why = (
        f"it was {edition.state.value} until it was too late:"
        f" {show_duration(course.max_lateness)} after it was due"
    )
    if edition.state is EditionState.HELD and edition.note:
        why = f"{why} ({edition.note})"
    with app.store.writing() as tx:
        tx.editions.set_state(
            edition.id, EditionState.EXPIRED, expect=(edition.state,), by=hand.by, at=hand.at, note=why
        )
        tell_expired(tx, Named.of(edition), why, hand)
    return "expired"


def _leave(app: App, course: Course, _: Step, hand: Hand) -> Ending | None:
    """Hold an edition whose senders came to nothing: a person decides on those still open.

    One whose books balance lacked only its end.
    """
    edition = course.edition
    pick_up(app, edition.id)
    with app.store.reading() as tx:
        books = tx.deliveries.books(edition.id)
    if books.balance and edition.state is EditionState.SENDING:
        close(app, edition.id, books, by=hand.by, run=hand.run)
        return None
    last = show(course, course.last)
    why = f"it was not sent to all until {last}, as max_lateness says; {books.open:,} are open"
    return _hold(app, course, why, hand, ways=_LATE.format(edition.id))


def _remind(app: App, course: Course, step: Step, hand: Hand) -> Ending | None:
    """Remind the editors, unless somebody has since this tick began."""
    with app.store.writing() as tx:
        told = remind(tx, Named.of(course.edition), step.occasion, words(course, hand.at), hand)
    return "reminded" if told else None


def _hold(app: App, course: Course, why: str, hand: Hand, *, ways: str = "") -> Ending:
    """Keep an edition for a person to decide on, and tell the editors why."""
    with app.store.writing() as tx:
        stored = tx.editions.set_state(
            course.edition.id,
            EditionState.HELD,
            expect=(course.edition.state,),
            by=hand.by,
            at=hand.at,
            note=f"{why}. {ways}" if ways else why,
        )
        tell_held(tx, Named.of(stored), why, hand, ways=ways)
    return "held"


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What an edition is now, just before it would go out."""

    changed: str  #: why it would go out other than it was; '' when it would not
    found: Preflight | None = None  #: None when it has changed

    @property
    def blocked(self) -> str:
        """Why it must not go out, whoever looked; '' when it may."""
        return self.found.why_not if self.found else ""


def _look(app: App, stored: StoredEdition, when: str) -> _Seen:
    """Lay an edition out as it would go now, compare that with what it was, and look it over."""
    try:
        press = press_of(app, stored)
    except TemplateError as error:
        return _Seen(changed=f"it cannot be laid out any more: {error}")
    if content_hash(press.rendered) != stored.content_hash:
        return _Seen(changed=_CHANGED.format(when))
    return _Seen(changed="", found=inspect(press))


#: What each deed does; the answer is None when nothing was done.
DEEDS: Mapping[Deed, Callable[[App, Course, Step, Hand], Ending | None]] = {
    "send": _send,
    "send_clean": _send_clean,
    "hold": _hold_at_deadline,
    "skip": _skip,
    "check": _check,
    "expire": _expire,
    "leave": _leave,
    "remind": _remind,
}
