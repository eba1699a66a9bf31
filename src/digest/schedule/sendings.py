"""Send what may be sent: a thread for each edition, so that a slow relay keeps none of the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from structlog.contextvars import bound_contextvars

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.steering.review import sendable
from digest.actions.telling import Hand, Named, tell_failing, tell_standstill
from digest.deliver import HELD, Progress
from digest.errors import DigestError, Halted, Refused, StoreError, TransportError
from digest.log import get_logger
from digest.model import Books, EditionState, HistoryEntry
from digest.schedule.beats import Beats
from digest.schedule.current import Current
from digest.schedule.deed import new_run
from digest.schedule.pace import Pace
from digest.schedule.standstills import Standstills
from digest.store import Transaction

BY = "worker"
IN_HAND = "edition"  #: what the name of each sending begins with
TELL_AFTER = 3  #: failures in a row until people are told

log = get_logger()


@dataclass(kw_only=True)
class _Trouble:
    """How an edition fails."""

    failures: int = 0
    not_before: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _End:
    """How a sending ended that did not close its books."""

    outcome: str
    note: str
    tell: Callable[[Transaction, Named, str, Hand], None] | None = None  #: people are to know, too


@dataclass(kw_only=True)
class _Sending:
    """An edition in hand."""

    thread: threading.Thread
    run: str = field(default_factory=new_run)
    begun_at: float = field(default_factory=time.monotonic)
    books: Books | None = None  #: as it told them last
    moved_at: float = field(default_factory=time.monotonic)  #: when they changed last
    told_at: float = field(default_factory=time.monotonic)  #: when the log was told how far it is
    told_sent: int = 0  #: and how many had been sent by then


class Sendings:
    """Begins, watches and repeats the sending of editions.

    One that only waits, for the hour of other zones or for a relay, gives its place up when others want it,
    and has its turn again later.

    Args:
        current: The settings in force; a sending keeps those that it began with.
        beats: Hears of each sending while it goes on.
        pace: How long to wait after failures.
    """

    def __init__(self, current: Current, beats: Beats, pace: Pace) -> None:
        self._current = current
        self._beats = beats
        self._pace = pace
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._sendings: dict[int, _Sending] = {}
        self._begun_at: dict[int, float] = {}
        self._is_crowded = False
        self._troubles: dict[int, _Trouble] = {}
        self._standstills = Standstills(pace.outage_s)

    def look(self, _run: str) -> None:
        """Begin with editions that may be sent now and are not in hand, as many as the settings allow.

        Raises:
            StoreError: The database cannot be read.
        """
        app = self._current.app
        wanted = sendable(app)
        self._standstills.keep(wanted)
        with self._lock:
            self._troubles = {one: self._troubles[one] for one in wanted if one in self._troubles}
            self._begun_at = {one: self._begun_at[one] for one in wanted if one in self._begun_at}
            free = max(0, app.system.service.sendings - len(self._sendings))
            ready = [one for one in wanted if one not in self._sendings and self._is_patient(one)]
            # Who has waited longest comes first; of those that had no turn yet the oldest slot.
            ready.sort(key=lambda one: self._begun_at.get(one, 0.0))
            self._is_crowded = len(ready) > free
        for edition_id in ready[:free]:
            if not self._over.is_set():
                self._begin(edition_id)

    def stop(self) -> None:
        """Begin nothing more, and have those in hand end in good order."""
        self._over.set()

    def busy(self) -> tuple[str, ...]:
        """Name the sendings that are in hand."""
        with self._lock:
            return tuple(_name(edition_id) for edition_id in sorted(self._sendings))

    def _is_patient(self, edition_id: int) -> bool:
        trouble = self._troubles.get(edition_id)
        return trouble is None or trouble.not_before <= time.monotonic()

    def _begin(self, edition_id: int) -> None:
        # A thread that nobody waits for: who is told to stop at once must not wait for a relay.
        thread = threading.Thread(target=self._run, args=(edition_id,), name=_name(edition_id), daemon=True)
        with self._lock:
            self._sendings[edition_id] = _Sending(thread=thread)
            self._begun_at[edition_id] = time.monotonic()
        self._beats.beat(_name(edition_id))
        thread.start()

    def _run(self, edition_id: int) -> None:
        try:
            sending = self._sendings[edition_id]
            with bound_contextvars(run=sending.run, edition=edition_id):
                self._send(edition_id, sending)
        finally:
            with self._lock:
                self._beats.leave(_name(edition_id))
                self._sendings.pop(edition_id, None)

    def _send(self, edition_id: int, sending: _Sending) -> None:
        """Run until the edition has ended, the service stops or something fails."""
        options = SendOptions(
            by=BY,
            run=sending.run,
            follows=True,
            wait=True,
            progress=self._hearing(edition_id, sending),
            stopped=lambda: self._over.is_set() or self._must_yield(sending),
        )
        log.info("sending_begun")
        try:
            books = send(self._current.app, edition_id, options)
        except DigestError as error:
            is_halted = isinstance(error, Halted)  # when it goes on, the next look begins it anew
            if is_halted or (isinstance(error, Refused) and _is_over(self._current.app, edition_id)):
                log.info("sending_ended_elsewhere")
                return
            log.error("sending_failed", kind=type(error).__name__, cause=error.message)
            self._failed(edition_id, sending, error)
        except Exception as error:  # why: one edition must not stop the others
            log.exception("sending_died")
            self._failed(edition_id, sending, error)
        else:
            with self._lock:
                self._troubles.pop(edition_id, None)
            log.info("sending_ended", **_counts(books))
            if books.open and self._over.is_set():
                sending.books = books
                self._note(edition_id, sending, _End(outcome="interrupted", note="the service stops"))

    def _failed(self, edition_id: int, sending: _Sending, error: Exception) -> None:
        """Wait longer after each failure; tell people when it goes on."""
        with self._lock:
            trouble = self._troubles.setdefault(edition_id, _Trouble())
            trouble.failures += 1
            delay_s = min(self._pace.poll_s * 2.0 ** min(trouble.failures, 30), self._pace.back_off_s)
            trouble.not_before = time.monotonic() + delay_s
            failures = trouble.failures
        is_held = isinstance(error, TransportError) and error.permanent  # the action has told of it
        # What fails all night writes a dozen lines, not a thousand.
        is_noted = failures <= TELL_AFTER or failures & (failures - 1) == 0
        if is_held or isinstance(error, StoreError) or not is_noted:
            return
        why = str(error) if isinstance(error, DigestError) else f"an unexpected error: {type(error).__name__}"
        note = f"{why} (failure {failures} in a row)"
        end = _End(outcome="failed", note=note, tell=tell_failing if failures == TELL_AFTER else None)
        self._note(edition_id, sending, end)

    def _note(self, edition_id: int, sending: _Sending, end: _End) -> bool:
        """Write a line of the history, and tell people when it is time; False when that cannot be done."""
        app = self._current.app
        hand = Hand(by=BY, at=app.clock(), run=sending.run)
        try:
            named = Named.of(find(app, edition_id))
            line = HistoryEntry(
                at=hand.at,
                by=hand.by,
                event="send",
                outcome=end.outcome,
                run=hand.run,
                digest=named.digest,
                slot=named.slot,
                edition_id=named.id,
                seconds=time.monotonic() - sending.begun_at,
                counts={} if sending.books is None else _counts(sending.books),
                note=end.note,
            )
            with app.store.writing() as tx:
                tx.history.add(line)
                if end.tell is not None:
                    end.tell(tx, named, end.note, hand)
        except DigestError as problem:
            log.error("history_not_written", kind=type(problem).__name__, cause=problem.message)
            return False
        return True

    def _must_yield(self, sending: _Sending) -> bool:
        return self._is_crowded and time.monotonic() - sending.moved_at > self._pace.yield_s

    def _hearing(self, edition_id: int, sending: _Sending) -> Callable[[Progress], None]:
        name, troubles, known = _name(edition_id), set[str](), set[str]()

        def hear(progress: Progress) -> None:
            with self._lock:
                if self._sendings.get(edition_id) is sending:  # it may be told late, when all is over
                    self._beats.beat(name)
            self._watch(edition_id, sending, progress)
            if progress.books != sending.books:
                sending.books, sending.moved_at = progress.books, time.monotonic()
            self._log(sending, progress)
            if progress.trouble_kind and progress.trouble_kind not in troubles:
                troubles.add(progress.trouble_kind)
                event = "mail_held_up" if progress.trouble_kind in HELD else "relays_in_trouble"
                log.warning(event, cause=progress.trouble, open=progress.books.open)
            for one in progress.used_up:
                if one.limit not in known:
                    log.info("limit_used_up", limit=one.limit, most=one.most, again_at=one.again_at)
            known.clear()
            known.update(one.limit for one in progress.used_up)

        return hear

    def _watch(self, edition_id: int, sending: _Sending, progress: Progress) -> None:
        """Tell people, once an edition, of trouble that has kept everybody's mail back for long."""
        # A new turn's first books are no mail, and an end of another kind is none.
        has_moved = sending.books is not None and progress.books.sent != sending.books.sent
        seconds = self._standstills.heard(
            edition_id,
            in_trouble=progress.trouble is not None,
            has_moved=has_moved,
            now=time.monotonic(),
        )
        if seconds is None:
            return
        note = f"nobody got a mail for {seconds / 60:.0f} minutes: {progress.trouble}"
        if self._note(edition_id, sending, _End(outcome="waits", note=note, tell=tell_standstill)):
            self._standstills.told(edition_id)

    def _log(self, sending: _Sending, progress: Progress) -> None:
        """Say in the log how far a sending is, once a minute."""
        now = time.monotonic()
        passed = now - sending.told_at
        if passed < self._pace.tell_s:
            return
        rate = (progress.sent - sending.told_sent) / passed
        log.info(
            "sending",
            **_counts(progress.books),
            per_second=round(rate, 1),
            connections=progress.connections,
        )
        sending.told_at, sending.told_sent = now, progress.sent


def _name(edition_id: int) -> str:
    return f"{IN_HAND} {edition_id}"


def _is_over(app: App, edition_id: int) -> bool:
    """Tell whether another worker has closed the books meanwhile, or a person has pulled the brake."""
    with app.store.reading() as tx:
        return tx.editions.state_of(edition_id) in {EditionState.SENT, EditionState.HELD}


def _counts(books: Books) -> dict[str, int]:
    return {
        "frozen": books.frozen,
        "sent": books.sent,
        "failed": books.failed,
        "expired": books.expired,
        "excluded": books.excluded,
        "unknown": books.unknown,
        "still_open": books.open,
    }
