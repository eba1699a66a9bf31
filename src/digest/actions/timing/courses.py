"""Which editions are open, and what is to happen with each as the settings of now have it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from digest.actions.app import App
from digest.actions.timing.deadlines import Course
from digest.model import EditionState
from digest.settings import ReviewSettings
from digest.store import OpenEdition, Transaction


def courses(
    app: App, only: str | None = None, *, states: Collection[EditionState] | None = None
) -> tuple[Course, ...]:
    """Return the moments of open editions, the oldest slot first.

    Args:
        app: The installation.
        only: Those of this digest alone.
        states: Those in these states alone; None is all.
    """
    with app.store.reading() as tx:
        found = tx.editions.open(states)
    return tuple(course_of(app, edition) for edition in found if only in {None, edition.digest})


def outlook(app: App, edition_id: int) -> Course | None:
    """Return the moments of one edition; None when it is sent or has ended."""
    with app.store.reading() as tx:
        found = tx.editions.open_one(edition_id)
    return None if found is None else course_of(app, found)


def let_go_until(app: App, edition_id: int) -> datetime | None:
    """Say until when the word of who let an edition go late holds; None: nobody's does."""
    with app.store.reading() as tx:
        return word_until(app, tx, edition_id)


def word_until(app: App, tx: Transaction, edition_id: int) -> datetime | None:
    """Say the same as a transaction sees it."""
    found = tx.editions.open_one(edition_id)
    if found is None or found.state is not EditionState.SENDING:
        return None
    course = course_of(app, found)
    return course.sent_by if course.is_let_go_late and app.clock() <= course.sent_by else None


def course_of(app: App, edition: OpenEdition) -> Course:
    """Return the moments of an open edition as the settings of now have them."""
    digest = app.digests.get(edition.digest)
    return Course(
        edition=edition,
        review=ReviewSettings() if digest is None else digest.review,
        is_known=digest is not None,
        max_lateness=app.system.delivery.max_lateness,
        zone=UTC if digest is None else digest.timezone,
    )
