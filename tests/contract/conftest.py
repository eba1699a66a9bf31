"""The back ends that the store's promises are tested on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from digest.store import Store, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty, migrated store."""
    url = "sqlite:///var/digest.db" if request.param == "sqlite" else _server_url()
    opened = open_store(url, home=tmp_path)
    opened.migrate()
    yield opened
    opened.close()


def _server_url() -> str:
    """Return the address of a server whose database may be emptied."""
    url = os.environ.get("DIGEST_TEST_PG_URL")
    if not url:
        pytest.skip("NOT TESTED ON POSTGRESQL: set DIGEST_TEST_PG_URL to a database that may be emptied")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url
