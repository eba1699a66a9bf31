"""A person's word on an edition for which it has become too late: its readers get it all the same."""

from __future__ import annotations

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.mailing.sending import SendOptions, begin
from digest.actions.steering import braking
from digest.actions.timing.courses import let_go_until, outlook
from digest.actions.timing.deadline_words import show
from digest.errors import Refused
from digest.model import EditionState
from digest.store import StoredEdition


def let_go_late(app: App, edition_id: int, *, by: str) -> StoredEdition:
    """Let an edition go to those still open although `max_lateness` has passed; the service mails them.

    It goes as it was approved, and has `max_lateness` from now on. Mails nobody itself. One that
    is on its way late already stays so: who asks twice, or second, has what they want.

    Raises:
        NotFound: There is none with this number.
        Refused: It is not late, is not approved, or has changed since it was; nobody subscribes.
    """
    try:
        _let_go(app, edition_id, by)
    except Refused:
        if let_go_until(app, edition_id) is None:
            raise
    return find(app, edition_id)


def _let_go(app: App, edition_id: int, by: str) -> None:
    stored = find(app, edition_id)
    course = outlook(app, edition_id)
    if course is None or not course.is_late(app.clock()):
        until = "" if course is None else f": it may go out until {show(course, course.last)}"
        raise Refused(
            f"edition {edition_id} is {stored.state}, and waits for nobody to send it late{until}",
            hint=f"`digest editions show {edition_id}` tells what it waits for",
        )
    if stored.state is EditionState.APPROVED:
        begin(app, edition_id, SendOptions(by=by, late=True))
    else:
        braking.resume(app, edition_id, by=by, late=True)
