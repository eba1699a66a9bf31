"""A home whose edition goes out through a relay that a test can stop the world in, for tests of the brake."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from commands import DAILY, SYSTEM, furnish, run_here
from crashing import ARTICLES
from digest.actions.editing.approving import approve
from digest.actions.home.instance import begin_run
from digest.model import DeliveryState, EditionState
from digest.store import Enrolment, NewSubscriber, open_store
from digest.store.tables import articles
from newsroom import Newsroom
from scripted_relay import ScriptedRelay
from store_cast import add_readers, ended

DUE = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)  #: seven in Berlin
_EACH_S = 0.1
BEFORE = DUE - timedelta(minutes=1)


def furnish_for(root: Path, port: int, *, readers: int) -> Path:
    """Make a home with a schedule, articles and readers, whose relay listens at a port."""
    furnish(root)
    system = SYSTEM.format(port=port).replace("tls: none", "tls: none, connections: 2")
    (root / "config" / "digest.yaml").write_text(system, encoding="utf-8")
    assert run_here("ingest", ARTICLES, home=root).code == 0
    people = [Enrolment(new=NewSubscriber(email=f"r{n}@example.org"), consent="form") for n in range(readers)]
    with closing(open_store("sqlite:///var/digest.db", home=root)) as store, store.writing() as tx:
        tx.people.enrol(people, "daily", at=BEFORE - timedelta(days=1))
        tx.articles.connection.execute(update(articles).values(collected_at=BEFORE - timedelta(hours=1)))
    (root / "config" / "digests" / "daily.yaml").write_text(
        DAILY + "schedule: [{at: '07:00'}]\n", encoding="utf-8"
    )
    return root


def begun(room: Newsroom, *, readers: int = 4, hours: int = 0) -> int:
    """Let an edition be on its way: frozen, approved, nobody mailed yet; so many readers join before."""
    with room.app.store.writing() as tx:
        add_readers(tx, readers)
    edition = room.build(hours=hours)
    approve(room.app, edition, by="ada")
    begin_run(room.app)
    with room.app.store.writing() as tx:
        tx.deliveries.freeze(edition)
        tx.editions.set_state(
            edition, EditionState.SENDING, expect=[EditionState.APPROVED], by="worker", at=room.clock()
        )
    return edition


def cut_off(room: Newsroom, edition: int, count: int) -> tuple[int, ...]:
    """Let so many mails end with nobody knowing how; return their deliveries."""
    with room.app.store.writing() as tx:
        taken = tx.deliveries.claim(edition, "w", now=room.clock(), limit=count, lease=timedelta(minutes=20))
        tx.deliveries.settle_all("w", [ended(one, DeliveryState.UNKNOWN, "cut") for one in taken])
    return tuple(one.id for one in taken)


class Sluice:
    """Lets a relay take so many mails, then none until it is opened, then ten a second on each connection.

    Args:
        relay: Whose answers to final dots are kept back.
        after: So many are answered at once.
    """

    def __init__(self, relay: ScriptedRelay, *, after: int) -> None:
        self.reached = threading.Event()  #: so many were taken
        self._is_open = threading.Event()
        self._is_over = threading.Event()
        self._left = after
        self._lock = threading.Lock()
        relay.on_taken = self._take

    def open(self) -> None:
        """Let mails through, one after the other."""
        self._is_open.set()

    def lift(self) -> None:
        """Let all through as fast as they come."""
        self._is_over.set()

    def _take(self, _recipient: str) -> None:
        with self._lock:
            self._left -= 1
            is_over = self._left < 0
        if is_over:
            self.reached.set()
            self._is_open.wait(60)
            self._is_over.wait(_EACH_S)
