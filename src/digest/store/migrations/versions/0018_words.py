"""The words of articles, to be searched; people by state and by the beginning of their address."""

import json

import sqlalchemy as sa
from alembic import op

from digest.store import searching

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BATCH = 500
_NEXT = sa.text(
    "SELECT a.id, a.revision, r.title, r.byline, r.paragraphs FROM articles AS a "
    "JOIN article_revisions AS r ON r.article_id = a.id AND r.revision = a.revision "
    "WHERE a.id > :after ORDER BY a.id LIMIT :many"
)


def upgrade() -> None:
    connection = op.get_bind()
    unconfirmed = sa.text("state <> 'confirmed'")
    op.create_index(
        "ix_subscriptions_unconfirmed",
        "subscriptions",
        ["digest", "state", "subscriber_id"],
        sqlite_where=unconfirmed,
        postgresql_where=unconfirmed,
    )
    if connection.dialect.name == "postgresql":  # SQLite's unique index compares bytes already
        op.execute('CREATE INDEX ix_subscribers_address_bytes ON subscribers (address COLLATE "C")')
    searching.make(connection)
    after = 0
    while rows := connection.execute(_NEXT, {"after": after, "many": _BATCH}).all():
        after = rows[-1].id
        searching.add(
            connection,
            [
                (row.id, row.revision, "\n".join((row.title, row.byline or "", *json.loads(row.paragraphs))))
                for row in rows
            ],
        )
