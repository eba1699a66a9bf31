"""Rehearse and compare: what a digest's file, and a changed text, would have made of the last days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import Field

from digest.actions.home.digest_files import read_file
from digest.actions.making.comparing import MOST_DAYS, Comparisons
from digest.actions.making.comparing import Compared as FoundRow
from digest.actions.making.comparing import Comparison as Found
from digest.actions.making.comparing import Side as FoundSide
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.file_shapes import FileText
from digest.web.api.shapes import DigestKey, Shape, Wish, wish_like
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/digests/{digest}/comparisons", tags=["files"])

RunName = Annotated[str, Path(max_length=40, description="`run` of the comparison.")]


class CompareWish(Wish):
    """What to compare with the file in force, and over how many days."""

    text: FileText | None = Field(
        default=None, description="The changed file, whole; null rehearses the file in force alone."
    )
    days: int = Field(default=7, ge=1, le=MOST_DAYS, description="They end yesterday.")

    model_config = wish_like(days=7)


class ComparedSection(Shape):
    """A section with how many items it would have had."""

    title: str
    items: int


class Side(Shape):
    """What one text makes of a slot."""

    outcome: Literal["edition", "skipped", "off"]
    titles: list[str] = Field(description="Of its items, in their order.")
    sections: list[ComparedSection]
    sources: int = Field(description="How many its items come from.")
    html_bytes: int


class Row(Shape):
    """One slot under both texts."""

    due: datetime
    before: Side | None = Field(description="Under the file in force; null: it has no such slot.")
    after: Side | None = Field(description="Under the changed text.")
    comes_in: list[str]
    goes_out: list[str]


class Comparison(Shape):
    """A comparison, while it runs and after it."""

    run: str = Field(description="Its name, for an hour and in the process that began it.")
    digest: str
    by: str
    first: date
    last: date
    began_at: datetime
    base: str = Field(description="`hash` of the file in force when it began.")
    state: Literal["running", "done", "stopped", "failed"]
    problem: str | None = Field(description="Why it failed.")
    rows: list[Row] = Field(description="By slot, the oldest first; they grow while it runs.")


@router.post("", dependencies=scope(Right.OPERATE))
def begin_comparison(
    request: Request, app: Installed, user: Person, digest: DigestKey, wish: CompareWish | None = None
) -> Comparison:
    """Begin to compare a text with the file in force; one at a time, and nothing is stored or sent."""
    asked = wish or CompareWish()
    text = read_file(app, digest).text if asked.text is None else asked.text
    return _shown(_known(request).begin(app, digest, text, days=asked.days, by=by(user)))


@router.get("/{run}", dependencies=scope(Right.OPERATE))
def show_comparison(request: Request, digest: DigestKey, run: RunName) -> Comparison:
    """Show how far a comparison is and what it has found."""
    return _shown(_known(request).get(digest, run))


@router.delete("/{run}", dependencies=scope(Right.OPERATE))
def stop_comparison(request: Request, digest: DigestKey, run: RunName) -> Comparison:
    """Stop a comparison after the day that is in hand; what it has found stays."""
    found = _known(request).get(digest, run)
    found.stop.set()
    return _shown(found)


def _known(request: Request) -> Comparisons:
    found: Comparisons = request.app.state.comparisons
    return found


def _shown(found: Found) -> Comparison:
    return Comparison(
        run=found.name,
        digest=found.digest,
        by=found.by,
        first=found.first,
        last=found.last,
        began_at=found.began_at,
        base=found.base,
        state=found.state,
        problem=found.problem,
        rows=[_row(one) for one in tuple(found.rows)],
    )


def _row(one: FoundRow) -> Row:
    return Row(
        due=one.due,
        before=_side(one.before),
        after=_side(one.after),
        comes_in=list(one.comes_in),
        goes_out=list(one.goes_out),
    )


def _side(one: FoundSide | None) -> Side | None:
    if one is None:
        return None
    return Side(
        outcome=one.outcome,
        titles=list(one.items.values()),
        sections=[ComparedSection(title=title, items=count) for title, count in one.sections],
        sources=one.sources,
        html_bytes=one.html_bytes,
    )
