"""A fortnight of `digest serve` in a minute: reviews, holds, a blackout, outages, a restored backup.

The clock leaps from one moment that matters to the next and runs at its own pace in between. Each line
of the history is derived by hand from the settings below.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from commands import furnish, run_here
from digest.actions import editions, pausing
from digest.actions.app import App
from digest.actions.instance import adopt
from digest.bootstrap import open_app
from digest.deliver.mailbox import Mailbox
from digest.model import ArticleContent, Tag, TagOrigin
from digest.schedule import Way
from digest.store import Enrolment, NewSubscriber, open_store
from service_cast import QUICK, Running, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BERLIN = ZoneInfo("Europe/Berlin")
SYSTEM = """\
site: {{base_url: "https://news.example.org", postal_address: "14 Quay Street, Vellmouth VM1 2QS"}}
relays: [{{name: main, url: "smtp://127.0.0.1:{port}", tls: none}}]
delivery: {{max_lateness: 12h}}
"""
COMMON = """\
zone: Europe/Berlin
from: "The Desk <desk@news.example.org>"
selection: {window: 24h, at_least: 1}
sections: [{title: World, tags: [world], at_most: 3}]
"""
DAILY = f"""\
title: The Daily
{COMMON}schedule: [{{at: "07:00"}}]
blackouts: {{dates: [2026-10-24]}}
"""
DESK = f"""\
title: The Desk
{COMMON}schedule: [{{at: "12:00", days: [mon, wed, fri]}}]
review: {{mode: required, minutes: 60, remind_before: off, remind_every: off}}
brake: {{active: false}}
editors: [ada@newsroom.example.org]
"""
READERS = ("sam@readers.example.org", "kim@readers.example.org")


class Leaping:
    """A clock that the test sets, and that runs on by itself."""

    def __init__(self, written: str) -> None:
        self._lock = threading.Lock()
        self.leap(written)

    def leap(self, written: str) -> None:
        """Set it to a local time of Berlin, such as '2026-10-19 06:55'."""
        with self._lock:
            self._base = datetime.fromisoformat(written).replace(tzinfo=BERLIN)
            self._at = time.monotonic()

    def __call__(self) -> datetime:
        with self._lock:
            return self._base.astimezone(ZoneInfo("UTC")) + timedelta(seconds=time.monotonic() - self._at)


@dataclass(kw_only=True)
class Fortnight:
    """The home, its clock, and what its history must say so far."""

    root: Path
    clock: Leaping
    expected: list[str] = field(default_factory=list)
    service: Running | None = None

    def start(self, *lines: str) -> None:
        """Start the service."""
        self.service = Running(self.root, self.clock, Way(pace=QUICK, listen="127.0.0.1:0"))
        self.service.__enter__()
        self.expect("start ok service", *lines)

    def stop(self) -> None:
        """Stop it in good order."""
        assert self.service is not None
        self.service.stop()
        assert self.service.left == ()
        self.service = None
        self.expect("stop ok service")

    def at(self, written: str, *lines: str) -> None:
        """Leap to a moment and wait for what happens then."""
        self.clock.leap(written)
        self.expect(*lines)

    def expect(self, *lines: str) -> None:
        """Wait for further lines of the history."""
        self.expected += lines
        with suppress(AssertionError):
            until(lambda: len(self.lines()) >= len(self.expected))
        assert self.lines() == self.expected

    def lines(self) -> list[str]:
        """Read the history, the oldest line first: event, outcome, who, digest, local slot."""
        store = open_store("sqlite:///var/digest.db", home=self.root)
        with store.reading() as tx:
            found = reversed(tx.history.list(limit=1_000))
        store.close()
        return [
            " ".join(part for part in (one.event, one.outcome, one.by, one.digest, one.slot) if part)
            for one in found
        ]

    @contextmanager
    def hands(self) -> Iterator[App]:
        """Work on the home as an operator or an editor does, beside the service."""
        with open_app(self.root, clock=self.clock) as app:
            yield app

    def newest(self, digest: str) -> int:
        """Return the number of a digest's newest edition."""
        with self.hands() as app:
            return editions.listing(app, digest, limit=1)[0].id

    def news(self, day: str, *sources: str) -> None:
        """Let an article of each source come in at five in the morning."""
        self.clock.leap(f"{day} 05:00")
        with self.hands() as app, app.store.writing() as tx:
            tx.articles.put(
                [article(day, source) for source in sources or ("wire", "post", "echo")], app.clock()
            )


