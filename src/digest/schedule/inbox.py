"""Look for mails that become articles, in a Maildir and in a mailbox, as often as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from digest.actions.app import App
from digest.actions.content import inbox
from digest.actions.content.inbox import Fate, Received, read_mailbox, read_maildir
from digest.deliver.imap.round import Course
from digest.log import get_logger
from digest.schedule.current import Current
from digest.schedule.mail_rounds import MailRounds

log = get_logger()

Reader = Callable[[App], Iterator[Received]]


class Inbox:
    """Reads one place of mails.

    Args:
        current: The settings in force.
        beat: Called after each mail.
        name: Of the place: 'maildir' or 'imap'.
        stopped: True when no more of a mailbox is to be read.
    """

    def __init__(
        self, current: Current, beat: Callable[[], None], name: str, stopped: Callable[[], bool]
    ) -> None:
        self._current = current
        self._course = Course(stopped)
        self._name = name
        self._rounds = MailRounds(beat, "collect", f"inbox, {name}")

    def look(self, run: str) -> datetime | None:
        """Read the place when it is time; return when it will be time again, None while there is none.

        Raises:
            NotFound: The Maildir is not there.
            TransportError: The server cannot be reached or says no.
            StoreError: The database cannot be written.
        """
        app = self._current.app
        read, every = self._way(app)
        if read is None:
            return None
        return self._rounds.look(app, every, _taken(read(app)), at_most=inbox.MAX_A_ROUND, run=run)

    def _way(self, app: App) -> tuple[Reader | None, timedelta]:
        settings = app.system.collect.inbox
        if self._name == "maildir":
            return (None if settings.maildir is None else read_maildir), app.system.collect.every
        read = partial(read_mailbox, course=self._course)
        return (None if settings.imap.url is None else read), settings.imap.every


def _taken(mails: Iterator[Received]) -> Iterator[tuple[str, str]]:
    for received in mails:
        if received.fate in {Fate.STRANGER, Fate.FAILED}:
            log.warning("mail_left", place=received.place, reason=received.reason)
        yield received.place, received.fate.value
