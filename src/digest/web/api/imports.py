"""Lists of subscribers in and out: a file is looked at first, then taken in with how far it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import Field

from digest.actions.app import App
from digest.actions.readers.exporting import export_csv
from digest.actions.readers.import_desk import Running, drop_import, go_on, keep_file, running_import
from digest.actions.readers.importing import Imported as Counted
from digest.errors import NotFound
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import DigestKey, Name, Shape
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/digests/{digest}", tags=["subscribers"])

ImportName = Annotated[str, Path(max_length=40, description="`name` of the import.")]
_CSV = {
    "description": "CSV (RFC 4180) with a head, safe in spreadsheets; it can be taken in again.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}


class RefusedLine(Shape):
    """A line that was refused."""

    line: int = Field(description="Of the file; 1 is the head.")
    email: str = Field(description="As written.")
    reason: str


class Counts(Shape):
    """What came, or would come, of a file."""

    new: int
    updated: int
    wrong: int = Field(description="Lines that are refused.")
    refused: list[RefusedLine] = Field(description="The first 500 of them.")


class Import(Shape):
    """A file of subscribers, and how far it is taken in."""

    name: str
    digest: str
    consent: str
    file: str = Field(description="As it is called where it came from.")
    lines: int = Field(description="Under the head, without empty ones.")
    per_mille: int = Field(description="How far it is, of a thousand.")
    foreseen: Counts = Field(description="What would come of it: the dry run.")
    done: Counts | None = Field(description="What has come of it; null before it is begun.")
    is_over: bool


class ImportDropped(Shape):
    """A file that is forgotten."""

    name: str
    dropped: bool


@router.post("/imports", dependencies=scope(Right.OPERATE))
def begin_import(
    app: Installed,
    user: Person,
    digest: DigestKey,
    file: Annotated[
        UploadFile, File(description="CSV, up to 200 MB: email, name, sections, zone, language.")
    ],
    consent: Annotated[Name, Form(description="Where all of them agreed, and when; goes on record.")],
) -> Import:
    """Keep a CSV file and tell what would come of it; nobody is taken in yet, and it waits for a day."""
    called = file.filename or ""
    return _import(keep_file(app, file.file, called, digest, consent=consent, by=by(user)))


@router.get("/imports/{name}", dependencies=scope(Right.OPERATE))
def show_import(app: Installed, user: Person, digest: DigestKey, name: ImportName) -> Import:
    """Show how far an import of one's own is, and what has come of it."""
    return _import(_own(app, name, digest, by(user)))


@router.post("/imports/{name}/go-on", dependencies=scope(Right.OPERATE))
def go_on_with_import(app: Installed, user: Person, digest: DigestKey, name: ImportName) -> Import:
    """Take in lines for a second or two; ask again until `is_over`, after a fault too: none counts twice."""
    _own(app, name, digest, by(user))
    return _import(go_on(app, name, by=by(user)))


@router.delete("/imports/{name}", dependencies=scope(Right.OPERATE))
def forget_import(app: Installed, user: Person, digest: DigestKey, name: ImportName) -> ImportDropped:
    """Forget a file that is not to be taken in, or no further."""
    _own(app, name, digest, by(user))
    drop_import(app, name, by=by(user))
    return ImportDropped(name=name, dropped=True)


@router.post(
    "/subscribers/export",
    dependencies=scope(Right.OPERATE),
    response_class=StreamingResponse,
    responses={200: _CSV},
)
def export_subscribers(app: Installed, user: Person, digest: DigestKey) -> StreamingResponse:
    """Give all who have chosen a digest as CSV, the ended ones too; that is on record."""
    fields = {"Content-Disposition": f'attachment; filename="{app.digest(digest).key}-readers.csv"'}
    pieces = export_csv(app, digest, by=by(user))
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=fields)


def _own(app: App, name: str, digest: str, who: str) -> Running:
    """Return an import of a person into the digest that the right was asked for over."""
    found = running_import(app, name, by=who)
    if found.digest != digest:
        raise NotFound("there is no such import", hint=f"it may be one into {found.digest}")
    return found


def _import(one: Running) -> Import:
    return Import(
        name=one.name,
        digest=one.digest,
        consent=one.consent,
        file=one.file,
        lines=one.lines,
        per_mille=one.per_mille,
        foreseen=_counts(one.foreseen),
        done=None if one.done is None else _counts(one.done),
        is_over=one.is_over,
    )


def _counts(one: Counted) -> Counts:
    return Counts(
        new=one.new,
        updated=one.updated,
        wrong=one.wrong,
        refused=[RefusedLine(line=line, email=email, reason=why) for line, email, why in one.refused],
    )
