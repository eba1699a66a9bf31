"""The tables of sources that are fetched: how each is doing, and which of its pages are known."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from digest.store.tables import metadata
from digest.store.time_type import Moment

# One row a source that was ever to be fetched.
source_states = Table(
    "source_states",
    metadata,
    Column("key", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("moved_to", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", LargeBinary(16)),
    Column("tried_at", Moment),
    Column("succeeded_at", Moment),
    Column("changed_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    Column("notice", Text),
    Column("gone_at", Moment),
    Column("every_s", Integer),
    Column("per_day", Double, nullable=False),
    Column("brought", Integer, nullable=False),
    Column("restless", Integer, nullable=False),
    Column("slow", Boolean, nullable=False),
    Column("worker", Text),  # who is looking at it
    Column("lease_until", Moment),  # nobody else does before
)
Index("ix_source_states_due_at", source_states.c.due_at)

# Pages that a source listed and that need not be fetched again.
source_pages = Table(
    "source_pages",
    metadata,
    Column("source", Text, nullable=False),
    Column("page", LargeBinary(16), nullable=False),  # a hash of its address
    Column("modified_at", Moment),  # as the listing said
    Column("noted_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),  # that failed; 0: it is done with
    PrimaryKeyConstraint("source", "page"),
)
Index("ix_source_pages_source_noted_at", source_pages.c.source, source_pages.c.noted_at)
