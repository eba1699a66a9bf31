"""What is left of a run when the power fails: whatever was written after the last sync may be gone.

Power cannot be cut here. At some dots the home's files are copied as a disk would hold them then: the
journal up to its last sync, or any byte beyond that, and the database, which syncs each commit. Not
covered: disks that lie about a sync, and file systems that lose a folder's new names after its sync.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import threading
from pathlib import Path

import pytest

from crashing import EDITION, addresses, books, prepare
from digest.actions.mailing.journals import pick_up
from digest.actions.mailing.sending import SendOptions, send
from digest.bootstrap import open_app
from digest.deliver.journal import file as journal_file
from scripted_relay import ScriptedRelay

READERS, CONNECTIONS = 120, 4  #: readers of one block, so that all are claimed before the first dot
_TO = re.compile(rb"^To: .*?(reader\d+@example\.org)", re.MULTILINE)
MOMENTS = (1, 2, 17, 50, 51, 90, 110)  #: the power fails at these dots, or at the next one


class Disk:
    """Knows how far a journal is on disk for certain, and copies a home as it would be found."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.synced = 0
        self.chance = random.Random(7)  # noqa: S311  # why: moments, not secrets

    def sync(self, file: int) -> None:
        """Take the place of the system's own, which says no more than this."""
        self.synced = os.lseek(file, 0, os.SEEK_CUR)

    def copy(self, to: Path) -> Path:
        """Copy the home, without what lies beyond the last sync or somewhere behind that."""
        synced = self.synced
        shutil.copytree(self.root, to)
        (segment,) = to.glob("var/journal/j-*/000001")
        data = segment.read_bytes()
        written = len(data.rstrip(b"\0"))
        kept = self.chance.choice([synced, self.chance.randint(synced, max(synced, written))])
        segment.write_bytes(data[:kept] + bytes(len(data) - kept))
        return to


def readers_of(bodies: list[bytes]) -> set[str]:
    """Return whom messages are for."""
    return {found[1].decode() for body in bodies if (found := _TO.search(body))}


@pytest.mark.slow
def test_every_dot_is_known_and_no_more_are_in_doubt_than_connections_were_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may have the mail must not be pending again: a second copy would go out even with 'hold'."""
    found: list[tuple[Path, set[str]]] = []
    one_at_a_time = threading.Lock()
    with ScriptedRelay({"dot": "<pause 0.01>250 taken"}) as relay:
        root = prepare(
            tmp_path / "home", relay.port, readers=READERS, on_unknown="hold", connections=CONNECTIONS
        )
        disk = Disk(root)
        monkeypatch.setattr(journal_file.os, "fdatasync", disk.sync)

        def dot() -> None:
            with one_at_a_time:
                dots = readers_of(relay.bodies)
                if len(found) < len(MOMENTS) and len(dots) + 1 >= MOMENTS[len(found)]:
                    found.append((disk.copy(tmp_path / f"at-{len(found)}"), dots))

        relay.on_dot = dot
        with open_app(root) as app:
            assert send(app, EDITION, SendOptions(by="olu")).sent == READERS

    for home, dots in found:
        with open_app(home) as app:
            pick_up(app, EDITION)
        known = addresses(home, "sent", "unknown")
        assert dots <= known, dots - known
        assert len(addresses(home, "unknown")) <= CONNECTIONS
        assert books(home).open == READERS - len(known)
    assert len(found) == len(MOMENTS)
