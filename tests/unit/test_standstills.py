"""For how long trouble has kept everybody's mail of an edition back."""

from __future__ import annotations

from digest.schedule.standstills import Standstills

MOST_S, MINUTE = 900.0, 60.0


def heard(
    watch: Standstills, minutes: float, *, edition: int = 1, well: bool = False, moved: bool = False
) -> float | None:
    """Tell how an edition goes, at a minute."""
    return watch.heard(edition, in_trouble=not well, has_moved=moved, now=minutes * MINUTE)


def test_people_hear_of_trouble_that_lasts_once_they_could_be_told() -> None:
    """The database may be what is full: a word that was not written is to be written once there is room."""
    watch = Standstills(MOST_S)

    assert [heard(watch, at) for at in (0, 8, 15)] == [None, None, None]
    assert heard(watch, 16) == 16 * MINUTE
    assert [heard(watch, at) for at in (16.1, 17)] == [None, None]  # it is tried anew each minute
    assert heard(watch, 17.1) == 17.1 * MINUTE
    watch.told(1)
    assert [heard(watch, at) for at in (19, 60, 61, 80)] == [None] * 4


def test_a_mail_between_ends_a_standstill() -> None:
    """People are told that nobody got a mail."""
    watch = Standstills(MOST_S)

    assert heard(watch, 0) is None
    assert heard(watch, 10, well=True, moved=True) is None
    assert [heard(watch, at) for at in (12, 26)] == [None, None]
    assert heard(watch, 28) == 16 * MINUTE


def test_trouble_long_after_other_trouble_is_none_of_it() -> None:
    """Readers wait for their hours; in between nobody was due, and nothing stood still."""
    watch = Standstills(MOST_S)
    heard(watch, 0)
    heard(watch, 1, well=True)

    assert heard(watch, 180) is None
    assert [heard(watch, at) for at in (188, 195)] == [None, None]
    assert heard(watch, 196) == 16 * MINUTE


def test_editions_stand_still_each_for_itself() -> None:
    """What is over is forgotten."""
    watch = Standstills(MOST_S)
    heard(watch, 0)
    heard(watch, 10, edition=2)
    heard(watch, 12)
    watch.keep({2})
    assert heard(watch, 16) is None
    assert heard(watch, 24, edition=2) is None
    assert heard(watch, 26, edition=2) == 16 * MINUTE
