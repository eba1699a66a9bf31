"""An approved edition sets out: its audience is fixed, and it is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.mailing.books import refuse_pruned
from digest.actions.mailing.journals import pick_up
from digest.actions.news import tell_news
from digest.actions.telling import LET_GO_LATE, Hand, Named, was_let_go_late, write_down
from digest.errors import Halted, Refused
from digest.model import AlertKind, EditionState
from digest.render import Rendered
from digest.store import StoredEdition, Transaction
from digest.timetable import LocalHours


@dataclass(frozen=True, kw_only=True)
class Approved:
    """An edition that is approved, as it renders, and the hours of its readers."""

    stored: StoredEdition
    rendered: Rendered
    hours: LocalHours | None


def set_out(app: App, found: Approved, hand: Hand, *, late: bool, failed: bool) -> int:
    """Fix the audience once, and bring back what an earlier run left in mid-air.

    Args:
        app: The installation.
        found: What is to be mailed.
        hand: Who sends it.
        late: Write down each time that it goes although it is late.
        failed: Open the failed ones again.

    Returns:
        The number of its newest step before it was on its way: see `StoreLedger.after`.

    Raises:
        Refused: Nobody subscribes; it may not be sent any more. `Halted` when something else was approved.
    """
    stored = found.stored
    ended = (EditionState.SENT,) if failed else ()
    expect = (EditionState.APPROVED, EditionState.SENDING, *ended)
    if failed:
        pick_up(app, stored.id)  # a dead sender's journal may tell of failed ones that the books lack
    with app.store.writing() as tx:
        if stored.state is EditionState.APPROVED:
            _audience(tx, found, at=app.clock())
        state = tx.editions.keep_state(stored.id)
        _refuse_other(tx, stored)
        is_wanted = stored.state is not EditionState.SENDING or late
        if state is not EditionState.SENDING and (is_wanted or failed):
            tx.editions.set_state(stored.id, EditionState.SENDING, expect=expect, by=hand.by, at=hand.at)
            write_down(tx, Named.of(stored), hand, "send", outcome="begun")
            tell_news(app, tx, AlertKind.SENDING, Named.of(stored), hand)
        if late and not was_let_go_late(tx.editions.log(stored.id), hand.at):
            # Written down each time, by a line of its own: a service holds what only went too slowly.
            word = f"{LET_GO_LATE}{hand.by}"
            tx.editions.set_state(
                stored.id, EditionState.SENDING, expect=expect, by=hand.by, at=hand.at, note=word
            )
        if failed:
            refuse_pruned(tx, stored.id)
            tx.deliveries.reopen_failed(stored.id)
        _, after = tx.editions.way_of(stored.id)
    pick_up(app, stored.id)
    return after


def _refuse_other(tx: Transaction, stored: StoredEdition) -> None:
    """Mail nobody what was rendered before another thing was approved."""
    now = tx.editions.get(stored.id)
    if now is None or now.approved_hash != stored.approved_hash:
        raise Halted(
            f"edition {stored.id} was changed before this sender had begun",
            hint=f"`digest send {stored.id}` sends it as it is approved by now",
        )


def _audience(tx: Transaction, found: Approved, *, at: datetime) -> None:
    """Write down who shall get the edition, and when; who chose sections that it has not is excluded."""
    stored, hours = found.stored, found.hours
    key = stored.edition.digest
    choices = tx.deliveries.choices(key)
    if not choices:
        raise Refused(
            f"nobody subscribes to {key}",
            hint=f"`digest subscribers import FILE.csv --digest {key} --consent SOURCE`",
        )
    empty = [choice for choice in choices if not found.rendered.stencil.assemble(choice).items]
    frozen = tx.deliveries.freeze(
        stored.id, chosen_nothing=empty, hours=None if hours is None else hours.by_place
    )
    if frozen and hours is not None:
        # Who joined or moved since the slot came near counts, too, until the edition has expired.
        tx.slots.set_span(key, stored.edition.slot.key, (hours.first, hours.last), at=at)
