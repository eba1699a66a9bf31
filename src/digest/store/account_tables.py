"""The tables of people at the desk: what they may do, and by what they are known."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from digest.store.json_type import Json
from digest.store.tables import Id, metadata
from digest.store.time_type import Moment
from digest.store.word_type import Word

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", Text, nullable=False, unique=True),  # normalised
    Column("name", Text, nullable=False),
    Column("zone", Text),
    Column("single_keys", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("password", Text),  # argon2id in the PHC format; NULL until somebody has chosen one
    Column("totp", Text),  # encrypted; NULL when no second step is asked for
    Column("totp_used", BigInteger),  # the newest time step whose code was used
)

grants = Table(
    "grants",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("role", Word, nullable=False),
    PrimaryKeyConstraint("user_id", "digest", "role"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("user_id", "hash"),
)

# Only the hash of what a browser or program shows is stored: a copy of the database opens no door.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("agent", Text, nullable=False),
    Column("stays", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
Index("ix_sessions_user_id", sessions.c.user_id)
Index("ix_sessions_seen_at", sessions.c.seen_at)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("used_at", Moment),
)
Index("ix_api_tokens_user_id", api_tokens.c.user_id)

# One row a name or network that has tried of late; nobody can be told from a key.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("paid_until", Moment, nullable=False, index=True),  # every try moves it on by the same time
)
