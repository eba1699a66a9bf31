"""The tables of people, their choices, what was mailed to them, and what came back."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from digest.store.json_type import Json
from digest.store.tables import Id, metadata
from digest.store.time_type import Moment
from digest.store.word_type import Word

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("email", Text),  # as given; NULL once erased
    Column("address", Text, unique=True),  # normalised; NULL once erased
    Column("name", Text),
    Column("language", Text),
    Column("zone", Text),
    Column("created_at", Moment, nullable=False),
    Column("erased_at", Moment),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Word, nullable=False),
    Column("sections", Json, nullable=False),
    Column("consent", Text),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("ended_at", Moment),
    Column("end_reason", Text),
    Column("hour", Text),  # '18:30' on their own clocks; NULL: with everyone
    Column("is_plain", Boolean),
    Column("at_most", Integer),  # items of each section; NULL: all
    Column("paused_until", Moment),
    Column("away_from", Moment),  # the last time that they paused, or had left and came back
    Column("away_until", Moment),
    PrimaryKeyConstraint("digest", "subscriber_id"),
)
Index("ix_subscriptions_subscriber", subscriptions.c.subscriber_id)
UNCONFIRMED = sql("state <> 'confirmed'")  #: word for word as in migration 0018
Index(
    "ix_subscriptions_unconfirmed",
    subscriptions.c.digest,
    subscriptions.c.state,
    subscriptions.c.subscriber_id,
    sqlite_where=UNCONFIRMED,
    postgresql_where=UNCONFIRMED,
)
_WITH_HOUR = sql("hour IS NOT NULL")
Index("ix_subscriptions_hour", subscriptions.c.digest, sqlite_where=_WITH_HOUR, postgresql_where=_WITH_HOUR)

# `key` is a normalised address, or the fingerprint of one that was erased.
suppressions = Table(
    "suppressions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("added_at", Moment, nullable=False),
)

# Names of erased people, which are no addresses, and the rare address that begins like one.
FINGERPRINTS = sql("substr(key, 1, 1) = '#'")
Index(
    "ix_suppressions_fingerprint",
    suppressions.c.key,
    sqlite_where=FINGERPRINTS,
    postgresql_where=FINGERPRINTS,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False, index=True),
    Column("address", Text, nullable=False),  # normalised; a fingerprint once erased
    Column("sections", Json, nullable=False),
    Column("state", Word, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker", Text),
    Column("lease_until", Moment),
    Column("next_at", Moment),
    Column("code", Integer),
    Column("reason", Text),
    Column("reply", Text),
    Column("changed_at", Moment),
    Column("hour", Text),  # these three as in the subscription when the edition was frozen
    Column("is_plain", Boolean),
    Column("at_most", Integer),
    Column("version", Integer),  # the state of the edition that was last in hand for them
    UniqueConstraint("edition_id", "subscriber_id"),
    UniqueConstraint("edition_id", "address"),
)

# What stays of recipients who are no longer on record one by one: how many ended alike, and for those
# with mail what it was put together from. It names nobody.
delivery_totals = Table(
    "delivery_totals",
    metadata,
    Column("id", Id, primary_key=True),  # follows from what it is a total of: see `pruning`
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False, index=True),
    Column("state", Word, nullable=False),
    Column("code", Integer),
    Column("reason", Text),
    Column("sections", Json, nullable=False),
    Column("at_most", Integer),
    Column("version", Integer),
    Column("recipients", BigInteger, nullable=False),
    Column("since", Moment, nullable=False),  # when the first of them went
)

# `digest` names a report for good, so that one that is taken in twice counts once.
bounces = Table(
    "bounces",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False, index=True),
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False),
    Column("kind", Word, nullable=False),
    Column("status", Text),
    Column("at", Moment, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
)
REFUSED = "refused/"  #: what the name of a refusal begins with; no report has such letters
IS_REPORT = ~bounces.c.digest.startswith(REFUSED)

# Written as literal text in index and query alike, so that the planner sees that they are the same
# and a claim never walks over the rows that are done.
WAITING = sql("state IN ('pending', 'deferred')")
IN_HAND = sql("state IN ('claimed', 'dotted')")
UNKNOWN = sql("state = 'unknown'")
MISSED = sql("state IN ('failed', 'expired', 'excluded')")
Index(
    "ix_deliveries_waiting",
    deliveries.c.edition_id,
    deliveries.c.next_at,
    deliveries.c.id,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
Index(
    "ix_deliveries_in_hand",
    deliveries.c.edition_id,
    deliveries.c.lease_until,
    sqlite_where=IN_HAND,
    postgresql_where=IN_HAND,
)
Index(
    "ix_deliveries_unknown",
    deliveries.c.edition_id,
    deliveries.c.id,
    sqlite_where=UNKNOWN,
    postgresql_where=UNKNOWN,
)
Index(
    "ix_deliveries_missed",
    deliveries.c.edition_id,
    deliveries.c.state,
    deliveries.c.id,
    sqlite_where=MISSED,
    postgresql_where=MISSED,
)
