"""The files to deploy with: sound, and true to the program."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from digest.schedule.pace import Pace
from digest.settings import ServiceSettings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def settings(text: str) -> dict[str, str]:
    """Read the settings of a unit that stand there once."""
    return dict(re.findall(r"^([A-Z][A-Za-z]+)=(.*)$", text, re.MULTILINE))


def test_the_unit_gives_the_service_the_time_that_it_needs() -> None:
    """A machine that kills it after ten seconds would leave mails in mid-air."""
    unit = settings((DEPLOY / "digest.service").read_text("utf-8"))

    assert (unit["Type"], unit["Restart"]) == ("notify", "always")
    assert unit["ExecStart"].endswith("/digest serve")
    assert int(unit["TimeoutStopSec"].removesuffix("s")) > Pace().grace_s + 2
    assert unit["NoNewPrivileges"] == "yes"


def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path) -> None:
    """A misspelt key is a warning there, and no protection."""
    judge = shutil.which("systemd-analyze")
    if judge is None:
        pytest.skip("no systemd here")
    unit = tmp_path / "digest.service"
    text = (DEPLOY / "digest.service").read_text("utf-8")
    unit.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.MULTILINE), "utf-8")
    said = subprocess.run([judge, "verify", str(unit)], capture_output=True, text=True, check=False)

    assert "digest.service" not in said.stderr + said.stdout


def test_the_container_asks_the_page_that_is_there() -> None:
    """A health check of another port would restart it for ever."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")

    assert f"http://{ServiceSettings().listen}/live" in text
    assert "STOPSIGNAL SIGTERM" in text
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) == ["digest"]
    copied = [name for name in re.findall(r"^COPY (?!--)(\S+)", text, re.MULTILINE) if name != "."]
    assert all((ROOT / name).exists() for name in copied)


def test_the_compose_file_runs_commands_that_there_are() -> None:
    """In containers that may do nothing but their work."""
    services = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]

    assert set(services) == {"digest", "scheduler", "worker", "database"}
    assert [services[name]["command"] for name in ("scheduler", "worker")] == [["scheduler"], ["worker"]]
    for name in ("digest", "scheduler", "worker"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert int(services[name]["stop_grace_period"].removesuffix("s")) > Pace().grace_s + 2


def test_image_names_name_no_host() -> None:
    """Whoever builds chooses where images come from."""
    text = "\n".join((DEPLOY / name).read_text("utf-8") for name in ("Containerfile", "compose.yaml"))
    images = re.findall(r"^(?:FROM|\s+image:) (\S+)", text, re.MULTILINE)

    assert images
    assert [name for name in images if "/" in name or "." in name.partition(":")[0]] == []


def test_no_home_comes_to_lie_in_an_image() -> None:
    """Subscribers and keys would go wherever the image goes."""
    composed = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text("utf-8"))
    homes = [volume.partition(":")[0] for volume in composed["services"]["digest"]["volumes"]]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()

    assert homes == ["./home"]
    assert "deploy/home" in ignored
