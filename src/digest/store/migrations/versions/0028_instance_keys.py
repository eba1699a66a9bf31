"""Which keys the homes that send from here sign with."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instance", sa.Column("key_names", sa.Text(), nullable=True))
