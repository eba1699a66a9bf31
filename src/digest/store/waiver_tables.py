"""The tables of preflight: what people say may stand, and what links answered."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from digest.store.tables import Id, metadata
from digest.store.time_type import Moment

waivers = Table(
    "waivers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False, index=True),
    Column("rule", Text, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("content", Text, nullable=False),  # names what stood there
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("why", Text, nullable=False),
    Column("ended_by", Text),  # who took it back
    Column("ended_at", Moment),
)

link_answers = Table(
    "link_answers",
    metadata,
    Column("key", Text, primary_key=True),  # names the address, which may be long
    Column("asked_at", Moment, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("said", Text, nullable=False),
)
