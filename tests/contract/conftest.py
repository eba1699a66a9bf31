"""The back ends that the store's promises are tested on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from digest.store import Store, open_store

#: Address of a PostgreSQL database that may be emptied: the same promises are then tested there too.
SERVER = os.environ.get("DIGEST_TEST_PG_URL")


@pytest.fixture(params=["sqlite", "postgresql"] if SERVER else ["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty, migrated store."""
    url = _emptied(SERVER) if SERVER and request.param == "postgresql" else "sqlite:///var/digest.db"
    opened = open_store(url, home=tmp_path)
    opened.migrate()
    yield opened
    opened.close()


def _emptied(url: str) -> str:
    """Empty the server's database."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url
