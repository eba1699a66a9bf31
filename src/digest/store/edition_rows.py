"""Rows of editions as values."""

from __future__ import annotations

import json
from functools import lru_cache

from sqlalchemy import Text, type_coerce

from digest.model import Edition, EditionState
from digest.store.edition_json import unpack_edition
from digest.store.part import Line
from digest.store.tables import editions
from digest.store.values import StoredEdition

#: What `stored_of` reads of a row; the content as it is written, which is dear to take apart.
WHOLE = (
    *(column for column in editions.c if column.name != "content"),
    type_coerce(editions.c.content, Text).label("content"),
)


def stored_of(row: Line) -> StoredEdition:
    """Read the row of an edition, of the columns `WHOLE`."""
    return StoredEdition(
        id=row.id,
        edition=_edition(row.content),
        state=EditionState(row.state),
        content_hash=row.content_hash,
        built_at=row.built_at,
        plan=row.plan,
        approved_hash=row.approved_hash,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        note=row.note,
    )


@lru_cache(maxsize=64)  # pages ask for the same ones again and again, and no part of one can change
def _edition(written: str) -> Edition:
    return unpack_edition(json.loads(written))
