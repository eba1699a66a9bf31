"""What counts as a difference between a home and a database, and how it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.actions.home.instance_file import InstanceFile
from digest.actions.home.instance_words import differences

#: Made on 19 November 2026, 06:00 UTC.
BORN = 1_795_068_000_000_000_000
THEN = InstanceFile(id="a", epoch=7, settled=True, home="/srv/digest", database={"inode": 11, "born": BORN})


def test_the_same_home_and_database_differ_in_nothing() -> None:
    """An alarm in good order would be switched off by the second week."""
    assert differences(THEN, THEN, 7) == ()


@pytest.mark.parametrize(("settled", "epoch", "well"), [(False, 6, True), (False, 7, True), (True, 6, False)])
def test_a_step_that_was_announced_may_or_may_not_have_been_written(
    settled: bool, epoch: int, well: bool
) -> None:
    """A crash between the two writes is no restored backup."""
    assert (differences(replace(THEN, settled=settled), THEN, epoch) == ()) is well


@pytest.mark.parametrize(
    ("epoch", "words"),
    [
        (0, "the database does not know this home"),
        (5, "the database is older than the home, at step 5 of 7"),
        (8, "the home is older than the database, at step 7 of 8"),
    ],
)
def test_who_is_older_is_told(epoch: int, words: str) -> None:
    """The operator must know which of the two was restored."""
    (said,) = differences(THEN, THEN, epoch)

    assert said.startswith(words)


def test_a_file_that_took_over_the_number_of_another_is_told_by_its_birth() -> None:
    """ext4 gives the number of a removed file to the next one."""
    now = replace(THEN, database={"inode": 11, "born": BORN + 3_600_000_000_000})

    assert differences(THEN, now, 7) == (
        "the database is another file, made 2026-11-19 07:00:00 UTC and not 2026-11-19 06:00:00 UTC",
    )


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"inode": 12}, ("the database is another file than the one that last sent",)),
        ({"inode": 11}, ()),
        ({}, ()),
    ],
)
def test_only_what_could_be_read_both_times_is_compared(
    now: dict[str, int | str], words: tuple[str, ...]
) -> None:
    """Another kernel may tell less or more of the same disk."""
    assert differences(THEN, replace(THEN, database=now), 7) == words


def test_a_servers_database_has_its_own_marks() -> None:
    """A dump that is read into another database of the same server has another number."""
    then = replace(THEN, database={"oid": 16384, "system": "73"})
    (said,) = differences(then, replace(then, database={"oid": 16390, "system": "73"}), 7)

    assert said.startswith("the database is another one of the server, or of another server")
