"""The hour that a reader's page tells for the next edition, against the hour at which the mail is made.

A service is played quarter by quarter: slots are built, editions sent, and the relay says who got mail.
Hours in the remarks are those of the IANA tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import DAILY, SYSTEM, furnish
from digest.actions.app import App
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.planning.slots import advance, pause, resume, skip
from digest.actions.readers.choices import choices
from digest.actions.readers.reader_links import path
from digest.actions.steering.review import sendable, steer
from digest.bootstrap import open_app
from digest.model import FULL_FORM, SubscriptionState
from digest.store import NewSubscriber
from newsroom import Clock
from readers_cast import token_of
from scripted_relay import ScriptedRelay
from store_cast import content

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

QUARTER = timedelta(minutes=15)
SAM = "sam@readers.example.org"


def at(written: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A reader, a digest, and the moment at which the reader looks."""

    name: str
    begins: str  #: when the service is set to work, in UTC
    asks: str  #: when the page is looked at
    comes: str | None  #: when the next mail comes, reckoned by hand; None: not within five days
    zone: str = "Europe/Berlin"  #: of the digest
    schedule: str = "{at: 07:00}"
    local: bool = False  #: by each reader's own clocks
    reader: str | None = None  #: their zone
    hour: str | None = None  #: of their own
    paused_until: str | None = None
    more: str = ""  #: settings
    deed: Callable[[App], object] = field(
        default=lambda _: None
    )  #: at the desk, right before it is looked at


