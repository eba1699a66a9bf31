"""A home, the real command and a relay that writes down all it sees, for tests that kill."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import text

from commands import AT, SYSTEM, furnish, run_here, unmeasured
from digest.model import Books
from digest.store import Enrolment, NewSubscriber, Store, open_store

SINK = Path(__file__).with_name("recording_sink.py")
ARTICLES = Path(__file__).with_name("acceptance") / "articles.json"
EDITION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One line of the sink's log."""

    kind: str  #: mail, dot or accepted
    connection: int
    at: float  #: time.monotonic(), which all processes of a machine share
    recipient: str
    came_at: float  #: when the dot, or MAIL, came
    message_id: str  #: '' for mail
    digest: str  #: of the message's bytes; '' for mail


class Sink:
    """A recording relay in a process of its own, while the context is open."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "sink.log"
        self._log.touch()
        self._reader = self._log.open("rb")
        self._seen: dict[str, list[Seen]] = {"mail": [], "dot": [], "accepted": []}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(SINK), str(self._log)],
            env=unmeasured(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)
        self._reader.close()

    def tell(self, *words: object) -> None:
        """Tell it something, such as 'pace 0.01 0.2': see the sink's own words."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def seen(self, kind: str = "accepted") -> list[Seen]:
        """Return all that was seen so far of a kind, in order."""
        while (line := self._reader.readline()).endswith(b"\n"):
            what, connection, at, recipient, came_at, name, digest = line.decode().rstrip("\n").split("\t")
            self._seen[what].append(
                Seen(
                    kind=what,
                    connection=int(connection),
                    at=float(at),
                    recipient=recipient,
                    came_at=float(came_at),
                    message_id=name,
                    digest=digest,
                )
            )
        self._reader.seek(-len(line), os.SEEK_CUR)
        return self._seen[kind]

    def wait_for(self, count: int, kind: str = "accepted") -> None:
        """Wait until so much was seen."""
        until = time.monotonic() + 60
        while len(self.seen(kind)) < count:
            assert time.monotonic() < until, f"{len(self.seen(kind))} of {count} after a minute"
            time.sleep(0.002)

    def wait_for_first(self, sender: Sender) -> bool:
        """Wait until the first message of a sender is taken; False when it ends before."""
        until = time.monotonic() + 60
        while not any(one.came_at > sender.begun_at for one in self.seen()[-16:]):
            if sender.has_ended:
                return False
            assert time.monotonic() < until, "nothing is sent for a minute"
            time.sleep(0.002)
        return True


class Sender:
    """The real command in a process of its own; one that will be killed need not be measured."""

    def __init__(
        self,
        root: Path,
        *options: str,
        variables: dict[str, str] | None = None,
        stderr: int = subprocess.PIPE,
        is_measured: bool = True,
    ) -> None:
        self.begun_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "digest", "send", str(EDITION), *options],
            env={
                **(os.environ if is_measured else unmeasured()),
                "DIGEST_HOME": str(root),
                **(variables or {}),
            },
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
        )

    @property
    def has_ended(self) -> bool:
        """True once the process is over."""
        return self.process.poll() is not None

    def tell(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def freeze(self, root: Path) -> None:
        """Stop it until SIGCONT, but in no write to the home's database: that would hold up all who write."""
        until = time.monotonic() + 60
        while True:
            self.tell(signal.SIGSTOP)
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if may_be_written(root / "var" / "digest.db"):
                return
            self.tell(signal.SIGCONT)
            assert time.monotonic() < until, "it writes for a minute"
            time.sleep(0.01)

    def end(self, *, within_s: float = 60.0) -> tuple[int, str]:
        """Wait for the end; return the exit status and what was said on standard error."""
        try:
            said = self.process.communicate(timeout=within_s)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return self.process.returncode, said


def may_be_written(file: Path) -> bool:
    """Tell whether nobody is writing to a database just now; one that is not there is on a server."""
    if not file.exists():
        return True
    with closing(sqlite3.connect(file, timeout=0)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        database.rollback()
        return True


def prepare(
    root: Path, port: int, *, readers: int, on_unknown: str, connections: int, more: str = ""
) -> Path:
    """Make a home with a built edition and so many confirmed readers: reader1@example.org and so on.

    Args:
        root: The home to be.
        port: Where the relay listens.
        readers: How many.
        on_unknown: hold or resend.
        connections: To the relay, at most.
        more: Of the section `delivery`, such as 'reserve: 1MB, '.
    """
    furnish(root)
    system = SYSTEM.format(port=port).replace("tls: none", f"tls: none, connections: {connections}")
    delivery = f"delivery: {{{more}on_unknown: {on_unknown}, max_lateness: 520w}}\n"
    (root / "config" / "digest.yaml").write_text(system + delivery, encoding="utf-8")
    ran = run_here("ingest", ARTICLES, home=root)
    assert ran.code == 0, ran.err
    people = [
        Enrolment(new=NewSubscriber(email=reader(number)), consent="form") for number in range(1, readers + 1)
    ]
    with closing(opened(root)) as store, store.writing() as tx:
        tx.people.enrol(people, "daily", at=datetime.now(UTC))
    ran = run_here("build", "daily", "--at", AT, home=root)
    assert ran.code == 0, ran.err
    return root


def reader(number: int) -> str:
    """Name a reader."""
    return f"reader{number}@example.org"


def opened(root: Path) -> Store:
    """Open the home's database."""
    return open_store("sqlite:///var/digest.db", home=root)


def books(root: Path) -> Books:
    """Return the edition's books, as the product sums them."""
    with closing(opened(root)) as store, store.reading() as tx:
        return tx.deliveries.books(EDITION)


def addresses(root: Path, *states: str) -> frozenset[str]:
    """Return who is in one of some states, straight from the table."""
    with closing(opened(root)) as store, store.reading() as tx:
        rows = tx.deliveries.connection.execute(
            text("SELECT address, state FROM deliveries WHERE edition_id = :id"), {"id": EDITION}
        )
        return frozenset(row.address for row in rows if not states or row.state in states)


def left_over(root: Path) -> Iterator[str]:
    """Name the journals that are still there."""
    folder = root / "var" / "journal"
    yield from sorted(one.name for one in folder.iterdir()) if folder.is_dir() else ()
