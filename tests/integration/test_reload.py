"""Files that change while a service runs: what is taken up, what is told, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import DAILY
from digest.actions.app import App
from digest.model import AlertKind
from digest.schedule import current
from digest.schedule.current import Current, places
from digest.settings import LoadedSettings
from newsroom import DUE, Clock, Newsroom, newsroom


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """An open home."""
    with newsroom(tmp_path / "home", clock=Clock(now=DUE)) as opened:
        yield opened


def daily_of(room: Newsroom) -> Path:
    """Name the file of the digest."""
    return room.app.home.config / "digests" / "daily.yaml"


def test_a_file_that_is_added_while_others_are_read_is_taken_up(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tool that copies files lays down the second while the first is read."""
    daily, real = daily_of(room), current._loaded
    text = daily.read_text("utf-8")

    def loading(app: App) -> LoadedSettings:
        settings = real(app)
        daily.with_name("second.yaml").write_text(text, encoding="utf-8")
        return settings

    held = Current(room.app)
    daily.write_text(text.replace("Daily Brief", "Daily Briefs"), encoding="utf-8")
    monkeypatch.setattr(current, "_loaded", loading)
    held.look("first")
    monkeypatch.setattr(current, "_loaded", real)
    held.look("second")

    assert sorted(held.app.digests) == ["daily", "second"]


def test_what_an_editor_leaves_beside_a_file_is_no_change(room: Newsroom) -> None:
    """Vim rewrites its swap file every few seconds; the history would fill with lines about nothing."""
    held, daily = Current(room.app), daily_of(room)
    for times in range(3):
        for name in (".daily.yaml.swp", "daily.yaml~"):
            daily.with_name(name).write_text("x" * (times + 1), encoding="utf-8")
        held.look("run")

    assert room.told() == []


def test_a_file_that_says_the_same_as_before_is_no_line_of_the_history(room: Newsroom) -> None:
    """A file that is written out again by a tool each hour; and a fault that was taken back is one."""
    held, daily = Current(room.app), daily_of(room)
    text = daily.read_text("utf-8")
    daily.write_text(text + "# read by Ada\n", encoding="utf-8")
    held.look("same")
    assert room.told() == []
    daily.write_text(text.replace("Europe/Berlin", "Nowhere"), encoding="utf-8")
    held.look("faulty")
    assert held.force.faults
    daily.write_text(text, encoding="utf-8")
    held.look("mended")

    assert held.force.faults == ()
    assert room.told() == [("reload", "refused"), ("reload", "ok")]


def test_the_same_faults_are_told_once_however_often_files_change(room: Newsroom) -> None:
    """Each save of a file that is still half done would wake somebody."""
    held, daily = Current(room.app), daily_of(room)
    for times in range(3):
        daily.write_text(DAILY + "zone: Nowhere\n" + "# later\n" * times, encoding="utf-8")
        held.look("run")
        Current(room.app).look("another service")

    assert [one.kind for one in room.alerts()] == [AlertKind.SETTINGS]
    assert room.told() == [("reload", "refused")]


def test_nothing_that_was_found_in_a_file_is_told(room: Newsroom) -> None:
    """Alerts go by mail and stand in the history for good; a secret in the wrong place is still one."""
    held, system = Current(room.app), room.app.home.config / "digest.yaml"
    hook = "{name: pager, url: 'https://p.example.org/T0/s3cr3t TOKEN', secret_file: keys/s3cr3t}"
    system.write_text(
        f"{system.read_text('utf-8')}log_level: s3cr3t\nalerts: {{webhooks: [{hook}]}}\n", encoding="utf-8"
    )
    held.look("run")
    (alert,) = room.alerts()
    (line,) = room.history()

    daily_of(room).write_text("title: [", encoding="utf-8")
    held.look("no YAML at all")

    assert any(one.endswith("daily.yaml:1") for one in places(held.force.faults))
    assert "s3cr3t" not in alert.text + str(line.note)
    assert "digest.yaml:" in alert.text
    assert "alerts.webhooks.0.url: expected a web address such as https://" in alert.text
    assert not any("s3cr3t TOKEN" in str(one) for one in held.force.faults)
