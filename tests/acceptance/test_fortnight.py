"""A fortnight in the life of a service, told by its history line by line.

The service runs in a process of its own. Its clock stands until the test sets it, so that it is exact
when what happens, however busy the machine is.
"""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commands import SYSTEM, furnish
from digest.actions.app import App
from digest.actions.editing.approving import approve, cancel, hold
from digest.actions.home.instance import adopt
from digest.actions.planning.slots import pause, resume, skip
from digest.bootstrap import open_app
from digest.deliver.mailbox import Mailbox
from digest.model import AlertKind, EditionState, HistoryEntry, SubscriptionState
from digest.store import NewSubscriber
from service_cast import until
from store_cast import content

pytestmark = pytest.mark.slow

BERLIN = ZoneInfo("Europe/Berlin")
LOOKS = 3  #: of each part, until a moment is over
READERS = 3
SECTIONS = """\
language: en
zone: Europe/Berlin
from: "The Harbour <desk@news.example.org>"
selection: {window: 24h, at_least: 2, per_source: 20}
sections: [{title: World, tags: [TAG], at_most: 20}]
"""
DAILY = (
    SECTIONS.replace("TAG", "world")
    + """\
title: The Harbour
schedule: [{at: 07:00, days: [mon, tue, wed, thu, fri]}]
blackouts: {dates: [2026-10-21]}
review: {mode: window, minutes: 60, remind_before: off}
"""
)
BOARD = (
    SECTIONS.replace("TAG", "board")
    + """\
title: The Board
schedule: [{at: 12:00, days: [thu]}]
review: {mode: required, minutes: 120}
brake: {active: false}
"""
)
SUNDAY = (
    SECTIONS.replace("TAG", "sunday")
    + """\
title: The Sunday Harbour
schedule: [{at: 02:30, days: [sun]}]
brake: {active: false}
"""
)


