"""The brake of an edition that is going out: stop it, let it go on, or end it for those still open."""

from __future__ import annotations

import time
from collections.abc import Collection

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.mailing.books import in_hand
from digest.actions.mailing.ending import close
from digest.actions.mailing.journals import pick_up
from digest.actions.news import tell_news
from digest.actions.printing.presses import content_hash, render
from digest.actions.telling import ENDED_BY, LET_GO_LATE, Hand, Named, alert_held, ways_on, write_down
from digest.actions.timing.courses import outlook
from digest.actions.timing.deadline_words import show
from digest.actions.timing.deadlines import BEFORE_APPROVAL, BEFORE_SENDING
from digest.errors import Refused
from digest.model import AlertKind, Books, EditionState
from digest.store import StoredEdition

PATIENCE_S = 8.0  #: senders see a stop within a second, and finish what they have begun within seven
_EACH_S = 0.2
_LOOK = (
    "`digest preview {0} --out proof` shows it as it is now, `digest editions approve {0}` lets that go out"
)
_SHOW = "`digest editions show {0}` tells how it stands"
_WAYS = {
    EditionState.SENDING: "`digest editions brake {0}` stops it, `digest send {0} --late` sends it"
    " however late, `digest send {0} --expire` ends it",
    EditionState.SENT: "`digest deliveries {0}` shows who has got it",
}
_LATE = "`digest editions resume {0} --late` lets it go on all the same; so does the desk"


def pull(app: App, edition_id: int, *, by: str, note: str | None = None) -> StoredEdition:
    """Stop an edition that is going out: no mail begins later than a second after this.

    Nobody is lost: who has no mail yet stays open. What a relay has accepted cannot be called back.

    Args:
        app: The installation.
        edition_id: The edition.
        by: Who stops it.
        note: Why.

    Raises:
        NotFound: There is none with this number.
        Refused: It is not being sent.
    """
    stored = find(app, edition_id)
    if stored.state is not EditionState.SENDING:
        raise Refused(
            f"edition {edition_id} is {stored.state}, so nothing of it goes out", hint=_hold(stored)
        )
    return _stop(app, edition_id, (EditionState.SENDING,), by=by, note=note)


def is_braked(app: App, stored: StoredEdition) -> bool:
    """Tell whether an edition waits for a person's word of which some readers may have got it already."""
    return stored.state in BEFORE_APPROVAL and _has_begun(app, stored.id)


def resume(app: App, edition_id: int, *, by: str, late: bool = False) -> StoredEdition:
    """Let a stopped edition go on for all who are open, as it was approved.

    One that goes on already stays as it is: who says so twice, or second, has what they want.

    Args:
        app: The installation.
        edition_id: The edition.
        by: Who lets it go on.
        late: Although max_lateness has passed.

    Raises:
        NotFound: There is none with this number.
        Refused: It was not stopped while it went out; it has changed since it was approved; it is too late.
    """
    if _goes_on(app, edition_id, late=late):
        return find(app, edition_id)
    stored = _stopped(app, edition_id, BEFORE_APPROVAL)
    if not stored.approved_hash == stored.content_hash == content_hash(render(app, stored)):
        raise Refused(
            f"edition {edition_id} is not what was approved any more", hint=_LOOK.format(edition_id)
        )
    course = outlook(app, edition_id)
    if course is not None and app.clock() > course.last and not late:
        raise Refused(
            f"edition {edition_id} could go on until {show(course, course.last)}, as max_lateness says",
            hint=_LATE.format(edition_id),
        )
    hand = Hand(by=by, at=app.clock())
    with app.store.writing() as tx:
        moved = tx.editions.set_state(
            edition_id,
            EditionState.SENDING,
            expect=BEFORE_APPROVAL,
            by=by,
            at=hand.at,
            note=f"{LET_GO_LATE}{by}" if late else f"the brake was released by {by}",
            content_hash=stored.content_hash,
        )
        if late:  # the word for it is a line of its own, as `digest send --late` writes it
            on_its_way = (EditionState.SENDING,)
            tx.editions.set_state(
                edition_id, EditionState.SENDING, expect=on_its_way, by=by, at=hand.at, note=moved.note
            )
        write_down(tx, Named.of(moved), hand, "resume", note="late" if late else None)
        how = "lets it go on late" if late else "lets it go on"
        tell_news(app, tx, AlertKind.SENDING, Named.of(moved), hand, f"{hand.by} {how}")
    return moved