CASES = [
    Case(name="plain", begins="2026-11-18 20:00", asks="2026-11-18 22:00", comes="2026-11-19 06:00"),
    # Clocks in Berlin went from two to three on 28 March 2027: half past two is not there.
    Case(
        name="spring gap",
        begins="2027-03-27 12:00",
        asks="2027-03-27 14:00",
        comes="2027-03-28 01:00",
        schedule="{at: 02:30}",
    ),
    # On 25 October 2026 half past two comes twice; the first is at summer time.
    Case(
        name="autumn fold",
        begins="2026-10-24 12:00",
        asks="2026-10-24 14:00",
        comes="2026-10-25 00:30",
        schedule="{at: 02:30}",
    ),
    Case(
        name="between the two of a fold",
        begins="2026-10-24 12:00",
        asks="2026-10-25 01:00",
        comes="2026-10-26 01:30",
        schedule="{at: 02:30}",
    ),
    # Lord Howe sets its clocks by half an hour: on 4 October 2026 from two (+10:30) to half past two (+11).
    Case(
        name="half an hour's gap",
        begins="2026-10-03 06:00",
        asks="2026-10-03 08:00",
        comes="2026-10-03 15:30",
        schedule="{at: 02:15}",
        local=True,
        reader="Australia/Lord_Howe",
    ),
    # And back on 4 April 2027: a quarter to two comes at +11 and again at +10:30.
    Case(
        name="half an hour's fold",
        begins="2027-04-03 04:00",
        asks="2027-04-03 06:00",
        comes="2027-04-03 14:45",
        schedule="{at: 01:45}",
        local=True,
        reader="Australia/Lord_Howe",
    ),
    Case(
        name="quarters of an hour",
        begins="2026-11-18 20:00",
        asks="2026-11-18 21:00",
        comes="2026-11-19 01:15",
        local=True,
        reader="Asia/Kathmandu",
    ),
    Case(
        name="an hour of one's own, in another zone",
        begins="2026-11-18 20:00",
        asks="2026-11-18 21:00",
        comes="2026-11-19 12:45",
        reader="Asia/Kathmandu",
        hour="18:30",
    ),
    # Apia is at +13: its Thursday's seven o'clock was at six on Berlin's Wednesday evening... and has passed.
    Case(
        name="mailed before the digest's own hour",
        begins="2026-11-17 12:00",
        asks="2026-11-18 21:00",
        comes="2026-11-19 18:00",
        local=True,
        reader="Pacific/Apia",
    ),
    # Pago Pago is at -11: seven o'clock there is eighteen hours later than in London.
    Case(
        name="not yet mailed after the digest's own hour",
        begins="2026-11-18 20:00",
        asks="2026-11-19 12:00",
        comes="2026-11-19 18:00",
        local=True,
        reader="Pacific/Pago_Pago",
    ),
    Case(
        name="the evening of today's edition",
        begins="2026-11-18 20:00",
        asks="2026-11-19 12:00",
        comes="2026-11-19 17:30",
        hour="18:30",
    ),
    Case(
        name="after the evening of today's edition",
        begins="2026-11-18 20:00",
        asks="2026-11-19 18:00",
        comes="2026-11-20 17:30",
        hour="18:30",
    ),
    Case(
        name="an hour of one's own that clocks skip",
        begins="2027-03-26 12:00",
        asks="2027-03-27 04:00",
        comes="2027-03-28 01:00",
        schedule="{at: 06:00}",
        hour="02:30",
    ),
    Case(
        name="workdays",
        begins="2026-11-20 04:00",
        asks="2026-11-20 12:00",
        comes="2026-11-23 06:00",
        schedule="{at: 07:00, days: [mon, tue, wed, thu, fri]}",
    ),
    Case(
        name="several a day",
        begins="2026-11-19 04:00",
        asks="2026-11-19 07:00",
        comes="2026-11-19 11:00",
        schedule="{at: [07:00, 12:00, 18:00]}",
    ),
    Case(
        name="several a day, and an evening of one's own",
        begins="2026-11-19 04:00",
        asks="2026-11-19 12:00",
        comes="2026-11-19 17:30",
        schedule="{at: [07:00, 12:00]}",
        hour="18:30",
    ),
    Case(
        name="an hour that is before the digest's last one",
        begins="2026-11-19 04:00",
        asks="2026-11-19 10:00",
        comes="2026-11-20 09:00",
        schedule="{at: [07:00, 12:00]}",
        hour="10:00",
    ),
    Case(
        name="a slot that was skipped",
        begins="2026-11-19 04:00",
        asks="2026-11-19 12:00",
        comes="2026-11-21 06:00",
        deed=lambda app: skip(app, "daily", "2026-11-20T07:00", by="ada"),
    ),
    Case(
        name="a day that is off",
        begins="2026-11-19 04:00",
        asks="2026-11-19 12:00",
        comes="2026-11-21 06:00",
        more="blackouts: {dates: [2026-11-20]}",
    ),
    Case(
        name="a digest that is paused",
        begins="2026-11-19 04:00",
        asks="2026-11-19 12:00",
        comes=None,
        deed=lambda app: pause(app, "daily", by="ada"),
    ),
    Case(
        name="a digest that is paused, with an edition on its way",
        begins="2026-11-19 04:00",
        asks="2026-11-19 12:00",
        comes="2026-11-19 17:30",
        hour="18:30",
        deed=lambda app: pause(app, "daily", by="ada"),
    ),
    Case(
        name="a digest that goes on",
        begins="2026-11-19 04:00",
        asks="2026-11-19 12:00",
        comes="2026-11-20 06:00",
        deed=lambda app: (pause(app, "daily", by="ada"), resume(app, "daily", by="ada")),
    ),
    # Midnight of the 21st in Kathmandu is 18:15 UTC of the 20th.
    Case(
        name="a pause of one's own",
        begins="2026-11-19 04:00",
        asks="2026-11-19 12:00",
        comes="2026-11-21 06:00",
        reader="Asia/Kathmandu",
        paused_until="2026-11-20 18:15",
    ),
    Case(
        name="a pause that begins while an edition is on its way",
        begins="2026-11-19 04:00",
        asks="2026-11-19 12:00",
        comes="2026-11-20 17:30",
        hour="18:30",
        paused_until="2026-11-19 23:00",
    ),
]


