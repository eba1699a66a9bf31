"""The tables of people at the desk and their sign-ins."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from digest.store.tables import Id, metadata
from digest.store.time_type import Moment

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", Text, nullable=False, unique=True),  # in lower case
    Column("name", Text, nullable=False),
    Column("password", Text),  # as argon2 writes it; null: nobody can sign in by one
    Column("zone", Text),
    Column("single_keys", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("digest", Text, nullable=False),  # a key, or '*'
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "digest", "role"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("name", LargeBinary(32), primary_key=True),  # SHA-256 of the token, which is kept nowhere
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("agent", Text, nullable=False),  # what the browser calls itself, in a few words
)
Index("ix_sessions_user", sessions.c.user_id)
