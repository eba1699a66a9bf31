"""Why articles stand in their sections, and a way to what editors have put there."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BY_EDITORS = sa.text("origin = 'editor'")


def upgrade() -> None:
    op.add_column("decisions", sa.Column("placed", sa.Text()))
    op.create_index(
        "ix_article_tags_editors",
        "article_tags",
        ["tag_id", "effective_at", "article_id"],
        sqlite_where=_BY_EDITORS,
        postgresql_where=_BY_EDITORS,
    )
