"""Editions: what is in them and why, and their way out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from digest.actions.app import App
from digest.actions.editing import approving as acts
from digest.actions.editing.reasons import decisions
from digest.actions.editing.reasons import why as why_of
from digest.actions.editions import find, listing
from digest.actions.mailing.trial import send_test
from digest.actions.timing.courses import courses, outlook
from digest.model.accounts import Right
from digest.store import StoredEdition
from digest.web.api.access import scope
from digest.web.api.edition_shapes import EditionLine, Section, line_of, sections_of
from digest.web.api.shapes import (
    ArticleNumber,
    Cursor,
    EditionNumber,
    Limit,
    Line,
    Listed,
    NoteWish,
    Shape,
    Wish,
    number_in,
    readable,
    turned,
    wish_like,
)
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/editions", tags=["editions"])


class Decided(Shape):
    """What became of a candidate, in short."""

    article: int
    kept: bool
    rule: str
    value: str
    carry: bool = Field(description="It may stand in a later edition.")


class Edition(EditionLine):
    """An edition with its items and what was decided about every candidate."""

    sections: list[Section]
    decisions: list[Decided]


class Why(Shape):
    """Why an article is or is not in an edition."""

    article: int
    decision: str = Field(description="'kept', 'dropped' or 'not a candidate'.")
    rule: str | None
    value: str | None
    text: str = Field(description="One sentence.")
    terms: dict[str, float] = Field(description="Factors of its score, when it had one.")


class ApproveWish(Wish):
    """What was looked at."""

    seen: Line | None = Field(default=None, description="Only if this is still its `content_hash`.")

    model_config = wish_like(seen="5f0c4e…")


class Tested(Shape):
    """What the relay said to a test."""

    edition: int
    email: str
    state: str
    reply: str
    relay: str = Field(description="Whose answer that is.")
    passed_over: list[str] = Field(description="What was wrong with each relay before it.")


@router.get("", dependencies=scope(Right.READ))
def list_editions(  # why: FastAPI reads the query from the arguments
    request: Request,
    response: Response,
    app: Installed,
    user: Person,
    digest: Annotated[str | None, Query(max_length=80, description="Only those of this digest.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[EditionLine]:
    """List editions, the newest first."""
    rows = listing(app, digest, limit=limit + 1, before=number_in(cursor), among=readable(app, user))
    page, following = turned(request, response, rows, limit, lambda one: one.id)
    opened = {course.edition.id: course for course in courses(app)}
    return Listed(items=[line_of(one, opened.get(one.id)) for one in page], next=following)


@router.get("/{edition}", dependencies=scope(Right.READ))
def show_edition(app: Installed, edition: EditionNumber) -> Edition:
    """Show an edition: its sections, its items, and what was left out."""
    stored = find(app, edition)
    made = [
        Decided(article=one.article_id, kept=one.kept, rule=one.rule, value=one.value, carry=one.carry)
        for one, _ in decisions(app, edition)
    ]
    line = line_of(stored, outlook(app, edition))
    return Edition(**line.model_dump(), sections=sections_of(stored.edition), decisions=made)


@router.get("/{edition}/why/{article}", dependencies=scope(Right.READ))
def why(app: Installed, edition: EditionNumber, article: ArticleNumber) -> Why:
    """Say in one sentence why an article is or is not in an edition."""
    found = why_of(app, edition, article)
    return Why(
        article=found.article,
        decision=found.decision,
        rule=found.rule,
        value=found.value,
        text=found.text,
        terms=dict(found.terms),
    )


@router.post("/{edition}/approve", dependencies=scope(Right.APPROVE))
def approve(
    app: Installed, user: Person, edition: EditionNumber, wish: ApproveWish | None = None
) -> EditionLine:
    """Approve an edition as it renders now; once more changes nothing."""
    return _moved(app, acts.approve(app, edition, by=by(user), seen=wish.seen if wish else None))


@router.post("/{edition}/hold", dependencies=scope(Right.EDIT))
def hold(app: Installed, user: Person, edition: EditionNumber, wish: NoteWish | None = None) -> EditionLine:
    """Keep an edition from going out until somebody approves it."""
    return _moved(app, acts.hold(app, edition, by=by(user), note=wish.note if wish else None))


@router.post("/{edition}/release", dependencies=scope(Right.APPROVE))
def release(
    app: Installed, user: Person, edition: EditionNumber, wish: NoteWish | None = None
) -> EditionLine:
    """Let a held edition go on where it stood; one that was stopped on its way is approved or resumed."""
    return _moved(app, acts.release(app, edition, by=by(user), note=wish.note if wish else None))


@router.post("/{edition}/cancel", dependencies=scope(Right.APPROVE))
def cancel(app: Installed, user: Person, edition: EditionNumber, wish: NoteWish | None = None) -> EditionLine:
    """End an edition unsent; its articles are free for the next."""
    return _moved(app, acts.cancel(app, edition, by=by(user), note=wish.note if wish else None))


@router.post("/{edition}/test", dependencies=scope(Right.EDIT))
def send_to_me(app: Installed, user: Person, edition: EditionNumber) -> Tested:
    """Mail the edition to the token's person, and to nobody else; the books do not count it."""
    trial = send_test(app, edition, user.email, by=by(user))
    return Tested(
        edition=edition,
        email=user.email,
        state=trial.receipt.state,
        reply=trial.receipt.text,
        relay=trial.relay,
        passed_over=[str(one) for one in trial.passed],
    )


def _moved(app: App, stored: StoredEdition) -> EditionLine:
    return line_of(stored, outlook(app, stored.id))
