"""A digest's file at the desk: reading and writing it, its faults on their lines, and what it said before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, StringConstraints

from digest.actions.app import App
from digest.actions.home.differences import DiffLine, difference
from digest.actions.home.digest_files import (
    Checked,
    DigestFile,
    check_text,
    mended,
    read_file,
    restore,
    save,
    set_value,
    version_of,
)
from digest.errors import DigestError, Refused
from digest.model.accounts import Right, User
from digest.web.filepanes import elsewhere, pane, plain_words
from digest.web.frame import Installed, done, show
from digest.web.guard import Person, by, needs

router = APIRouter(include_in_schema=False)

TEXT_CHARS = 210_000  #: a little more than a file may have, so that the file's own bound speaks
#: What the small form beside the file changes; all else is changed in the text.
VALUES = (
    ("selection.at_most", "Items at most"),
    ("selection.at_least", "Items at least"),
    ("selection.per_source", "Items of one source at most"),
    ("selection.window", "How far back it looks"),
    ("review.mode", "Review: none, window or required"),
    ("review.minutes", "Minutes for the review"),
    ("theme", "Theme"),
)

Do = Annotated[str, StringConstraints(pattern=r"^(check|save|write|set|fix-[0-9]{1,3})$")]


class Written(BaseModel):
    """What the form of the page sends."""

    text: str = Field(default="", max_length=TEXT_CHARS)
    base: str = Field(default="", max_length=64)  #: hash of the file's text when it was opened
    note: str = Field(default="", max_length=200)  #: what it is for
    do: Do = "check"
    key: str = Field(default="", max_length=80)  #: of one value to change
    value: str = Field(default="", max_length=200)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody has written and not saved."""

    text: str
    base: str  #: hash of the file's text when it was opened
    checked: Checked
    lines: tuple[DiffLine, ...]  #: against the file as it is

    @property
    def changed(self) -> int:
        """How many lines go or come."""
        return sum(line.kind in {"cut", "add"} for line in self.lines)


@router.get("/digests/{digest}/file", dependencies=[Depends(needs(Right.READ))])
def read(
    request: Request, app: Installed, digest: str, mode: Literal["read", "write"] = "read"
) -> HTMLResponse:
    """Show the file as it stands, to read or to write in."""
    return _page(request, app, digest, mode=mode)


@router.post("/digests/{digest}/file", dependencies=[Depends(needs(Right.OPERATE))])
def write(
    request: Request, app: Installed, user: Person, digest: str, form: Annotated[Written, Form()]
) -> Response:
    """Take what was written: judge it, mend a fault, put a value in, show the difference, or save it."""
    form = form.model_copy(update={"text": form.text.replace("\r\n", "\n")})
    if form.do == "write":
        return _page(request, app, digest, form, mode="write")
    if form.do == "save" and not check_text(app, digest, form.text).faults:
        return _saved(request, app, user, digest, form)
    try:
        if form.do == "set":
            form = form.model_copy(update={"text": set_value(form.text, form.key, form.value)})
    except Refused as error:
        return _page(request, app, digest, form, problem=error, status=422)
    if form.do.startswith("fix-"):
        form = form.model_copy(update={"text": _fixed(app, digest, form.text, int(form.do[4:]))})
    return _page(request, app, digest, form)


@router.post("/digests/{digest}/file/restore", dependencies=[Depends(needs(Right.OPERATE))])
def bring_back(
    app: Installed,
    user: Person,
    digest: str,
    number: Annotated[int, Form(ge=1, le=2**53)],
    base: Annotated[str, Form(max_length=64)] = "",
) -> RedirectResponse:
    """Let the file say again what it said."""
    is_new = restore(app, digest, number, base=base, by=by(user))
    said = f"The file says again what version {number} said." if is_new else "It says that already."
    return done(f"/digests/{digest}/file", said)


@router.get("/digests/{digest}/file/{number}", dependencies=[Depends(needs(Right.READ))])
def old_version(
    request: Request, app: Installed, digest: str, number: Annotated[int, Path(ge=1, le=2**53)]
) -> HTMLResponse:
    """Show what the file said in a version, and how that differs from what it says now."""
    old, now = version_of(app, digest, number), read_file(app, digest)
    return show(
        request,
        "digest_version.html",
        file=now,
        title=_title(app, now),
        old=old,
        lines=pane(old.text),
        difference=difference(now.text, old.text),
    )


def _saved(request: Request, app: App, user: User, digest: str, form: Written) -> Response:
    try:
        is_new = save(app, digest, form.text, base=form.base, by=by(user), note=form.note)
    except Refused as error:  # somebody was quicker
        now = form.model_copy(update={"base": read_file(app, digest).hash})
        return _page(request, app, digest, now, problem=error, status=409)
    said = "Saved. It is in force from now on." if is_new else "It says that already."
    return done(f"/digests/{digest}/file", said)


def _fixed(app: App, digest: str, text: str, number: int) -> str:
    faults = check_text(app, digest, text).faults
    if number >= len(faults):
        return text
    try:
        return mended(text, faults[number])
    except Refused:
        return text  # it was mended meanwhile, or has no plain way out: the page shows what is left


def _page(  # why: one page in several states
    request: Request,
    app: App,
    digest: str,
    form: Written | None = None,
    *,
    mode: Literal["read", "write"] = "read",
    problem: DigestError | None = None,
    status: int = 200,
) -> HTMLResponse:
    file = read_file(app, digest)
    is_save = form is not None and form.do == "save"
    draft = None
    if form is not None and (form.text != file.text or mode == "write"):
        draft = Draft(
            text=form.text,
            base=form.base or file.hash,
            checked=check_text(app, digest, form.text),
            lines=difference(file.text, form.text),
        )
    checked = draft.checked if draft else file.checked
    return show(
        request,
        "digest_file.html",
        status=422 if is_save and checked.faults else status,
        file=file,
        title=_title(app, file),
        mode=mode,
        draft=draft,
        is_save=is_save,
        note=form.note if form else "",
        problem=problem,
        checked=checked,
        lines=pane(draft.text if draft else file.text, checked.faults),
        elsewhere=elsewhere(checked.faults),
        words=plain_words(checked.digest) if checked.digest else (),
        values=VALUES,
    )


def _title(app: App, file: DigestFile) -> str:
    """Name the digest, also while its file has faults."""
    known = file.checked.digest or app.digests.get(file.key)
    return known.title if known else file.key
