"""Folders that a service takes articles in from: what is read when, and what is told of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import select

from digest.model import AlertKind
from digest.schedule.collecting import Collecting
from digest.schedule.current import Current
from digest.store.tables import article_revisions
from newsroom import DUE, Clock, Newsroom, newsroom

LONG_AGO = 1_700_000_000.0  #: as a moment of change: at rest


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """An open home with a folder to collect from."""
    with newsroom(tmp_path / "home", clock=Clock(now=DUE)) as opened:
        folders = opened.app.system.collect.model_copy(update={"folders": ("inbox",)})
        opened.app = replace(opened.app, system=opened.app.system.model_copy(update={"collect": folders}))
        (opened.app.home.root / "inbox").mkdir()
        yield opened


def laid_down(room: Newsroom, name: str, *, at_rest: bool = True) -> Path:
    """Write an article into the folder."""
    file = room.app.home.root / "inbox" / f"{name}.md"
    file.write_text(f"# {name} opened again\n\nThe {name} opened again on Monday.\n", encoding="utf-8")
    if at_rest:
        os.utime(file, (LONG_AGO, LONG_AGO))
    return file


def titles(room: Newsroom) -> set[str]:
    """Read the titles of what was collected."""
    with room.app.store.reading() as tx:
        found = set(tx.articles.connection.scalars(select(article_revisions.c.title)))
    return {title for title in found if title.endswith("opened again")}


def refused(_file: Path, _mode: str) -> IO[bytes]:
    """Stand for a system that lets nobody read a file."""
    raise PermissionError(errno.EACCES, "Permission denied")


def look(room: Newsroom, collecting: Collecting) -> None:
    """Let it be time, and look."""
    room.clock.now += timedelta(minutes=2)
    collecting.look("run")


def test_the_heart_beats_while_a_folder_is_read(room: Newsroom) -> None:
    """Ten thousand files take longer than a part that hangs."""
    beats: list[None] = []
    for name in ("pier", "boat", "ferry"):
        laid_down(room, name)
    look(room, Collecting(Current(room.app), lambda: beats.append(None)))

    assert len(beats) == 3


def test_a_file_that_is_being_written_keeps_no_other_waiting(room: Newsroom) -> None:
    """A folder that gets a file every second was never read."""
    collecting = Collecting(Current(room.app), lambda: None)
    laid_down(room, "pier")
    half = laid_down(room, "ferry", at_rest=False)
    look(room, collecting)
    assert titles(room) == {"pier opened again"}
    os.utime(half, (LONG_AGO, LONG_AGO))
    look(room, collecting)

    assert titles(room) == {"pier opened again", "ferry opened again"}


def test_a_file_whose_rights_are_mended_is_read(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """chmod leaves a file's moment of change as it is: it was passed over until another one came."""
    collecting = Collecting(Current(room.app), lambda: None)
    file = laid_down(room, "pier")
    file.chmod(0)
    with monkeypatch.context() as shut:
        shut.setattr(Path, "open", refused)  # root may read whatever the rights are
        look(room, collecting)
    assert titles(room) == set()
    file.chmod(0o644)
    look(room, collecting)

    assert titles(room) == {"pier opened again"}


def test_what_was_taken_in_stands_in_the_history(room: Newsroom) -> None:
    """A round that took nothing is no line: there are 1,440 of them a day."""
    collecting = Collecting(Current(room.app), lambda: None)
    laid_down(room, "pier")
    (room.app.home.root / "inbox" / "bad.html").write_bytes(b"%PDF-1.7")
    os.utime(room.app.home.root / "inbox" / "bad.html", (LONG_AGO, LONG_AGO))
    for _ in range(3):
        look(room, collecting)
    (line,) = room.history()

    assert (line.by, line.event, line.outcome, line.run, line.note) == (
        "service",
        "collect",
        "ok",
        "run",
        "inbox",
    )
    assert line.counts == {"new": 1, "revised": 0, "failed": 1}
    assert line.seconds is not None


def test_a_folder_that_stays_away_is_told_as_dead_and_keeps_no_other_waiting(room: Newsroom) -> None:
    """A mount that failed at night; one that comes back in between begins to count anew."""
    wanted = {"folders": ("away", "inbox"), "dead_after": 3}
    collect = room.app.system.collect.model_copy(update=wanted)
    room.app = replace(room.app, system=room.app.system.model_copy(update={"collect": collect}))
    collecting, away = Collecting(Current(room.app), lambda: None), room.app.home.root / "away"
    laid_down(room, "pier")
    look(room, collecting)
    look(room, collecting)
    away.mkdir()
    look(room, collecting)
    away.rmdir()
    look(room, collecting)
    look(room, collecting)
    assert room.alerts() == []
    look(room, collecting)
    look(room, collecting)

    assert titles(room) == {"pier opened again"}
    assert [alert.title for alert in room.alerts(AlertKind.SOURCE_DEAD)] == [
        "the folder 'away' is dead: no such folder"
    ]
    assert room.told() == [("collect", "ok"), ("collect", "failed")]
    room.clock.now += timedelta(days=1)
    look(room, collecting)
    assert len(room.alerts()) == 2


def test_folders_are_looked_at_shortly_before_a_slot_is_built(room: Newsroom) -> None:
    """Whoever collects once an hour would send the news of an hour ago."""
    collect = room.app.system.collect.model_copy(update={"every": timedelta(hours=1)})
    room.app = replace(room.app, system=room.app.system.model_copy(update={"collect": collect}))
    built_at = DUE + timedelta(minutes=25)
    collecting = Collecting(Current(room.app), lambda: None, lambda: built_at)
    assert collecting.look("first") == built_at - timedelta(minutes=1)
    laid_down(room, "pier")
    room.clock.now = built_at - timedelta(minutes=2)
    assert collecting.look("too soon") == built_at - timedelta(minutes=1)
    assert titles(room) == set()
    room.clock.now = built_at - timedelta(seconds=50)

    assert collecting.look("in time") == room.clock.now + timedelta(hours=1)
    assert titles(room) == {"pier opened again"}
    room.clock.now -= timedelta(hours=3)
    laid_down(room, "boat")
    collecting.look("a clock that was set back")
    assert "boat opened again" in titles(room)
