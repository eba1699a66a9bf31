"""A digest's file at the desk: reading and writing it, its faults on their lines, and what it said before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from digest.actions.app import App
from digest.actions.differences import DiffLine, difference
from digest.actions.digest_files import (
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
from digest.model.accounts import Right
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

Text = Annotated[str, Form(max_length=TEXT_CHARS)]
Base = Annotated[str, Form(max_length=64)]
Note = Annotated[str, Form(max_length=200)]


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
def write(  # why: FastAPI reads the fields of the form from the arguments
    request: Request,
    app: Installed,
    user: Person,
    digest: str,
    text: Text = "",
    base: Base = "",
    note: Note = "",
    do: Annotated[str, Form(max_length=20)] = "check",
    key: Annotated[str, Form(max_length=80)] = "",
    value: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take what was written: judge it, mend a fault, put a value in, show the difference, or save it."""
    text = text.replace("\r\n", "\n")
    if do == "write":
        return _page(request, app, digest, mode="write", text=text, base=base)
    if do.startswith("fix-") and do[4:].isdecimal():
        text = _fixed(app, digest, text, int(do[4:]))
    elif do == "set":
        try:
            text = set_value(text, key, value)
        except Refused as error:
            return _page(request, app, digest, text=text, base=base, problem=error, status=422)
    elif do == "save" and not check_text(app, digest, text).faults:
        return _saved(request, app, user.email, digest, (text, base, note))
    return _page(request, app, digest, text=text, base=base, is_save=do == "save")


@router.post("/digests/{digest}/file/restore", dependencies=[Depends(needs(Right.OPERATE))])
def bring_back(
    app: Installed,
    user: Person,
    digest: str,
    number: Annotated[int, Form(ge=1, le=2**53)],
    base: Base = "",
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


def _saved(request: Request, app: App, by: str, digest: str, form: tuple[str, str, str]) -> Response:
    text, base, note = form
    try:
        is_new = save(app, digest, text, base=base, by=by, note=note)
    except Refused as error:  # somebody was quicker
        now = read_file(app, digest).hash
        return _page(request, app, digest, text=text, base=now, problem=error, status=409)
    return done(
        f"/digests/{digest}/file", "Saved. It is in force from now on." if is_new else "It says that already."
    )


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
    *,
    mode: Literal["read", "write"] = "read",
    text: str | None = None,
    base: str = "",
    is_save: bool = False,
    problem: DigestError | None = None,
    status: int = 200,
) -> HTMLResponse:
    file = read_file(app, digest)
    draft = None
    if text is not None and (text != file.text or mode == "write"):
        draft = Draft(
            text=text,
            base=base or file.hash,
            checked=check_text(app, digest, text),
            lines=difference(file.text, text),
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
