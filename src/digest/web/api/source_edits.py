"""What config/sources.yaml says of a source: read, judged with the difference, changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from digest.actions.content.source_edits import propose, read_entry, save_entry
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.file_shapes import Base, FileLine, FileVersion
from digest.web.api.shapes import Line, Shape, Wish, wish_like
from digest.web.api.sources import SourceName
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/sources/{source}/entry", tags=["sources"])

Said = Annotated[Line | None, Field(max_length=2_400)]


class Entry(Shape):
    """What the file says of a source."""

    source: str
    fields: dict[str, str] = Field(description="By key, as it would be typed; tags with commas between.")
    hash: str = Field(description="Of the whole file's text; `base` of a change.")
    versions: list[FileVersion] = Field(description="Of the whole file, the newest first; the last 100.")


class EntryFields(Wish):
    """Keys to change; those that are not there stay, and an empty text lets the default hold."""

    title: Said = Field(default=None, description="As people know it.")
    homepage: Said = Field(default=None, description="The site's address.")
    url: Said = Field(default=None, description="Where it is read.")
    kind: Said = Field(default=None, description="How articles are found at its address.", examples=["feed"])
    every: Said = Field(default=None, description="How often it is looked at.", examples=["30m"])
    full_text: Said = Field(default=None, description="auto, feed or page.")
    robots: Said = Field(default=None, description="Whether robots.txt counts.", examples=["true"])
    silent_after: Said = Field(default=None, description="Told when it brings nothing for so long.")
    tags: Said = Field(default=None, description="With commas between.", examples=["sea, ferry"])
    section: Said = Field(default=None, description="As articles without a tag of their own are led.")
    language: Said = Field(default=None, description="Of its articles.")
    weight: Said = Field(default=None, description="How much its articles count.", examples=["1.5"])

    model_config = wish_like(every="30m")

    @property
    def wanted(self) -> dict[str, str]:
        """Return the keys that are there."""
        return self.model_dump(exclude_none=True)


class EntryWish(Wish):
    """How a source is to be, and what was looked at."""

    fields: EntryFields = Field(description="Keys to change; the others stay.")
    base: Base
    note: Line | None = Field(default=None, description="What for; goes on record.")

    model_config = wish_like(
        fields={"every": "30m"},
        base="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        note="it is slow",
    )


class EntryCheck(Shape):
    """What a change would do to the file."""

    difference: list[FileLine] = Field(description="Empty when it says so already.")
    base: str


class EntrySaved(Shape):
    """What became of a change."""

    source: str
    changed: bool = Field(description="False: the file said so already.")
    hash: str


@router.get("", dependencies=scope(Right.OPERATE, over_all=True))
def show_source_entry(app: Installed, source: SourceName) -> Entry:
    """Show what the file says of a source."""
    found = read_entry(app, source)
    versions = [FileVersion.model_validate(one) for one in found.versions]
    return Entry(source=source, fields=dict(found.fields), hash=found.hash, versions=versions)


@router.post("/check", dependencies=scope(Right.OPERATE, over_all=True))
def check_source_entry(app: Installed, source: SourceName, wish: EntryFields) -> EntryCheck:
    """Judge a change and show the difference that it would make; nothing is saved."""
    found = propose(app, source, wish.wanted)
    return EntryCheck(difference=[FileLine.model_validate(one) for one in found.lines], base=found.base)


@router.put("", dependencies=scope(Right.OPERATE, over_all=True))
def change_source_entry(app: Installed, user: Person, source: SourceName, wish: EntryWish) -> EntrySaved:
    """Change keys of a source; comments and all else stay, and 409 when the file has changed since `base`."""
    note = wish.note or ""
    changed = save_entry(app, source, wish.fields.wanted, base=wish.base, by=by(user), note=note)
    return EntrySaved(source=source, changed=changed, hash=read_entry(app, source).hash)
