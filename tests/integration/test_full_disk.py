"""A disk that fills up while mail goes out: sending stops in good order, and goes on."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from digest.actions.ledger import StoreLedger
from digest.actions.reserve import DiskReserve, free_bytes
from digest.deliver import RelayConnection, SendingRules, Watch
from digest.deliver import deliver_edition as deliver
from digest.deliver.mailbox import Mailbox
from digest.errors import TransportError
from digest.model import Books, Delivery
from digest.settings import RelaySettings
from digest.store import open_store
from store_cast import NOW, frozen_edition

READERS, MEGABYTE = 40, 1_000_000
MESSAGE = b"From: a\r\nTo: b\r\nSubject: c\r\nDate: d\r\nMessage-ID: e\r\nMIME-Version: 1.0\r\n\r\nbody\r\n"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MB in memory."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(place)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("a small disk can be mounted by root alone, where mounting is allowed")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


class Sender:
    """Sends one edition from a database on the small disk, and fills the disk at one mail."""

    def __init__(self, small: Path, port: int) -> None:
        self.store = open_store("sqlite:///var/digest.db", home=small)
        self.store.migrate()
        with self.store.writing() as tx:
            self.edition_id = frozen_edition(tx, READERS)
        self.filler = small / "filler"
        self.relay = RelaySettings(name="main", url=f"smtp://127.0.0.1:{port}", tls="none")
        seconds = itertools.count()  # each look is a second after the one before
        self.watch = DiskReserve(
            folders=(small / "var",), reserve_bytes=4 * MEGABYTE, clock=lambda: float(next(seconds))
        )

    def run(self, *, fill_at: int | None) -> Books:
        """Send to everybody who can be claimed."""
        ledger = StoreLedger(
            store=self.store, edition_id=self.edition_id, worker=os.urandom(6).hex(), clock=lambda: NOW
        )
        stamps = itertools.count(1)

        def stamp(_one: Delivery) -> bytes:
            if next(stamps) == fill_at:
                self.filler.write_bytes(bytes(free_bytes(self.filler.parent) - 3 * MEGABYTE))
            return MESSAGE

        def wanted(one: Delivery) -> str | None:
            lack = self.watch.short()
            if lack:
                raise TransportError(lack, permanent=True)  # what makes this engine give back and stop
            return ledger.barred(one)

        try:
            deliver(
                ledger,
                lambda: RelayConnection(self.relay, home=self.filler.parent),
                stamp,
                rules=SendingRules(sender="brief@example.org"),
                watch=Watch(still_wanted=wanted, clock=lambda: NOW),
            )
        finally:
            books = ledger.books()
        return books


@pytest.mark.slow
def test_a_disk_that_fills_up_stops_the_run_and_loses_nobody(small: Path, tmp_path: Path) -> None:
    """The database still has room for its books; when there is space again, the rest is mailed once."""
    with Mailbox(tmp_path / "mail") as mailbox:
        sender = Sender(small, mailbox.port)
        with closing(sender.store):
            with pytest.raises(TransportError, match="less than 4MB free in"):
                sender.run(fill_at=10)
            with sender.store.reading() as tx:
                stopped = tx.deliveries.books(sender.edition_id)
            sender.filler.unlink()
            ended = sender.run(fill_at=None)

        assert stopped.sent == 9
        assert (stopped.open, stopped.unknown) == (READERS - stopped.sent, 0)
        assert (ended.sent, ended.balance) == (READERS, True)
        assert len(mailbox.messages()) == READERS
