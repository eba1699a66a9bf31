"""Finding and opening the database, and saying plainly what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from digest.errors import StoreError
from digest.store import dialects

# What the drivers say, in the order it is looked for, and the way out.
_WAYS_OUT = (
    ("locked", "another program holds the database; stop it or try again"),
    ("unable to open", "the folder must exist and this user must be allowed to write in it"),
    ("readonly", "give this user the right to write the file and its folder"),
    ("read-only", "the block was opened for reading only"),
    ("not a database", "restore a backup, or name another file in `database`"),
    ("malformed", "restore a backup; `sqlite3 FILE .recover` reads what is left of a damaged one"),
    ("no such table", "run `digest db upgrade`"),
    ("no such column", "run `digest db upgrade`"),
    ("does not exist", "run `digest db upgrade`"),
    ("full", "free some space and run it again; nothing that was confirmed is lost"),
    ("connect", "the server must run and accept this user"),
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
            engine = create_engine(place, pool_pre_ping=True)
    except (ArgumentError, ImportError) as error:
        raise StoreError(
            f"no driver for this database: {error}",
            where=shown(place),
            hint="use sqlite:///var/digest.db or postgresql://",
        ) from error
    dialects.prepare(engine)
    return engine


def locate(url: str, *, home: Path) -> URL:
    """Read a database address; a relative file counts from home.

    Raises:
        StoreError: The address cannot be read or names a database in memory.
    """
    try:
        place = make_url(url)
        backend = place.get_backend_name()
        place.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StoreError(
            f"no database address: {error}", hint="write sqlite:///var/digest.db or postgresql://..."
        ) from error
    if backend != "sqlite":
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
    return place.render_as_string(hide_password=True)


def explain(error: Exception, place: URL) -> StoreError:
    """Turn what a driver said into a message that names the database and the way out."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    hint = next((way for sign, way in _WAYS_OUT if sign in said[0].lower()), "`digest db check` looks deeper")
    return StoreError(said[0], where=shown(place), hint=hint)


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
