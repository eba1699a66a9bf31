"""Opening the database, and what is said when it cannot be opened."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from digest.errors import Refused, StoreError
from digest.model import SubscriptionState
from digest.store import NewSubscriber, Store, connecting, open_store
from digest.store.engine import explain, locate
from store_cast import NOW, content

URL = "sqlite:///var/digest.db"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a migrated store in a file."""
    opened = open_store(URL, home=tmp_path)
    opened.migrate()
    yield opened
    opened.close()


def file_of(home: Path) -> Path:
    """Return the database file."""
    return home / "var" / "digest.db"


def test_a_relative_file_lies_in_the_home_and_its_folder_is_made(tmp_path: Path) -> None:
    """The first command on a new machine must not ask for a folder."""
    open_store(URL, home=tmp_path / "new home 100%41").close()

    assert file_of(tmp_path / "new home 100%41").exists()


def test_a_folder_outside_the_home_must_be_there(tmp_path: Path) -> None:
    """A misspelt path must not make folders all over the machine."""
    with pytest.raises(StoreError, match=r"elsewhere: the folder .* is not there .make it first"):
        open_store(f"sqlite:///{tmp_path}/elsewhere/digest.db", home=tmp_path / "home")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """The home may lie where a file is."""
    (tmp_path / "var").write_text("a file")
    with pytest.raises(StoreError, match=r"var/deep: the folder cannot be made: Not a directory"):
        open_store("sqlite:///var/deep/digest.db", home=tmp_path)


def test_a_file_that_is_no_database_is_named_with_the_way_out(tmp_path: Path) -> None:
    """Somebody restored the wrong file."""
    (tmp_path / "var").mkdir()
    file_of(tmp_path).write_text("this is no database at all, but a letter to somebody " * 20)
    with pytest.raises(StoreError, match=r"digest\.db: file is not a database .restore a backup"):
        open_store(URL, home=tmp_path)


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    """Containers mount a folder where a file was meant."""
    file_of(tmp_path).mkdir(parents=True)
    with pytest.raises(StoreError, match=r"digest\.db: unable to open database file"):
        open_store(URL, home=tmp_path)


def test_a_read_only_file_is_explained(tmp_path: Path) -> None:
    """The driver's own words, from a file opened so that nobody may write, not even root."""
    open_store(URL, home=tmp_path).close()
    connection = sqlite3.connect(f"file:{file_of(tmp_path)}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("CREATE TABLE t (x)")
    connection.close()

    said = str(explain(caught.value, locate(URL, home=tmp_path)))
    assert said.startswith(str(file_of(tmp_path)))
    assert "give this user the right to write the file and its folder" in said


def test_a_locked_database_is_named_with_the_way_out(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody left a tool open on the file; the wait is cut short here, the words are SQLite's."""
    monkeypatch.setattr(connecting, "_PRAGMAS", ("PRAGMA busy_timeout = 10",))
    impatient = open_store(URL, home=tmp_path)
    with (
        store.writing(),
        pytest.raises(StoreError, match=r"digest\.db: database is locked .another program holds"),
        impatient.writing(),
    ):
        pass
    impatient.close()


def test_an_empty_database_says_how_to_make_the_tables(tmp_path: Path) -> None:
    """The first command after an upgrade must not end in a traceback."""
    opened = open_store(URL, home=tmp_path)
    with (
        pytest.raises(StoreError, match=r"no such table: articles .run `digest db upgrade`"),
        opened.reading() as tx,
    ):
        tx.articles.list()
    assert opened.check() == ("the database is empty; run `digest db upgrade`",)
    opened.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "oracle9://x", "sqlite://", "sqlite:///:memory:", "postgresql://[::1"]
)
def test_an_address_that_cannot_be_used_says_how_to_write_one(url: str, tmp_path: Path) -> None:
    """A typing error in the configuration is found at the start."""
    with pytest.raises(StoreError, match=r"sqlite:///var/digest\.db"):
        open_store(url, home=tmp_path)


def test_a_server_without_its_driver_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody on a file installs the driver; who moves to a server meets this first."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'digest-builder\[postgres\]'") as caught:
        open_store("postgresql://digest:canary@127.0.0.1:1/digest", home=tmp_path)

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://digest:canary@127.0.0.1:1/digest",
        "postgresql://digest:%63anary@127.0.0.1:1/digest",
        "postgresql://digest@127.0.0.1:1/digest?password=canary",
        "postgresql://digest:@canary@127.0.0.1:1/digest",
        "postgresql://digest:p@canary:1@127.0.0.1:1/digest",
        "postgresql://digest:5432:canary",
        "postgresql+asyncpg://digest:canary@127.0.0.1:1/digest",
        "postgres://digest:canary@127.0.0.1:1/digest",
        "mysql://digest:canary@127.0.0.1:1/digest",
    ],
)
def test_a_server_that_cannot_be_had_is_explained_without_the_password(url: str, tmp_path: Path) -> None:
    """The message ends up in logs, and with it all that it was raised from."""
    with pytest.raises(StoreError) as caught:
        open_store(url, home=tmp_path)

    assert "canary" not in "".join(traceback.format_exception(caught.value, limit=0))


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ('relation "articles" does not exist', "digest db upgrade"),
        ('connection failed: FATAL:  database "digest" does not exist', "createdb"),
        ('connection failed: FATAL:  role "digest" does not exist', "make the user"),
        ("FATAL:  sorry, too many clients already", "max_connections"),
        ("FATAL:  remaining connection slots are reserved", "max_connections"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9"', "pg_hba.conf"),
        ('could not extend file "base/5/1": No space left on device', "free some space"),
        ("terminating connection due to administrator command", "run it again"),
        ("server closed the connection unexpectedly", "the server must run"),
    ],
)
def test_what_a_server_says_comes_with_the_way_out(said: str, way: str, tmp_path: Path) -> None:
    """The server's words are for its administrator; the operator needs the next step."""
    place = locate("postgresql://digest@db.example.org/digest", home=tmp_path)

    assert way in (explain(RuntimeError(said), place).hint or "")


