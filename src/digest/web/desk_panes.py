"""What stands beside the running order: the proof, what is found, and what is not in."""

from __future__ import annotations

from typing import Any, Literal

from digest.actions.app import App
from digest.actions.left_out import GROUPS, Group, left_out
from digest.actions.proofing import proof_mail
from digest.errors import NotFound
from digest.preflight import RULES

Pane = Literal["proof", "findings", "left_out"]
PANES: tuple[Pane, ...] = ("proof", "findings", "left_out")

GROUP_WORDS = {
    "full": ("Full", "Section full", "they may stand again next time, where the digest carries over"),
    "story": ("Same story", "Same story", "another article tells it"),
    "sent": ("Sent", "Sent before", "readers of this digest have had it"),
    "hand": ("By hand", "By hand", ""),
    "other": ("Other", "Other", "by the digest’s rules"),
}


def pane_values(app: App, edition: int, pane: str) -> dict[str, Any]:  # why Any: as the others
    """Return what a pane's template needs besides the edition's head.

    Raises:
        NotFound: There is no such edition.
    """
    if pane == "proof":
        return proof_values(app, edition)
    return {"rules": RULES} if pane == "findings" else left_out_values(app, edition)


def proof_values(
    app: App, edition: int, *, reader: str | None = None, shown: str = "wide"
) -> dict[str, Any]:  # why Any: templates take what they name
    """Return the values of the proof; `fault` says why it is not of the reader who was named."""
    fault: str | None = None
    try:
        mail = proof_mail(app, edition, address=reader or None)
    except NotFound as error:
        mail, fault = proof_mail(app, edition), error.message
    return {
        "shown_as": "reader" if reader else shown,
        "mail": mail,
        "reader": reader or "",
        "fault": fault,
        "text": mail.text.decode(),
    }


def left_out_values(app: App, edition: int, group: Group | None = None) -> dict[str, Any]:
    """Return the values of the list of what is not in."""
    told = left_out(app, edition, only=group)
    groups = [one for one in GROUPS if told.counts.get(one)]
    return {"told": told, "group": group, "groups": groups, "words": GROUP_WORDS}
