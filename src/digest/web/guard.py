"""Who may use a route. Every route names one of these; a test walks the router and finds those that do not.

`anyone` and `open_to_all` are the public ones. The difference is where a form may come from: with `anyone`
only from our own pages; with `open_to_all` from anywhere, for links and forms whose address is the
permission itself.

Below /api/ programs show a token with each request (RFC 6750) and cookies mean nothing, so that no page of
another site can use them.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from digest.actions.app import App
from digest.actions.staff.programs import user_of_token
from digest.actions.staff.signing_in import user_of_session
from digest.errors import DigestError, NotFound
from digest.model.accounts import Right, User
from digest.web.frame import installed

API = "/api/"  #: where programs ask
FORM_FIELD = "_token"  #: the hidden field of our forms
FORM_HEADER = "X-Form-Token"  #: or, of requests that scripts make, this field of the header
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  #: methods that change nothing (RFC 9110, section 9.2.1)


class NotSignedIn(DigestError):
    """Nobody is signed in, and the page is for those who are."""


class NotAllowed(DigestError):
    """Somebody is signed in who may not do this.

    Args:
        right: What it takes.
        digest: Over which digest; None: over any, or over the installation itself.
        user: Who tried.
        is_over_all: It takes the right over the installation itself.
        is_token: It is the token that lacks it.
    """

    def __init__(
        self,
        right: Right,
        digest: str | None,
        user: User,
        *,
        is_over_all: bool = False,
        is_token: bool = False,
    ) -> None:
        super().__init__("this token may not do this" if is_token else "you may not do this")
        self.right, self.digest, self.user = right, digest, user
        self.is_over_all, self.is_token = is_over_all, is_token

    def may(self, user: User) -> bool:
        """Tell whether somebody else may."""
        exactly = self.digest is not None or self.is_over_all
        return user.may(self.right, self.digest) if exactly else user.may_anywhere(self.right)


class ForeignForm(DigestError):
    """A form that came from another site, or without the token of ours."""


@dataclass(frozen=True)
class Guard:
    """Decides who may use a route, and where its forms may come from."""

    right: Right | None = None  #: None: none is asked for
    is_over_all: bool = False  #: the right must be one over the installation itself
    is_public: bool = False  #: without being signed in
    takes_foreign_forms: bool = False

    def __call__(self, request: Request) -> None:
        """Let a request through.

        Raises:
            NotSignedIn: Nobody is signed in.
            NotAllowed: Who is signed in, or the token, lacks the right over the digest that the path names.
            ForeignForm: A form came from elsewhere.
            NotFound: The path names an edition that is not there.
            TooMany: A token was shown too often within a minute.
        """
        app = installed(request)
        is_program = request.url.path.startswith(API)
        user = _remember_program(request, app) if is_program else _remember_user(request, app)
        if not is_program and request.method not in SAFE and not self.takes_foreign_forms:
            _need_own_origin(request, app)
            if user is not None and not self.is_public:
                _need_token(request)
        if self.is_public:
            return
        if user is None and is_program:
            hint = "show one as `Authorization: Bearer digest_...`; cookies do not count here"
            raise NotSignedIn("this takes a token that holds", hint=hint)
        if user is None:
            raise NotSignedIn("nobody is signed in", hint="sign in")
        self._need_right(request, app, user)

    def _need_right(self, request: Request, app: App, user: User) -> None:
        if self.right is not None:
            digest = None if self.is_over_all else digest_of(request, app)
            refused = NotAllowed(self.right, digest, user, is_over_all=self.is_over_all)
            if not refused.may(user):
                raise refused
            if self.right not in request.state.scopes:
                raise NotAllowed(self.right, digest, user, is_token=True)


def needs(right: Right) -> Guard:
    """Make the guard of a route that takes a right: over the digest in its path, or over any without one."""
    return Guard(right=right)


def needs_over_all(right: Right) -> Guard:
    """Make the guard of a route that takes a right over the installation itself, not over single digests."""
    return Guard(right=right, is_over_all=True)


anyone = Guard(is_public=True)
open_to_all = Guard(is_public=True, takes_foreign_forms=True)
signed_in = Guard()


def signed_in_user(request: Request) -> User:
    """Return who is signed in, behind a guard that is not public.

    Raises:
        NotSignedIn: The route's guard let nobody in particular through.
    """
    user: User | None = getattr(request.state, "user", None)
    if user is None:
        raise NotSignedIn("nobody is signed in", hint="sign in")
    return user


Person = Annotated[User, Depends(signed_in_user)]


def by(user: User) -> str:
    """Name a person as records of deeds do."""
    return user.email


async def note_form(request: Request) -> AsyncIterator[None]:
    """Remember what a form says of itself; runs before the guards, since only this may wait for the body.

    The files of a form are closed in the end, also those that its page does not expect.
    """
    request.state.sent_token = request.headers.get(FORM_HEADER, "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in SAFE or kind not in _FORMS or request.state.sent_token:
        yield
        return
    form = await request.form()
    written = form.get(FORM_FIELD)
    request.state.sent_token = written if isinstance(written, str) else ""
    try:
        yield
    finally:
        await form.close()


def may_bring_files(request: Request) -> bool:
    """Tell whether somebody asks who may bring more than a form holds: signed in, or a token to operate."""
    app = installed(request)
    try:
        if not request.url.path.startswith(API):
            return _remember_user(request, app) is not None
        user = _remember_program(request, app)
    except DigestError:
        return False  # the route's guard says why
    operates = user is not None and user.may_anywhere(Right.OPERATE)
    return operates and Right.OPERATE in request.state.scopes


def _remember_user(request: Request, app: App) -> User | None:
    """Find out who is signed in, once a request."""
    if not hasattr(request.state, "user"):
        session = request.cookies.get(session_cookie(request), "")
        request.state.user = user_of_session(app, session) if session else None
        request.state.form_token = form_token(app, session) if request.state.user else ""
        request.state.scopes = frozenset(Right)
    user: User | None = request.state.user
    return user


def _remember_program(request: Request, app: App) -> User | None:
    """Find out for whom a program acts and how far, once a request."""
    if not hasattr(request.state, "user"):
        shown = shown_secret(request)
        found = user_of_token(app, shown) if shown else None
        if found is not None:
            request.app.state.pace.count(shown, app.system.web.api_per_minute)
        request.state.user, request.state.shown = found or (None, None)
        request.state.scopes = frozenset() if found is None else found[1].scopes
    user: User | None = request.state.user
    return user


def shown_secret(request: Request) -> str:
    """Return the token that a program shows, whether it holds or not; '' when it shows none."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else ""


