"""Sending stops before the disk is full."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from digest.actions.mailing.reserve import DiskReserve, disk_bytes, free_bytes

VAR, ELSEWHERE = Path("/srv/digest/var"), Path("/data")


def reserve(free: dict[Path, int], looks: list[Path], clock: Callable[[], float]) -> DiskReserve:
    """Watch two disks with 200 MB to stay free."""

    def probe(path: Path) -> int:
        looks.append(path)
        return free[path]

    return DiskReserve(folders=(VAR, ELSEWHERE), reserve_bytes=200_000_000, probe=probe, clock=clock)


def test_the_last_byte_that_may_be_used_is_told() -> None:
    """Exactly the reserve is enough, one byte less is not; the sentence names the disk and the way on."""
    free = {VAR: 200_000_000, ELSEWHERE: 200_000_000}
    now = [0.0]
    watch = reserve(free, [], lambda: now[0])
    before = watch.short()
    free[ELSEWHERE] -= 1
    now[0] = 1.0

    assert before is None
    assert watch.short() == (
        "less than 200MB free in /data; sending goes on where it stopped once there is room"
    )


def test_the_disk_is_asked_once_a_second() -> None:
    """The question comes before every mail, thousands of times a second."""
    looks: list[Path] = []
    now = [10.0]
    watch = reserve({VAR: 10**9, ELSEWHERE: 10**9}, looks, lambda: now[0])
    for moment in (10.0, 10.5, 10.999):
        now[0] = moment
        watch.short()
    asked = len(looks)
    now[0] = 11.0
    watch.short()

    assert (asked, len(looks)) == (2, 4)


def test_a_folder_that_went_away_stops_sending() -> None:
    """A disk that fell off takes the books with it."""

    def probe(_path: Path) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    said = DiskReserve(folders=(VAR,), reserve_bytes=1, probe=probe).short()

    assert said == "nobody can tell how much is free in /srv/digest/var: No such file or directory"


def test_a_real_disk_has_no_more_free_than_it_holds(tmp_path: Path) -> None:
    """Both are in bytes."""
    assert 0 < free_bytes(tmp_path) <= disk_bytes(tmp_path)