def test_every_connection_has_the_settings_that_promises_rest_on(store: Store) -> None:
    """Without FULL a dot on record may be lost with the power; without foreign keys rows point nowhere."""
    with store._engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous", "secure_delete")
        }

    assert found == {
        "journal_mode": "wal",
        "busy_timeout": 30_000,
        "foreign_keys": 1,
        "synchronous": 2,
        "secure_delete": 1,
    }


def test_a_value_that_no_column_takes_is_a_store_error(store: Store) -> None:
    """Hostile text and absurd numbers must not end in a traceback."""
    with pytest.raises(StoreError, match="a value that no database holds"), store.reading() as tx:
        tx.articles.list(before_id=10**30)
    with pytest.raises(StoreError, match="a value that no database holds"), store.reading() as tx:
        tx.sources.get("\udc80")


def test_check_finds_damage(store: Store, tmp_path: Path) -> None:
    """`digest db check` is what people run after a disk went bad."""
    assert store.check() == ()
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO removed_tags VALUES (1, 2)")
    connection.close()

    assert sorted(store.check()) == [
        "a row of removed_tags points at a row of articles that is not there",
        "a row of removed_tags points at a row of tags that is not there",
    ]


def test_a_backup_is_whole_and_never_overwrites(store: Store, tmp_path: Path) -> None:
    """Copying the file alone would miss what is still in its log."""
    with store.writing() as tx:
        tx.articles.put([content(1, "world")], NOW)
    store.backup(tmp_path / "copy.db")

    copy = open_store(f"sqlite:///{tmp_path}/copy.db", home=tmp_path)
    assert copy.check() == ()
    with copy.reading() as tx:
        assert [article.id for article in tx.articles.list()] == [1]
    copy.close()
    with pytest.raises(Refused, match=r"copy\.db: the file is there already"):
        store.backup(tmp_path / "copy.db")
    with pytest.raises(StoreError, match="unable to open") as caught:
        store.backup(tmp_path / "nowhere" / "copy.db")
    assert caught.value.hint == f"make the folder {tmp_path / 'nowhere'}, then the same command again"


def test_a_backup_that_cannot_be_made_there_says_what_is_in_the_way(store: Store, tmp_path: Path) -> None:
    """A folder cannot be made where a file stands, nor in one that this user may not enter."""
    (tmp_path / "file").touch()
    file = "name another place: what should be a folder there is a file"
    for below, hint in (
        (("file", "copy.db"), file),
        (("file", "folder", "copy.db"), file),
        (("a" * 300, "copy.db"), "give it a shorter name"),
        (("a" * 300,), "give it a shorter name"),
    ):
        with pytest.raises(StoreError, match="unable to open") as caught:
            store.backup(tmp_path.joinpath(*below))
        assert caught.value.hint == hint


@pytest.mark.parametrize("below", ["copy.db", "folder/copy.db"])
def test_a_backup_below_a_folder_that_nobody_may_enter_is_told(
    store: Store, tmp_path: Path, below: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking whether the folder is there failed, and the command with it."""
    path = tmp_path / "locked" / below

    def locked(asked: Path, *_: object, **__: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(asked))

    for question in ("stat", "is_dir", "touch"):
        monkeypatch.setattr(Path, question, locked)  # root may enter any
    with pytest.raises(StoreError, match="Permission denied") as caught:
        store.backup(path)

    assert caught.value.hint == f"this user must be allowed to write in {path.parent}"


def test_a_server_is_backed_up_with_its_own_tool(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy made through us would lack what only the server knows."""
    monkeypatch.setattr(type(store), "file", None)
    with pytest.raises(Refused, match="pg_dump"):
        store.backup(tmp_path / "copy.db")


def test_an_erased_address_is_in_no_file(store: Store, tmp_path: Path) -> None:
    """Deleted rows stay readable in free pages unless somebody overwrites them."""
    with store.writing() as tx:
        sam = tx.people.put(NewSubscriber(email="sam@readers.example.org", name="Sam Reader"), at=NOW)
        tx.people.subscribe(sam.id, "daily", state=SubscriptionState.CONFIRMED, at=NOW)
    with store.writing() as tx:
        tx.people.erase("sam@readers.example.org", at=NOW)
    store.close()

    files = list((tmp_path / "var").iterdir())
    assert files
    for path in files:
        data = path.read_bytes()
        assert b"sam@readers" not in data
        assert b"Sam Reader" not in data


def test_a_store_closed_on_one_place_opens_on_another(store: Store, tmp_path: Path) -> None:
    """A closed database is one file that can be moved."""
    with store.writing() as tx:
        tx.articles.put([content(1)], NOW)
    store.close()
    (tmp_path / "moved").mkdir()
    shutil.copy(file_of(tmp_path), tmp_path / "moved" / "digest.db")

    moved = open_store("sqlite:///digest.db", home=tmp_path / "moved")
    with moved.reading() as tx:
        assert len(tx.articles.list()) == 1
    moved.close()
