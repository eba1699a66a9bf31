"""Compare a digest's file in force with a changed one: what each would have made of the last days.

A comparison runs in a thread of its own, so that nobody waits for it; what it found stays in memory a while.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Literal

from digest.actions.app import App
from digest.actions.home.digest_files import check_text, read_file
from digest.actions.making.rehearse import rehearse
from digest.actions.making.rehearsed import Rehearsed
from digest.errors import DigestError, NotFound, Refused, SettingsError
from digest.log import get_logger
from digest.settings import DigestSettings

MOST_DAYS = 31
_MOST_SLOTS = 62
_LONGEST = timedelta(minutes=10)
_KEPT = timedelta(hours=1)
_ENDS_S = 10.0  #: for the slot that is in hand; a thread that is not through then ends with the process
_MOST = 8  #: comparisons that are kept

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one file makes of a slot."""

    outcome: Literal["edition", "skipped", "off"]
    items: Mapping[int, str]  #: titles by article, in the edition's order
    sections: tuple[tuple[str, int], ...]  #: titles with their items
    sources: int  #: that its items come from
    html_bytes: int


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One slot under both files."""

    due: datetime
    before: Side | None  #: under the file in force; None: it has no such slot
    after: Side | None  #: under the changed text

    @property
    def comes_in(self) -> tuple[str, ...]:
        """Titles of what only the changed text takes."""
        return _only(self.after, self.before)

    @property
    def goes_out(self) -> tuple[str, ...]:
        """Titles of what only the file in force takes."""
        return _only(self.before, self.after)


@dataclass(kw_only=True)
class Comparison:
    """A comparison, while it runs and after it."""

    name: str
    digest: str
    by: str
    text: str  #: the changed one
    base: str  #: the hash of the text in force when it began
    first: date
    last: date
    began_at: datetime
    rows: list[Compared] = field(default_factory=list)  #: by slot, ascending; grows while it runs
    state: Literal["running", "done", "stopped", "failed"] = "running"
    problem: str | None = None  #: why it failed
    stop: threading.Event = field(default_factory=threading.Event)


class Comparisons:
    """The comparisons of this process. Safe for any number of threads; one runs at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Comparison] = {}
        self._threads: list[threading.Thread] = []

    def begin(self, app: App, key: str, text: str, *, days: int, by: str) -> Comparison:
        """Begin to compare a text with the file in force over the days that end yesterday.

        Args:
            app: The installation.
            key: Of the digest.
            text: The changed one, whole.
            days: How many, from 1 to 31.
            by: Who wants it.

        Raises:
            NotFound: There is no such digest.
            SettingsError: The text has faults, or the file in force has.
            Refused: One is running already, or there is no schedule.
        """
        found, rules = _made(app, key, text, days=days, by=by)
        with self._lock:
            self._forget(app.clock())
            running = next((one for one in self._known.values() if one.state == "running"), None)
            if running is not None:
                raise Refused(
                    f"a comparison of {running.digest} is running",
                    hint="wait until it ends, or stop it",
                )
            thread = threading.Thread(target=_run, args=(app, found, rules), name="comparing", daemon=True)
            self._known[found.name] = found
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]
            thread.start()
        return found

    def get(self, key: str, name: str) -> Comparison:
        """Return a comparison of a digest.

        Raises:
            NotFound: There is none of that name, or none any more.
        """
        with self._lock:
            found = self._known.get(name)
        if found is None or found.digest != key:
            raise NotFound(
                "that comparison is gone", hint="it is kept for an hour at most: compare once more"
            )
        return found

    def close(self) -> None:
        """Stop what runs, and wait a moment until it has."""
        with self._lock:
            for one in self._known.values():
                one.stop.set()
            threads = list(self._threads)
        for thread in threads:
            thread.join(_ENDS_S)

    def _forget(self, now: datetime) -> None:
        old = [
            name for name, one in self._known.items() if one.state != "running" and one.began_at < now - _KEPT
        ]
        ended = [name for name, one in self._known.items() if one.state != "running"]
        for name in {*old, *ended[: max(0, len(self._known) - _MOST + 1)]}:
            del self._known[name]


def _made(
    app: App, key: str, text: str, *, days: int, by: str
) -> tuple[Comparison, tuple[DigestSettings, DigestSettings]]:
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"{days} days cannot be compared", hint=f"compare 1 to {MOST_DAYS}")
    present, wished = read_file(app, key), check_text(app, key, text)
    faults = [one.fault for one in (*present.checked.faults, *wished.faults)]
    if present.checked.digest is None or wished.digest is None:
        raise SettingsError(faults)
    if not (present.checked.digest.schedule or wished.digest.schedule):
        raise Refused(
            "without a schedule there is nothing to rehearse", hint="add one: schedule: [{at: 07:00}]"
        )
    today = app.clock().astimezone(wished.digest.timezone).date()
    found = Comparison(
        name=secrets.token_hex(8),
        digest=key,
        by=by,
        text=text,
        base=present.hash,
        first=today - timedelta(days=days),
        last=today - timedelta(days=1),
        began_at=app.clock(),
    )
    return found, (present.checked.digest, wished.digest)


def _run(app: App, found: Comparison, rules: tuple[DigestSettings, DigestSettings]) -> None:
    try:
        rows = rehearse(app, rules, found.first, found.last)
        for before, after in islice(rows, _MOST_SLOTS):
            one = before or after
            if one is not None:
                found.rows.append(Compared(due=one.planned.due, before=_side(before), after=_side(after)))
            if found.stop.is_set() or app.clock() > found.began_at + _LONGEST:
                found.state = "stopped"
                return
        found.state = "done"
    except DigestError as error:
        found.problem, found.state = str(error), "failed"
    except Exception as error:  # why: a thread's end; who waits must be told
        log.error("comparison_broke", exc_info=error)
        found.problem, found.state = "a fault of the program; its log has the trace", "failed"


def _side(one: Rehearsed | None) -> Side | None:
    if one is None:
        return None
    edition = one.built.edition if one.built else None
    return Side(
        outcome=one.outcome,
        items=one.items,
        sections=one.sections,
        sources=len({item.source for item in edition.items}) if edition else 0,
        html_bytes=one.html_bytes,
    )


def _only(one: Side | None, other: Side | None) -> tuple[str, ...]:
    known = other.items if other else {}
    return tuple(title for number, title in (one.items if one else {}).items() if number not in known)
