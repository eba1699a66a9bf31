"""When people were away, and what of it was sent to them on their return."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("away_from", sa.BigInteger()))
    op.add_column("subscriptions", sa.Column("away_until", sa.BigInteger()))
    op.add_column("letters", sa.Column("stories", sa.Text()))
