"""Sign up to a digest: the form, also within other sites, and the confirmation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from digest.actions.app import App
from digest.actions.readers import signing_up
from digest.actions.readers.archive import newest_public
from digest.actions.readers.letters import words_of
from digest.actions.readers.reader_links import path
from digest.actions.readers.reader_wishes import hours_of, sections_of
from digest.actions.readers.sign_up_form import form_stamp, is_by_hand, network_of
from digest.errors import DigestError, MessageError
from digest.model import Wish
from digest.settings import DigestSettings
from digest.web.frame import Installed
from digest.web.guard import anyone, open_to_all
from digest.web.headers import POLICY
from digest.web.readers import (
    preferred,
    section_titles,
    show_reader,
    usual_hour,
    zone_options,
    zone_words,
)

router = APIRouter(include_in_schema=False)

_TOP = 3  #: sections of the newest edition, to show what comes


@router.get("/subscribe/{digest}", dependencies=[Depends(anyone)])
def form(request: Request, app: Installed, digest: str) -> Response:
    """Show the form."""
    found = app.digest(digest)
    answer = _form(request, app, found)
    if not found.index:
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@router.get("/subscribe/{digest}/form", dependencies=[Depends(anyone)])
def embedded(request: Request, app: Installed, digest: str) -> Response:
    """Show the form for the frame of a site that the digest's settings name."""
    found = app.digest(digest)
    answer = _form(request, app, found, is_embedded=True)
    sites = " ".join(found.sign_up.frame_on) or "'none'"
    answer.headers["Content-Security-Policy"] = POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {sites}"
    )
    return answer


@router.post("/subscribe/{digest}", dependencies=[Depends(open_to_all)])
def sign_up(
    request: Request,
    app: Installed,
    digest: str,
    email: Annotated[str, Form(max_length=1_000)] = "",
    sections: Annotated[list[str] | None, Form(max_length=40)] = None,
    hour: Annotated[str, Form(max_length=20)] = "",
    zone: Annotated[str, Form(max_length=80)] = "",
    language: Annotated[str, Form(max_length=40)] = "",
    website: Annotated[str, Form(max_length=1_000)] = "",
    stamp: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    """Take a sign-up down. A form from anywhere may come: nothing follows before the mail is answered."""
    found = app.digest(digest)
    wish = Wish(
        email=email.strip(),
        digest=digest,
        sections=_wanted(found, sections),
        hour=hour or None,
        zone=zone or None,
        language=language or None,
    )
    by_hand = is_by_hand(app.keyring, stamp, website, now=app.clock())
    if by_hand is None:
        return _form(request, app, found, wish=wish, fault="up_again", status=422)
    if by_hand:
        fault = _ask(request, app, wish)
        if fault is not None:
            status = 429 if fault == "up_many" else 422
            return _form(request, app, found, wish=wish, fault=fault, status=status)
    return RedirectResponse(f"/subscribe/{digest}/sent", 303)


@router.get("/subscribe/{digest}/sent", dependencies=[Depends(anyone)])
def check_mail(request: Request, app: Installed, digest: str) -> Response:
    """Say that a mail may be waiting, whoever was signed up."""
    return show_reader(request, "check_mail.html", app.digest(digest), language=preferred(request))


@router.get("/confirm/{token}", dependencies=[Depends(anyone)])
def question(request: Request, app: Installed, token: str) -> Response:
    """Ask whether a sign-up is meant, or say that it was confirmed."""
    asked = signing_up.asked(app, token)
    wish = asked.consent.wish
    digest = app.digest(wish.digest)
    words = words_of(app, digest.key, wish.language)
    titles = section_titles(digest, words)
    chosen = [titles[key] for key in wish.sections if key in titles]
    return show_reader(
        request,
        "confirm.html" if asked.preferences is None else "confirmed.html",
        digest,
        language=wish.language,
        asked=asked,
        what=words.say("ask_some", sections=words.names(chosen)) if chosen else words.say("ask_all"),
        others=[(app.digest(one.wish.digest).title, path(app, "confirm", one.uid)) for one in asked.others],
    )


@router.post("/confirm/{token}", dependencies=[Depends(open_to_all)])
def confirm(app: Installed, token: str) -> Response:
    """Subscribe who confirms."""
    signing_up.confirm(app, token)
    return RedirectResponse(f"/confirm/{token}", 303)


def _ask(request: Request, app: App, wish: Wish) -> str | None:
    """Take a sign-up down; return the phrase for what is wrong with it."""
    network = network_of(app.keyring, request.client.host if request.client else "")
    try:
        return None if signing_up.ask(app, wish, network=network) else "up_many"
    except MessageError:
        return "up_bad_email"
    except DigestError as error:
        if not app.digest(wish.digest).sign_up.open:
            raise
        del error
        return "up_bad"


def _wanted(digest: DigestSettings, sections: list[str] | None) -> tuple[str, ...]:
    """Return the sections that are ticked; all of them, or none, are no choice."""
    ticked = tuple(dict.fromkeys(sections or ()))
    return () if set(sections_of(digest)) <= set(ticked) else ticked


def _form(
    request: Request,
    app: App,
    digest: DigestSettings,
    *,
    wish: Wish | None = None,
    fault: str | None = None,
    status: int = 200,
    is_embedded: bool = False,
) -> HTMLResponse:
    words = words_of(app, digest.key, preferred(request))
    newest = None if is_embedded else newest_public(app, digest.key)
    return show_reader(
        request,
        ("signup_form.html" if is_embedded else "signup.html") if digest.sign_up.open else "closed.html",
        digest,
        language=words.own,
        status=status,
        wish=wish or Wish(email="", digest=digest.key),
        fault=fault,
        stamp=form_stamp(app.keyring, app.clock()),
        sections=section_titles(digest, words),
        hours=hours_of(digest),
        usual=usual_hour(digest),
        zones=zone_options(wish.zone if wish else None),
        zone_name=zone_words(digest.zone),
        about=digest.sign_up.about or words.say("up_about"),
        sample=[]
        if newest is None
        else [(part.title, part.items[0].title) for part in newest.sections[:_TOP]],
        sample_path=f"/archive/{digest.key}/{newest.number}" if newest else "",
    )
