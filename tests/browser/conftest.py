"""One browser for all tests of a file: it takes a second to start, and each window has cookies of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from browser_cast import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that other tests of the file use, too."""
    with chromium() as running:
        yield running
