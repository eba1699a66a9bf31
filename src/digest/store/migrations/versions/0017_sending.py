"""The unknown by edition, and how relays were when a service last looked at them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unknown = sa.text("state = 'unknown'")
    op.create_index(
        "ix_deliveries_unknown",
        "deliveries",
        ["edition_id", "id"],
        sqlite_where=unknown,
        postgresql_where=unknown,
    )
    op.create_table(
        "relay_looks",
        sa.Column("relay", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.Text()),
        sa.Column("ms", sa.Integer()),
        sa.PrimaryKeyConstraint("relay", name="pk_relay_looks"),
    )
