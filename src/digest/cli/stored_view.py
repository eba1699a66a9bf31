"""How stored editions, and what each of them waits for, are shown in a terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.options import home_path
from digest.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from digest.actions.app import App
    from digest.actions.timing.deadlines import Course
    from digest.store import StoredEdition


def move(edition: int, home: Path | None, deed: Callable[[App], StoredEdition], *, json: bool) -> None:
    """Do something to an edition that moves it on, and show where it is then."""
    from digest.actions.timing.courses import outlook
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        stored = deed(opened)
        course, now = outlook(opened, edition), opened.clock()
    if json:
        print_json(stored_fields(stored, course))
    else:
        _show_moved(stored, course, now)


def stored_fields(stored: StoredEdition, course: Course | None) -> dict[str, object]:
    """Return an edition without its items as JSON has it; course is None once it is sent or has ended."""
    return {
        "edition": stored.id,
        "digest": stored.edition.digest,
        "number": stored.edition.number,
        "slot": stored.edition.slot.key,
        "state": stored.state,
        "subject": stored.edition.subject,
        "preheader": stored.edition.preheader,
        "items": len(stored.edition.items),
        "built_at": stored.built_at,
        "deadline": None if course is None else course.decided_at,
        "content_hash": stored.content_hash,
        "approved_by": stored.approved_by,
        "approved_at": stored.approved_at,
        "note": stored.note,
    }


def show_list(editions: Sequence[StoredEdition], courses: Mapping[int, Course]) -> None:
    """Show editions in a table, with the moment until which each waits for somebody."""
    rows = [
        (
            one.id,
            one.edition.digest,
            one.edition.slot.key,
            one.state,
            _until(courses.get(one.id)),
            len(one.edition.items),
            one.edition.subject,
        )
        for one in editions
    ]
    print_table("", ("No.", "Digest", "Slot", "State", "Until", "Items", "Subject"), rows)


def show_state(stored: StoredEdition, course: Course | None, now: datetime) -> None:
    """Tell where an edition is in its life, why, and what comes next; now: the moment."""
    from digest.actions.timing.deadline_words import words

    say(f"{stored.edition.digest} {stored.edition.slot.key}: {stored.state}", "bold")
    if stored.note:
        say(f"Note: {stored.note}", "yellow")
    if course is not None:
        say(words(course, now))


def _show_moved(stored: StoredEdition, course: Course | None, now: datetime) -> None:
    """Tell what became of an edition that somebody moved on, and what comes next."""
    from digest.actions.timing.deadline_words import words

    say(f"edition {stored.id} is {stored.state}")
    if course is not None and (course.edition.is_scheduled or course.edition.begun_at is not None):
        say(words(course, now), "dim")


def _until(course: Course | None) -> str:
    """Write month, day and time on the digest's clocks, briefly: the table has little room."""
    until = None if course is None else course.decided_at
    return "" if course is None or until is None else until.astimezone(course.zone).strftime("%m-%d %H:%M")
