"""The back ends that the store's promises are tested on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from digest.actions.mailing.allotments import StoreAllotments
from digest.deliver.limits.limit import Allotments
from digest.deliver.limits.local_allotments import LocalAllotments
from digest.store import Store, open_store
from limit_cast import HandTime


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty, migrated store."""
    opened = _opened(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def time() -> HandTime:
    """Time that the test turns by hand."""
    return HandTime()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path, time: HandTime) -> Iterator[Allotments]:
    """Give an empty place to draw from."""
    if request.param == "memory":
        yield LocalAllotments(time.monotonic)
        return
    store = _opened(request, tmp_path)
    yield StoreAllotments(store=store, clock=time.clock, is_server_asked=False, monotonic=time.monotonic)
    store.close()


def _opened(request: pytest.FixtureRequest, home: Path) -> Store:
    """Open an empty, migrated store."""
    if request.param == "postgresql":
        return open_store(request.getfixturevalue("postgres_tables"), home=home)
    (home / "var").mkdir(exist_ok=True)
    (home / "var" / "digest.db").write_bytes(_migrated())
    return open_store("sqlite:///var/digest.db", home=home)


@cache
def _migrated() -> bytes:
    """Return an empty, migrated database, made once in a process."""
    with tempfile.TemporaryDirectory() as folder:
        opened = open_store("sqlite:///digest.db", home=Path(folder))
        opened.migrate()
        opened.close()
        return (Path(folder) / "digest.db").read_bytes()
