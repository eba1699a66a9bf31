"""Letters, alerts and tests count to the limits of relays and domains, as editions do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from commands import furnish
from digest.actions.app import App
from digest.actions.handing import Hands
from digest.actions.own_turn import Seconds, take_turn
from digest.bootstrap import open_app
from digest.deliver.mailbox import Mailbox
from digest.errors import TransportError

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


def test_two_an_hour_are_two_letters(tmp_path: Path) -> None:
    """A provider counts what it takes, whatever it is; the third would cost the edition its relay."""
    with (
        Mailbox(tmp_path / "mails") as mailbox,
        opened(tmp_path / "home", Hall(), ", per_hour: 2", port=mailbox.port) as app,
    ):
        for _ in range(2):
            Hands(app).give(SENDER, SAM, MESSAGE)
        with pytest.raises(TransportError, match="limit of relay main is used up") as raised:
            Hands(app).give(SENDER, SAM, MESSAGE)

        assert not raised.value.permanent
        assert len(mailbox.messages()) == 2


def test_what_a_limit_holds_back_goes_through_another_relay(tmp_path: Path) -> None:
    """A confirmation is waited for at the screen."""
    with Mailbox(tmp_path / "first") as first, Mailbox(tmp_path / "second") as second:
        more = f', per_day: 1}}, {{name: spare, url: "smtp://127.0.0.1:{second.port}", tls: none'
        with opened(tmp_path / "home", Hall(), more, port=first.port) as app:
            for _ in range(3):
                Hands(app).give(SENDER, SAM, MESSAGE)

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

    assert hall.slept == [0.0, 0.0]
