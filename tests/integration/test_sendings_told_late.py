"""A sending whose progress is told after it has ended: it is told in a thread of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from braking_cast import begun
from digest.actions.app import App
from digest.actions.mailing.sending import SendOptions
from digest.deliver import Progress
from digest.model import AlertKind, Books
from digest.schedule import sendings
from digest.schedule.beats import Beats
from digest.schedule.current import Current
from digest.schedule.pace import Pace
from newsroom import newsroom
from service_cast import until

NOBODY = Books(frozen=0, sent=0, failed=0, expired=0, excluded=0, unknown=0, open=0)


def test_a_sending_that_has_ended_is_not_heard_of_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log that nobody read held its last line up; nothing would be heard of it after that: it hangs."""
    told: list[SendOptions] = []

    def send(_app: App, _edition_id: int, options: SendOptions) -> Books:
        options.progress(Progress(books=NOBODY, sent=0, connections=0))
        heard.append(tuple(beats.ages()))
        told.append(options)
        return NOBODY

    monkeypatch.setattr(sendings, "send", send)
    beats, heard = Beats(60.0), list[tuple[str, ...]]()
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = begun(room)
        at_work = sendings.Sendings(Current(room.app), beats, Pace())
        at_work.look("run")
        until(lambda: told and not at_work.busy())
        told[0].progress(Progress(books=NOBODY, sent=0, connections=0))

    assert heard == [(f"{sendings.IN_HAND} {edition}",)]
    assert not beats.ages()


class Watch:
    """Tells the seconds that a test has let pass."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        """Say how many that are."""
        return self.seconds


def test_people_are_told_once_when_trouble_keeps_everybody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service waits for relays by itself, for hours: somebody must hear of it before it is too late."""
    watch = Watch()
    waiting = replace(NOBODY, frozen=4, open=4)
    away = Progress(books=waiting, sent=0, connections=0, trouble="relay main: Connection refused")

    def send(_app: App, _edition_id: int, options: SendOptions) -> Books:
        for minutes, progress in (
            (0, away),
            (10, replace(away, books=replace(waiting, sent=1, open=3))),
            (20, replace(away, books=replace(waiting, sent=1, open=3))),
            (24, replace(away, books=replace(waiting, sent=1, open=3), trouble=None)),
            (24, replace(away, books=replace(waiting, sent=1, open=3))),
        ):
            watch.seconds = minutes * 60.0
            options.progress(progress)
        early.append(len(room.alerts()))
        for minutes in (26, 50):
            watch.seconds = minutes * 60.0
            options.progress(replace(away, books=replace(waiting, sent=1, open=3)))
        return NOBODY

    monkeypatch.setattr(sendings, "send", send)
    monkeypatch.setattr(sendings, "time", watch)
    early = list[int]()
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        begun(room)
        at_work = sendings.Sendings(Current(room.app), Beats(60.0), Pace())
        at_work.look("run")
        until(lambda: early and not at_work.busy())
        (told,) = room.alerts(AlertKind.FAILED)

    assert early == [0]
    assert "nobody got a mail for 16 minutes: relay main: Connection refused" in told.text
