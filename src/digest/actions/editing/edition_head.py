"""What stands at the head of an edition's pages: where it is in its life, its clock, and what is open."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

from digest.actions.app import App
from digest.actions.editing.left_out import decisions_of
from digest.actions.editions import find
from digest.actions.printing.inspecting import Preflight, inspect
from digest.actions.printing.presses import content_hash, press_of
from digest.actions.timing.courses import outlook
from digest.actions.timing.deadlines import BEFORE_APPROVAL, Course
from digest.actions.timing.standing import Stand, standing_of
from digest.model import Decision, EditionState
from digest.render import Rendered
from digest.settings import DigestSettings
from digest.store import LogEntry, StoredEdition, Version


@dataclass(frozen=True, kw_only=True)
class Head:
    """An edition as its pages show it."""

    stored: StoredEdition
    digest: DigestSettings
    course: Course | None  #: its moments; None when it is sent or has ended
    readers: int  #: who would get it now
    rendered: Rendered
    content_hash: str  #: of what it renders as now
    standing: Stand  #: what it waits for, and who stopped it and why
    found: Preflight
    decisions: tuple[Decision, ...]  #: on its items, in the order they were made
    left_out: int  #: how many candidates are not in
    log: tuple[LogEntry, ...]  #: the steps of its life, in order
    versions: tuple[Version, ...]  #: what hands have made of it, in order

    @property
    def is_late(self) -> bool:
        """True when it is too late for those still open: only a person's word sends it to them."""
        return self.standing.is_late

    @property
    def is_held(self) -> bool:
        """True while it waits for a person's word."""
        return self.stored.state is EditionState.HELD

    @property
    def is_stopped(self) -> bool:
        """True while it is held on its way: some readers may have it, and approving lets it go on."""
        return self.held is not None and self.held.before is EditionState.SENDING

    @property
    def is_as_approved(self) -> bool:
        """True while nothing was changed since it was approved last."""
        return self.stored.content_hash == self.stored.approved_hash

    @property
    def can_be_approved(self) -> bool:
        """True while it is before its approval."""
        return self.stored.state in BEFORE_APPROVAL

    @property
    def can_be_held(self) -> bool:
        """True while nothing has gone out and nobody holds it."""
        return self.stored.state is EditionState.APPROVED or (self.can_be_approved and not self.is_held)

    @property
    def held(self) -> LogEntry | None:
        """Who holds it, since when and why; None when nobody does."""
        return self.standing.held

    @cached_property
    def approved_before(self) -> LogEntry | None:
        """The approval that a change has withdrawn; None when there is none, or it still stands."""
        return withdrawn(self.stored, self.log)


def withdrawn(stored: StoredEdition, log: tuple[LogEntry, ...]) -> LogEntry | None:
    """Return the approval that a change of an edition has withdrawn; None: there is none, or it stands."""
    return _last(log, EditionState.APPROVED) if stored.state in BEFORE_APPROVAL else None


def _last(log: tuple[LogEntry, ...], state: EditionState) -> LogEntry | None:
    """Find the newest step into a state; a change of what is in it already is none."""
    steps = (one for one in reversed(log) if one.before is not one.after)
    return next((one for one in steps if one.after is state), None)


_newest = threading.local()


def head(app: App, edition_id: int) -> Head:
    """Put together what the pages of an edition show.

    Raises:
        NotFound: There is none with this number.
        Refused: It was skipped: there is nothing to show.
        TemplateError: Its theme is broken.
    """
    return head_of(app, find(app, edition_id))


def head_of(app: App, stored: StoredEdition) -> Head:
    """Do what `head` does for an edition that was just read; a page asks for the same one several times.

    Raises:
        Refused: As `head`.
        TemplateError: As `head`.
    """
    newest: Head | None = getattr(_newest, "head", None)
    if newest is None or newest.stored is not stored:
        newest = _newest.head = _made(app, stored)
    return newest


def _made(app: App, stored: StoredEdition) -> Head:
    press = press_of(app, stored)
    decisions = decisions_of(app, stored, among=[item.article_id for item in stored.edition.items])
    digest = stored.edition.digest

    def count() -> int:
        with app.store.reading() as tx:
            return tx.deliveries.audience(digest)

    with app.store.reading() as tx:
        log = tx.editions.log(stored.id)
        candidates = tx.editions.candidates(stored.id)
        versions = tx.shapes.list(stored.id)
    course = outlook(app, stored.id)
    return Head(
        stored=stored,
        digest=app.digest(digest),
        course=course,
        standing=standing_of(stored.state, log, course, app.clock()),
        readers=app.figures.readers.of(digest, count),
        rendered=press.rendered,
        content_hash=content_hash(press.rendered),
        found=inspect(press),
        decisions=decisions,
        left_out=candidates - len(decisions),
        log=log,
        versions=versions,
    )
