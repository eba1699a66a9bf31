"""One round over a mailbox: each unread message is taken in, then marked or done with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from digest.deliver.imap.folder import ImapFolder

Taken = TypeVar("Taken")


def take_in(
    folder: ImapFolder,
    at_most: int,
    take: Callable[[bytes | None, str], Taken],
    is_done: Callable[[Taken], bool],
) -> Iterator[Taken]:
    """Take in the unread messages of a folder in their order, and tell what became of each.

    Each is marked, moved or deleted once the next one is asked for, so whoever loses what became of it
    finds it unread. Messages that stay unread whatever is done do not count: thousands keep none behind
    them from being read.

    Args:
        folder: Opened here.
        at_most: Messages that count.
        take: Takes one in; gets what it is, None when the server cannot give it, and where it lies.
        is_done: Tells whether the settings say what happens to it; else it is marked as read, and stays.

    Raises:
        TransportError: The server cannot be reached or says no. At the end where it refused to mark, move
            or delete a message.
    """
    met: set[int] = set()
    with folder:
        room = min(at_most, folder.count)
        while room > 0:
            uids = folder.unread(room, besides=met)
            for uid in uids:
                message = folder.read(uid)
                taken = take(message, folder.place(uid))
                yield taken
                if message is not None:
                    (folder.finish if is_done(taken) else folder.mark)(uid)
            met.update(uids)
            # No round goes on for longer than there are messages, whatever numbers the server names.
            left = min(at_most - len(met - folder.stuck), folder.count - len(met))
            room = left if len(uids) == room else 0
    if folder.refusal is not None:
        raise folder.refusal
