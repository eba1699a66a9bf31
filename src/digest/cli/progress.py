"""How far a long command is, as a bar on a terminal; elsewhere sending writes a line a minute, or events."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from digest.cli.deliveries import books_fields
from digest.cli.output import console, plain
from digest.cli.terminal import json_text
from digest.log.scrubbing import scrubbed

if TYPE_CHECKING:
    from digest.deliver import Progress as Sent
    from digest.deliver import UsedUp
    from digest.model import Books

_EVERY_S = 60.0  #: between two lines of a log
_EVENT_S = 1.0  #: between two events
_WINDOW_S = 10.0  #: the rate is that of the last so many seconds

Show = Callable[["Sent"], None]


class Pace:
    """The rate of the last seconds, and what is left at that rate.

    Args:
        monotonic: What tells the seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, sent: int) -> float:
        """Take a count into account; return messages a second."""
        now = self._monotonic()
        self._seen.append((now, sent))
        while now - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        first, before = self._seen[0]
        return (sent - before) / (now - first) if now > first else 0.0


def left(books: Books, rate: float) -> str:
    """Say how long it takes at this rate; '' when nobody can tell."""
    if rate <= 0 or not books.open:
        return ""
    minutes, seconds = divmod(round(books.open / rate), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02} left" if hours else f"{minutes}:{seconds:02} left"


@contextmanager
def counted(words: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Offer a function that shows how many of how many are done, as a bar on a terminal; elsewhere nothing.

    Args:
        words: What is done, as `taking in`.
        quiet: Show nothing on a terminal either.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


@contextmanager
def showing(edition: int, *, events: bool = False) -> Iterator[Show]:
    """Offer a function that shows how far a run is, in the way that suits where it is shown.

    Args:
        edition: Which edition is sent.
        events: One JSON object a line on standard error, at most one a second; the last one is of the end.
    """
    if events:
        with _events(edition) as show:
            yield show
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _lines(edition)


@contextmanager
def _events(edition: int) -> Iterator[Show]:
    pace, next_at, untold = Pace(), 0.0, dict[str, object]()

    def show(progress: Sent) -> None:
        nonlocal next_at, untold
        untold = {"event": "sending", **_fields(edition, progress, pace.add(progress.sent))}
        if time.monotonic() >= next_at or not progress.books.open:
            next_at = time.monotonic() + _EVENT_S
            tell()

    def tell() -> None:
        nonlocal untold
        event, untold = untold, {}
        if event:
            sys.stderr.write(json_text(plain(event), sys.stderr) + "\n")

    try:
        yield show
    finally:
        with suppress(OSError, ValueError):  # nobody reads any more, and the run has ended as it has
            tell()


def _lines(edition: int) -> Show:
    """Write a line a minute, the first after a minute: what a log of a job that runs by itself shows."""
    pace, next_at = Pace(), [time.monotonic() + _EVERY_S]

    def show(progress: Sent) -> None:
        rate, books = pace.add(progress.sent), progress.books
        if time.monotonic() >= next_at[0]:
            next_at[0] = time.monotonic() + _EVERY_S
            parts = [f"{books.frozen - books.open:,} of {books.frozen:,}", f"{rate:,.0f}/s"]
            parts += [words for words in (left(books, rate), _more(progress)) if words]
            console(stderr=True).print(f"sending edition {edition}: {', '.join(parts)}", markup=False)

    return show


def _fields(edition: int, progress: Sent, rate: float) -> dict[str, object]:
    return {
        **books_fields(edition, progress.books),
        "per_second": round(rate, 1),
        "connections": progress.connections,
        "trouble": progress.trouble and scrubbed(progress.trouble),
        "used_up": used_up_fields(progress.used_up),
    }


def used_up_fields(found: Iterable[UsedUp]) -> list[dict[str, object]]:
    """Return limits that are used up as JSON has them."""
    return [
        {
            "limit": one.limit,
            "most": one.most,
            "seconds": int(one.window.total_seconds()),
            "again_at": one.again_at,
        }
        for one in found
    ]


@contextmanager
def _bar() -> Iterator[Show]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    pace = Pace()
    columns = (
        TextColumn("sending"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[more]}", style="yellow", markup=False),  # a relay's words
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("sending", total=None, rate="", left="", more="")

        def show(progress: Sent) -> None:
            books, rate = progress.books, pace.add(progress.sent)
            bar.update(
                task,
                completed=books.frozen - books.open,
                total=books.frozen,
                rate=f"{rate:,.0f}/s",
                left=left(books, rate),
                more=_more(progress),
            )

        yield show


def _more(progress: Sent) -> str:
    """Tell what an operator would ask about: trouble, else a limit, else who did not get a mail so far."""
    if progress.trouble:
        return f"waiting: {scrubbed(progress.trouble)}"
    if progress.used_up:
        return f"waiting: {'; '.join(one.words for one in progress.used_up)}"
    books = progress.books
    parts = ((books.failed, "failed"), (books.unknown, "unknown"), (books.expired, "expired"))
    return ", ".join(f"{count:,} {name}" for count, name in parts if count)
