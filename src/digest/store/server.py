"""What only PostgreSQL needs: its driver's options, the settings of its sessions, and taking turns."""

from __future__ import annotations

from typing import Literal, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import ConnectionPoolEntry

# Left alone, the kernel tries a quarter of an hour to reach a server that has vanished.
_PATIENCE: dict[str, object] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "client_encoding": "utf8",
    "application_name": "digest",
}

_SESSION = {
    # As long as one writer waits for another on a file.
    "lock_timeout": "30s",
    "statement_timeout": "10min",
    # A program that was stopped inside a block must not keep everybody else out.
    "idle_in_transaction_session_timeout": "60s",
    # Statements after a wait see what was waited for; a server may be set up otherwise.
    "default_transaction_isolation": "read committed",
}

# A permit that a crash of the server takes back lets a reader be mailed again. What reaches its disk, and
# waits for those of other servers or does not, is the operator's choice, and stays for the whole session.
_DURABLE = (
    "set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
    "WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)"
)

# An upgrade waits for another one to end, but not for who uses the tables: all others would queue behind it.
_UPGRADING = {"statement_timeout": "0", "lock_timeout": "10min"}
_UPGRADING_LOCKS = {"lock_timeout": "10s"}

_HOUSE = 0x64696765  # 'dige': the half of the key that keeps others' advisory locks apart
_TURNS = {"schema": 1, "articles": 2, "people": 3}


class _DriverConnection(Protocol):
    def execute(self, query: str) -> object: ...
    def commit(self) -> None: ...


def make_server_engine(place: URL) -> Engine:
    """Make the engine for a server's database; what the address says goes before our own options.

    Raises:
        ImportError: The driver is not installed.
    """
    options = {name: value for name, value in _PATIENCE.items() if name not in place.query}
    # Asked before use, so that a restart of the server costs the block that was open and no other.
    # A service with many editions in hand has some dozen threads that each open short blocks.
    engine = create_engine(place, pool_pre_ping=True, pool_size=8, max_overflow=32, connect_args=options)
    event.listen(engine, "connect", _set_up)
    return engine


def take_turn(connection: Connection, what: Literal["articles", "people"]) -> None:
    """Let one transaction at a time change articles, or people; the others wait until it ends.

    A file's one writer has its turn anyway. On a server two programs could both find that
    something is not there yet, or one could overwrite what the other has just written.
    """
    if connection.dialect.name != "sqlite":
        _lock(connection, what)


def begin_upgrade(connection: Connection) -> None:
    """Wait for whoever else is upgrading, and be the only one until the transaction ends."""
    if connection.dialect.name != "sqlite":
        _set(connection, _UPGRADING)
        _lock(connection, "schema")
        _set(connection, _UPGRADING_LOCKS)


def server_faults(connection: Connection) -> tuple[str, ...]:
    """Tell what is wrong with how the database was made; () when nothing is."""
    encoding = str(connection.execute(text("SHOW server_encoding")).scalar_one())
    if encoding == "UTF8":
        return ()
    return (f"the database keeps text as {encoding}; make one with ENCODING 'UTF8' TEMPLATE template0",)


def _set_up(connection: _DriverConnection, _entry: ConnectionPoolEntry) -> None:
    connection.execute(f"SELECT {_settings(_SESSION, is_local=False)}, {_DURABLE}")
    connection.commit()


def _set(connection: Connection, settings: dict[str, str]) -> None:
    connection.exec_driver_sql(f"SELECT {_settings(settings, is_local=True)}")


def _settings(settings: dict[str, str], *, is_local: bool) -> str:
    return ", ".join(f"set_config('{name}', '{value}', {is_local})" for name, value in settings.items())


def _lock(connection: Connection, what: str) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_HOUSE}, {_TURNS[what]})")
