"""Runs migrations on the connection that the store hands over, inside its transaction."""

from alembic import context

from digest.store import people_tables
from digest.store.tables import metadata

assert people_tables.metadata is metadata  # noqa: S101  (importing it declares the tables)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
