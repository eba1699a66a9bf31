"""Names of erased people among the suppressed: whether there are any is asked a few times a second."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    fingerprints = sa.text("substr(key, 1, 1) = '#'")
    op.create_index(
        "ix_suppressions_fingerprint",
        "suppressions",
        ["key"],
        sqlite_where=fingerprints,
        postgresql_where=fingerprints,
    )
