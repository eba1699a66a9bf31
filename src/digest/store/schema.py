"""Bringing the tables to this program's revision."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from digest.errors import StoreError

_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()  # alembic keeps the running migration in a global


def upgrade(connection: Connection, *, where: str) -> None:
    """Run the missing migrations inside the connection's transaction.

    Raises:
        StoreError: A newer program made this database.
    """
    config = _config()
    revision = _revision(connection)
    if revision is not None and revision not in _known(config):
        raise StoreError(
            f"a newer version of this program made the database (revision {revision})",
            where=where,
            hint="install that version, or restore a backup made by this one",
        )
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def faults(connection: Connection) -> tuple[str, ...]:
    """Tell whether the schema is this program's; () when it is."""
    config = _config()
    revision = _revision(connection)
    head = ScriptDirectory.from_config(config).get_current_head()
    if revision == head:
        return ()
    if revision is None:
        return ("the database is empty; run `digest db upgrade`",)
    if revision in _known(config):
        return (f"the schema is at revision {revision}, not {head}; run `digest db upgrade`",)
    return (f"a newer version of this program made the database (revision {revision})",)


def _config() -> Config:
    config = Config()
    # The option is read with interpolation, so a percent sign in the path counts double.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known(config: Config) -> frozenset[str]:
    script = ScriptDirectory.from_config(config)
    return frozenset(revision.revision for revision in script.walk_revisions())
