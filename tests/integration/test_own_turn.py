"""Letters, alerts and tests count to the limits of relays and domains, as editions do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Self

import pytest

from commands import furnish
from digest.actions.app import App
from digest.actions.mailing import handing, own_turn
from digest.actions.mailing.allotments import StoreAllotments
from digest.actions.mailing.handing import Hands
from digest.actions.mailing.own_turn import LEAD_S, Seconds, Turn
from digest.bootstrap import open_app
from digest.deliver import RelayConnection
from digest.deliver.limits.limit import Draw, Limit
from digest.deliver.mailbox import Mailbox
from digest.errors import StoreError, TransportError
from hand_cast import MINE
from scripted_relay import ScriptedRelay

SENDER, SAM, EVE = "brief@news.example.org", "sam@example.org", "eve@example.net"
MORNING = datetime(2026, 11, 19, 7, 0, tzinfo=UTC)
MESSAGE = b"Subject: s\r\n\r\nbody\r\n"


@dataclass
class Hall:
    """A clock in a hall: the time and the seconds are one, and go when somebody sleeps."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)

    def time(self) -> datetime:
        return MORNING + timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    @property
    def seconds(self) -> Seconds:
        return Seconds(now=lambda: self.passed, sleep=self.sleep)


@contextmanager
def opened(root: Path, hall: Hall, limits: str = "", domains: str = "[]", port: int = 9) -> Iterator[App]:
    """Open a home whose relay has these limits."""
    furnish(root)
    text = (root / "config" / "digest.yaml").read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:9", f"127.0.0.1:{port}").replace("tls: none}", f"tls: none{limits}}}")
    (root / "config" / "digest.yaml").write_text(
        f"{text}delivery: {{domains: {domains}}}\n", encoding="utf-8"
    )
    with open_app(root, clock=hall.time) as app:
        yield app


def take_turn(app: App, relay: str, recipient: str, seconds: Seconds) -> None:
    """Begin a message on a connection that takes no time."""
    with Turn(app, relay, recipient, lead_s=0, seconds=seconds) as turn:
        turn.begin()


def test_two_an_hour_are_two_letters(tmp_path: Path) -> None:
    """A provider counts what it takes, whatever it is; the third would cost the edition its relay."""
    with (
        Mailbox(tmp_path / "mails") as mailbox,
        opened(tmp_path / "home", Hall(), ", per_hour: 2", port=mailbox.port) as app,
    ):
        for _ in range(2):
            Hands(app).give(SENDER, SAM, MESSAGE, MINE)
        with pytest.raises(TransportError, match="limit of relay main is used up") as raised:
            Hands(app).give(SENDER, SAM, MESSAGE, MINE)

        assert not raised.value.permanent
        assert len(mailbox.messages()) == 2


def test_what_a_limit_holds_back_goes_through_another_relay(tmp_path: Path) -> None:
    """A confirmation is waited for at the screen."""
    with Mailbox(tmp_path / "first") as first, Mailbox(tmp_path / "second") as second:
        more = f', per_day: 1}}, {{name: spare, url: "smtp://127.0.0.1:{second.port}", tls: none'
        with opened(tmp_path / "home", Hall(), more, port=first.port) as app:
            for _ in range(3):
                Hands(app).give(SENDER, SAM, MESSAGE, MINE)

        assert (len(first.messages()), len(second.messages())) == (1, 2)


def test_one_a_second_is_waited_for(tmp_path: Path) -> None:
    """An even pace holds for single messages, too: each begins in the next second at the soonest."""
    hall = Hall()
    with opened(tmp_path / "home", hall, ", per_second: 1") as app:
        begun = []
        for _ in range(3):
            take_turn(app, "main", SAM, hall.seconds)
            begun.append(hall.passed)

    assert begun[0] == 0
    assert all(1 <= later - before < 2 for before, later in pairwise(begun))


def test_paces_of_relay_and_domain_both_hold(tmp_path: Path) -> None:
    """A moment of the one lapses while the other is waited for, and is no moment any more."""
    hall = Hall()
    domains = "[{name: example.org, per_second: 0.5}]"
    with opened(tmp_path / "home", hall, ", per_second: 1", domains) as app:
        begun = []
        for address in (SAM, SAM, EVE, SAM):
            take_turn(app, "main", address, hall.seconds)
            begun.append((hall.passed, address))

    moments = [at for at, _ in begun]
    to_domain = [at for at, address in begun if address == SAM]
    assert all(later - before >= 1 for before, later in pairwise(moments))
    assert all(later - before >= 2 for before, later in pairwise(to_domain))


