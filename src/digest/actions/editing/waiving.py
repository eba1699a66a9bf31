"""Let a finding against an edition stand, by name and with a reason; and take that back."""

from __future__ import annotations

from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.editing.approving import preflight
from digest.actions.printing.inspecting import Judged, Preflight
from digest.actions.telling import Hand, Named, write_down
from digest.actions.timing.deadlines import BEFORE_SENDING
from digest.errors import NotFound, Refused
from digest.markup import clean_line
from digest.store import Transaction

_WHY_CHARS = 500


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Which finding is meant: a rule, a place, and if need be what stands there."""

    rule: str  #: key of the group `preflight`
    anchor: str  #: the place: 'subject', 'section-world', 'item-17'
    content: str | None = None  #: of the one finding; None: all of this rule there

    def fits(self, one: Judged) -> bool:
        """Tell whether a finding is meant."""
        found = one.finding
        named = (found.rule, found.anchor) == (self.rule, self.anchor)
        return named and self.content in {None, found.content}


def waive(app: App, edition_id: int, spot: Spot, *, by: str, why: str) -> Preflight:
    """Let findings stand until what they are about changes; return what is found then.

    Args:
        app: The installation.
        edition_id: The edition.
        spot: Which.
        by: Who says so.
        why: Their reason; not empty.

    Raises:
        NotFound: There is no such edition, or nothing of that rule is found at that place.
        Refused: No reason is given, or the edition is being sent or has ended.
    """
    reason = clean_line(why, _WHY_CHARS)
    if not reason:
        raise Refused("a waiver needs a reason", hint="say in a few words why it may stand")
    found = preflight(app, edition_id)
    meant = [one.finding for one in found.judged if one.waiver is None and spot.fits(one)]
    if not meant:
        raise _nothing(found, spot, "to waive")
    hand = Hand(by=by, at=app.clock())
    with app.store.writing() as tx:
        named = _named(tx, edition_id)
        tx.waivers.add(edition_id, meant, by=by, at=hand.at, why=reason)
        write_down(tx, named, hand, "waive", note=f"{spot.rule} at {spot.anchor}: {reason}")
    return preflight(app, edition_id)


def take_back(app: App, edition_id: int, spot: Spot, *, by: str) -> Preflight:
    """Let waived findings count again; return what is found then.

    Raises:
        NotFound: There is no such edition, or nothing of that rule is waived at that place.
        Refused: The edition is being sent or has ended.
    """
    found = preflight(app, edition_id)
    meant = [one.waiver.id for one in found.judged if one.waiver is not None and spot.fits(one)]
    if not meant:
        raise _nothing(found, spot, "waived")
    hand = Hand(by=by, at=app.clock())
    with app.store.writing() as tx:
        named = _named(tx, edition_id)
        tx.waivers.end(edition_id, meant, by=by, at=hand.at)
        write_down(tx, named, hand, "unwaive", note=f"{spot.rule} at {spot.anchor}")
    return preflight(app, edition_id)


def _named(tx: Transaction, edition_id: int) -> Named:
    """Name an edition that has not begun to go out.

    Raises:
        Refused: It has.
    """
    stored = tx.editions.get(edition_id)
    if stored is None or stored.state not in BEFORE_SENDING:
        state = "gone" if stored is None else stored.state.value
        raise Refused(f"edition {edition_id} is {state}", hint="findings count before an edition goes out")
    return Named.of(stored)


def _nothing(found: Preflight, spot: Spot, what: str) -> NotFound:
    there = ", ".join(f"{one.finding.rule} {one.finding.anchor}" for one in found.judged) or "nothing"
    return NotFound(
        f"nothing {what} of the rule '{spot.rule}' at '{spot.anchor}'",
        where=f"edition {found.edition_id}",
        hint=f"found are: {there}"[:500],
    )
