"""What stays of recipients who are no longer on record one by one."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "delivery_totals",
        sa.Column("id", number, nullable=False),
        sa.Column("edition_id", number, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("at_most", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("recipients", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_totals"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_delivery_totals_edition_id"),
    )
    op.create_index("ix_delivery_totals_edition_id", "delivery_totals", ["edition_id"])