@pytest.mark.parametrize("ago", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("pace", [1, 0.7, 5])
def test_paces_that_are_out_of_step_meet_all_the_same(tmp_path: Path, ago: float, pace: float) -> None:
    """A reader waits for a confirmation while an edition goes out; a few seconds are as it should be."""
    hall, domains = Hall(), f"[{{name: example.org, per_second: {pace}}}]"
    with opened(tmp_path / "home", hall, ", per_second: 1", domains) as app:
        take_turn(app, "main", SAM, hall.seconds)
        hall.passed += 3
        take_turn(app, "main", EVE, hall.seconds)
        before = hall.passed
        hall.passed += ago
        for _ in range(2):
            take_turn(app, "main", SAM, hall.seconds)
            assert 1 <= hall.passed - before <= 4
            before = hall.passed


def test_what_could_not_begin_counts_nowhere(tmp_path: Path) -> None:
    """A domain whose hour is full must not use up the relay's."""
    hall, domains = Hall(), "[{name: example.org, per_hour: 1}]"
    with opened(tmp_path / "home", hall, ", per_hour: 2", domains) as app:
        take_turn(app, "main", SAM, hall.seconds)
        for _ in range(3):
            with pytest.raises(TransportError, match=r"limit of domain example\.org"):
                take_turn(app, "main", SAM, hall.seconds)
        take_turn(app, "main", EVE, hall.seconds)
        with pytest.raises(TransportError, match="limit of relay main"):
            take_turn(app, "main", EVE, hall.seconds)

    assert sum(hall.slept) == 0


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Hall:
    """A hall in which also those wait who have no clock of their own."""
    made = Hall()
    monkeypatch.setattr(own_turn, "Seconds", lambda: made.seconds)
    return made


def test_no_relay_waits_for_a_letter_whose_turn_is_to_come(
    tmp_path: Path, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that says nothing for seconds is ended by many, and others may be waiting for it."""
    open_for: list[float] = []

    class Timed(RelayConnection):
        def __enter__(self) -> Self:
            self.since = hall.passed
            return super().__enter__()

        def close(self) -> None:
            open_for.append(hall.passed - self.since)
            super().close()

    monkeypatch.setattr(handing, "RelayConnection", Timed)
    with ScriptedRelay() as relay, opened(tmp_path, hall, ", per_second: 0.2", port=relay.port) as app:
        hands = Hands(app)
        for _ in range(3):
            hands.give(SENDER, SAM, MESSAGE, MINE)

        assert hall.passed > 10
        assert len(open_for) == 3
        assert max(open_for) <= LEAD_S + 0.1


def test_letters_of_a_round_go_as_fast_as_the_pace_lets_them(tmp_path: Path, hall: Hall) -> None:
    """The first connection shows how long one takes: no more is waited for that with each."""
    with ScriptedRelay() as relay, opened(tmp_path, hall, ", per_second: 10", port=relay.port) as app:
        hands = Hands(app)
        for _ in range(11):
            hands.give(SENDER, SAM, MESSAGE, MINE)

    assert 1.0 <= hall.passed <= 2.5


def test_limit_that_is_used_up_opens_no_connection(tmp_path: Path, hall: Hall) -> None:
    """The relay would log one in for nothing; and it is well: the next letter asks for it again."""
    with ScriptedRelay() as relay, opened(tmp_path, hall, ", per_hour: 1", port=relay.port) as app:
        hands = Hands(app)
        hands.give(SENDER, SAM, MESSAGE, MINE)
        with pytest.raises(TransportError, match="used up"):
            hands.give(SENDER, SAM, MESSAGE, MINE)
        assert relay.connections == 1
        hall.passed += 3_700
        hands.give(SENDER, SAM, MESSAGE, MINE)

        assert len(relay.bodies) == 2


def test_turn_at_a_relay_that_is_away_is_given_back(tmp_path: Path, hall: Hall) -> None:
    """A day's worth must not be used up by tries; of a pace one moment is."""
    with ScriptedRelay() as gone:
        port = gone.port
    with opened(tmp_path, hall, ", per_second: 1, per_hour: 1", port=port) as app:
        for _ in range(2):
            before = hall.passed
            with pytest.raises(TransportError, match="main") as raised:
                Hands(app).give(SENDER, SAM, MESSAGE, MINE)
            assert "used up" not in str(raised.value)
            assert hall.passed - before < 2
        with ScriptedRelay(port=port) as relay:
            Hands(app).give(SENDER, SAM, MESSAGE, MINE)

        assert len(relay.bodies) == 1


def test_letter_after_a_quiet_while_costs_one_place(tmp_path: Path) -> None:
    """The next moment would be now, and over before the connection is open."""
    hall = Hall()
    with opened(tmp_path / "home", hall, ", per_second: 1") as app:
        with Turn(app, "main", SAM, seconds=hall.seconds) as turn:
            hall.passed += LEAD_S - 0.1
            turn.begin()
        assert hall.passed == pytest.approx(LEAD_S)
        take_turn(app, "main", SAM, hall.seconds)

        assert hall.passed < LEAD_S + 1.2


def test_machine_that_sleeps_too_long_begins_at_no_moment_that_has_passed(tmp_path: Path) -> None:
    """It may do so again and again, and gives up after a while."""
    hall = Hall()

    def oversleep(seconds: float) -> None:
        hall.sleep(seconds + 0.1)

    with opened(tmp_path / "home", hall, ", per_second: 1, per_day: 1") as app:
        with (
            pytest.raises(TransportError, match="used up"),
            Turn(app, "main", SAM, seconds=Seconds(now=lambda: hall.passed, sleep=oversleep)) as turn,
        ):
            turn.begin()
        assert 8 < hall.passed < 13
        take_turn(app, "main", SAM, hall.seconds)  # nothing has counted for the day


def test_moment_that_has_passed_while_the_connection_was_opened_is_drawn_anew(tmp_path: Path) -> None:
    """Begun late it could be the second within one second."""
    hall = Hall()
    with opened(tmp_path / "home", hall, ", per_second: 1") as app:
        begun = []
        for opening_s in (0.1, 3.2, 0.0, 0.7, 0.2):
            with Turn(app, "main", SAM, seconds=hall.seconds) as turn:
                hall.passed += opening_s
                turn.begin()
            begun.append(hall.passed)

    assert all(1 <= later - before <= 5 for before, later in pairwise(begun))


def test_hour_counts_from_when_a_letter_begins_however_long_its_connection_took(tmp_path: Path) -> None:
    """What is drawn holds for ten seconds: a later one would be free for another before the hour is over."""
    hall = Hall()
    with opened(tmp_path / "home", hall, ", per_hour: 1") as app:
        with Turn(app, "main", SAM, seconds=hall.seconds) as turn:
            hall.passed += 29
            turn.begin()
        hall.passed += 3_595
        with pytest.raises(TransportError, match="used up"):
            take_turn(app, "main", SAM, hall.seconds)


@pytest.mark.parametrize("why", [StoreError("the database is locked"), KeyboardInterrupt()])
def test_turn_that_ends_while_it_is_drawn_costs_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: BaseException
) -> None:
    """A database that is busy for a moment, or a person who waits no more: the relay's place was drawn."""
    hall, draw = Hall(), StoreAllotments.draw

    def fails(self: StoreAllotments, limit: Limit, count: int, among: Sequence[float] | None = None) -> Draw:
        if limit.key.startswith("domain"):
            raise why
        return draw(self, limit, count, among)

    with opened(tmp_path, hall, ", per_hour: 1", "[{name: example.org, per_hour: 9}]") as app:
        with monkeypatch.context() as broken:
            broken.setattr(StoreAllotments, "draw", fails)
            with pytest.raises(type(why)):
                take_turn(app, "main", SAM, hall.seconds)
        take_turn(app, "main", SAM, hall.seconds)

    assert hall.passed == 0


def test_turn_that_is_not_waited_for_costs_no_place(tmp_path: Path) -> None:
    """Ctrl-C while the moment is to come."""
    hall = Hall()

    def is_interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with opened(tmp_path, hall, ", per_hour: 1") as app:
        with pytest.raises(KeyboardInterrupt):
            take_turn(app, "main", SAM, Seconds(now=lambda: hall.passed, sleep=is_interrupted))
        take_turn(app, "main", SAM, hall.seconds)

    assert hall.passed == 0
