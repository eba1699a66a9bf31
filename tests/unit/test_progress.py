"""What is told while an edition goes out."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from digest.cli.progress import Pace, counted, left, showing
from digest.deliver import Progress, UsedUp
from digest.errors import TransportError
from digest.log.scrubbing import REDACTED
from digest.model import Books
from digest.tokens import Keyring


def books(*, sent: int, of: int) -> Books:
    """Count."""
    return Books(frozen=of, sent=sent, failed=0, expired=0, excluded=0, unknown=0, open=of - sent)


def test_rate_is_that_of_the_last_ten_seconds() -> None:
    """An hour of waiting must not make the next minute look slow."""
    seconds = iter([0.0, 3600.0, 3605.0, 3610.0])
    pace = Pace(lambda: next(seconds))

    assert [pace.add(sent) for sent in (0, 0, 500, 1500)] == [0.0, 0.0, 100.0, 150.0]


@pytest.mark.parametrize(
    ("open_", "rate", "words"),
    [(0, 5.0, ""), (100, 0.0, ""), (100, 10.0, "0:10 left"), (900_000, 100.0, "2:30:00 left")],
)
def test_time_left_is_told_when_it_can_be(open_: int, rate: float, words: str) -> None:
    """Nobody is promised anything while nothing moves."""
    assert left(books(sent=0, of=open_), rate) == words


def test_a_log_is_told_nothing_of_what_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """A job that runs by itself mails its operator whatever it says."""
    with counted("taking in", quiet=False) as show:
        show(1, 2)

    assert capsys.readouterr() == ("", "")


HOURLY = UsedUp(
    limit="relay main",
    most=1200,
    window=timedelta(hours=1),
    again_at=datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=2))),
)
DAILY = replace(HOURLY, limit="domain example.org", window=timedelta(days=1))


def test_used_up_limits_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator who sees nothing move must not have to guess which limit it is, nor for how long."""
    monkeypatch.setattr("digest.cli.progress._EVERY_S", 0.0)
    monkeypatch.setenv("COLUMNS", "400")
    with showing(7) as show:
        show(Progress(books=books(sent=1, of=3), sent=1, connections=2, used_up=(DAILY, HOURLY)))

    assert capsys.readouterr().err == (
        "sending edition 7: 1 of 3, 0/s, waiting: "
        "the limit of domain example.org, 1,200 a day, is used up until 2026-11-22 07:30 UTC; "
        "the limit of relay main, 1,200 an hour, is used up until 2026-11-22 07:30 UTC\n"
    )


@pytest.mark.parametrize("events", [False, True])
def test_words_of_relays_are_told_without_names_and_tokens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, events: bool
) -> None:
    """A line a minute and events go into logs: what these may not hold they do not either."""
    monkeypatch.setattr("digest.cli.progress._EVERY_S", 0.0)
    monkeypatch.setenv("COLUMNS", "400")
    token = Keyring(("key-" * 8,)).sign("unsubscribe", f"{'A' * 22}.daily")
    trouble = f"451 cannot forward to sue@elsewhere.example, see https://n.example/unsubscribe/{token}"
    with showing(7, events=events) as show:
        show(Progress(books=books(sent=1, of=3), sent=1, connections=2, trouble=trouble))
    told = capsys.readouterr().err

    assert f"451 cannot forward to {REDACTED}, see https://n.example/unsubscribe/{REDACTED}" in told
    assert token not in told
    assert "sue@" not in told


def test_programs_are_told_of_used_up_limits(capsys: pytest.CaptureFixture[str]) -> None:
    """With the moment as text, and the window in seconds: what any language reads."""
    with showing(7, events=True) as show:
        show(Progress(books=books(sent=1, of=3), sent=1, connections=2, used_up=(HOURLY,)))

    assert json.loads(capsys.readouterr().err)["used_up"] == [
        {"limit": "relay main", "most": 1200, "seconds": 3600, "again_at": "2026-11-22T09:30:00+02:00"}
    ]


def test_programs_get_an_event_a_second_and_the_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object a line, with the books and no address."""
    with showing(7, events=True) as show:
        for sent in range(4):
            show(Progress(books=books(sent=sent, of=3), sent=sent, connections=2, trouble=None))
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert [(one["event"], one["edition"], one["sent"], one["open"]) for one in events] == [
        ("sending", 7, 0, 3),
        ("sending", 7, 3, 0),
    ]


@pytest.mark.parametrize("fails", [False, True])
def test_last_event_is_of_the_end_also_where_somebody_stays_open(
    capsys: pytest.CaptureFixture[str], *, fails: bool
) -> None:
    """A program that reads them must not take what was so a second before for the outcome."""
    with suppress(TransportError), showing(7, events=True) as show:
        for sent in range(4):
            show(Progress(books=books(sent=sent, of=9), sent=sent, connections=2))
        if fails:
            raise TransportError("the relay refuses the sender", permanent=True, where="relay main")
    told = [json.loads(line)["sent"] for line in capsys.readouterr().err.splitlines()]

    assert told == [0, 3]


def test_no_event_is_told_of_a_run_that_did_not_begin(capsys: pytest.CaptureFixture[str]) -> None:
    """An edition that may not be sent."""
    with showing(7, events=True):
        pass

    assert capsys.readouterr().err == ""
