"""Take in mails that become articles: from a Maildir, and from a mailbox over IMAP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from digest.actions.app import App
from digest.actions.content.pushing import take
from digest.collect import Document, Format, letter_sender
from digest.deliver.imap.folder import ImapFolder
from digest.deliver.imap.round import Course, take_in
from digest.errors import DigestError, DocumentError, NotFound
from digest.workers import WorkerLost

MAX_A_ROUND = 200  #: mails that one round takes in of a place, besides those that stay unread all the same


class Fate(StrEnum):
    """What became of a mail."""

    NEW = "new"
    REVISED = "revised"  #: its article was known with other words
    SAME = "same"
    STRANGER = "stranger"  #: its sender may not send articles, or cannot be believed
    FAILED = "failed"  #: it is no article, or cannot be read


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """One mail, and what became of it."""

    place: str  #: where it lies: a path, or 'INBOX/17'
    fate: Fate
    reason: str | None = None  #: why it is no article


def receive(app: App, message: bytes, *, place: str) -> Received:
    """Take in one mail; what it leads to is committed when this returns.

    Raises:
        StoreError: The database cannot be written; nothing was taken in.
    """
    settings = app.system.collect.inbox
    limit = app.system.limits.document_bytes
    if len(message) > limit:
        return Received(place=place, fate=Fate.FAILED, reason=f"larger than the {limit:,} bytes allowed")
    try:
        sender, is_sure = app.workers.run(letter_sender, message, settings.authenticated_by)
    except (DocumentError, WorkerLost) as error:
        return Received(place=place, fate=Fate.FAILED, reason=error.message)
    allowed = {one.lower() for one in settings.senders}
    if not sender or not {sender, f"@{sender.rpartition('@')[2]}"} & allowed:
        return Received(place=place, fate=Fate.STRANGER, reason="its sender is not in collect.inbox.senders")
    if not is_sure:
        return Received(place=place, fate=Fate.STRANGER, reason="its sender is not authenticated")
    (pushed,) = take(app, Document(name=place, format=Format.MAIL, data=message), source=None)
    if pushed.put is None:
        return Received(place=place, fate=Fate.FAILED, reason=pushed.reason)
    return Received(place=place, fate=Fate(pushed.put.outcome))


def read_maildir(app: App) -> Iterator[Received]:
    """Take in what is new in the Maildir, in the order of names; each goes to `cur` once it is committed.

    Raises:
        NotFound: There is no Maildir at the place.
        StoreError: The database cannot be written.
    """
    folder = app.home.root / str(app.system.collect.inbox.maildir)
    new, current = folder / "new", folder / "cur"
    if not new.is_dir() or not current.is_dir():
        raise NotFound("no Maildir: it has no folders new and cur", where=str(folder))
    files = sorted(file for file in new.iterdir() if not file.name.startswith(".") and file.is_file())
    for file in files[:MAX_A_ROUND]:
        try:
            with file.open("rb") as opened:
                message = opened.read(app.system.limits.document_bytes + 1)
        except OSError as error:
            yield Received(place=str(file), fate=Fate.FAILED, reason=f"cannot be read: {error.strerror}")
            continue
        yield receive(app, message, place=str(file))
        _file_away(file, current)


def read_mailbox(app: App, course: Course | None = None) -> Iterator[Received]:
    """Take in the unread mails of the mailbox, in their order.

    What is taken is marked, moved or deleted, as the settings say, once it is committed; others stay, marked
    as read. What the server cannot give stays unread, and keeps none behind it from being read.

    Args:
        app: The installation.
        course: Of the rounds before and after; None when there are none.

    Raises:
        TransportError: The server cannot be reached or says no; at the end where it refused to mark, move
            or delete a mail.
        StoreError: The database cannot be written.
    """
    settings = app.system.collect.inbox.imap
    most = app.system.limits.document_bytes + 1
    folder = ImapFolder(settings, app.home.root, most_bytes=most, key="collect.inbox.imap")
    return take_in(folder, MAX_A_ROUND, partial(_received, app), _is_article, course)


def _received(app: App, message: bytes | None, place: str) -> Received:
    if message is None:
        return Received(place=place, fate=Fate.FAILED, reason="the server cannot give it")
    return receive(app, message, place=place)


def _is_article(received: Received) -> bool:
    return received.fate not in {Fate.STRANGER, Fate.FAILED}


def _file_away(file: Path, current: Path) -> None:
    """Mark a mail of a Maildir as seen. Source: the Maildir of qmail, 'How a message is read'."""
    try:
        file.rename(current / f"{file.name.partition(':')[0]}:2,S")
    except OSError as error:
        raise DigestError(f"cannot be moved to cur: {error.strerror}", where=str(file)) from error
