"""What an edition is now beside what somebody approved, or beside how it was built: the sum of all deeds."""

from __future__ import annotations

from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.edition_head import withdrawn
from digest.shape import Difference, differences
from digest.store import LogEntry, StoredEdition


@dataclass(frozen=True, kw_only=True)
class Changed:
    """How an edition differs, whatever was done and undone in between."""

    approved: LogEntry | None  #: the approval that it is held against; None: how it was built
    differences: tuple[Difference, ...]  #: () when it is the same again
    hands: tuple[str, ...]  #: who has done something since, without repeats, in order


def changed(app: App, stored: StoredEdition) -> Changed | None:
    """Hold an edition against its withdrawn approval, else against how it was built; None: no deed since."""
    with app.store.reading() as tx:
        approval = withdrawn(stored, tx.editions.log(stored.id))
        states = tx.shapes.list(stored.id)
        earlier = [one.version for one in states if approval is not None and one.at <= approval.at]
        base = earlier[-1] if earlier else 0
        since = [one for one in states if one.version > base]
        before = tx.shapes.content(stored.id, base) if since else None
    if before is None:
        return None
    hands = dict.fromkeys(one.by for one in since)
    return Changed(approved=approval, differences=differences(before, stored.edition), hands=tuple(hands))
