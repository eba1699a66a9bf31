"""Finding and opening the database, and saying plainly what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from digest.errors import StoreError
from digest.store.connecting import prepare
from digest.store.server import make_server_engine

_BACK_ENDS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
_HOW = "write sqlite:///var/digest.db or postgresql://user:password@host/database"
_ESCAPE = "in user and password write @ as %40, : as %3A, / as %2F and % as %25"
_NO_SECRETS = ("host", "port", "service", "sslmode")  # of an address's options

_AGAIN = "two programs were in each other's way; run it again"

# What the drivers say, in the order it is looked for, and the way out.
_WAYS_OUT = (
    ("password", "look at user and password in `database`, and at the server's pg_hba.conf"),
    ("pg_hba.conf", "let this user in from here, in the server's pg_hba.conf"),
    ("role", "make the user on the server, or name another in `database`"),
    ("too many clients", "raise max_connections on the server, or run fewer programs"),
    ("connection slots", "raise max_connections on the server, or run fewer programs"),
    ("no schema", "let this user own the database: ALTER DATABASE ... OWNER TO ..."),
    ("permission denied", "let this user own the database: ALTER DATABASE ... OWNER TO ..."),
    ("lock timeout", "another program holds it for too long; stop that one or try again"),
    ("deadlock", _AGAIN),
    ("could not serialize", _AGAIN),
    ("terminating connection", "the server ended the connection; run it again"),
    ("locked", "another program holds the database; stop it or try again"),
    ("unable to open", "the folder must exist and this user must be allowed to write in it"),
    ("readonly", "give this user the right to write the file and its folder"),
    ("read-only", "the block was opened for reading only"),
    ("not a database", "restore a backup, or name another file in `database`"),
    ("malformed", "restore a backup; `sqlite3 FILE .recover` reads what is left of a damaged one"),
    ("no such table", "run `digest db upgrade`"),
    ("no such column", "run `digest db upgrade`"),
    ("no space left", "free some space on the server and run it again; nothing that was confirmed is lost"),
    ('database "', "make it first, on the server: createdb NAME"),
    ("does not exist", "run `digest db upgrade`"),
    ("connect", "the server must run and accept this user"),
)

# What SQLite says where there is no room, or not for this user: it looks alike.
_NO_ROOM = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
)
_MAKE_ROOM = (
    "free some space there and run it again; where there is enough, look at this user's quota, at "
    "`ulimit -f`, and for faults of the disk in the system's log; nothing that was confirmed is lost"
)


def make_engine(url: str, *, home: Path) -> Engine:
    """Make the engine for a database address; a file's folder is made when it lies below home.

    Raises:
        StoreError: The address cannot be read, names no usable back end or a folder that is not there.
    """
    place = locate(url, home=home)
    try:
        if place.get_backend_name() == "sqlite":
            _need_folder(Path(str(place.database)), home=home)
            # No upper bound: every thread at work has a connection of its own and never waits for one.
            engine = create_engine(place, pool_size=8, max_overflow=-1)
        else:
            engine = make_server_engine(place)
    except ImportError as error:
        raise StoreError(
            f"PostgreSQL needs its driver: {error}",
            where=shown(place),
            hint="`pip install 'digest-builder[postgres]'`, or use sqlite:///var/digest.db",
        ) from error
    prepare(engine)
    return engine


def locate(url: str, *, home: Path) -> URL:
    """Read a database address; a relative file counts from home.

    Raises:
        StoreError: The address cannot be read or names a database in memory.
    """
    try:
        place = make_url(url)
    except (ArgumentError, ValueError):
        # What they say, and what they hold, quotes parts of the address: a password with signs in it.
        raise StoreError("no database address", hint=f"{_HOW}; {_ESCAPE}") from None
    if place.drivername not in _BACK_ENDS:
        raise StoreError(f"no back end is called '{place.drivername}'", hint=_HOW)
    if place.get_backend_name() != "sqlite":
        if "@" in (place.host or ""):
            raise StoreError("no database address: it has two @", hint=_ESCAPE)
        return place
    if place.database in {None, "", ":memory:"}:
        raise StoreError("a database in memory forgets everything", hint="write sqlite:///var/digest.db")
    if place.query:
        raise StoreError("a file's address takes no '?'", where=shown(place), hint="write the path alone")
    return place.set(database=str(home.absolute() / str(place.database)))


def shown(place: URL) -> str:
    """Return the database's name as people know it: the file, or the address without its password."""
    if place.get_backend_name() == "sqlite":
        return str(place.database)
    query = {name: value for name, value in place.query.items() if name in _NO_SECRETS}
    return place.set(query=query).render_as_string(hide_password=True)


def explain(error: Exception, place: URL, *, written: Path | None = None) -> StoreError:
    """Turn what a driver said into a message that names the database and the way out.

    Args:
        error: Of the driver, or SQLAlchemy's around it.
        place: The database.
        written: The file that was written; None: the database's own.
    """
    cause = getattr(error, "orig", None) or error
    said = (str(cause).strip().splitlines() or [type(error).__name__])[0]
    if getattr(cause, "sqlite_errorcode", None) in _NO_ROOM:
        return _no_room(said, written or Path(str(place.database)))
    hint = next((way for sign, way in _WAYS_OUT if sign in said.lower()), "`digest db check` looks deeper")
    return StoreError(said, where=shown(place), hint=hint)


def _no_room(said: str, file: Path) -> StoreError:
    """Say how much room is left where a file could not be written."""
    try:
        disk = os.statvfs(file.parent)
    except OSError:
        room = "nobody can tell how much room is left"
    else:
        room = f"{disk.f_bavail * disk.f_frsize / 1_000_000:,.1f} MB are free there"
    return StoreError(f"{said}: {room}", where=str(file), hint=_MAKE_ROOM)


def _need_folder(file: Path, *, home: Path) -> None:
    folder = file.parent
    try:
        if folder.is_relative_to(home.absolute()):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder cannot be made: {error.strerror}",
            where=str(folder),
            hint="name another home, or give this user the right to write there",
        ) from error
    if not folder.is_dir():
        raise StoreError("the folder of the database is not there", where=str(folder), hint="make it first")
