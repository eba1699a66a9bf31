"""The tables of what a language model was asked for, and what it cost."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from digest.store.json_type import Json
from digest.store.tables import metadata
from digest.store.time_type import Moment

drafts = Table(
    "drafts",
    metadata,
    Column("key", Text, primary_key=True),  # names the article's content and all that the answer depends on
    Column("made_at", Moment, nullable=False, index=True),
    Column("sentences", Json),  # of an accepted one: [[text, start, end], ...]
    Column("reason", Text),  # why it was refused, when it was
)

draft_months = Table(
    "draft_months",
    metadata,
    Column("month", Text, primary_key=True),  # '2026-11', in UTC
    Column("tokens", BigInteger, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("fell_back", Integer, nullable=False),
)
