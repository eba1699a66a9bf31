"""What every test may ask for: a clean environment, a still clock, a home, and the cast."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from digest import bootstrap
from digest.actions.staff import passwords
from digest.clock import Clock, aware
from digest.render import environment
from digest.store import open_store
from lasting import CompiledTemplates, LentWorkers, lend_workers
from postgres import NoServer, drop_database, empty_schema, empty_tables, make_database, shared_server

settings.register_profile(
    "quick", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", parent=settings.get_profile("quick"), max_examples=200)
settings.register_profile("ci", parent=settings.get_profile("thorough"), derandomize=True)

_USUAL_S = 0.2  #: what the work of `_slowness` takes on the machine on which the bounds of time were set


def pytest_configure(config: pytest.Config) -> None:
    """Try more examples of every property when the slow tests run as well."""
    is_quick = config.getoption("markexpr") == "not slow"
    thorough = "ci" if os.environ.get("CI") else "thorough"
    settings.load_profile("quick" if is_quick else thorough)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Run what only repeats what other tests do without coverage."""
    if pyfuncitem.get_closest_marker("repeats") is None:
        return (yield)
    with _unmeasured():
        return (yield)


def pytest_collection() -> None:
    """Let the garbage collector rest while half a million objects come that stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Have it look at what comes from now on: once over the tests themselves takes 0.4 s."""
    gc.freeze()
    gc.enable()


@dataclass(frozen=True, kw_only=True)
class Person:
    """One of the cast."""

    name: str
    email: str


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the DIGEST_ variables of the machine it runs on."""
    for name in list(os.environ):
        if name.startswith("DIGEST_") and not name.startswith("DIGEST_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Keep passwords by figures that take a millisecond: real ones take half a second of a core each."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
    passwords._NOBODYS = passwords._HASHER.hash("nobody has this one")


@pytest.fixture(autouse=True, scope="session")
def _lasting_parts() -> None:
    """Keep what every home that is opened would start and compile again: it takes most of a second."""
    bootstrap.Workers = lend_workers
    environment._Environment = partial(environment._Environment, bytecode_cache=CompiledTemplates())


@pytest.fixture(autouse=True)
def _given_back() -> Iterator[None]:
    """Find the test whose home did not close its workers: outside of tests their processes would stay."""
    before = frozenset(LentWorkers.lent)
    yield
    assert before >= LentWorkers.lent


@pytest.fixture
def fixed_clock() -> Callable[[datetime], Clock]:
    """Make a clock that stands still: `fixed_clock(datetime(2026, 11, 19, 6, tzinfo=UTC))`."""

    def make(moment: datetime) -> Clock:
        still = aware(moment)
        return lambda: still

    return make


@pytest.fixture
def within() -> Callable[[float], AbstractContextManager[None]]:
    """Fail a block that takes more than so many seconds of its own thread's time: `with within(2): ...`.

    Other processes and threads do not count, nor what earlier tests have left in memory, which the
    garbage collector would look through, nor coverage, which makes all take four times as long and does not
    see into the block. While the machine is slower than when the bounds were set, they are wider by as much;
    with coverage, where more workers run than there are cores, they are double: each takes from the others.
    """

    @contextmanager
    def bound(seconds: float) -> Iterator[None]:
        gc.collect()
        gc.freeze()  # for good: what is left now stays, and is little
        most = seconds if sys.gettrace() is None else 2 * seconds
        with _unmeasured():
            begun = time.thread_time()
            yield
            took = time.thread_time() - begun
            assert took <= most or took <= most * _slowness()

    return bound


@pytest.fixture
def now() -> datetime:
    """A Thursday morning in November, when nobody changes clocks."""
    return datetime(2026, 11, 19, 6, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty operator's folder with the places that `digest init` makes."""
    root = tmp_path / "digest-home"
    for name in ("config/digests", "var", "media", "keys", "mail"):
        (root / name).mkdir(parents=True)
    return root


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """Address of a PostgreSQL server on which databases may be made; the whole session has one."""
    own = os.environ.get("DIGEST_TEST_PG_URL")
    if own:
        return own
    folder = tmp_path_factory.getbasetemp()
    try:
        return shared_server(folder if worker_id == "master" else folder.parent)
    except NoServer as error:
        said = f"NOT TESTED WITH POSTGRESQL: {error}. Name a server in DIGEST_TEST_PG_URL."
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str, worker_id: str) -> Iterator[Callable[[str], str]]:
    """Make a database for this process by a word of its name; all are dropped in the end."""
    made: dict[str, str] = {}

    def make(word: str) -> str:
        name = f"digest_test_{worker_id}_{os.getpid()}_{word}"
        if name not in made:
            made[name] = make_database(postgres_server, name)
        return made[name]

    yield make
    for name in made:
        drop_database(postgres_server, name)


@pytest.fixture
def postgres_bare(postgres_database: Callable[[str], str]) -> str:
    """Address of a PostgreSQL database without tables."""
    url = postgres_database("bare")
    empty_schema(url)
    return url


@pytest.fixture(scope="session")
def _postgres_migrated(
    postgres_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Address of a PostgreSQL database with our tables."""
    url = postgres_database("tables")
    store = open_store(url, home=tmp_path_factory.getbasetemp())
    store.migrate()
    store.close()
    return url


@pytest.fixture
def postgres_tables(_postgres_migrated: str) -> str:
    """Address of a PostgreSQL database with our tables and nothing in them."""
    empty_tables(_postgres_migrated)
    return _postgres_migrated


@pytest.fixture
def ada() -> Person:
    """Ada edits."""
    return Person(name="Ada Quill", email="ada@newsroom.example.org")


@pytest.fixture
def sam() -> Person:
    """Sam subscribes."""
    return Person(name="Sam Reader", email="sam@readers.example.org")


@pytest.fixture
def olu() -> Person:
    """Olu operates."""
    return Person(name="Olu Shift", email="olu@newsroom.example.org")


@pytest.fixture
def eve() -> Person:
    """Eve is a stranger."""
    return Person(name="Eve Other", email="eve@elsewhere.example.net")


def _slowness() -> float:
    """Tell how many times as long as usual this machine takes just now; at least 1."""
    begun = time.thread_time()
    for _ in range(20):
        sum(map(len, map(str, range(100_000))))
    return max(1.0, (time.thread_time() - begun) / _USUAL_S)


@contextmanager
def _unmeasured() -> Iterator[None]:
    """Keep coverage, under which every instruction takes longer, out of a block and its new threads."""
    tracing, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(in_threads)
        sys.settrace(tracing)
