"""What an edition is now beside what somebody approved, or beside how it was built: the sum of all deeds."""

from __future__ import annotations

from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.editing.deeds_since import deeds_since
from digest.actions.editing.edition_head import withdrawn
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
        log = tx.editions.log(stored.id)
        approval = withdrawn(stored, log)
        since = deeds_since(tx.shapes.list(stored.id), log, approval)
        base = since[0].version - 1 if since and approval is not None else 0
        before = tx.shapes.content(stored.id, base) if since else None
    if before is None:
        return None
    hands = dict.fromkeys(one.by for one in since)
    return Changed(approved=approval, differences=differences(before, stored.edition), hands=tuple(hands))
