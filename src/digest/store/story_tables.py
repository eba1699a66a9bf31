"""The table of what editors say of stories."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text

from digest.store.tables import Id, metadata
from digest.store.time_type import Moment

story_wishes = Table(
    "story_wishes",
    metadata,
    Column("one", Id, ForeignKey("articles.id"), nullable=False),  # the lower number of the two
    Column("other", Id, ForeignKey("articles.id"), nullable=False),
    Column("kind", Text, nullable=False),  # 'together' or 'apart'
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("one", "other"),
)
Index("ix_story_wishes_other", story_wishes.c.other)
