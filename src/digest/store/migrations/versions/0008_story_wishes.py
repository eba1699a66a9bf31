"""What editors say of stories, and the second name of articles."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger()
_ID = _BIG.with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "story_wishes",
        sa.Column("one", _ID, nullable=False),
        sa.Column("other", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name="pk_story_wishes"),
        sa.ForeignKeyConstraint(["one"], ["articles.id"], name="fk_story_wishes_one_articles"),
        sa.ForeignKeyConstraint(["other"], ["articles.id"], name="fk_story_wishes_other_articles"),
    )
    op.create_index("ix_story_wishes_other", "story_wishes", ["other"])
    op.add_column("articles", sa.Column("also", sa.LargeBinary(16)))
    op.create_index("ix_articles_also", "articles", ["also"])
