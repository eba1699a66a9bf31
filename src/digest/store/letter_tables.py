"""The tables of sign-ups, and of mail to one person."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text
from sqlalchemy import text as sql

from digest.store.json_type import Json
from digest.store.tables import Id, metadata
from digest.store.time_type import Moment
from digest.store.word_type import Word

consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("address", Text, nullable=False),  # normalised
    Column("email", Text, nullable=False),  # as given
    Column("digest", Text, nullable=False),
    Column("name", Text),
    Column("sections", Json, nullable=False),
    Column("hour", Text),
    Column("zone", Text),
    Column("language", Text),
    Column("wording", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("network", Text, nullable=False),
    Column("confirmed_at", Moment),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), index=True),
)
Index("ix_consents_address", consents.c.address, consents.c.digest)
_UNCONFIRMED = sql("confirmed_at IS NULL")
Index(
    "ix_consents_unconfirmed",
    consents.c.asked_at,
    sqlite_where=_UNCONFIRMED,
    postgresql_where=_UNCONFIRMED,
)

letters = Table(
    "letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("kind", Word, nullable=False),
    Column("address", Text, nullable=False),  # normalised
    Column("email", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("language", Text),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), index=True),
    Column("edition_id", Id, ForeignKey("editions.id")),
    Column("consent", Text),
    Column("network", Text),
    Column("made_at", Moment, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("next_at", Moment),  # when it may be tried; NULL once it has its end
    Column("sent_at", Moment),
    Column("used_at", Moment),
    Column("stories", Json),  # of a catch-up: [[edition, article], ...], the best first
    Column("note", Text),  # why it was not sent, as far as it was not
)
Index("ix_letters_address", letters.c.address, letters.c.made_at)
_WAITS = sql("next_at IS NOT NULL")
Index("ix_letters_waiting", letters.c.next_at, letters.c.id, sqlite_where=_WAITS, postgresql_where=_WAITS)

# How many sign-ups came in the hour that began then; by network, and by digest.
sign_up_counts = Table(
    "sign_up_counts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("since", Moment, nullable=False, index=True),
    Column("asked", Integer, nullable=False),
)
