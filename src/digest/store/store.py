"""The store and its transactions."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from digest.errors import Refused, StoreError
from digest.store import dialects, schema
from digest.store.absences import Absences
from digest.store.accounts import Accounts
from digest.store.addresses import fingerprint_address
from digest.store.alerts import Alerts
from digest.store.articles import Articles
from digest.store.bounces import Bounces
from digest.store.config_versions import ConfigVersions
from digest.store.connecting import HASTY, WRITING
from digest.store.consents import Consents
from digest.store.deliveries import Deliveries
from digest.store.drafts import Drafts
from digest.store.editions import Editions
from digest.store.engine import explain, make_engine, shown
from digest.store.figures import Figures
from digest.store.history import History
from digest.store.instances import Instances
from digest.store.letters import Letters
from digest.store.limits import Limits
from digest.store.people import People
from digest.store.relay_looks import RelayLooks
from digest.store.schedules import Schedules
from digest.store.shapes import Shapes
from digest.store.slots import Slots
from digest.store.source_figures import SourceFigures
from digest.store.source_states import SourceStates
from digest.store.sources import Sources
from digest.store.stories import Stories
from digest.store.waivers import Waivers

_FINGERPRINTS = 4_096  #: that are kept: more than a sender has in hand
_WAYS_OUT = {
    errno.ENOTDIR: "name another place: what should be a folder there is a file",
    errno.ENAMETOOLONG: "give it a shorter name",
}  #: where a file cannot be made


class Transaction:
    """One open unit of work; its parts see the same moment and end together.

    Args:
        connection: Begun already; who opened it ends it.
        fingerprint: Names an erased address for good.
    """

    def __init__(self, connection: Connection, fingerprint: Callable[[str], str]) -> None:
        self.sources = Sources(connection, fingerprint)
        self.source_states = SourceStates(connection, fingerprint)
        self.source_figures = SourceFigures(connection, fingerprint)
        self.articles = Articles(connection, fingerprint)
        self.stories = Stories(connection, fingerprint)
        self.editions = Editions(connection, fingerprint)
        self.shapes = Shapes(connection, fingerprint)
        self.people = People(connection, fingerprint)
        self.deliveries = Deliveries(connection, fingerprint)
        self.bounces = Bounces(connection, fingerprint)
        self.instances = Instances(connection, fingerprint)
        self.schedules = Schedules(connection, fingerprint)
        self.slots = Slots(connection, fingerprint)
        self.history = History(connection, fingerprint)
        self.figures = Figures(connection, fingerprint)
        self.alerts = Alerts(connection, fingerprint)
        self.limits = Limits(connection, fingerprint)
        self.relays = RelayLooks(connection, fingerprint)
        self.drafts = Drafts(connection, fingerprint)
        self.config_versions = ConfigVersions(connection, fingerprint)
        self.waivers = Waivers(connection, fingerprint)
        self.consents = Consents(connection, fingerprint)
        self.letters = Letters(connection, fingerprint)
        self.absences = Absences(connection, fingerprint)
        self.accounts = Accounts(connection, fingerprint)
        self._connection = connection

    def shared_now(self, now: datetime) -> datetime:
        """Return the moment that leases go by, and whatever else machines agree on by time.

        Of a server its own clock, which all have in common: those of machines differ, and jump. Of a file
        `now`, since its users are on one machine.

        Args:
            now: By this machine's clock.
        """
        return dialects.server_clock(self._connection) or now


class Store:
    """The database, reached in short transactions from any number of threads.

    Args:
        engine: Prepared by `make_engine`.
        fingerprint: Names an erased address for good; must give the same answer for ever.
    """

    def __init__(self, engine: Engine, fingerprint: Callable[[str], str]) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**{WRITING: False})
        self._writers = engine.execution_options(**{WRITING: True})
        self._hasty = engine.execution_options(**{WRITING: True, HASTY: True})
        # Kept, since a sender asks for those of everybody in hand at every look.
        self._fingerprint = lru_cache(maxsize=_FINGERPRINTS)(fingerprint)

    @property
    def file(self) -> Path | None:
        """The database's file; None when it is a server's."""
        url = self._engine.url
        return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a block that sees one moment of the database and changes nothing.

        Raises:
            StoreError: The database cannot be read, or the block tried to write.
        """
        with self._begin(self._readers) as connection:
            yield Transaction(connection, self._fingerprint)

    @contextmanager
    def writing(self, *, hasty: bool = False) -> Iterator[Transaction]:
        """Open a block that is stored whole at its end, or not at all when it raises.

        Args:
            hasty: Fail rather than wait while somebody else changes a file.

        Raises:
            StoreError: The database cannot be written.
        """
        with self._begin(self._hasty if hasty else self._writers) as connection:
            yield Transaction(connection, self._fingerprint)

    def migrate(self) -> None:
        """Bring the tables to this program's revision, in one transaction; twice is once.

        Raises:
            StoreError: The database cannot be written, or a newer program made it.
        """
        with self._begin(self._readers) as connection:
            if schema.is_current(connection):
                return  # nobody who writes is waited for
        with self._begin(self._writers) as connection:
            schema.upgrade(connection, where=shown(self._engine.url))

    def is_current(self) -> bool:
        """Tell whether the tables are at this program's revision.

        Raises:
            StoreError: The database cannot be read.
        """
        with self._begin(self._readers) as connection:
            return schema.is_current(connection)

    def check(self) -> tuple[str, ...]:
        """Look for faults: an older or newer schema, damage, rows that point nowhere; () is healthy.

        Raises:
            StoreError: The database cannot be read at all.
        """
        with self._begin(self._readers) as connection:
            return schema.faults(connection) + dialects.faults(connection)

    def backup(self, path: Path) -> None:
        """Write a consistent copy of the database to a new file, while others go on working.

        The copy knows that it is one: `Instances.is_copy`.

        Raises:
            Refused: The file is there already, or the database is a server's.
            StoreError: The copy cannot be written.
        """
        folder = path.absolute().parent
        first = _first(folder)
        if self.file is None:
            way_out = f"{first}use its own tool, such as `pg_dump --file {path}`"
            raise Refused("this database is a server's, and no file to copy", where=str(path), hint=way_out)
        try:
            path.touch(exist_ok=False)  # ours from here on
        except FileExistsError:
            there = "the file is there already"
            raise Refused(there, where=str(path), hint="name another file") from None
        except OSError as error:
            said = f"unable to open it for writing: {error.strerror}"
            other = _WAYS_OUT.get(error.errno or 0, f"this user must be allowed to write in {folder}")
            hint = f"{first}the same command again" if first else other
            raise StoreError(said, where=str(path), hint=hint) from error
        with ExitStack() as undo:
            undo.callback(path.unlink, missing_ok=True)  # a part of a copy would look like one
            try:
                dialects.copy_to(self._engine, str(path))
            except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
                raise explain(error, self._engine.url, written=path) from error
            undo.pop_all()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _begin(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise explain(error, self._engine.url) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise StoreError(
                f"a value that no database holds: {error}", hint="text must be Unicode, numbers 64 bits"
            ) from error


def _first(folder: Path) -> str:
    """Say what is done before a file is made in a folder; '' where it is there, or nobody may know."""
    try:
        folder.stat()
    except FileNotFoundError:
        return f"make the folder {folder}, then "
    except OSError:
        pass  # making the file says it better
    return ""


def open_store(url: str, *, home: Path, fingerprint: Callable[[str], str] = fingerprint_address) -> Store:
    """Open the database, making its folder; does not migrate.

    Args:
        url: 'sqlite:///var/digest.db' (relative to home) or 'postgresql://...'.
        home: The operator's folder.
        fingerprint: Names an erased address for good, unlike any address; must give the same
            answer for ever, or erased people can be subscribed again.

    Raises:
        StoreError: The address cannot be read, or the file cannot be opened.
    """
    store = Store(make_engine(url, home=home), fingerprint)
    try:
        with store.reading():
            pass
    except StoreError:
        store.close()
        raise
    return store
