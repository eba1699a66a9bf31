"""What files of the configuration said before, and what sources gave lately."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger()
_ID = _BIG.with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "config_versions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_config_versions"),
    )
    op.create_index("ix_config_versions_file", "config_versions", ["file", "id"])
    op.create_index("ix_articles_source_effective", "articles", ["source", "effective_at"])
