"""Tables of schedules, slots, history and alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEPT = "the history is never changed"
_BIG = sa.BigInteger()
_ID = _BIG.with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _schedules()
    _slots()
    _history()
    _alerts()
    _alert_sends()


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("seen_until", _BIG, nullable=False),
        sa.Column("next_at", _BIG),
        sa.Column("paused_at", _BIG),
        sa.Column("paused_by", sa.Text()),
        sa.Column("pause_note", sa.Text()),
        sa.PrimaryKeyConstraint("digest", name="pk_schedules"),
    )
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])


def _slots() -> None:
    op.create_table(
        "slots",
        sa.Column("id", _ID, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("due_at", _BIG, nullable=False),
        sa.Column("first_at", _BIG, nullable=False),
        sa.Column("last_at", _BIG, nullable=False),
        sa.Column("build_at", _BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("edition_id", _ID),
        sa.Column("note", sa.Text()),
        sa.Column("worker", sa.Text()),
        sa.Column("lease_until", _BIG),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("changed_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slots"),
        sa.UniqueConstraint("digest", "slot", name="uq_slots_digest_slot"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_slots_edition_id_editions"),
    )
    op.create_index("ix_slots_due_at", "slots", ["due_at"])
    op.create_index("ix_slots_digest_due_at", "slots", ["digest", "due_at"])
    to_build = sa.text("state = 'due'")
    op.create_index(
        "ix_slots_to_build", "slots", ["build_at"], sqlite_where=to_build, postgresql_where=to_build
    )


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("run", sa.Text()),
        sa.Column("digest", sa.Text()),
        sa.Column("slot", sa.Text()),
        sa.Column("edition_id", _ID),
        sa.Column("seconds", sa.Double()),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
    )
    op.create_index("ix_history_digest_id", "history", ["digest", "id"])
    _protect_history()


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("made_at", _BIG, nullable=False),
        sa.Column("digest", sa.Text()),
        sa.Column("slot", sa.Text()),
        sa.Column("edition_id", _ID),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("routed_at", _BIG),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("key", name="uq_alerts_key"),
    )
    unrouted = sa.text("routed_at IS NULL")
    op.create_index("ix_alerts_unrouted", "alerts", ["id"], sqlite_where=unrouted, postgresql_where=unrouted)
    op.create_index("ix_alerts_edition_id", "alerts", ["edition_id"])


def _alert_sends() -> None:
    op.create_table(
        "alert_sends",
        sa.Column("alert_id", _ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", _BIG),
        sa.Column("sent_at", _BIG),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("alert_id", "channel", name="pk_alert_sends"),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_alert_sends_alert_id_alerts"),
    )
    op.create_index("ix_alert_sends_next_at", "alert_sends", ["next_at"])

    is_open = sa.text("state IN ('draft', 'review', 'held', 'approved', 'sending')")
    op.create_index(
        "ix_editions_open", "editions", ["slot_at"], sqlite_where=is_open, postgresql_where=is_open
    )


def _protect_history() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_no_{verb.lower()} BEFORE {verb} ON history"
                f" BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER history_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON history"
        " FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept()"
    )
