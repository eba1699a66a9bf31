"""Finding what editions had left behind before a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause

from digest.store.editions_read import EditionReading
from digest.store.tables import pins


@dataclass(frozen=True)
class EditionsBefore(EditionReading):
    """The reading half of the editions part, as far as it tells what building depends on, up to a moment.

    Only editions whose slot is earlier count in `used`, `sent_since`, `carried`, `last_sent` and
    `next_number`, in the state that they are in now; in `pins` only wishes that were uttered before.
    """

    moment: datetime  #: the first that is outside

    def _of(self, digest: str, table: FromClause) -> Sequence[ColumnElement[bool]]:
        column = table.c.at if table is pins else table.c.slot_at
        return (*super()._of(digest, table), column < self.moment)
