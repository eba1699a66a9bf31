"""The back ends that the store's promises are tested on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from digest.actions.allotments import StoreAllotments
from digest.deliver.limits import Allotments
from digest.deliver.local_allotments import LocalAllotments
from digest.store import Store, open_store
from limit_cast import HandTime

#: Address of a PostgreSQL database that may be emptied: the same promises are then tested there too.
SERVER = os.environ.get("DIGEST_TEST_PG_URL")


@pytest.fixture(params=["sqlite", "postgresql"] if SERVER else ["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty, migrated store."""
    opened = _opened(request.param, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def time() -> HandTime:
    """Time that the test turns by hand."""
    return HandTime()


@pytest.fixture(params=["memory", "sqlite", *(["postgresql"] if SERVER else [])])
def shared(request: pytest.FixtureRequest, tmp_path: Path, time: HandTime) -> Iterator[Allotments]:
    """Give an empty place to draw from."""
    if request.param == "memory":
        yield LocalAllotments(time.monotonic)
        return
    store = _opened(request.param, tmp_path)
    yield StoreAllotments(store=store, clock=time.clock, monotonic=time.monotonic)
    store.close()


def _opened(kind: str, home: Path) -> Store:
    """Open an empty, migrated store."""
    url = _emptied(SERVER) if SERVER and kind == "postgresql" else "sqlite:///var/digest.db"
    opened = open_store(url, home=home)
    opened.migrate()
    return opened


def _emptied(url: str) -> str:
    """Empty the server's database."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url
