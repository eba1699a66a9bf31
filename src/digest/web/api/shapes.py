"""What the API's messages have in common: shapes, pages, errors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Path, Query, Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from digest.actions.app import App
from digest.clock import aware
from digest.errors import DigestError
from digest.model.accounts import Right, User

MOST = 200  #: of a page
_GREATEST = 2**53  # numbers beyond are not the same in every program

Row = TypeVar("Row")
Shown = TypeVar("Shown")


class Shape(BaseModel):
    """Something that the API answers with."""

    model_config = ConfigDict(from_attributes=True)


class Wish(BaseModel):
    """Something that a program sends; what nobody knows is an error, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Problem(Shape):
    """What went wrong (RFC 9457), with the words of the commands' errors."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="The same as `error`.")
    error: str = Field(description="What is wrong.", examples=["no edition 7"])
    where: str | None = Field(description="The place: a field, a file, a key.")
    hint: str | None = Field(description="The way out.")


class Listed(Shape, Generic[Shown]):
    """A page of a list."""

    items: list[Shown]
    next: str | None = Field(description="The `cursor` of the next page; null on the last one.")


def _on_the_calendar(moment: datetime) -> datetime:
    """Refuse a moment that only its own zone has."""
    try:
        aware(moment)
    except OverflowError as error:
        raise ValueError("outside the calendar") from error
    return moment


Line = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Field(ge=1, le=_GREATEST)]
EditionNumber = Annotated[int, Path(ge=1, le=_GREATEST, description="The edition's number.")]
ArticleNumber = Annotated[int, Path(ge=1, le=_GREATEST, description="The article's number.")]
DigestKey = Annotated[str, Path(max_length=80, description="The digest's key.", examples=["daily"])]
Email = Annotated[str, Path(max_length=320, description="An address.", examples=["sam@example.org"])]
Moment = Annotated[AwareDatetime, AfterValidator(_on_the_calendar)]
Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many.")]
Cursor = Annotated[str | None, Query(max_length=600, description="`next` of the page before.")]


class NoteWish(Wish):
    """Why something is done."""

    note: Line | None = Field(
        default=None, description="Goes on record.", examples=["waiting for the verdict"]
    )

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"note": "waiting for the verdict"}]}
    )


def turned(
    request: Request, response: Response, rows: Sequence[Row], limit: int, key: Callable[[Row], object]
) -> tuple[Sequence[Row], str | None]:
    """Cut a page from what was read, and name the next one, in the header too (RFC 8288).

    Args:
        request: What asked.
        response: What is answered.
        rows: One more than the page holds, when there are more.
        limit: Of the page.
        key: Of a row, for the page that begins behind it.

    Returns:
        The page's rows, and the cursor of the next page.
    """
    page = rows[:limit]
    if len(rows) <= limit:
        return page, None
    return page, behind(request, response, key(page[-1]))


def behind(request: Request, response: Response, key: object) -> str:
    """Name the page that begins behind a row, in the header too, and return its cursor."""
    cursor = base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")
    response.headers["Link"] = f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'
    return cursor


def key_in(cursor: str | None) -> str | None:
    """Read what a cursor names.

    Raises:
        DigestError: It is none of ours.
    """
    if cursor is None:
        return None
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise _no_cursor() from error


def number_in(cursor: str | None) -> int | None:
    """Read the number that a cursor names.

    Raises:
        DigestError: It is none of ours.
    """
    named = key_in(cursor)
    if named is None:
        return None
    if not (named.isascii() and named.isdecimal()) or len(named) > 15:
        raise _no_cursor()
    return int(named)


def readable(app: App, user: User) -> Collection[str] | None:
    """Return the digests that somebody may look at; None is all, also those whose files are gone."""
    return None if user.may(Right.READ, None) else {key for key in app.digests if user.may(Right.READ, key)}


def wish_like(**fields: JsonValue) -> ConfigDict:
    """Return the settings of a wish that is shown by an example."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [fields]})


def _no_cursor() -> DigestError:
    return DigestError(
        "that cursor is none of ours", where="cursor", hint="take `next` of the page before as it is"
    )
