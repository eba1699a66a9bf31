"""Digests' files: read, judge, compare, save, and bring back what they said before."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from digest.actions.home import digest_files as acts
from digest.actions.home.differences import DiffLine, difference
from digest.actions.upkeep.starting import begin_digest
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.file_shapes import (
    BeginWish,
    FileFault,
    FileLine,
    FileVersion,
    RestoreWish,
    SaveWish,
    TextWish,
    ValueWish,
)
from digest.web.api.shapes import DigestKey, Listed, Shape
from digest.web.frame import Installed, zone_of
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/digests", tags=["files"])

VersionNumber = Annotated[int, Path(ge=1, le=2**53, description="Its number, as `versions` lists it.")]


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
