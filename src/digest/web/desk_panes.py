"""The panes of the desk beside the list: the proof, what is found, and what is not in."""

from __future__ import annotations

from fastapi import Request

from digest.actions.app import App
from digest.actions.editing.edition_head import head_of
from digest.actions.editing.left_out import GROUPS, left_out
from digest.actions.printing.proofing import proof_of
from digest.errors import NotFound
from digest.preflight import RULES
from digest.store import StoredEdition

PANES = ("proof", "findings", "left_out")
VIEWS = ("wide", "phone", "dark", "text", "reader")
_PAGE = 40  #: candidates on a page
_DIGITS = 4  #: of the number of a page

_GROUP_WORDS = {
    "full": ("Full", "Section full", "they may stand again next time, where the digest carries over"),
    "story": ("Same story", "Same story", "another article tells it"),
    "sent": ("Sent", "Sent before", "readers of this digest have had it"),
    "hand": ("By hand", "By hand", ""),
    "other": ("Other", "Other", "by the digest’s rules"),
}


def pane_values(request: Request, app: App, stored: StoredEdition, name: str) -> dict[str, object]:
    """Return what a pane's template names, besides `frame`.

    Args:
        request: Whose query says how the pane is looked at: `view` and `as`, or `group`.
        app: The installation.
        stored: The edition.
        name: One of `PANES`.
    """
    values: dict[str, object] = {"head": head_of(app, stored)}
    if name == "proof":
        return values | _proof(request, app, stored)
    return values | ({"rules": RULES} if name == "findings" else _left_out(request, app, stored))


def _proof(request: Request, app: App, stored: StoredEdition) -> dict[str, object]:
    reader = request.query_params.get("as", "")[:320]
    wanted = request.query_params.get("view", "")
    fault = None
    try:
        mail = proof_of(app, stored, address=reader or None)
    except NotFound as error:
        mail, fault = proof_of(app, stored), error.message
    view = wanted if wanted in VIEWS else "wide"
    return {
        "shown_as": "reader" if reader else view,
        "mail": mail,
        "reader": reader,
        "fault": fault,
        "text": mail.text.decode(),
    }


def _left_out(request: Request, app: App, stored: StoredEdition) -> dict[str, object]:
    wanted = request.query_params.get("group", "")
    group = next((one for one in GROUPS if one == wanted), None)
    written = request.query_params.get("page", "")
    page = max(1, int(written)) if written.isdecimal() and len(written) <= _DIGITS else 1
    told = left_out(app, stored.id, only=group, page=page, size=_PAGE)
    held = {item.article_id: place for place, item in enumerate(stored.edition.items, 1)}
    return {
        "told": told,
        "group": group,
        "groups": [one for one in GROUPS if told.counts.get(one)],
        "words": _GROUP_WORDS,
        "page": page,
        "before": (page - 1) * _PAGE,
        "held": held,
    }
