"""Those who got no mail of an edition, by what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    missed = sa.text("state IN ('failed', 'expired', 'excluded')")
    op.create_index(
        "ix_deliveries_missed",
        "deliveries",
        ["edition_id", "state", "id"],
        sqlite_where=missed,
        postgresql_where=missed,
    )
