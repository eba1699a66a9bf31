"""Single messages, such as letters, go through whichever relay can carry them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from commands import furnish
from digest.actions.app import App
from digest.actions.mailing.handing import Hands, Lease, Overtaken
from digest.bootstrap import open_app
from digest.errors import TransportError
from digest.model import DeliveryState
from hand_cast import MINE
from scripted_relay import ScriptedRelay

SENDER, JUERGEN = "brief@news.example.org", "jürgen@example.org"
MESSAGE = b"Subject: s\r\n\r\nbody\r\n"
WIDE = ("8BITMIME", "SMTPUTF8")


@contextmanager
def opened(root: Path, first: int, second: int) -> Iterator[App]:
    """Open a home with two relays."""
    furnish(root)
    settings = root / "config" / "digest.yaml"
    more = f'tls: none}}, {{name: spare, url: "smtp://127.0.0.1:{second}", tls: none}}'
    text = settings.read_text(encoding="utf-8").replace("127.0.0.1:9", f"127.0.0.1:{first}")
    settings.write_text(text.replace("tls: none}", more), encoding="utf-8")
    with open_app(root) as app:
        yield app


def test_letter_goes_by_the_relay_that_offers_smtputf8(tmp_path: Path) -> None:
    """Whoever asks for a confirmation gets it, whichever relay stands first."""
    with (
        ScriptedRelay(offers=("8BITMIME",)) as plain,
        ScriptedRelay(offers=WIDE) as able,
        opened(tmp_path, plain.port, able.port) as app,
    ):
        assert Hands(app).give(SENDER, JUERGEN, MESSAGE, MINE).state is DeliveryState.SENT
        assert (plain.recipients, able.recipients) == ([], [JUERGEN])


@pytest.mark.parametrize("away_first", [True, False])
def test_letter_waits_for_the_relay_that_may_carry_it(tmp_path: Path, *, away_first: bool) -> None:
    """One that is away for a minute has not refused; given up for good, the letter never comes."""
    with ScriptedRelay() as gone:
        away = gone.port
    with ScriptedRelay(offers=("8BITMIME",)) as plain:
        ports = (away, plain.port) if away_first else (plain.port, away)
        with opened(tmp_path, *ports) as app:
            hands = Hands(app)
            for _ in range(2):  # the second time the one that is away is not asked
                with pytest.raises(TransportError) as raised:
                    hands.give(SENDER, JUERGEN, MESSAGE, MINE)
                assert not raised.value.permanent


def test_letter_that_no_relay_can_carry_is_given_up(tmp_path: Path) -> None:
    """Trying for a day would change nothing."""
    with (
        ScriptedRelay(offers=("8BITMIME",)) as one,
        ScriptedRelay(offers=("8BITMIME",)) as other,
        opened(tmp_path, one.port, other.port) as app,
    ):
        with pytest.raises(TransportError, match="SMTPUTF8") as raised:
            Hands(app).give(SENDER, JUERGEN, MESSAGE, MINE)
        assert raised.value.permanent


def test_relay_that_refuses_the_reader_is_believed(tmp_path: Path) -> None:
    """It was asked and has said that there is nobody: that another one is away changes nothing."""
    with ScriptedRelay() as gone:
        away = gone.port
    refuses = {"rcpt": "550 5.1.1 no such user"}
    with ScriptedRelay(refuses, offers=WIDE) as plain, opened(tmp_path, away, plain.port) as app:
        with pytest.raises(TransportError, match="no such user") as raised:
            Hands(app).give(SENDER, JUERGEN, MESSAGE, MINE)
        assert raised.value.permanent


def test_letter_that_was_overtaken_leaves_the_relay_to_those_behind_it(tmp_path: Path) -> None:
    """It was we who dropped the connection at the dot: the relay is as well as before."""
    held = [True, False]  # at the relay's turn, and at the dot
    lost = Lease(keep=lambda: held.pop(0), lasts=lambda: True)
    with ScriptedRelay() as gone:
        away = gone.port
    with ScriptedRelay(offers=WIDE) as plain, opened(tmp_path, plain.port, away) as app:
        hands = Hands(app)
        with pytest.raises(Overtaken, match="somebody else"):
            hands.give(SENDER, JUERGEN, MESSAGE, lost)
        assert hands.give(SENDER, JUERGEN, MESSAGE, MINE).state is DeliveryState.SENT
        assert plain.recipients == [JUERGEN]


def test_lease_that_ran_out_is_told_as_such(tmp_path: Path) -> None:
    """Nobody else need have the letter: an alert's error must not say so."""
    with (
        ScriptedRelay(offers=WIDE) as one,
        ScriptedRelay() as other,
        opened(tmp_path, one.port, other.port) as app,
    ):
        with pytest.raises(Overtaken, match="it took longer than its lease, and is left"):
            Hands(app).give(SENDER, JUERGEN, MESSAGE, Lease(keep=lambda: True, lasts=lambda: False))
        assert (one.recipients, other.connections) == ([], 0)
