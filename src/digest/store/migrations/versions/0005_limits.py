"""Tables of sending limits that workers share."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("last_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("key", name="pk_limits"),
    )
    op.create_table(
        "limit_uses",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_us", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_us", "at", name="pk_limit_uses"),
    )
    op.create_table(
        "limit_seats",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "worker", name="pk_limit_seats"),
    )
