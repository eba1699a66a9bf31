"""One round over a mailbox: each unread message is taken in, then marked or done with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from digest.deliver.imap.folder import ImapFolder

Taken = TypeVar("Taken")

_STUCK = 10  #: times as many as count that one round reads though they stay unread


class Course:
    """What the rounds over a folder have in common.

    What was taken in, and the server lets nobody mark, is not read again as long as numbers mean the same.
    The first of them is tried anew in each round, so that it tells of the refusal; once that one can be
    marked, all are.

    Args:
        stopped: True when no more messages are to be read.
    """

    def __init__(self, stopped: Callable[[], bool] = lambda: False) -> None:
        self.stopped = stopped
        self._of: object = None
        self._known: set[int] = set()
        self._tried = 0

    def begin(self, folder: ImapFolder) -> set[int]:
        """Return the numbers of messages in an open folder that need not be read; it changes as they do."""
        if folder.identity is None or folder.identity != self._of or len(self._known) > folder.count:
            self._known.clear()
        self._of = folder.identity
        self._tried = min(self._known, default=0)
        self._known.discard(self._tried)
        return self._known

    def note(self, uid: int, *, is_stuck: bool) -> None:
        """Note whether a message that was taken in stays unread."""
        if is_stuck:
            self._known.add(uid)
        elif uid == self._tried:
            self._known.clear()


def take_in(
    folder: ImapFolder,
    at_most: int,
    take: Callable[[bytes | None, str], Taken],
    is_done: Callable[[Taken], bool],
    course: Course | None = None,
) -> Iterator[Taken]:
    """Take in the unread messages of a folder in their order, and tell what became of each.

    Each is marked, moved or deleted once the next one is asked for, so whoever loses what became of it
    finds it unread. Messages that stay unread whatever is done do not count, up to ten times as many: they
    keep none behind them from being read.

    Args:
        folder: Opened here.
        at_most: Messages that count.
        take: Takes one in; gets what it is, None when the server cannot give it, and where it lies.
        is_done: Tells whether the settings say what happens to it; else it is marked as read, and stays.
        course: Of the rounds before and after; None when there are none.

    Raises:
        TransportError: The server cannot be reached or says no. At the end where it refused to mark, move
            or delete a message.
    """
    course = course or Course()
    met: set[int] = set()
    with folder:
        known = course.begin(folder)
        room = min(at_most, folder.count)
        while room > 0:
            uids = folder.unread(room, besides=met | known)
            for uid in uids:
                if course.stopped():
                    return
                message = folder.read(uid)
                taken = take(message, folder.place(uid))
                yield taken
                if message is not None:
                    (folder.finish if is_done(taken) else folder.mark)(uid)
                    course.note(uid, is_stuck=uid in folder.stuck)
            met.update(uids)
            # No round goes on for longer than there are messages, whatever numbers the server names.
            stuck = len(met & folder.stuck)
            left = min(at_most - len(met) + stuck, at_most * _STUCK - stuck, folder.count - len(met))
            room = left if len(uids) == room else 0
    if folder.refusal is not None:
        raise folder.refusal
