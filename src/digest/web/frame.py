"""What every page stands in: who looks at it, where they can go, in which light, and what was just done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.app import App
from digest.actions.staff.accounts import users
from digest.model.accounts import Right, User
from digest.paths import template_folders
from digest.web.packing import page
from digest.web.templates import pages_of

LOOKS = ("auto", "light", "dark")
_SAID = "said"  #: the cookie that carries a word from a deed to the page that follows


@dataclass(frozen=True, kw_only=True)
class Way:
    """One place of the navigation."""

    title: str
    path: str
    icon: str
    right: Right  #: who has it anywhere sees the way
    is_over_all: bool = False  #: it takes the right over the installation itself
    is_main: bool = True  #: in the bar at the top; the others are on the page More

    def is_open_to(self, user: User) -> bool:
        """Tell whether somebody may go there."""
        return user.may(self.right, None) if self.is_over_all else user.may_anywhere(self.right)


WAYS = (
    Way(title="Today", path="/", icon="today", right=Right.READ),
    Way(title="Desk", path="/desk", icon="desk", right=Right.READ),
    Way(title="Sending", path="/sending", icon="send", right=Right.READ),
    Way(title="Schedules", path="/schedules", icon="clock", right=Right.READ),
    Way(title="Sources", path="/sources", icon="feed", right=Right.READ),
    Way(title="Readers", path="/readers", icon="person", right=Right.OPERATE),
    Way(title="Sent editions", path="/sent", icon="drawer", right=Right.READ, is_main=False),
    Way(title="Relays", path="/relays", icon="mail", right=Right.OPERATE, is_over_all=True, is_main=False),
    Way(
        title="Webhooks",
        path="/webhooks",
        icon="out",
        right=Right.OPERATE,
        is_over_all=True,
        is_main=False,
    ),
    Way(
        title="The machine room",
        path="/machine",
        icon="info",
        right=Right.OPERATE,
        is_over_all=True,
        is_main=False,
    ),
    Way(title="People at the desk", path="/users", icon="person", right=Right.ADMIN, is_main=False),
    Way(title="On record", path="/audit", icon="text", right=Right.OPERATE, is_main=False),
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was just done, to be told once."""

    text: str
    undo: str | None = None  #: the path that takes it back by a POST; None: nothing does


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a page needs besides its own values."""

    user: User | None  #: None: nobody is signed in
    zone: str  #: of who looks
    now: datetime
    look: str  #: one of LOOKS
    house: str  #: whose desk it is
    path: str  #: of this page
    token: str  #: what forms carry; '' when nobody is signed in
    said: Said | None
    ways: tuple[Way, ...]
    names: Mapping[str, str]  #: of the people at the desk, by their addresses

    def name_of(self, by: str) -> str:
        """Return the name of who did something, as records have it; an unknown one stays as it is."""
        return "You" if self.user is not None and by == self.user.email else self.names.get(by, by)

    def is_here(self, way: Way) -> bool:
        """Tell whether a page belongs to a place of the navigation."""
        return self.path == way.path or (way.path != "/" and self.path.startswith(f"{way.path}/"))

    def may(self, right: str, digest: str | None = None) -> bool:
        """Tell whether who looks has a right over a digest, or over any with None."""
        if self.user is None:
            return False
        wanted = Right(right)
        return self.user.may(wanted, digest) if digest else self.user.may_anywhere(wanted)

    def may_over_all(self, right: str) -> bool:
        """Tell whether who looks has a right over the installation itself."""
        return self.user is not None and self.user.may(Right(right), None)


def installed(request: Request) -> App:
    """Return the installation under the settings in force."""
    found = request.app.state.current()
    assert isinstance(found, App)  # noqa: S101  # why: Starlette's state is untyped
    return found


Installed = Annotated[App, Depends(installed)]


def frame_of(request: Request, app: App) -> Frame:
    """Put together what a page needs besides its own values; once a request."""
    made: Frame | None = getattr(request.state, "frame", None)
    if made is None:
        made = request.state.frame = _frame(request, app)
    return made


def _frame(request: Request, app: App) -> Frame:
    user: User | None = getattr(request.state, "user", None)
    return Frame(
        user=user,
        zone=zone_of(app, user),
        now=app.clock(),
        look=look_of(request),
        house=app.system.web.house or urlsplit(app.system.site.base_url).hostname or "",
        path=request.url.path,
        token=getattr(request.state, "form_token", ""),
        said=_said(request),
        ways=tuple(way for way in WAYS if user is not None and way.is_open_to(user)),
        names={one.email: one.name for one in users(app)} if user is not None else {},
    )


def zone_of(app: App, user: User | None) -> str:
    """Return the zone that moments are shown in: the reader's own, else the first digest's, else UTC."""
    if user is not None and user.zone:
        return user.zone
    return next((digest.zone for digest in app.digests.values()), "UTC")


def show(request: Request, name: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Answer with a page of templates/web.

    Args:
        request: What asked for it.
        name: The template.
        status: Of the answer.
        values: What the template names besides `frame` and `app`'s settings.

    Raises:
        TemplateError: The template is missing or wrong.
    """
    app = installed(request)
    frame = frame_of(request, app)
    pages = pages_of(template_folders(app.home.root))
    answer = page(request, pages.fill(name, {"frame": frame, **values}), status)
    if frame.said is not None:
        answer.delete_cookie(_SAID)
    return answer


def done(to: str, said: str = "", *, undo: str | None = None) -> RedirectResponse:
    """Send the browser on after a deed, by GET, with a word to tell there once.

    Args:
        to: A path of ours.
        said: What was done, for the toast; '' says nothing.
        undo: The path that takes it back by a POST.
    """
    answer = RedirectResponse(to, 303)
    if said:
        written = quote(json.dumps([said[:300], undo]))
        answer.set_cookie(_SAID, written, max_age=60, httponly=True, samesite="lax")
    return answer


def own_path(wanted: str | None, otherwise: str = "/") -> str:
    """Return a path to go on to; anything that could lead to another host gives `otherwise`."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or len(wanted) > 1_000:
        return otherwise
    parts = urlsplit(wanted)
    safe = not parts.scheme and not parts.netloc and "\\" not in wanted and wanted.isprintable()
    return wanted if safe else otherwise


def look_of(request: Request) -> str:
    """Return the light that who looks has chosen, one of LOOKS."""
    found = request.cookies.get("look", "auto")
    return found if found in LOOKS else "auto"


def _said(request: Request) -> Said | None:
    written = request.cookies.get(_SAID)
    if not written or len(written) > 2_000:
        return None
    try:
        text, undo = json.loads(unquote(written))
        str(text).encode()  # half a pair of UTF-16 can be written in JSON, and on no page
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(text, str) or not isinstance(undo, str | None):
        return None
    return Said(text=text, undo=own_path(undo, "") or None)
