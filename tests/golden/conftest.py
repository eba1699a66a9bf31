"""The flag that lets golden files be written."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the only way to change golden files: `pytest tests/golden --update-golden`."""
    parser.addoption("--update-golden", action="store_true", help="write outputs instead of comparing them")