@dataclass
class World:
    """A home, its service, the people who look after it, and their clock."""

    root: Path
    box: Mailbox
    clock: Path
    now: datetime = datetime(2026, 10, 18, 12, tzinfo=BERLIN)
    articles: int = 0
    seen: int = 0  #: the last line of the history that was checked
    process: subprocess.Popen[str] | None = None
    port: int = 0
    mails: int = 0  #: that were checked

    def set(self, moment: str) -> None:
        """Let it be another time, in Berlin; 'a' and 'b' tell the hour that comes twice apart."""
        fold = int(moment.endswith("b"))
        self.now = datetime.strptime(f"2026-{moment.rstrip('ab')}", "%Y-%m-%d %H:%M").replace(
            tzinfo=BERLIN, fold=fold
        )
        new = self.clock.with_suffix(".new")
        new.write_text(self.now.astimezone(UTC).isoformat())
        new.replace(self.clock)

    def start(self) -> None:
        """Start the service."""
        command = [sys.executable, str(Path(__file__).parent.parent / "stepped_service.py")]
        with (self.clock.parent / "log").open("a") as log:
            self.process = subprocess.Popen(
                [*command, str(self.root), str(self.clock)], stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def kill(self) -> None:
        """Pull the plug."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> None:
        """Stop the service in good order."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    @contextmanager
    def hand(self) -> Iterator[App]:
        """Do something as a person does, at the present moment."""
        with open_app(self.root, clock=lambda: self.now.astimezone(UTC)) as app:
            yield app

    def write(self, tag: str, count: int = 2) -> None:
        """Store articles that a digest asks for."""
        with self.hand() as app, app.store.writing() as tx:
            first, self.articles = self.articles + 1, self.articles + count
            new = [content(n, tag, words=f"The tide rose at pier {n}.") for n in range(first, first + count)]
            tx.articles.put(new, self.now.astimezone(UTC))

    def edition(self, digest: str = "daily") -> int:
        """Return the newest edition of a digest."""
        with self.hand() as app, app.store.reading() as tx:
            return tx.editions.list(digest, limit=1)[0].id

    def state(self, digest: str = "daily") -> EditionState:
        """Return the state of that edition."""
        with self.hand() as app, app.store.reading() as tx:
            return tx.editions.list(digest, limit=1)[0].state

    def history(self) -> list[HistoryEntry]:
        """Read the lines that were not checked yet, the oldest first."""
        with self.hand() as app, app.store.reading() as tx:
            lines = list(reversed(tx.history.list(limit=1_000)))
        return [line for line in lines if line.id is not None and line.id > self.seen]

    def at(self, moment: str, *expected: str) -> None:
        """Let it be a moment; when its parts have looked at it, exactly these lines are new.

        Args:
            moment: In Berlin.
            expected: Who, what, how it ended and the slot's day, such as 'schedule build ok daily 19'.
        """
        self.set(moment)
        self.check(*expected)

    def check(self, *expected: str) -> None:
        """Wait until these lines are there, and no others."""
        until(lambda: len(self.history()) >= len(expected))
        if self.process is not None and self.process.poll() is None:
            self._wait_for_looks()
        lines = self.history()
        told = [self._told(line) for line in lines]
        assert told == list(expected)
        assert {line.at for line in lines} <= {self.now.astimezone(UTC)}
        self.seen = max((line.id or 0 for line in lines), default=self.seen)

    def mailed(self, title: str) -> None:
        """Every reader has got one more mail, of this digest."""
        new = self.box.messages()[self.mails :]
        self.mails += len(new)
        assert sorted(one for mail in new for one in mail.recipients) == readers()
        assert all(title.encode() in mail.content for mail in new)

    def _told(self, line: HistoryEntry) -> str:
        words = [line.by, line.event, line.outcome, line.digest or "", (line.slot or "")[8:10]]
        return " ".join(word for word in words if word)

    def _wait_for_looks(self) -> None:
        before = self._looks()

        def are_done() -> bool:
            after = self._looks()
            return all(after.get(part, 0) >= before.get(part, 0) + LOOKS for part in ("schedule", "sending"))

        until(are_done)

    def _looks(self) -> dict[str, float]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        counts = [line for line in text.splitlines() if line.startswith("digest_tick_seconds_count")]
        return {line.partition('"')[2].partition('"')[0]: float(line.rpartition(" ")[2]) for line in counts}


def readers() -> list[str]:
    """Name those who get every digest."""
    return [f"reader{n}@example.org" for n in range(READERS)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A home with three digests and three readers, on the Sunday before."""
    with Mailbox(tmp_path / "box") as box:
        made = World(root=furnish(tmp_path / "home"), box=box, clock=tmp_path / "clock")
        made.set("10-18 12:00")
        (made.root / "config" / "digest.yaml").write_text(SYSTEM.format(port=box.port), encoding="utf-8")
        for key, text in (("daily", DAILY), ("board", BOARD), ("sunday", SUNDAY)):
            (made.root / "config" / "digests" / f"{key}.yaml").write_text(text, encoding="utf-8")
        with made.hand() as app, app.store.writing() as tx:
            for email in readers():
                person = tx.people.put(NewSubscriber(email=email), at=app.clock())
                for key in ("daily", "board", "sunday"):
                    tx.people.subscribe(person.id, key, state=SubscriptionState.CONFIRMED, at=app.clock())
        try:
            made.start()
            made.check("service start ok")
            yield made
        finally:
            if made.process is not None and made.process.poll() is None:
                made.kill()


@pytest.mark.timeout(600)
def test_a_fortnight_of_a_service(world: World) -> None:
    """Reviews, holds, a blackout, outages, a change of clocks, a restored backup, a pause, a skip."""
    first_week(world)
    clocks_go_back(world)
    second_week(world)
    world.stop()
    world.check("service stop ok")


def first_week(world: World) -> None:
    """A window that nobody uses, one that somebody does, a holiday, a late word, a lost night."""
    open_window(world, 19)
    world.at("10-19 06:59")
    assert world.state() is EditionState.REVIEW
    goes_out(world, 19)

    open_window(world, 20)
    world.set("10-20 06:30")
    with world.hand() as app:
        hold(app, world.edition(), by="ada", note="waiting for the verdict")
    world.check("ada hold held daily 20")
    world.at("10-20 07:00")
    world.set("10-20 09:00")
    with world.hand() as app:
        approve(app, world.edition(), by="ada")
    world.check("ada approve ok daily 20", *sent("daily", 20))
    world.mailed("The Harbour")

    world.at("10-21 06:00")
    world.at("10-21 07:00", "schedule off skipped daily 21")

    open_window(world, 22)
    goes_out(world, 22)
    world.set("10-22 09:30")
    world.write("board")
    world.at("10-22 10:00", "schedule build ok board 22", "schedule remind ok board 22")
    for moment in ("11:50", "12:00", "13:00"):
        world.at(f"10-22 {moment}", "schedule remind ok board 22")
    world.set("10-22 13:30")
    with world.hand() as app:
        approve(app, world.edition("board"), by="ada")
    world.check("ada approve ok board 22", *sent("board", 22))
    world.mailed("The Board")

    world.set("10-22 23:00")
    world.kill()
    world.set("10-23 10:00")
    world.write("world")
    world.start()
    world.check("service start ok", "schedule build ok daily 23", "schedule remind ok daily 23")
    world.at("10-23 10:29")  # editors have half of the window
    world.at("10-23 10:30", "schedule approve ok daily 23", *sent("daily", 23))
    world.mailed("The Harbour")


def clocks_go_back(world: World) -> None:
    """Half past two comes twice on the 25th; then the machine is away for more than twelve hours."""
    world.set("10-25 02:00a")
    world.write("sunday")
    world.at("10-25 02:25a", "schedule build ok sunday 25")
    world.at("10-25 02:30a", "worker without review approve ok sunday 25", *sent("sunday", 25))
    world.mailed("The Sunday Harbour")
    world.at("10-25 02:25b")
    world.at("10-25 02:30b")

    world.set("10-25 20:00")
    world.stop()
    world.check("service stop ok")
    world.set("10-26 23:00")
    world.write("world")
    world.start()
    world.check("service start ok", "schedule missed skipped daily 26")
    with world.hand() as app, app.store.reading() as tx:
        missed = [alert for _, _, alert in tx.alerts.list() if alert.kind is AlertKind.MISSED]
    assert [(alert.digest, alert.slot) for alert in missed] == [("daily", "2026-10-26T07:00")]


def second_week(world: World) -> None:
    """A backup that is put back, a pause, a word that never comes, a brake, a skipped slot."""
    open_window(world, 27)
    goes_out(world, 27)
    put_back_the_backup(world)

    world.set("10-28 20:00")
    with world.hand() as app:
        pause(app, "daily", by="olu", note="fair")
    world.check("olu pause ok daily")
    world.set("10-29 06:00")
    world.write("board")
    world.at("10-29 07:00", "schedule off skipped daily 29")
    world.set("10-29 09:00")
    with world.hand() as app:
        resume(app, "daily", by="olu")
    world.check("olu resume ok daily")
    world.at("10-29 10:00", "schedule build ok board 29", "schedule remind ok board 29")
    for moment in ("11:50", "12:00", *(f"{hour}:00" for hour in range(13, 24))):
        world.at(f"10-29 {moment}", "schedule remind ok board 29")
    world.at("10-30 00:00")
    world.at("10-30 00:01", "schedule expire expired board 29")

    world.set("10-30 05:00")
    world.write("world", 9)
    world.at("10-30 06:00", "schedule build held daily 30")
    world.at("10-30 07:00")
    world.set("10-30 07:30")
    with world.hand() as app:
        approve(app, world.edition(), by="ada")
    world.check("ada approve ok daily 30", *sent("daily", 30))
    world.mailed("The Harbour")

    world.set("10-31 12:00")
    with world.hand() as app:
        skip(app, "sunday", "2026-11-01T02:30", by="olu", note="on leave")
    world.check("olu skip ok sunday 01")
    world.at("11-01 02:25")
    world.at("11-01 02:30")


def put_back_the_backup(world: World) -> None:
    """The database of Tuesday noon comes back on Wednesday: nobody is mailed twice, and people are asked."""
    world.set("10-27 12:00")
    copy = world.root.parent / "backup.db"
    with world.hand() as app:
        app.store.backup(copy)
    open_window(world, 28)
    goes_out(world, 28)
    world.set("10-28 12:00")
    world.stop()
    world.check("service stop ok")

    database = world.root / "var" / "digest.db"
    for old in database.parent.glob("digest.db*"):
        old.unlink()
    database.write_bytes(copy.read_bytes())
    with world.hand() as app, app.store.reading() as tx:
        world.seen = tx.history.list(limit=1)[0].id or 0
    world.start()
    world.check("service start ok")
    world.write("world")
    world.at("10-28 14:00")
    with world.hand() as app:
        assert adopt(app, "olu").noticed
    world.at("10-28 14:05", "schedule build held daily 28")
    assert world.state() is EditionState.HELD
    with world.hand() as app:
        cancel(app, world.edition(), by="olu", note="they got it this morning")
    world.check("olu cancel cancelled daily 28")


def open_window(world: World, day: int) -> None:
    """Let a daily edition be built, an hour before it is due."""
    world.set(f"10-{day} 05:00")
    world.write("world")
    world.at(f"10-{day} 06:00", f"schedule build ok daily {day}", f"schedule remind ok daily {day}")


def goes_out(world: World, day: int) -> None:
    """Let its hour come without a word from anybody."""
    world.at(f"10-{day} 07:00", f"schedule approve ok daily {day}", *sent("daily", day))
    world.mailed("The Harbour")


def sent(digest: str, day: int) -> tuple[str, str]:
    """Name the lines of a sending."""
    return f"worker send begun {digest} {day:02}", f"worker send ok {digest} {day:02}"
