"""Tables of sources that are fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "source_states",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("due_at", _BIG, nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.LargeBinary(16)),
        sa.Column("tried_at", _BIG),
        sa.Column("succeeded_at", _BIG),
        sa.Column("changed_at", _BIG),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("notice", sa.Text()),
        sa.Column("gone_at", _BIG),
        sa.Column("every_s", sa.Integer()),
        sa.Column("per_day", sa.Double(), nullable=False),
        sa.Column("brought", sa.Integer(), nullable=False),
        sa.Column("restless", sa.Integer(), nullable=False),
        sa.Column("slow", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("lease_until", _BIG),
        sa.PrimaryKeyConstraint("key", name="pk_source_states"),
    )
    op.create_index("ix_source_states_due_at", "source_states", ["due_at"])
    op.create_table(
        "source_pages",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("page", sa.LargeBinary(16), nullable=False),
        sa.Column("modified_at", _BIG),
        sa.Column("noted_at", _BIG, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "page", name="pk_source_pages"),
    )
    op.create_index("ix_source_pages_source_noted_at", "source_pages", ["source", "noted_at"])