def end(app: App, edition_id: int, *, by: str) -> Books:
    """End a stopped edition for all who are open, once senders have let go of those that they have in hand.

    One that was approved again is stopped once more, or a sender would begin it meanwhile.

    Raises:
        NotFound: There is none with this number.
        Refused: It was not stopped while it went out; a sender has not let go after some seconds: it stays
            stopped.
    """
    if _stopped(app, edition_id, BEFORE_SENDING).state is EditionState.APPROVED:
        _stop_to_end(app, edition_id, by=by)
    _wait_for_senders(app, edition_id)
    hand = Hand(by=by, at=app.clock())
    why = f"{ENDED_BY}{by}"
    with app.store.writing() as tx:
        # Those first: a sender that sees it as being sent finds nobody to mail.
        tx.deliveries.expire(edition_id, reason=why, at=hand.at)
        _refuse_in_hand(edition_id, tx.deliveries.in_hand(edition_id))  # taken just before the brake
        moved = tx.editions.set_state(
            edition_id, EditionState.SENDING, expect=BEFORE_APPROVAL, by=by, at=hand.at, note=why
        )  # or somebody's newer word lets it go on
        write_down(tx, Named.of(moved), hand, "end", note=why)
        tx.alerts.withdraw(edition_id, AlertKind.HELD)
        books = tx.deliveries.books(edition_id)
    return close(app, edition_id, books, by=by)


def expire(app: App, edition_id: int, *, by: str) -> Books:
    """End an edition that is on its way, or was stopped on it, for all who are open.

    It is stopped first, as by the brake, so that no sender begins another mail; then it ends as `end` has it.

    Raises:
        NotFound: There is none with this number.
        Refused: It is not on its way; a sender has not let go after some seconds: it stays stopped.
    """
    if find(app, edition_id).state is EditionState.SENDING:
        _stop_to_end(app, edition_id, by=by)
    return end(app, edition_id, by=by)


def _stop_to_end(app: App, edition_id: int, *, by: str) -> None:
    """Stop an edition with an alert, which its end takes back: that may be refused, or killed midway."""
    begins_or_goes = (EditionState.APPROVED, EditionState.SENDING)
    try:
        _stop(app, edition_id, begins_or_goes, by=by, note="to end it for those still open")
    except Refused:
        if find(app, edition_id).state is not EditionState.HELD:  # by somebody else, just now
            raise


def _stop(
    app: App, edition_id: int, expect: Collection[EditionState], *, by: str, note: str | None
) -> StoredEdition:
    hand = Hand(by=by, at=app.clock())
    why = f"the brake was pulled by {by}" + (f": {note}" if note else "")
    with app.store.writing() as tx:
        held = tx.editions.set_state(
            edition_id, EditionState.HELD, expect=expect, by=by, at=hand.at, note=why
        )
        write_down(tx, Named.of(held), hand, "brake", outcome="held", note=note)
        alert_held(tx, Named.of(held), why, hand, ways=ways_on(Named.of(held)))
        tell_news(app, tx, AlertKind.BRAKED, Named.of(held), hand, why)
    return held


def _wait_for_senders(app: App, edition_id: int) -> None:
    """Wait until nobody is in hand: whoever is given back after the end would be mailed all the same."""
    ends = time.monotonic() + PATIENCE_S
    while True:
        pick_up(app, edition_id)
        count = in_hand(app, edition_id)
        if not count or time.monotonic() > ends:
            return _refuse_in_hand(edition_id, count)
        time.sleep(_EACH_S)


def _refuse_in_hand(edition_id: int, count: int) -> None:
    if count:
        raise Refused(
            f"edition {edition_id} cannot end yet: a sender has {count} of its mails in hand",
            hint="no new one begins; end it again in half a minute. A sender that stands still has to be"
            " continued or ended first; one whose machine is gone counts for 20 minutes",
        )


def _goes_on(app: App, edition_id: int, *, late: bool) -> bool:
    """Tell whether an edition is on its way and in time, with the word to send it late if that is asked."""
    course = outlook(app, edition_id)
    if course is None or course.edition.state is not EditionState.SENDING:
        return False
    return course.may_go(app.clock()) and (course.is_let_go_late or not late)


def _stopped(app: App, edition_id: int, states: Collection[EditionState]) -> StoredEdition:
    """Find an edition that some readers may have, and that waits in one of these states."""
    stored = find(app, edition_id)
    if stored.state not in states or not _has_begun(app, edition_id):
        is_over = stored.state is EditionState.SENT
        why = ": nobody of it is open" if is_over else ", and was not stopped while it went out"
        raise Refused(
            f"edition {edition_id} is {stored.state}{why}",
            hint=_WAYS.get(stored.state, _SHOW).format(edition_id),
        )
    return stored


def _has_begun(app: App, edition_id: int) -> bool:
    course = outlook(app, edition_id)
    return course is not None and course.edition.begun_at is not None


def _hold(stored: StoredEdition) -> str:
    if stored.state is EditionState.APPROVED:
        return f"`digest editions hold {stored.id}` keeps it from beginning"
    return _WAYS.get(stored.state, _SHOW).format(stored.id)
