"""config/sources.yaml as a whole: what it says, what it said before, and going back to that."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from digest.actions.content.source_file import old_sources, read_sources_file, restore_sources
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.file_shapes import FileLine, FileVersion, RestoreWish
from digest.web.api.files import VersionNumber
from digest.web.api.shapes import Shape
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/sources.yaml", tags=["sources"])


class WholeSources(Shape):
    """The file as it stands."""

    hash: str = Field(description="Names the text; `base` of going back.")
    text: str
    versions: list[FileVersion] = Field(description="What it said before, the newest first; the last 100.")


class OldSources(FileVersion):
    """What the file said at some time, and how that differs from what it says now."""

    text: str
    difference: list[FileLine] = Field(description="What going back to it would cut and add.")
    base: str = Field(description="`hash` of the file that it was compared with.")


class SourcesSaved(Shape):
    """What became of going back."""

    changed: bool = Field(description="False: it said so already.")
    hash: str


@router.get("", dependencies=scope(Right.OPERATE, over_all=True))
def show_sources_file(app: Installed) -> WholeSources:
    """Show the file that lists the sources, and its versions."""
    found = read_sources_file(app)
    versions = [FileVersion.model_validate(one) for one in found.versions]
    return WholeSources(hash=found.hash, text=found.text, versions=versions)


@router.get("/versions/{number}", dependencies=scope(Right.OPERATE, over_all=True))
def show_sources_version(app: Installed, number: VersionNumber) -> OldSources:
    """Show what the file of the sources said in one version, and how that differs from what it says now."""
    found = old_sources(app, number)
    line = FileVersion.model_validate(found.version).model_dump()
    difference = [FileLine.model_validate(one) for one in found.lines]
    return OldSources(**line, text=found.version.text, difference=difference, base=found.base)


@router.post("/versions/{number}/restore", dependencies=scope(Right.OPERATE, over_all=True))
def restore_sources_version(
    app: Installed, user: Person, number: VersionNumber, wish: RestoreWish
) -> SourcesSaved:
    """Let the file of the sources say again what it said; that is a new version, and none is lost."""
    changed = restore_sources(app, number, base=wish.base, by=by(user))
    return SourcesSaved(changed=changed, hash=read_sources_file(app).hash)
