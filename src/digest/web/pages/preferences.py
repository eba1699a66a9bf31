"""A reader's page of choices, behind the link of a mail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from digest.actions.app import App
from digest.actions.readers import choices as actions
from digest.actions.readers import own_data
from digest.actions.readers.catching_up import catch_up
from digest.actions.readers.choices import Choices, NewChoices
from digest.actions.readers.letters import words_of
from digest.errors import DigestError, NotFound
from digest.web.choices_page import form_values, standing_values
from digest.web.frame import Installed
from digest.web.guard import anyone
from digest.web.readers import section_titles, show_reader

router = APIRouter(include_in_schema=False, prefix="/preferences/{token}", dependencies=[Depends(anyone)])

_DONE = frozenset({"saved", "again", "moving", "data", "taken", "missed", "back"})


class Filled:
    """The form of choices as it came in."""

    def __init__(  # why: the fields of the form
        self,
        order: Annotated[list[str] | None, Form(max_length=40)] = None,
        sections: Annotated[list[str] | None, Form(max_length=40)] = None,
        hour: Annotated[str, Form(max_length=20)] = "",
        zone: Annotated[str, Form(max_length=80)] = "",
        language: Annotated[str, Form(max_length=40)] = "",
        length: Annotated[str, Form(max_length=20)] = "",
        kind: Annotated[str, Form(max_length=20)] = "",
        pause_until: Annotated[str, Form(max_length=20)] = "",
        name: Annotated[str, Form(max_length=400)] = "",
        move: Annotated[str, Form(max_length=100)] = "",
    ) -> None:
        self.order = tuple(dict.fromkeys(order or ()))
        self.move = move
        ticked = set(sections or ())
        self.new = NewChoices(
            sections=tuple(key for key in self.order if key in ticked),
            hour=hour,
            zone=zone,
            language=language,
            length=length,
            is_plain=kind == "plain",
            pause_until=pause_until,
            name=name,
        )


@router.get("")
def page(request: Request, app: Installed, token: str, done: str = "", digest: str = "") -> Response:
    """Show what a reader has chosen, what comes next and what came of the last ten."""
    seen = actions.choices(app, token)
    return _page(request, app, token, seen, done=done if done in _DONE else "", taken=digest)


@router.post("")
def save(request: Request, app: Installed, token: str, filled: Annotated[Filled, Depends()]) -> Response:
    """Store the choices; a press on an arrow shows the form with the sections moved, and stores nothing."""
    seen = actions.choices(app, token)
    titles = section_titles(seen.digest, words_of(app, seen.digest.key, None))
    order = [key for key in filled.order if key in titles]
    order += [key for key in titles if key not in order]
    if filled.move:
        order = _moved(order, filled.move)
        return _page(request, app, token, seen, filled=filled.new, order=order, moved=filled.move)
    try:
        actions.choose(app, token, filled.new)
    except NotFound:
        raise
    except DigestError as error:
        return _page(request, app, token, seen, filled=filled.new, order=order, fault=error)
    return RedirectResponse(f"/preferences/{token}?done=saved", 303)


@router.post("/again/{edition}")
def send_again(app: Installed, token: str, edition: int) -> Response:
    """Send an edition once more."""
    actions.send_again(app, token, edition)
    return RedirectResponse(f"/preferences/{token}?done=again", 303)


@router.post("/catch-up")
def have_missed(app: Installed, token: str) -> Response:
    """Send the best of what came while a reader was away."""
    catch_up(app, token)
    return RedirectResponse(f"/preferences/{token}?done=missed", 303)


@router.post("/take-up")
def take_up(app: Installed, token: str, key: Annotated[str, Form(max_length=80)]) -> Response:
    """Let a reader have another digest as well."""
    actions.take_up(app, token, key)
    return RedirectResponse(f"/preferences/{token}?done=taken&digest={key}", 303)


@router.post("/move")
def move(
    request: Request,
    app: Installed,
    token: str,
    email: Annotated[str, Form(max_length=1_000)],
) -> Response:
    """Ask at a new address whether the mail should come there."""
    try:
        own_data.ask_to_move(app, token, email.strip())
    except NotFound:
        raise
    except DigestError as error:
        return _page(request, app, token, actions.choices(app, token), fault=error)
    return RedirectResponse(f"/preferences/{token}?done=moving", 303)


@router.post("/own-data")
def ask_own_data(app: Installed, token: str) -> Response:
    """Mail the link to what is stored of a reader."""
    own_data.ask_own_data(app, token)
    return RedirectResponse(f"/preferences/{token}?done=data", 303)


def _moved(order: list[str], wish: str) -> list[str]:
    """Move a section one place; what makes no sense moves nothing."""
    way, _, key = wish.partition(":")
    if key not in order:
        return order
    here = order.index(key)
    there = here + (-1 if way == "up" else 1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order


def _page(  # why: a page with what was written on it
    request: Request,
    app: App,
    token: str,
    seen: Choices,
    *,
    filled: NewChoices | None = None,
    order: list[str] | None = None,
    fault: DigestError | None = None,
    done: str = "",
    taken: str = "",
    moved: str = "",
) -> Response:
    words = words_of(app, seen.digest.key, seen.subscription.subscriber.language)
    return show_reader(
        request,
        "preferences.html",
        seen.digest,
        language=words.own,
        status=200 if fault is None else 422,
        base=f"/preferences/{token}",
        seen=seen,
        moved=moved,
        fault=fault,
        done=done,
        taken=app.digests.get(taken),
        **form_values(seen, words, filled, order),
        **standing_values(app, seen, words),
    )
