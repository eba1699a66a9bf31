"""Whether the tables are at this program's revision; the way there is in `migrating`."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from digest.store.server import begin_upgrade

HEAD = "0028"  #: the newest migration; a test holds it to the files


def is_current(connection: Connection) -> bool:
    """Tell whether there is nothing to do."""
    return revision(connection) == HEAD


def upgrade(connection: Connection, *, where: str) -> None:
    """Run the missing migrations inside the connection's transaction; nothing to do is quick.

    Raises:
        StoreError: A newer program made this database.
    """
    begin_upgrade(connection)
    found = revision(connection)
    if found != HEAD:
        from digest.store import migrating  # noqa: PLC0415  # why: alembic takes as long to load as all the rest

        migrating.upgrade(connection, found, where=where)


def faults(connection: Connection) -> tuple[str, ...]:
    """Tell whether the schema is this program's; () when it is."""
    found = revision(connection)
    if found == HEAD:
        return ()
    if found is None:
        return ("the database is empty; run `digest db upgrade`",)
    from digest.store import migrating  # noqa: PLC0415  # why: as above

    if migrating.is_known(found):
        return (f"the schema is at revision {found}, not {HEAD}; run `digest db upgrade`",)
    return (f"a newer version of this program made the database (revision {found})",)


def revision(connection: Connection) -> str | None:
    """Read which migration made the tables; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
