"""Digests' files as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from digest.actions.upkeep.starting import Start
from digest.web.api.shapes import Line, Shape, Wish, wish_like

#: A little more than a file may have, so that the file's own bound speaks.
FileText = Annotated[
    str,
    StringConstraints(max_length=210_000, pattern=r"^[^\x00]*$"),
    Field(description="Of the whole file, comments too."),
]
Base = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Field(description="`hash` of the text that was looked at."),
]


class FileFault(Shape):
    """One thing wrong in a text."""

    line: int | None = Field(description="1 is first; null: it is about no line.")
    column: int | None
    key: str = Field(examples=["sections.0.tags"])
    expected: str
    found: str
    hint: str | None
    fix: str | None = Field(description="What would mend it if it stood there instead; null: not plain.")


class FileLine(Shape):
    """One line of a difference."""

    kind: Literal["same", "cut", "add", "gap"] = Field(description="A gap stands for lines not shown.")
    text: str
    number: int = Field(description="Of the line; of a gap how many are left out.")


class FileVersion(Shape):
    """What a file said at some time, without the text."""

    id: int = Field(description="Its number.")
    at: datetime
    by: str | None = Field(description="Null: somebody wrote into the file itself.")
    hash: str
    note: str | None


class TextWish(Wish):
    """A text that is to be a digest's file."""

    text: FileText

    model_config = wish_like(text="title: Daily Brief\nfrom: Daily Brief <daily@example.org>\n")


class SaveWish(TextWish):
    """A text to save as a digest's file."""

    base: Base
    note: Line | None = Field(default=None, description="What for; goes on record.")

    model_config = wish_like(
        text="title: Daily Brief\n",
        base="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        note="less sport",
    )


class ValueWish(Wish):
    """One value of a file."""

    key: Annotated[Line, Field(max_length=200, description="Dotted, list positions from 0.")]
    value: Annotated[Line, Field(description="As it would stand in the file.")]
    base: Base
    note: Line | None = Field(default=None, description="What for; goes on record.")

    model_config = wish_like(
        key="selection.at_most",
        value="12",
        base="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )


class RestoreWish(Wish):
    """What was looked at before an old version comes back."""

    base: Base

    model_config = wish_like(base="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")


class BeginWish(Wish):
    """Which digest to begin."""

    start: Start = Field(description="Which text it begins with.")
    title: Annotated[Line, Field(max_length=80)] = Field(
        default="", description="Its key is made of it; empty takes one that fits the text."
    )

    model_config = wish_like(start="daily", title="Harbour Brief")