def session_cookie(request: Request) -> str:
    """Return the name of the cookie that holds the session; bound to the host where https is in use."""
    return "__Host-session" if is_secure(request) else "session"


def is_secure(request: Request) -> bool:
    """Tell whether a request came by https: to the public address of a site that has it.

    Who asks on this machine itself, past the web server in front, has no https and gets on all the same.
    """
    site = urlsplit(installed(request).system.site.base_url)
    return request.url.scheme == "https" or (
        site.scheme == "https" and request.headers.get("host") == site.netloc
    )


def form_token(app: App, session: str) -> str:
    """Return what the forms of a session carry; nobody who does not hold the session can make it."""
    return app.keyring.digest("form", session, 26)


def _need_own_origin(request: Request, app: App) -> None:
    """Refuse what another site sent: by Sec-Fetch-Site, else by Origin (W3C Fetch Metadata; RFC 6454)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
        raise ForeignForm(
            "this form came from another site", hint="open the page here and send it from there"
        )
    origin = request.headers.get("origin")
    if origin is None:
        raise ForeignForm(
            "the program that sent this does not say where it comes from",
            hint="use a browser of the last ten years, or the API with a token",
        )
    ours = {urlsplit(app.system.site.base_url).netloc, request.headers.get("host", "")}
    host = origin.partition("://")[2]  # '' of what is none, such as null
    if not host or host not in ours:
        raise ForeignForm(
            "this form came from another site", hint="open the page here and send it from there"
        )


def _need_token(request: Request) -> None:
    """Refuse a form that does not carry the token of the session."""
    if not hmac.compare_digest(request.state.sent_token.encode(), request.state.form_token.encode()):
        raise ForeignForm(
            "this form belongs to another sign-in",
            hint="open the page again; what you wrote is still in the form",
        )


def digest_of(request: Request, app: App) -> str | None:
    """Return the digest that a path names, itself or by an edition of it; None when it names neither."""
    found = request.path_params
    if "digest" in found:
        return str(found["digest"])
    if "edition" not in found:
        return None
    number = str(found["edition"])
    if not number.isdecimal() or len(number) > 18:
        raise NotFound(f"no edition '{number[:40]}'", hint="editions have numbers; Today lists the newest")
    with app.store.reading() as tx:
        digest = tx.editions.digest_of(int(number))
    if digest is None:
        raise NotFound(f"there is no edition {number}", hint="Today lists the newest")
    return digest