def article(day: str, source: str) -> ArticleContent:
    """Write an article that tells of nothing that another one tells of: all its words are its own."""
    chance = random.Random(f"{day} {source}")  # noqa: S311

    def words(count: int) -> str:
        syllables = [f"{first}{second}" for first in "bdfgklmnprst" for second in "aeiou"]
        return " ".join("".join(chance.sample(syllables, 4)) for _ in range(count))

    text = tuple(f"The {words(9)}." for _ in range(3))
    return ArticleContent(
        title=words(3).capitalize(),
        paragraphs=text,
        html="".join(f"<p>{each}</p>" for each in text),
        url=f"https://{source}.example/{day}",
        source=source,
        language="en",
        tags=(Tag(name="world", origin=TagOrigin.SOURCE),),
    )


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    """Where mail arrives."""
    with Mailbox(tmp_path / "box") as running:
        yield running
    structlog.reset_defaults()


@pytest.fixture
def fortnight(tmp_path: Path, box: Mailbox) -> Iterator[Fortnight]:
    """A home with two digests, on the evening before."""
    root = furnish(tmp_path / "home")
    (root / "config" / "digest.yaml").write_text(SYSTEM.format(port=box.port), encoding="utf-8")
    (root / "config" / "digests" / "daily.yaml").write_text(DAILY, encoding="utf-8")
    (root / "config" / "digests" / "desk.yaml").write_text(DESK, encoding="utf-8")
    made = Fortnight(root=root, clock=Leaping("2026-10-18 20:00"))
    with made.hands() as app, app.store.writing() as tx:
        people = [Enrolment(new=NewSubscriber(email=each), consent="form") for each in READERS]
        for digest in ("daily", "desk"):
            tx.people.enrol(people, digest, at=app.clock())
    yield made
    if made.service is not None:
        made.service.stop()


def built(digest: str, slot: str) -> tuple[str, ...]:
    """Name the line of an edition that is built; editors hear of theirs at once."""
    reminder = (f"remind ok schedule {digest} {slot}",) if digest == "desk" else ()
    return (f"build ok schedule {digest} {slot}", *reminder)


def sent(digest: str, slot: str) -> tuple[str, ...]:
    """Name the lines of an edition that is sent; without review the sending approves it."""
    approval = (f"approve ok no review; worker {digest} {slot}",) if digest == "daily" else ()
    return (*approval, *resumed(digest, slot))


def resumed(digest: str, slot: str) -> tuple[str, ...]:
    """Name the lines of an edition that is sent after somebody approved it."""
    return (f"send begun worker {digest} {slot}", f"send ok worker {digest} {slot}")


def a_quiet_morning(week: Fortnight, day: str) -> None:
    """Five to seven and seven: the daily edition is built, then sent."""
    week.news(day)
    week.at(f"{day} 06:55", *built("daily", f"{day}T07:00"))
    week.at(f"{day} 07:00", *sent("daily", f"{day}T07:00"))


def the_first_three_days(week: Fortnight) -> None:
    """Monday the desk is approved in time; Wednesday Ada holds it, and at midnight it is too late."""
    a_quiet_morning(week, "2026-10-19")
    week.at("2026-10-19 11:00", *built("desk", "2026-10-19T12:00"))
    with week.hands() as app:
        editions.approve(app, week.newest("desk"), by="ada")
    week.expect("approve ok ada desk 2026-10-19T12:00")
    week.at("2026-10-19 12:00", *sent("desk", "2026-10-19T12:00"))
    a_quiet_morning(week, "2026-10-20")
    a_quiet_morning(week, "2026-10-21")
    week.at("2026-10-21 11:00", *built("desk", "2026-10-21T12:00"))
    with week.hands() as app:
        editions.hold(app, week.newest("desk"), by="ada", note="a name is wrong")
    week.expect("hold held ada desk 2026-10-21T12:00")
    week.at("2026-10-22 00:00:01", "expire expired schedule desk 2026-10-21T12:00")


