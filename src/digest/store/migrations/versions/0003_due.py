"""Deliveries that wait are found by when they may be tried, however many are put off."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WAITING = sa.text("state IN ('pending', 'deferred')")


def upgrade() -> None:
    op.drop_index("ix_deliveries_waiting", "deliveries")
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["edition_id", "next_at", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
