"""The newest sends of one channel are found at once."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_alert_sends_channel", "alert_sends", ["channel", "alert_id"])
