"""A table of the homes that send from this database."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("stepped_at", sa.BigInteger(), nullable=False),
        sa.Column("adopted_by", sa.Text()),
        sa.Column("adopted_at", sa.BigInteger()),
        sa.Column("live", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_instance"),
    )
    # Homes that have sent already have no name yet: the first that comes may take this one's place.
    op.execute(
        "INSERT INTO instance (id, epoch, stepped_at)"
        " SELECT 'upgraded', 0, 0 WHERE EXISTS (SELECT 1 FROM deliveries)"
    )
