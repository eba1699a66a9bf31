"""Take in mail that came back: what a mailbox holds, and what a mail server hands over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from digest.actions.mailing import intake
from digest.deliver.imap.round import Course
from digest.deliver.reports.listener import Listener
from digest.log import get_logger
from digest.schedule.current import Current
from digest.schedule.mail_rounds import MailRounds
from digest.settings import BounceSettings

log = get_logger()


class Fetching:
    """Reads the mailbox as often as the settings say.

    Args:
        current: The settings in force.
        beat: Called after each message.
        stopped: True when nothing more is to be begun.
    """

    def __init__(self, current: Current, beat: Callable[[], None], stopped: Callable[[], bool]) -> None:
        self._current = current
        self._course = Course(stopped)
        self._rounds = MailRounds(beat, "reports")

    def look(self, run: str) -> datetime | None:
        """Read the mailbox when it is time; return when it will be time again.

        Raises:
            TransportError: The server cannot be reached or says no.
            StoreError: The database cannot be written.
        """
        app = self._current.app
        settings = app.system.delivery.bounces.imap
        if settings.url is None:
            return None
        mails = ((taken.file, taken.outcome.value) for taken in intake.fetch(app, self._course))
        return self._rounds.look(app, settings.every, mails, at_most=intake.MAX_A_ROUND, run=run)


class Listening:
    """Keeps the listener of the settings open, and another one after the settings have changed."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._listener: Listener | None = None
        self._of: tuple[str | None, BounceSettings] | None = None

    def look(self, _run: str) -> None:
        """See to it that the right listener listens.

        Raises:
            TransportError: Nobody can listen there.
        """
        app = self._current.app
        wanted = app.system.delivery.bounce_domain, app.system.delivery.bounces
        if self._listener is not None and self._of == wanted:
            return
        self.stop()
        if wanted[1].listen.url is not None:
            opened = intake.listener(app)
            opened.start()
            self._listener, self._of = opened, wanted
            log.info("listening_for_reports", url=opened.url)

    def stop(self) -> None:
        """Take no more, and finish what has come in whole."""
        opened, self._listener = self._listener, None
        if opened is not None:
            opened.stop()
