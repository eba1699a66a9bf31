"""What is installed is the whole product."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [*command, "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True, timeout=100
    )
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_templates_configuration_seeds_and_migrations(wheel: Path) -> None:
    """A file that only the checkout has is a file that operators miss."""
    names = set(zipfile.ZipFile(wheel).namelist())

    assert "digest/_data/templates/email/gazette/edition.mjml.j2" in names
    assert "digest/_data/config/digest.yaml" in names
    assert "digest/_data/seeds/subscribers.csv" in names
    assert "digest/py.typed" in names
    assert any(name.startswith("digest/store/migrations/versions/") for name in names)
    assert not any("test" in name.split("/")[0] for name in names)


@pytest.mark.slow
def test_the_wheel_alone_does_the_demo_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    """The dependencies are lent from this environment; the program itself comes from the wheel."""
    venv.create(tmp_path / "env", with_pip=False)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = tmp_path / "env" / "lib" / version / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DIGEST_", "PYTHON"))}
    python = tmp_path / "env" / "bin" / "python"
    where = subprocess.run(
        [python, "-c", "import digest; print(digest.__file__)"],
        cwd=elsewhere, env=env, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    done = subprocess.run(
        [python, "-m", "digest", "demo", "--json"],
        cwd=elsewhere, env=env, check=False, capture_output=True, text=True, timeout=100,
    )  # fmt: skip

    assert str(tmp_path) in where
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["deliveries"]["sent"] == 13


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_ordinary_pip_installs_the_wheel_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """With the pip that this Python brings, however old: its resolver must not trip over what we ask for."""
    venv.create(tmp_path / "env", with_pip=True)
    pip = [tmp_path / "env" / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    # What pip compiles the program would compile itself: a tenth of it is ever loaded here.
    done = subprocess.run([*pip, "--no-compile", wheel], check=False, capture_output=True, text=True)
    if done.returncode and "CI" not in os.environ and "NewConnectionError" in done.stderr:
        pytest.skip("no package index can be reached from here")
    tried = subprocess.run(
        [tmp_path / "env" / "bin" / "digest", "demo", "--json"],
        cwd=tmp_path, check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert tried.returncode == 0, tried.stderr
