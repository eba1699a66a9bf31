"""What the file says of a source, changed at the desk: a form, the difference, saving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from digest.actions.app import App
from digest.actions.content.source_edits import Proposed, propose, read_entry, save_entry
from digest.errors import DigestError, Fault, Refused, SettingsError
from digest.model import SourceKind
from digest.model.accounts import Right
from digest.web.frame import Installed, done, show
from digest.web.guard import Person, by, needs_over_all

router = APIRouter(include_in_schema=False, prefix="/sources/{name}/edit")


class Written(BaseModel):
    """What the form sends; the bounds of the file itself are told at the field."""

    title: str = Field(default="", max_length=400)
    homepage: str = Field(default="", max_length=2_400)
    url: str = Field(default="", max_length=2_400)
    kind: str = Field(default="auto", max_length=40)
    every: str = Field(default="auto", max_length=40)
    full_text: str = Field(default="auto", max_length=40)
    robots: str = Field(default="true", max_length=10)
    silent_after: str = Field(default="auto", max_length=40)
    tags: str = Field(default="", max_length=2_000)
    section: str = Field(default="", max_length=400)
    language: str = Field(default="", max_length=100)
    weight: str = Field(default="1", max_length=40)
    shown: str = Field(default="", max_length=64)  #: hash of the text whose difference was shown
    note: str = Field(default="", max_length=200)  #: what it is for
    do: Literal["show", "save"] = "show"

    @property
    def fields(self) -> dict[str, str]:
        """What the source is to say."""
        return {key: str(value) for key, value in self if key not in {"shown", "note", "do"}}


@router.get("", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def form(request: Request, app: Installed, name: str) -> HTMLResponse:
    """Show the form, and the versions of the file."""
    return _page(request, app, name)


@router.post("", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def write(
    request: Request, app: Installed, user: Person, name: str, written: Annotated[Written, Form()]
) -> Response:
    """Show the difference that a change would make, or save it: only what was shown."""
    try:
        proposed = propose(app, name, written.fields)
        if written.do == "show":
            return _page(request, app, name, written, proposed=proposed)
        if written.shown != proposed.hash:
            raise Refused("the form or the file has changed since you saw the difference")
        is_new = save_entry(app, name, written.fields, base=proposed.base, by=by(user), note=written.note)
    except SettingsError as error:
        return _page(request, app, name, written, problem=error, status=422)
    except Refused as error:
        now = propose(app, name, written.fields)
        return _page(request, app, name, written, proposed=now, problem=error, status=409)
    return done(f"/sources/{name}", "Saved. It’s in force from now on." if is_new else "The file says that.")


def _page(
    request: Request,
    app: App,
    name: str,
    written: Written | None = None,
    *,
    proposed: Proposed | None = None,
    problem: DigestError | None = None,
    status: int = 200,
) -> HTMLResponse:
    entry = read_entry(app, name)
    faults = problem.faults if isinstance(problem, SettingsError) else ()
    return show(
        request,
        "source_edit.html",
        status=status,
        entry=entry,
        fields=written.fields if written else entry.fields,
        note=written.note if written else "",
        proposed=proposed,
        problem=problem,
        faults=_by_field(faults),
        kinds=[
            (kind.value, "Whatever is there" if kind is SourceKind.AUTO else kind.value)
            for kind in SourceKind
        ],
    )


def _by_field(faults: tuple[Fault, ...]) -> Mapping[str, Fault]:
    """Return the faults by the key of the source that each is about; '' for one about no key."""
    keys = [(fault.key or "").split(".") for fault in faults]
    return {
        key[2] if len(key) > 2 else "": fault  # sources.POSITION.KEY
        for key, fault in zip(reversed(keys), reversed(faults), strict=True)
    }
