"""In which of its states an edition was in hand for a reader, since some are corrected on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("version", sa.Integer))
