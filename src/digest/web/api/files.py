"""Digests' files: read, judge, compare, save, and bring back what they said before."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import Field, StringConstraints

from digest.actions import digest_files as acts
from digest.actions.differences import DiffLine, difference
from digest.actions.starting import Start, begin_digest
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import DigestKey, Line, Listed, Shape, Wish, wish_like
from digest.web.frame import Installed, zone_of
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/digests", tags=["files"])

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
VersionNumber = Annotated[int, Path(ge=1, le=2**53, description="Its number, as `versions` lists it.")]


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


class DigestFile(Shape):
    """A digest's file as it stands."""

    digest: str
    file: str = Field(examples=["config/digests/daily.yaml"])
    hash: str = Field(description="Names the text; `base` of a change.")
    text: str
    changed_at: datetime
    faults: list[FileFault]


class Checked(Shape):
    """What a text would be as a digest's file."""

    faults: list[FileFault] = Field(description="None: it can be saved.")
    difference: list[FileLine] = Field(description="Against the file as it is; empty when it says the same.")
    base: str = Field(description="`hash` of the file that it was compared with.")


class FileVersion(Shape):
    """What a file said at some time, without the text."""

    id: int = Field(description="Its number.")
    at: datetime
    by: str | None = Field(description="Null: somebody wrote into the file itself.")
    hash: str
    note: str | None


class OldFile(FileVersion):
    """What a file said at some time, and how that differs from what it says now."""

    text: str
    difference: list[FileLine] = Field(description="What going back to it would cut and add.")


class Saved(Shape):
    """What became of a wish for a file."""

    digest: str
    changed: bool = Field(description="False: it said so already.")
    hash: str


class Begun(Shape):
    """A digest that was begun."""

    digest: str = Field(description="Its key, made of its title.")


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


class BeginWish(Wish):
    """Which digest to begin."""

    start: Start = Field(description="Which text it begins with.")
    title: Annotated[Line, Field(max_length=80)] = ""

    model_config = wish_like(start="daily", title="Harbour Brief")


@router.post("", dependencies=scope(Right.OPERATE, over_all=True))
def begin_new_digest(app: Installed, user: Person, wish: BeginWish) -> Begun:
    """Begin a digest with a text that works as it stands; its file is then changed as any."""
    key = begin_digest(app, wish.start, title=wish.title, zone=zone_of(app, user), by=by(user))
    return Begun(digest=key)


@router.get("/{digest}/file", dependencies=scope(Right.READ))
def show_file(app: Installed, digest: DigestKey) -> DigestFile:
    """Show a digest's file as it stands, with its faults."""
    found = acts.read_file(app, digest)
    return DigestFile(
        digest=digest,
        file=found.name,
        hash=found.hash,
        text=found.text,
        changed_at=found.changed_at,
        faults=_faults(found.checked),
    )


@router.post("/{digest}/file/check", dependencies=scope(Right.OPERATE))
def check_file(app: Installed, digest: DigestKey, wish: TextWish) -> Checked:
    """Judge a text as if it stood in the file, and compare it with what stands there; nothing is saved."""
    present = acts.read_file(app, digest)
    checked = acts.check_text(app, digest, wish.text)
    lines = _lines(difference(present.text, wish.text))
    return Checked(faults=_faults(checked), difference=lines, base=present.hash)


@router.put("/{digest}/file", dependencies=scope(Right.OPERATE))
def save_file(app: Installed, user: Person, digest: DigestKey, wish: SaveWish) -> Saved:
    """Save a text without faults; 409 when somebody has changed the file since `base`."""
    acts.read_file(app, digest)  # a new one is begun, not saved
    changed = acts.save(app, digest, wish.text, base=wish.base, by=by(user), note=wish.note)
    return _saved(app, digest, changed=changed)


@router.post("/{digest}/file/value", dependencies=scope(Right.OPERATE))
def set_file_value(app: Installed, user: Person, digest: DigestKey, wish: ValueWish) -> Saved:
    """Change one value of the file; comments and all else stay."""
    text = acts.set_value(acts.read_file(app, digest).text, wish.key, wish.value)
    note = wish.note or f"{wish.key}: {wish.value}"
    changed = acts.save(app, digest, text, base=wish.base, by=by(user), note=note)
    return _saved(app, digest, changed=changed)


@router.get("/{digest}/file/versions", dependencies=scope(Right.READ))
def list_file_versions(app: Installed, digest: DigestKey) -> Listed[FileVersion]:
    """List what the file said before, the newest first; the last 100."""
    found = acts.read_file(app, digest).versions
    return Listed(items=[FileVersion.model_validate(one) for one in found], next=None)


@router.get("/{digest}/file/versions/{number}", dependencies=scope(Right.READ))
def show_file_version(app: Installed, digest: DigestKey, number: VersionNumber) -> OldFile:
    """Show what the file said in one version, and how that differs from what it says now."""
    old, now = acts.version_of(app, digest, number), acts.read_file(app, digest)
    line = FileVersion.model_validate(old)
    return OldFile(**line.model_dump(), text=old.text, difference=_lines(difference(now.text, old.text)))


@router.post("/{digest}/file/versions/{number}/restore", dependencies=scope(Right.OPERATE))
def restore_file_version(
    app: Installed, user: Person, digest: DigestKey, number: VersionNumber, wish: RestoreWish
) -> Saved:
    """Let the file say again what it said; that is a new version, and none is lost."""
    acts.read_file(app, digest)
    changed = acts.restore(app, digest, number, base=wish.base, by=by(user))
    return _saved(app, digest, changed=changed)


def _saved(app: Installed, digest: str, *, changed: bool) -> Saved:
    return Saved(digest=digest, changed=changed, hash=acts.read_file(app, digest).hash)


def _lines(found: tuple[DiffLine, ...]) -> list[FileLine]:
    return [FileLine.model_validate(one) for one in found]


def _faults(checked: acts.Checked) -> list[FileFault]:
    return [
        FileFault(
            line=one.spot.line if one.spot else None,
            column=one.spot.column if one.spot else None,
            key=one.fault.key,
            expected=one.fault.expected,
            found=one.fault.found,
            hint=one.fault.hint,
            fix=one.fix,
        )
        for one in checked.faults
    ]
