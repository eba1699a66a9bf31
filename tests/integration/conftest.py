"""What several tests of parts together ask for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_cast import Program, furnish_for_programs, program


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an edition that tests take copies of."""
    return furnish_for_programs(tmp_path_factory.mktemp("furnished") / "home")


@pytest.fixture
def api(tmp_path: Path, furnished: Path) -> Iterator[Program]:
    """A program that may do everything, in a home of its own."""
    with program(Path(shutil.copytree(furnished, tmp_path / "home"))) as here:
        yield here
