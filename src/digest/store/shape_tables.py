"""The table of what hands have made of editions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, PrimaryKeyConstraint, Table, Text

from digest.store.json_type import Json
from digest.store.tables import Id, metadata
from digest.store.time_type import Moment

edition_versions = Table(
    "edition_versions",
    metadata,
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False),
    Column("version", Integer, nullable=False),  # 0 is as it was built
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("deed", Text, nullable=False),  # a word: move, drop, undo, ...
    Column("note", Text, nullable=False),  # what was done, to be read
    Column("stands_for", Integer, nullable=False),  # the version whose content this is
    Column("parent", Integer),  # the version that a deed was done on, by its content; null for 0
    Column("content", Json, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("told", Json, nullable=False),  # [[article, the item that tells its story], ...]
    Column("decided", Json, nullable=False),  # decisions as built that this version was the first to change
    PrimaryKeyConstraint("edition_id", "version"),
)
