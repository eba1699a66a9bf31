"""Faults are told to the column, and one value is changed with all else as it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from digest.errors import Fault, Refused, SettingsError
from digest.settings import parse_digest, with_pause
from digest.settings.mending import proposals
from digest.settings.spots import raw, spots, with_value

TEXT = """\
title: Harbour Morning
from: "Harbour Morning <morning@ostermoor.example>"
schedule:
  - {at: "07:30", days: [mon, tue]}
  - {at: "25:15", days: [fri]}
sections:
  # what the town does
  - {title: Town, tags: [town], atmost: 5}
  - title: Sea
    tags: [sea]
    at_most: many
    tags: [ships]
review:
  # mode: none
selection: {window: 24h}
"""


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(SettingsError) as caught:
        parse_digest(text, Path("harbour.yaml"), key="harbour", home=Path("nowhere"))
    return caught.value.faults


def test_each_fault_has_its_place() -> None:
    """Line and column are counted by hand in the text above; a key at fault is marked, else its value."""
    found = spots(TEXT, faults_of(TEXT))
    places = [(spot.line, spot.column, raw(TEXT, spot)) for spot in found if spot is not None]

    assert places == [
        (5, 10, '"25:15"'),
        (8, 33, "atmost"),
        (11, 14, "many"),
        (12, 5, "tags"),
    ]


def test_what_is_no_yaml_has_the_place_where_reading_stopped() -> None:
    """The second line ends inside a list, and the third cannot go on with a colon."""
    text = "title: A\nsections: [a, {b\nx: 1\n"
    (spot,) = spots(text, faults_of(text))

    assert spot is not None
    assert (spot.line, spot.column) == (3, 2)


def test_what_is_missing_has_the_place_of_its_group() -> None:
    """A section without tags is told at the section."""
    text = 'title: A\nfrom: "a@b.example"\nsections:\n  - title: Sea\n'
    (spot,) = spots(text, faults_of(text))

    assert spot is not None
    assert (spot.line, spot.column) == (4, 5)


@pytest.mark.parametrize(
    ("path", "written", "old", "new"),
    [
        (("selection", "window"), "36h", "{window: 24h}", "{window: 36h}"),
        (("selection", "at_most"), "9", "{window: 24h}", "{window: 24h, at_most: 9}"),
        (("review", "mode"), "window", "review:\n", "review:\n  mode: window\n"),
        (("schedule", 1, "at"), '"08:15"', '"25:15"', '"08:15"'),
        (("sections", 1, "sentences"), "1", "many\n", "many\n    sentences: 1\n"),
        (("brake", "items"), "off", "24h}\n", "24h}\nbrake: {items: off}\n"),
    ],
)
def test_one_value_changes_and_nothing_else(
    path: tuple[str | int, ...], written: str, old: str, new: str
) -> None:
    """Comments, quotes and order are the operator's."""
    text = TEXT.replace("    tags: [ships]\n", "")
    assert with_value(text, path, written) == text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("path", "written"),
    [(("title", "x"), "1"), (("sections", 9, "title"), "x"), (("title",), "a\nb: c"), (("title",), "{")],
)
def test_what_would_change_more_is_refused(path: tuple[str | int, ...], written: str) -> None:
    """A value that is YAML of its own must not change what stands around it."""
    with pytest.raises(Refused):
        with_value(TEXT.replace("    tags: [ships]\n", ""), path, written)


def test_a_source_is_paused_with_its_comments_kept() -> None:
    """What is said about the next source stays before the next source."""
    one = "# top\n- name: one # its name\n  title: One\n  url: https://a.example/f\n"
    text = f"{one}\n# two\n- name: two\n  title: Two\n"
    paused = with_pause(text, "one", "f", paused=True)

    assert paused == text.replace("/f\n", "/f\n  paused: true\n")
    assert with_pause(paused, "one", "f", paused=False) == paused.replace("true", "false")
    with pytest.raises(Refused, match="no address"):
        with_pause(text, "two", "f", paused=True)


@pytest.mark.parametrize(
    ("key", "expected", "hint", "written", "first"),
    [
        ("zone", "an IANA zone", "did you mean 'Europe/Oslo'?", "Europe/Osl", "Europe/Oslo"),
        ("schedule.0.at", "a time of day", None, '"7.30"', '"07:30"'),
        ("schedule.0.at", "a time of day", None, '"noon"', '"06:45"'),
        ("drafts", "true or false", None, "yes", "true"),
        ("selection.at_most", "a whole number from 1 to 200", None, "500", "200"),
        ("selection.window", "a duration", None, "24 h", "24h"),
    ],
)
def test_what_was_probably_meant_is_proposed_first(
    key: str, expected: str, hint: str | None, written: str, first: str
) -> None:
    """In the quotes that stand there."""
    fault = Fault(file="f", line=1, key=key, expected=expected, found=written, hint=hint)

    assert next(proposals(fault, written, ("06:45",))) == first


def test_many_levels_and_many_faults_take_no_longer_than_their_text(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """Somebody pastes what they should not have: it took the square of the levels, or of the faults."""
    deep = f"{TEXT}x: {'[' * 100_000}\n"
    wide = TEXT + "".join(f"key{number}: 1\n" for number in range(4_000))
    with within(20):
        *_, spot = spots(deep, faults_of(deep))
        found = spots(wide, faults_of(wide))

    assert spot is not None
    assert spot.line == TEXT.count("\n") + 1
    assert [one.line for one in found if one is not None][-1] == wide.count("\n")
