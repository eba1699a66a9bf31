"""A copy of the database made while an edition goes out, and put back in place: nobody is mailed again."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import crashing
from crashing import Sender, Sink, addresses, prepare
from digest.store import open_store
from postgres import Server, own_server

pytestmark = pytest.mark.slow
READERS, LANES = 3000, 6


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A relay that writes down all it sees, and takes its time."""
    with Sink(tmp_path) as running:
        running.tell("pace", 0.05, 0.15)
        yield running


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, postgres_server: str) -> Iterator[Server]:
    """A server of our own, where every home of this test keeps its data."""
    assert postgres_server
    with own_server() as running:
        monkeypatch.setenv("DIGEST_DATABASE", running.url)
        monkeypatch.setattr(crashing, "opened", lambda root: open_store(running.url, home=root))
        yield running


def step(root: Path) -> int:
    """Say how far the home has come."""
    return int(json.loads((root / "var" / "instance.json").read_text("utf-8"))["epoch"])


@contextmanager
def no_step(root: Path) -> Iterator[None]:
    """Keep the home from stepping on: what is in the way is where it writes its file."""
    in_the_way = (root / "var" / "instance.json").with_suffix(".part")
    while not in_the_way.is_dir():
        with suppress(FileExistsError):  # a step is under way
            in_the_way.mkdir()
    yield
    in_the_way.rmdir()


def copy_file(file: Path, to: Path) -> None:
    """Copy a database in use, as SQLite's own shell does."""
    with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(to)) as other:
        one.backup(other)


def put_back(copy: Path, file: Path) -> None:
    """Write a copy over the database."""
    for left in file.parent.glob("digest.db-*"):
        left.unlink()
    shutil.copyfile(copy, file)


def cut_short(root: Path, sink: Sink, copy: Callable[[], None], number: signal.Signals) -> None:
    """Let a sender send, make a copy in the middle, and end it soon after."""
    sender = Sender(root)
    sink.wait_for(60)
    copy()
    copied_at, until = step(root), time.monotonic() + 60
    while number is signal.SIGKILL and step(root) < copied_at + 2:  # a step may have been under way
        assert time.monotonic() < until, "the home stands still while it sends"
        time.sleep(0.01)
    sink.wait_for(len(sink.seen()) + 30)
    sender.tell(number)
    sender.end()


def sent_again(root: Path, sink: Sink) -> tuple[int, bool, int]:
    """Give the command again; return the status, whether it says why, and how many mails anybody got."""
    sink.tell("pace", 0, 0)
    code, said = Sender(root).end()
    return code, "a backup was restored" in said, max(Counter(one.recipient for one in sink.seen()).values())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_file_copied_in_mid_run_and_put_back_sends_nothing(
    tmp_path: Path, sink: Sink, number: signal.Signals
) -> None:
    """The nightly copy falls into the run, the machine dies, and a colleague puts the copy over the file."""
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=LANES)
    file, night = root / "var" / "digest.db", tmp_path / "night.db"

    cut_short(root, sink, lambda: copy_file(file, night), number)
    put_back(night, file)

    assert sent_again(root, sink) == (1, True, 1)


def test_a_file_copied_right_before_a_kill_and_put_back_mails_nobody_twice(
    tmp_path: Path, sink: Sink
) -> None:
    """No step parts it from the database; whom it lacks the journal of the one that was killed tells."""
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=LANES)
    file, last = root / "var" / "digest.db", tmp_path / "last.db"
    sink.tell("pace", 0, 0)
    sender = Sender(root)
    sink.wait_for(60)
    with no_step(root):
        copy_file(file, last)
        claimed = addresses(root, "claimed")
        sink.wait_for(len(sink.seen()) + len(claimed) + 300)
        sender.tell(signal.SIGKILL)
        sender.end()
    put_back(last, file)
    unheard_of = addresses(root, "pending") & {one.recipient for one in sink.seen()}
    Sender(root).end()

    assert len(unheard_of) > 100, "the copy knew of all claims: nothing was tried"
    assert Counter(one.recipient for one in sink.seen()).most_common(1)[0][1] == 1
    assert addresses(root, "sent", "unknown") == {crashing.reader(n) for n in range(1, READERS + 1)}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_tables_dumped_in_mid_run_and_read_back_send_nothing(
    tmp_path: Path, sink: Sink, server: Server, number: signal.Signals
) -> None:
    """What `pg_dump` and `pg_restore --clean` do: database and server are the same."""
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=LANES)

    def copy() -> None:
        with psycopg.connect(server.url) as one:
            one.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            one.execute("CREATE SCHEMA night")
            for name in tables(one):
                one.execute(f'CREATE TABLE night."{name}" AS TABLE public."{name}"')

    cut_short(root, sink, copy, number)
    with psycopg.connect(server.url) as one:
        one.execute("SET session_replication_role = replica")
        one.execute(f"TRUNCATE {', '.join(tables(one))} CASCADE")
        for name in tables(one):
            back = sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {}")
            one.execute(back.format(sql.Identifier(name), sql.Identifier("night", name)))

    assert sent_again(root, sink) == (1, True, 1)


def test_a_home_that_has_no_room_for_a_while_holds_the_mail_up(
    tmp_path: Path, sink: Sink, server: Server
) -> None:
    """Its database is elsewhere, and well: a copy made meanwhile must not lack whom the run mails."""
    assert server.url
    root = prepare(tmp_path / "home", sink.port, readers=READERS, on_unknown="hold", connections=LANES)
    sender = Sender(root)
    sink.wait_for(60)
    full_at = time.monotonic()
    with no_step(root):
        while not (last := sink.seen()[-1].at) < time.monotonic() - 2.0:
            assert time.monotonic() < full_at + 60, "it is mailed on and on"
            time.sleep(0.05)
        assert not sender.has_ended
    sink.tell("pace", 0, 0)
    code, _ = sender.end()

    assert last - full_at < 12, "five seconds, and what was under way"
    assert code == 0
    assert Counter(one.recipient for one in sink.seen()).most_common(1)[0][1] == 1
    assert len(sink.seen()) == READERS


def tables(connection: psycopg.Connection) -> list[str]:
    """Name all tables of ours."""
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return [name for (name,) in found]
