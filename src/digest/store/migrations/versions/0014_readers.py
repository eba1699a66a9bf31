"""What subscribers choose for themselves: sign-ups, letters, hours, form, pauses."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table in ("subscriptions", "deliveries"):
        op.add_column(table, sa.Column("hour", sa.Text()))
        op.add_column(table, sa.Column("is_plain", sa.Boolean()))
        op.add_column(table, sa.Column("at_most", sa.Integer()))
    op.add_column("subscriptions", sa.Column("paused_until", sa.BigInteger()))
    _partial("ix_subscriptions_hour", "subscriptions", ["digest"], "hour IS NOT NULL")
    op.create_index("ix_editions_slot", "editions", ["digest", "slot_at"])
    _consents()
    _letters()
    op.create_table(
        "sign_up_counts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_up_counts"),
    )
    op.create_index("ix_sign_up_counts_since", "sign_up_counts", ["since"])


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", _ID, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("hour", sa.Text()),
        sa.Column("zone", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("subscriber_id", _ID),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_consents_subscriber_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.UniqueConstraint("uid", name="uq_consents_uid"),
    )
    op.create_index("ix_consents_subscriber_id", "consents", ["subscriber_id"])
    op.create_index("ix_consents_address", "consents", ["address", "digest"])
    _partial("ix_consents_unconfirmed", "consents", ["asked_at"], "confirmed_at IS NULL")


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", _ID, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("subscriber_id", _ID),
        sa.Column("edition_id", _ID),
        sa.Column("consent", sa.Text()),
        sa.Column("network", sa.Text()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("used_at", sa.BigInteger()),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_letters_subscriber_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_letters_edition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("uid", name="uq_letters_uid"),
    )
    op.create_index("ix_letters_subscriber_id", "letters", ["subscriber_id"])
    op.create_index("ix_letters_made_at", "letters", ["made_at"])
    op.create_index("ix_letters_address", "letters", ["address", "made_at"])
    _partial("ix_letters_waiting", "letters", ["next_at", "id"], "next_at IS NOT NULL")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
