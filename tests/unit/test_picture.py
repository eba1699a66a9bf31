"""A picture of an edition where the machine has a browser; silence where it has none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PIL import Image

from digest.cli import picture


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the browser's place; what it does is the test's."""
    path = tmp_path / "bin" / "chromium"
    path.parent.mkdir()
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
    return path


def write(browser: Path, script: str) -> None:
    browser.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    browser.chmod(0o755)


def test_a_machine_without_a_browser_has_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo must not fail on a server."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert picture.find_browser() is None
    assert picture.take_picture(tmp_path / "a.html", tmp_path / "a.png") is False


@pytest.mark.parametrize("script", ["exit 7", "sleep 5", "true"], ids=["crashes", "hangs", "writes nothing"])
def test_a_browser_that_fails_costs_the_picture_only(browser: Path, tmp_path: Path, script: str) -> None:
    """It may crash, hang, or say that all is well and write nothing."""
    write(browser, script)
    limit_s = 0.2 if script.startswith("sleep") else 10.0

    assert picture.take_picture(tmp_path / "a.html", tmp_path / "a.png", timeout_s=limit_s) is False


@pytest.mark.parametrize(("ink", "height"), [((10, 40, 200, 300), 332), (None, None)])
def test_what_is_empty_below_the_content_is_cut_off(
    browser: Path, tmp_path: Path, ink: tuple[int, int, int, int] | None, height: int | None
) -> None:
    """An edition is as long as it is; a blank page is no picture."""
    page = Image.new("RGB", (680, 1000), "white")
    if ink is not None:
        page.paste("black", ink)
    page.save(tmp_path / "page.png")
    target = tmp_path / "a.png"
    write(browser, f"cp {tmp_path / 'page.png'} {target}")

    assert picture.take_picture(tmp_path / "a.html", target, dark=True) is (ink is not None)
    if height is not None:
        with Image.open(target) as cut:
            assert cut.size == (680, height)


def test_the_flags_keep_the_browser_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview must not touch the browser of the person, nor the network."""
    seen: list[list[str]] = []

    def run(command: list[str], **_options: object) -> None:
        seen.append(command)
        raise subprocess.SubprocessError

    monkeypatch.setattr(picture, "find_browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(subprocess, "run", run)
    picture.take_picture(tmp_path / "a.html", tmp_path / "a.png")

    assert {"--headless", "--disable-background-networking", "--disable-sync"} <= set(seen[0])
    assert any(flag.startswith("--user-data-dir=") for flag in seen[0])
