"""The tables of schedules: what was promised, what became of each slot, what was done and who is told."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
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

# One row a digest that a scheduler has seen.
schedules = Table(
    "schedules",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("rules", Json, nullable=False),  # as they were when they were last looked at
    Column("seen_until", Moment, nullable=False),  # slots that were due until then are in `slots`
    Column("next_at", Moment),  # when the next are to be noted; NULL when none are planned
    Column("paused_at", Moment),
    Column("paused_by", Text),
    Column("pause_note", Text),
)
Index("ix_schedules_next_at", schedules.c.next_at)

slots = Table(
    "slots",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("first_at", Moment, nullable=False),  # for the first subscribers, by their own clocks
    Column("last_at", Moment, nullable=False),
    Column("build_at", Moment, nullable=False),
    Column("state", Word, nullable=False),
    Column("edition_id", Id, ForeignKey("editions.id")),
    Column("note", Text),
    Column("worker", Text),  # who is building it
    Column("lease_until", Moment),  # nobody else takes it before
    Column("tries", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("digest", "slot"),
)
Index("ix_slots_due_at", slots.c.due_at)
Index("ix_slots_digest_due_at", slots.c.digest, slots.c.due_at)
TO_BUILD = sql("state = 'due'")
Index("ix_slots_to_build", slots.c.build_at, sqlite_where=TO_BUILD, postgresql_where=TO_BUILD)

# Triggers refuse to change or delete a row (migration 0006).
history = Table(
    "history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("run", Text),
    Column("digest", Text),
    Column("slot", Text),
    Column("edition_id", Id),
    Column("seconds", Double),
    Column("counts", Json, nullable=False),
    Column("note", Text),
)
Index("ix_history_digest_id", history.c.digest, history.c.id)
Index("ix_history_by_id", history.c.by, history.c.id)
Index("ix_history_at", history.c.at)
Index("ix_history_event_id", history.c.event, history.c.id)

# `key` names an occasion for good, so that it is told once whoever notices it.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("digest", Text),
    Column("slot", Text),
    Column("edition_id", Id),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("routed_at", Moment),  # NULL until somebody has written down whom it is to be sent to
)
UNROUTED = sql("routed_at IS NULL")
Index("ix_alerts_unrouted", alerts.c.id, sqlite_where=UNROUTED, postgresql_where=UNROUTED)
Index("ix_alerts_edition_id", alerts.c.edition_id)

alert_sends = Table(
    "alert_sends",
    metadata,
    Column("alert_id", Id, ForeignKey("alerts.id"), nullable=False),
    Column("channel", Text, nullable=False),  # 'mail' or 'webhook NAME'
    Column("tries", Integer, nullable=False),
    Column("next_at", Moment),  # NULL once it has ended; ahead by a lease while somebody sends it
    Column("sent_at", Moment),
    Column("error", Text),
    PrimaryKeyConstraint("alert_id", "channel"),
)
Index("ix_alert_sends_next_at", alert_sends.c.next_at)
Index("ix_alert_sends_channel", alert_sends.c.channel, alert_sends.c.alert_id)
