"""Runs migrations on the connection that the store hands over, inside its transaction."""

from alembic import context

from digest.store.people_tables import subscribers

metadata = subscribers.metadata  # complete once the last tables are declared

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
