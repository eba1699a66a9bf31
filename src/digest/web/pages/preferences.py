"""A reader's page of choices, behind the link of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from digest.actions import choices as actions
from digest.actions import own_data
from digest.actions.app import App
from digest.actions.choices import Choices, NewChoices
from digest.actions.letters import post, words_of
from digest.actions.reader_links import path
from digest.actions.reader_wishes import LENGTHS, hours_of
from digest.errors import DigestError, NotFound
from digest.model import DeliveryState
from digest.store import PersonalMail
from digest.web.frame import Installed
from digest.web.guard import anyone
from digest.web.readers import (
    LANGUAGES,
    day_words,
    section_titles,
    show_reader,
    usual_hour,
    zone_options,
    zone_words,
)

router = APIRouter(include_in_schema=False, prefix="/preferences/{token}", dependencies=[Depends(anyone)])

_DONE = frozenset({"saved", "again", "moving", "data", "taken"})
_FATES = {
    DeliveryState.SENT: ("fate_sent", ""),
    DeliveryState.FAILED: ("fate_failed", "stop"),
    DeliveryState.EXPIRED: ("fate_expired", ""),
    DeliveryState.UNKNOWN: ("fate_unknown", "hand"),
    DeliveryState.EXCLUDED: ("fate_excluded", ""),
}
_REASONS = {"paused": "fate_paused", "nothing in their sections": "fate_quiet"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One of the last ten."""

    edition: int
    day: str
    subject: str
    path: str  #: of the mail itself
    fate: str  #: what became of it, in words
    kind: str  #: the class of the words
    can_come_again: bool


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
def send_again(app: Installed, later: BackgroundTasks, token: str, edition: int) -> Response:
    """Send an edition once more."""
    actions.send_again(app, token, edition)
    later.add_task(post, app)
    return RedirectResponse(f"/preferences/{token}?done=again", 303)


@router.post("/take-up")
def take_up(app: Installed, token: str, key: Annotated[str, Form(max_length=80)]) -> Response:
    """Let a reader have another digest as well."""
    actions.take_up(app, token, key)
    return RedirectResponse(f"/preferences/{token}?done=taken&digest={key}", 303)


@router.post("/move")
def move(
    request: Request,
    app: Installed,
    later: BackgroundTasks,
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
    later.add_task(post, app)
    return RedirectResponse(f"/preferences/{token}?done=moving", 303)


@router.post("/own-data")
def ask_own_data(app: Installed, later: BackgroundTasks, token: str) -> Response:
    """Mail the link to what is stored of a reader."""
    own_data.ask_own_data(app, token)
    later.add_task(post, app)
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
    digest, person = seen.digest, seen.subscription.subscriber
    words = words_of(app, digest.key, person.language)
    titles = section_titles(digest, words)
    now, written = app.clock(), filled or _written(seen)
    chosen = written.sections or ()
    if order is None:
        order = [*(key for key in chosen if key in titles), *(key for key in titles if key not in chosen)]
    paused = seen.subscription.paused_until
    away = paused is not None and paused > now
    return show_reader(
        request,
        "preferences.html",
        digest,
        language=person.language,
        status=200 if fault is None else 422,
        base=f"/preferences/{token}",
        seen=seen,
        person=person,
        written=written,
        picks=[(key, titles[key], not chosen or key in chosen) for key in order],
        moved=moved,
        fault=fault,
        done=done,
        taken=app.digests.get(taken),
        next_day=day_words(seen.next_at, seen.clocks, now, words) if seen.next_at else "",
        next_clock=f"{seen.next_at.astimezone(seen.clocks):%H:%M}" if seen.next_at else "",
        paused_day=words.short(paused.astimezone(seen.clocks).date()) if paused and away else "",
        clock=f"{now.astimezone(seen.clocks):%H:%M}",
        hours=hours_of(digest),
        usual=usual_hour(digest),
        zones=zone_options(written.zone),
        zone_name=zone_words(digest.zone),
        lengths=[one for one in LENGTHS if one is not None],
        languages=LANGUAGES,
        rows=[_row(app, seen, one.mail, can=one.can_come_again) for one in seen.past],
        others=[
            (other.key, other.title, path(app, "preferences", f"{person.uid}.{other.key}") if on else "")
            for other, on in seen.others
        ],
        stop_path=path(app, "unsubscribe", f"{person.uid}.{digest.key}"),
        up_path=f"/subscribe/{digest.key}",
    )


def _written(seen: Choices) -> NewChoices:
    """Write what is stored as a form has it."""
    mine, person = seen.subscription, seen.subscription.subscriber
    pause = mine.paused_until
    return NewChoices(
        sections=mine.sections,
        hour=mine.hour or "",
        zone=person.zone or "",
        language=person.language or "",
        length="" if mine.form.at_most is None else str(mine.form.at_most),
        is_plain=mine.form.is_plain,
        pause_until="" if pause is None else pause.astimezone(seen.clocks).date().isoformat(),
        name=person.name or "",
    )


def _row(app: App, seen: Choices, mail: PersonalMail, *, can: bool) -> Row:
    person = seen.subscription.subscriber
    words = words_of(app, seen.digest.key, person.language)
    phrase, kind = _FATES.get(mail.state, ("fate_open", ""))
    phrase = _REASONS.get(mail.reason or "", phrase) if mail.state is DeliveryState.EXCLUDED else phrase
    at = mail.changed_at
    return Row(
        edition=mail.edition_id,
        day=words.short(mail.edition.slot.local.astimezone(seen.clocks).date()),
        subject=mail.edition.subject,
        path=path(app, "read", f"{mail.edition_id}.{person.uid}"),
        fate=words.say(phrase, clock=f"{at.astimezone(seen.clocks):%H:%M}" if at else ""),
        kind=kind,
        can_come_again=can,
    )
