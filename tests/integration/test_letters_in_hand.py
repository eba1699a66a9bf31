"""Who has a letter or an alert in hand: while a relay dawdles, and when a process wakes up late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from digest.actions.readers import letters
from digest.actions.readers.letters import post
from digest.actions.upkeep import alerts
from digest.bootstrap import open_app
from digest.errors import StoreError
from digest.model import Alert, AlertKind, Letter
from digest.store.letters import Letters as StoredLetters
from readers_cast import SAM, House, house
from scripted_relay import ScriptedRelay

LONG = 16  #: minutes: longer than any lease
MAILED = "alerts: {mail: {to: [olu@newsroom.example.org], from: 'Digest <digest@news.example.org>'}}\n"
HELD = Alert(key="held:7", kind=AlertKind.HELD, title="7 is held", text="It holds 3 items only.")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """A digest with sign-ups."""
    with house(tmp_path / "home") as opened:
        yield opened


def once(relay: ScriptedRelay, verb: str, do: Callable[[], object]) -> None:
    """Let something happen while a relay has the first such command, or a dot, before its answer."""
    left = [do]

    def happens(command: str) -> None:
        if command.upper().startswith(verb) and left:
            left.pop()()

    relay.on_command = happens
    relay.on_dot = lambda: happens("DOT")


def begun(relay: ScriptedRelay) -> int:
    """Count the mails that were begun."""
    return sum(command.startswith("MAIL") for command in relay.commands)


@pytest.mark.parametrize(("verb", "mails"), [("EHLO", 1), ("DATA", 2)])
def test_letter_that_another_took_meanwhile_is_sent_by_one(here: House, verb: str, mails: int) -> None:
    """Before MAIL the late one does not begin; before the dot it does not end: Sam gets one mail."""
    here.ask()
    with open_app(here.app.home.root, clock=here.clock) as another:

        def overtake() -> None:
            here.later(minutes=LONG)
            assert post(another) == 1

        once(here.relay, verb, overtake)
        assert post(here.app) == 0

    assert here.relay.recipients == [SAM]
    assert begun(here.relay) == mails
    assert post(here.app) == 0


def test_letter_whose_lease_is_over_is_not_begun(here: House) -> None:
    """Also where nobody has it yet: whoever looks next may have it at any moment."""
    here.ask()
    once(here.relay, "EHLO", lambda: here.later(minutes=LONG))
    assert post(here.app) == 1  # the next turn of the same round
    assert begun(here.relay) == 1
    assert here.relay.connections == 2


def test_letter_that_waited_at_the_dot_is_nobody_elses(here: House) -> None:
    """The lease begins anew there: the answer is waited for as long as any."""
    here.ask()
    with open_app(here.app.home.root, clock=here.clock) as another:

        def wait() -> None:
            here.later(minutes=6)
            once(here.relay, "DOT", look)

        def look() -> None:
            here.later(minutes=6)
            assert post(another) == 0

        once(here.relay, "DATA", wait)
        assert post(here.app) == 1

    assert here.relay.recipients == [SAM]


def test_letter_that_many_relays_dawdle_over_is_sent_all_the_same(here: House) -> None:
    """The lease is one for each: a slow one in front must not keep the letter from those behind."""
    here.ask()
    settings = here.app.home.root / "config" / "digest.yaml"
    with ScriptedRelay({"ehlo": "421 4.3.2 busy"}) as slow:
        own = f"relays: [{{name: slow, url: 'smtp://127.0.0.1:{slow.port}', tls: none}}, "
        text = settings.read_text(encoding="utf-8").replace("relays: [", own)
        settings.write_text(text, encoding="utf-8")
        once(slow, "EHLO", lambda: here.later(minutes=6))
        once(here.relay, "EHLO", lambda: here.later(minutes=6))
        with open_app(here.app.home.root, clock=here.clock) as app:
            assert post(app) == 1

    assert slow.connections == here.relay.connections == 1
    assert here.relay.recipients == [SAM]


def test_who_wakes_up_late_does_not_bring_a_letter_back(here: House) -> None:
    """A machine that slept over the answer has a copy out; its 451 must not make it three."""
    here.ask()
    here.relay.script["dot"] = "451 4.3.0 later"
    with open_app(here.app.home.root, clock=here.clock) as another:

        def overtake() -> None:
            here.later(minutes=LONG)
            here.relay.script.clear()
            assert post(another) == 1
            here.relay.script["dot"] = "451 4.3.0 later"

        once(here.relay, "DOT", overtake)
        assert post(here.app) == 0
        here.relay.script.clear()
        here.later(hours=2)
        assert post(another) == 0

    assert here.relay.recipients == [SAM]


def test_letter_is_not_given_up_for_a_database_that_is_busy(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has refused it: it comes again when its lease is over."""
    here.ask()
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise StoreError("the database is locked")

        patch.setattr(letters, "written", fail)
        with pytest.raises(StoreError, match="locked"):
            post(here.app)
    assert post(here.app) == 0
    here.later(minutes=LONG)
    assert post(here.app) == 1


def test_letter_that_is_out_is_written_down_once_the_database_answers(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or Sam would have it twice when the lease is over."""
    here.ask()
    real, trouble = StoredLetters.sent, [StoreError("the database is locked"), StoreError("it still is")]

    def sent(part: StoredLetters, letter: Letter, *, at: datetime, note: str | None) -> bool:
        if trouble:
            raise trouble.pop()
        return real(part, letter, at=at, note=note)

    monkeypatch.setattr(StoredLetters, "sent", sent)
    monkeypatch.setattr(letters.time, "sleep", lambda _: None)
    assert post(here.app) == 1
    here.later(minutes=LONG)
    assert post(here.app) == 0
    assert here.relay.recipients == [SAM]


def test_database_that_stays_away_is_not_asked_for_ever(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault is told, and the letter comes once more under the same Message-ID."""
    here.ask()
    now = [0.0]

    def fail(*_: object, **__: object) -> None:
        raise StoreError("the database is locked")

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with monkeypatch.context() as patch:
        patch.setattr(StoredLetters, "sent", fail)
        patch.setattr(letters, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
        with pytest.raises(StoreError, match="locked"):
            post(here.app)
    assert now == [120.0]
    here.later(minutes=LONG)
    first, second = here.mails()
    assert first["Message-ID"] == second["Message-ID"]


def test_alert_that_another_took_meanwhile_is_mailed_by_one(tmp_path: Path) -> None:
    """As with letters."""
    with house(tmp_path / "home") as here:
        settings = here.app.home.root / "config" / "digest.yaml"
        settings.write_text(settings.read_text(encoding="utf-8") + MAILED, encoding="utf-8")
        with (
            open_app(here.app.home.root, clock=here.clock) as one,
            open_app(here.app.home.root, clock=here.clock) as another,
        ):
            with one.store.writing() as tx:
                tx.alerts.add(HELD, at=here.clock.now)

            def overtake() -> None:
                here.later(minutes=LONG)
                assert alerts.dispatch(another).sent == 1

            once(here.relay, "EHLO", overtake)
            assert alerts.dispatch(one).sent == 0

        assert here.relay.recipients == ["olu@newsroom.example.org"]
        assert begun(here.relay) == 1
