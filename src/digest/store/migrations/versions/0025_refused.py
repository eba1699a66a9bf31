"""Lines of the history by event: tries that were refused are few among very many."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_history_event_id", "history", ["event", "id"])