@dataclass
class Played:
    """A service that is played, and the reader."""

    app: App
    clock: Clock
    relay: ScriptedRelay
    reader: int
    stories: int = 0

    def until(self, end: datetime, *, mailed: int | None = None) -> None:
        """Go on quarter by quarter, to an end or until the reader has had so many mails."""
        while self.clock.now < end and (mailed is None or len(self.relay.recipients) < mailed):
            self.clock.now += QUARTER
            self._news()
            advance(self.app, worker="w1")
            steer(self.app, run="test")
            for edition in sendable(self.app):
                send(self.app, edition, SendOptions(by="test"))

    def _news(self) -> None:
        """Let three articles come in every third hour, so that there is always enough for an edition."""
        if self.clock.now.minute == 0 and self.clock.now.hour % 3 == 0:
            self.stories += 3
            words = [(number, f"Tide {number} rose.") for number in range(self.stories - 3, self.stories)]
            fresh = [content(n, "world", published=self.clock.now, words=told) for n, told in words]
            with self.app.store.writing() as tx:
                tx.articles.put(fresh, self.clock.now)

    def told(self) -> datetime | None:
        """Return what the page of choices tells."""
        with self.app.store.reading() as tx:
            person = tx.people.get(self.reader)
        assert person is not None
        token = token_of(path(self.app, "preferences", f"{person.uid}.daily"))
        return choices(self.app, token).next_at

    def choose(self, case: Case) -> None:
        """Store the hour and the pause."""
        until = None if case.paused_until is None else at(case.paused_until)
        with self.app.store.writing() as tx:
            tx.people.choose(
                self.reader,
                "daily",
                sections=(),
                hour=case.hour,
                form=FULL_FORM,
                paused_until=until if self.clock.now >= at(case.asks) else None,
                at=self.clock.now,
            )


@contextmanager
def played(root: Path, case: Case) -> Iterator[Played]:
    """Open a home in which one reader gets the digest of a case."""
    clock = Clock(at(case.begins))
    with ScriptedRelay() as relay:
        config = furnish(root) / "config"
        (config / "digest.yaml").write_text(SYSTEM.format(port=relay.port), encoding="utf-8")
        text = DAILY.replace("Europe/Berlin", case.zone).replace("window: 24h", "window: 36h")
        local = "local_to: subscriber\n" if case.local else ""
        settings = f"{text}schedule: [{case.schedule}]\n{local}{case.more}\n"
        (config / "digests" / "daily.yaml").write_text(settings, encoding="utf-8")
        with open_app(root, clock=clock) as app:
            with app.store.writing() as tx:
                person = tx.people.put(NewSubscriber(email=SAM, zone=case.reader), at=clock.now)
                tx.people.subscribe(person.id, "daily", state=SubscriptionState.CONFIRMED, at=clock.now)
            yield Played(app=app, clock=clock, relay=relay, reader=person.id)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_the_page_tells_when_the_mail_is_made(tmp_path: Path, case: Case) -> None:
    """Whoever is told an hour waits for it."""
    with played(tmp_path / "home", case) as here:
        here.choose(case)
        here.until(at(case.asks))
        here.choose(case)
        case.deed(here.app)
        before = len(here.relay.recipients)
        told = here.told()
        here.until(at(case.asks) + timedelta(days=5), mailed=before + 1)
        came = here.clock.now if len(here.relay.recipients) > before else None
    assert told == came == (None if case.comes is None else at(case.comes))


@pytest.mark.parametrize("days", [60, 100, 365])
def test_the_end_of_a_long_pause_is_told(tmp_path: Path, days: int) -> None:
    """A pause may be a year, whatever comes out meanwhile; ten a day here."""
    hours = ", ".join(f"{hour:02}:00" for hour in range(7, 17))
    case = Case(
        name="long",
        begins="2026-11-19 04:00",
        asks="2026-11-19 04:00",
        comes=None,
        schedule=f"{{at: [{hours}]}}",
        paused_until=(at("2026-11-18 23:00") + timedelta(days=days)).isoformat(" ")[:16],
    )
    with played(tmp_path / "home", case) as here:
        here.choose(case)
        told = here.told()
    assert told is not None
    assert told == datetime(2026, 11, 19, 7, tzinfo=here.app.digest("daily").timezone) + timedelta(days=days)