def the_rest_of_the_first_week(week: Fortnight) -> None:
    """Thursday nine hours without a machine; Friday a late approval; a blackout; the clocks go back."""
    week.clock.leap("2026-10-22 01:00")
    week.stop()
    week.news("2026-10-22")
    week.clock.leap("2026-10-22 10:00")
    week.start(*built("daily", "2026-10-22T07:00"), *sent("daily", "2026-10-22T07:00"))
    a_quiet_morning(week, "2026-10-23")
    week.at("2026-10-23 11:00", *built("desk", "2026-10-23T12:00"))
    week.at("2026-10-23 12:00", "remind ok schedule desk 2026-10-23T12:00")
    week.clock.leap("2026-10-23 15:00")
    with week.hands() as app:
        editions.approve(app, week.newest("desk"), by="ada")
    week.expect("approve ok ada desk 2026-10-23T12:00", *sent("desk", "2026-10-23T12:00"))
    week.news("2026-10-24")
    week.at("2026-10-24 07:00:01", "off skipped schedule daily 2026-10-24T07:00")
    a_quiet_morning(week, "2026-10-25")
    assert week.clock().hour == 6  # seven o'clock in winter


def days_without_a_machine(week: Fortnight) -> None:
    """From Sunday evening to Wednesday at eight: what is more than twelve hours late is missed."""
    week.clock.leap("2026-10-25 20:00")
    week.stop()
    week.news("2026-10-28")
    week.clock.leap("2026-10-28 08:00")
    week.start(
        "missed skipped schedule daily 2026-10-26T07:00",
        "missed skipped schedule desk 2026-10-26T12:00",
        "missed skipped schedule daily 2026-10-27T07:00",
        *built("daily", "2026-10-28T07:00"),
        *sent("daily", "2026-10-28T07:00"),
    )
    week.at("2026-10-28 11:00", *built("desk", "2026-10-28T12:00"))
    with week.hands() as app:
        editions.cancel(app, week.newest("desk"), by="ada", note="not today")
    week.expect("cancel cancelled ada desk 2026-10-28T12:00")


def a_dead_disk(week: Fortnight) -> None:
    """Thursday at noon; the backup of Wednesday evening knows nothing of the morning's edition."""
    week.clock.leap("2026-10-28 20:00")
    before = list(week.expected)
    assert run_here("db", "backup", week.root / "nightly.db", home=week.root).code == 0
    a_quiet_morning(week, "2026-10-29")
    week.clock.leap("2026-10-29 12:00")
    week.stop()
    for file in (week.root / "var").glob("digest.db*"):
        file.unlink()
    (week.root / "nightly.db").rename(week.root / "var" / "digest.db")
    week.expected = before
    week.news("2026-10-29")
    week.clock.leap("2026-10-29 12:05")
    week.start()
    assert week.service is not None
    assert week.service.get("/ready")[0] == 503
    time.sleep(1.0)
    week.expect()  # it builds and sends nothing
    with week.hands() as app:
        adopt(app, by="olu")
    week.at(
        "2026-10-29 12:10",
        "build held schedule daily 2026-10-29T07:00",
    )
    with week.hands() as app:
        editions.cancel(app, week.newest("daily"), by="olu", note="the readers have it")
    week.expect("cancel cancelled olu daily 2026-10-29T07:00")


def the_last_days(week: Fortnight) -> None:
    """Friday has one source only, which is unlike before; the desk is paused; then all is as ever."""
    week.news("2026-10-30", "wire")
    week.at(
        "2026-10-30 06:55",
        "build held schedule daily 2026-10-30T07:00",
    )
    week.clock.leap("2026-10-30 07:30")
    with week.hands() as app:
        editions.approve(app, week.newest("daily"), by="ada")
    week.expect("approve ok ada daily 2026-10-30T07:00", *resumed("daily", "2026-10-30T07:00"))
    with week.hands() as app:
        pausing.pause(app, "desk", by="olu", note="the editors are away")
    week.expect("pause ok olu desk")
    week.at("2026-10-30 12:00:01", "off skipped schedule desk 2026-10-30T12:00")
    a_quiet_morning(week, "2026-10-31")
    a_quiet_morning(week, "2026-11-01")
    week.stop()


def test_a_fortnight_is_kept_line_by_line(fortnight: Fortnight, box: Mailbox) -> None:
    """What happened, who did it, and who got mail."""
    fortnight.start()
    the_first_three_days(fortnight)
    the_rest_of_the_first_week(fortnight)
    days_without_a_machine(fortnight)
    a_dead_disk(fortnight)
    the_last_days(fortnight)

    mailed = Counter(recipient for one in box.messages() for recipient in one.recipients)
    daily = 6 + 5  # but for the blackout, the two missed, and the one that the readers had already
    desk = 2
    # Five reminders (of Friday's edition two), one desk that expired, one that was missed.
    assert mailed == {**dict.fromkeys(READERS, daily + desk), "ada@newsroom.example.org": 7}
    assert len({one.content for one in box.messages()}) == 2 * (daily + desk) + 7
