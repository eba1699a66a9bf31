"""A database, or a copy of it, without room is told with the place, the room that is left and the way out."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from digest.errors import Refused, StoreError
from digest.store import Store, connecting, open_store
from digest.store import engine as engine_part
from store_cast import NOW, content

URL = "sqlite:///var/digest.db"
WAY_OUT = "free some space there and run it again; where there is enough, look at this user's quota"

#: a home of 3 MB is filled to the brim, and what was stored is read again
ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from digest.errors import StoreError
from store_cast import NOW, content
from test_no_room import fill, stored
from digest.store import open_store

store = open_store("sqlite:///var/digest.db", home=Path(sys.argv[1]))
store.migrate()
try:
    fill(store)
except StoreError as error:
    print(error)
print(stored(store) > 0)
store.close()
"""


def fill(store: Store) -> None:
    """Store articles, one a transaction, until there is no room for more."""
    for number in range(1, 10_000):
        with store.writing() as tx:
            tx.articles.put([content(number, "world", words="word " * 4_000)], NOW)


def stored(store: Store) -> int:
    """Count the articles, of which each was stored whole."""
    with store.reading() as tx:
        found = tx.articles.list()
    assert all(one.text.count("word ") > 3_000 for one in found)
    return len(found)


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """Let the system refuse what would make a file larger, as it does for a quota."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def disks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Let each disk have 1,000 free blocks of 4,096 bytes for us, and more for root; note which was asked."""
    asked: list[Path] = []

    def statvfs(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(f_bavail=1_000, f_bfree=9_000, f_bsize=65_536, f_frsize=4_096)

    monkeypatch.setattr(engine_part, "os", SimpleNamespace(statvfs=statvfs))
    return asked


def test_a_full_database_names_file_room_and_way_out(
    tmp_path: Path, disks: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own bound on a file makes it say what a full disk does."""
    with closing(open_store(URL, home=tmp_path)) as store:
        store.migrate()
    monkeypatch.setattr(connecting, "_PRAGMAS", (*connecting._PRAGMAS, "PRAGMA max_page_count = 400"))
    file = tmp_path / "var" / "digest.db"
    with closing(open_store(URL, home=tmp_path)) as store:
        with pytest.raises(StoreError) as caught:
            fill(store)
        assert stored(store) > 0

    told = caught.value
    assert (told.message, told.where) == ("database or disk is full: 4.1 MB are free there", str(file))
    assert (told.hint or "").startswith(WAY_OUT)
    assert disks == [file.parent]


def test_a_file_that_may_not_grow_is_told_in_the_same_way(tmp_path: Path, disks: list[Path]) -> None:
    """'disk I/O error' is what SQLite says of a quota, of a bound on files, and of some full disks."""
    with closing(open_store(URL, home=tmp_path)) as store:
        store.migrate()
        with pytest.raises(StoreError) as caught, files_of_at_most(3_000_000):
            fill(store)
        assert stored(store) > 0

    assert caught.value.message == "disk I/O error: 4.1 MB are free there"
    assert "`ulimit -f`" in (caught.value.hint or "")
    assert disks == [tmp_path / "var"]


def test_a_copy_without_room_names_its_own_disk_and_leaves_nothing(tmp_path: Path, disks: list[Path]) -> None:
    """What is left would be taken for a backup; and the same command goes on once there is room."""
    copy = tmp_path / "elsewhere" / "copy.db"
    copy.parent.mkdir()
    with closing(open_store(URL, home=tmp_path)) as store:
        store.migrate()
        with pytest.raises(StoreError) as caught, files_of_at_most(100_000):
            store.backup(copy)
        assert (caught.value.where, disks) == (str(copy), [copy.parent])
        assert list(copy.parent.iterdir()) == []

        store.backup(copy)
        with pytest.raises(Refused, match="the file is there already"):
            store.backup(copy)
        assert copy.stat().st_size > 100_000


def test_a_disk_that_is_full_is_told_as_one(tmp_path: Path) -> None:
    """On a real one of 3 MB, where this user may make one: a name space of its own costs nothing else."""
    home = tmp_path / "home"
    home.mkdir()
    mount = ["unshare", "-Urm", "sh", "-c", 'mount -t tmpfs -o size=3m digest "$0" && exec "$@"', str(home)]
    try:
        subprocess.run([*mount, "true"], capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this user may mount no disk")
    ran = subprocess.run(
        [*mount, sys.executable, "-c", ON_A_SMALL_DISK, str(home)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        env={"PYTHONPATH": ":".join(filter(None, [str(Path(__file__).parent), *sys.path]))},
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr

    told, is_kept = ran.stdout.splitlines()
    assert re.match(f"{home}/var/digest.db: .*: 0.[01] MB are free there .{WAY_OUT}", told), told
    assert is_kept == "True"
