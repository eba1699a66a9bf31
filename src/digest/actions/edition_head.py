"""What stands at the head of an edition's pages: where it is in its life, its clock, and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from digest.actions.app import App
from digest.actions.build import content_hash
from digest.actions.courses import outlook
from digest.actions.deadlines import BEFORE_APPROVAL, Course
from digest.actions.editions import find, render
from digest.actions.inspecting import Preflight, inspect
from digest.actions.left_out import LeftOuts, left_out
from digest.model import EditionState
from digest.render import Rendered
from digest.settings import DigestSettings
from digest.store import LogEntry, StoredEdition


@dataclass(frozen=True, kw_only=True)
class Head:
    """An edition as its pages show it."""

    stored: StoredEdition
    digest: DigestSettings
    course: Course | None  #: its moments; None when it is sent or has ended
    readers: int  #: who would get it now
    rendered: Rendered
    content_hash: str  #: of what it renders as now
    found: Preflight
    out: LeftOuts
    log: tuple[LogEntry, ...]  #: the steps of its life, in order

    @property
    def is_held(self) -> bool:
        """True while it waits for a person to release it."""
        return self.stored.state is EditionState.HELD

    @property
    def can_be_approved(self) -> bool:
        """True while it is before its approval."""
        return self.stored.state in BEFORE_APPROVAL

    @property
    def can_be_held(self) -> bool:
        """True while nothing has gone out and nobody holds it."""
        return self.stored.state is EditionState.APPROVED or (self.can_be_approved and not self.is_held)

    @cached_property
    def held(self) -> LogEntry | None:
        """Who holds it, since when and why; None when nobody does."""
        last = next((one for one in reversed(self.log) if one.after is EditionState.HELD), None)
        return last if self.is_held else None

    @cached_property
    def approved_before(self) -> LogEntry | None:
        """The approval that a change has withdrawn; None when there is none, or it still stands."""
        if not self.can_be_approved:
            return None
        return next((one for one in reversed(self.log) if one.after is EditionState.APPROVED), None)

    @property
    def changed_since(self) -> tuple[LogEntry, ...]:
        """What was changed since that approval, in order."""
        if self.approved_before is None:
            return ()
        at = self.log.index(self.approved_before)
        return tuple(one for one in self.log[at + 1 :] if one.before == one.after)


def head(app: App, edition_id: int) -> Head:
    """Put together what the pages of an edition show.

    Raises:
        NotFound: There is none with this number.
        Refused: It was skipped: there is nothing to show.
        TemplateError: Its theme is broken.
    """
    stored = find(app, edition_id)
    rendered = render(app, stored)
    with app.store.reading() as tx:
        readers = tx.deliveries.audience(stored.edition.digest)
        log = tx.editions.log(edition_id)
    return Head(
        stored=stored,
        digest=app.digest(stored.edition.digest),
        course=outlook(app, edition_id),
        readers=readers,
        rendered=rendered,
        content_hash=content_hash(rendered),
        found=inspect(app, stored, rendered),
        out=left_out(app, edition_id),
        log=log,
    )
