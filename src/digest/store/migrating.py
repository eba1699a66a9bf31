"""Bringing the tables to this program's revision."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from digest.errors import StoreError

_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()  # alembic keeps the running migration in a global


def upgrade(connection: Connection, revision: str | None, *, where: str) -> None:
    """Run the missing migrations inside the connection's transaction.

    Args:
        connection: Open for writing.
        revision: Where the tables are; None for an empty database.
        where: The database's name for messages.

    Raises:
        StoreError: A newer program made this database.
    """
    if revision is not None and not is_known(revision):
        raise StoreError(
            f"a newer version of this program made the database (revision {revision})",
            where=where,
            hint="install that version, or restore a backup made by this one",
        )
    config = _config()
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def head() -> str | None:
    """Return the newest migration there is a file for."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_known(revision: str) -> bool:
    """Tell whether there is a file for a migration."""
    script = ScriptDirectory.from_config(_config())
    return revision in {known.revision for known in script.walk_revisions()}


def _config() -> Config:
    config = Config()
    # The option is read with interpolation, so a percent sign in the path counts double.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
