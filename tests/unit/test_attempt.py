"""Relays that accept connections and say nothing: others are tried beside them, the first to open counts."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from digest.deliver import Limit, Limits, Watch
from digest.deliver.loop import Loop
from digest.deliver.run.lane import Lane, LaneEvents, Patience
from digest.deliver.run.relay import Relay
from digest.deliver.smtp.attempt import Attempt
from digest.deliver.smtp.dial import dialled
from digest.deliver.smtp.offers import Offers
from digest.errors import TransportError
from digest.model import DeliveryState
from digest.settings.system import RelaySettings
from scripted_relay import HANG, TLS, ScriptedRelay
from sending_cast import NOW, MemoryLedger, readers, route, send

PENDING = DeliveryState.PENDING
SILENCE = TransportError("timed out", permanent=False)


class Swallowing:
    """A relay that says nothing for an hour, told of in seconds of its own clock."""

    def __init__(self, seats: int, timeout_s: float) -> None:
        self.relay = Relay(route(1, connections=seats), lambda: 1.0, per_connection=100)
        self._seats, self._timeout_s = seats, timeout_s
        self.tries: list[float] = []
        self.most_open = 0

    def watch(self, until_s: int) -> None:
        """Let the time pass, and do as a fleet does."""
        for now in range(until_s):
            for attempt in tuple(self.relay.attempts):
                if attempt.is_ended:
                    self.relay.attempts.remove(attempt)
                    self.relay.overtaken(attempt, now)
                elif now - attempt.began_at >= self._timeout_s:
                    self.relay.attempts.remove(attempt)
                    self.relay.lost(SILENCE, now, attempt=attempt)
            while self.relay.wants_lane(now, 1000, self._seats):
                self.relay.attempts.append(Attempt(now))
                self.tries.append(now)
            self.most_open = max(self.most_open, len(self.relay.attempts))


@pytest.mark.parametrize("seats", [1, 2, 8, 64])
@pytest.mark.parametrize("timeout_s", [30, 300, 900])
def test_relay_in_trouble_is_tried_again_every_minute_whatever_it_swallows(
    seats: int, timeout_s: int
) -> None:
    """Sending is to resume within 60 seconds of its return: 10 are left for opening the connection."""
    silent = Swallowing(seats, timeout_s)
    silent.relay.breaker.lost(0.0)
    silent.watch(3600)

    assert max(later - before for before, later in pairwise(silent.tries)) <= 50
    assert silent.most_open <= min(seats, 8), "no more wait for it than there are threads for"


@pytest.mark.parametrize("timeout_s", [30, 300])
def test_relay_that_was_silent_from_the_start_is_tried_again_every_minute(timeout_s: int) -> None:
    """Nothing was lost so far, and nothing is, for as long as a greeting may take."""
    silent = Swallowing(8, timeout_s)
    silent.watch(3600)

    assert max(later - before for before, later in pairwise(silent.tries)) <= 50
    assert silent.most_open <= 8


def test_greeting_may_take_five_minutes_where_nothing_else_is_wrong() -> None:
    """RFC 5321 section 4.5.3.2.1; the only connection that there may be is not taken from it."""
    slow = Swallowing(1, 300.0)
    slow.watch(300)

    assert slow.tries == [0]
    assert not slow.relay.attempts[0].is_ended


def test_greeting_may_take_as_long_in_trouble_where_connections_are_many() -> None:
    """A relay that greets after four minutes must not be called for ever."""
    slow = Swallowing(8, 300.0)
    slow.relay.breaker.lost(0.0)
    slow.watch(300)

    assert [attempt.is_ended for attempt in slow.relay.attempts] == [False] * len(slow.relay.attempts)
    assert slow.relay.attempts[0].began_at == 1


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.deliver.smtp.attempt._SILENT_S", 0.3)
    monkeypatch.setattr("digest.deliver.run.breaker._LONGEST_PAUSE_S", 0.33)


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("phase", ["greet", "ehlo"])
def test_sending_goes_on_over_a_newer_connection(phase: str) -> None:
    """What the relay swallowed stays swallowed for longer than this test may take."""
    ledger = MemoryLedger(readers(5))
    with ScriptedRelay({phase: HANG}) as relay:
        swallowed = list[int]()

        def comes_back(_: object) -> None:
            if relay.connections >= 4 and not swallowed:
                swallowed.append(relay.connections)
                relay.script.clear()

        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=comes_back)
        done = send(ledger, route(relay.port, connections=8, timeout="15s"), watch=watch, lasts_s=14.0)

        assert done.sent == 5
        assert 1 <= relay.connections - swallowed[0] <= 3


@pytest.mark.usefixtures("_soon")
def test_what_was_swallowed_takes_no_place_once_the_relay_is_back() -> None:
    """Four of four connections were swallowed; each had held its place for five minutes."""
    ledger, most = MemoryLedger(readers(60)), []
    with ScriptedRelay({"greet": HANG}) as relay:

        def comes_back(progress: object) -> None:
            if relay.connections >= 3:
                relay.script.clear()
            most.append(progress.connections)

        watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, progress=comes_back)
        relay.on_taken = lambda _: time.sleep(0.05)
        done = send(
            ledger, route(relay.port, connections=4, timeout="15s"), watch=watch, lasts_s=12.0, block=60
        )

        assert done.sent == 60
        assert max(most) == 4


@pytest.mark.usefixtures("_soon")
def test_no_more_connections_are_open_than_the_relay_allows() -> None:
    """It may count those that it says nothing on, and refuse the next ones."""
    ledger = MemoryLedger(readers(3))
    limits = Limits(relays={"main": Limit(key="relay main", connections=2)}, domains={})
    seen: list[int] = []
    held: set[socket.socket] = set()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.05)
        over = threading.Event()

        def swallow() -> None:
            while not over.is_set():
                with suppress(TimeoutError):
                    came = silent.accept()[0]
                    for one in filter(_is_gone, tuple(held)):
                        held.remove(one)
                        one.close()
                    held.add(came)
                    seen.append(len(held))

        thread = threading.Thread(target=swallow)
        thread.start()
        leads_to = route(silent.getsockname()[1], connections=2, timeout="1s")
        with pytest.raises(TransportError):
            send(ledger, leads_to, limits=limits, lasts_s=20.0, tries=4)
        over.set()
        thread.join()

    for one in held:
        one.close()
    assert len(seen) >= 4
    assert max(seen) <= 2
    assert set(ledger.states()) == {PENDING}


def _is_gone(one: socket.socket) -> bool:
    one.settimeout(0)
    try:
        return one.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.usefixtures("_soon")
def test_silent_relay_ends_a_run_that_does_not_wait() -> None:
    """However many tries overlap: five that came to nothing are five losses."""
    ledger = MemoryLedger(readers(3))
    with ScriptedRelay({"greet": HANG}) as relay:
        with pytest.raises(TransportError, match=r"timed out|in time"):
            send(ledger, route(relay.port, connections=8, timeout="1s"), tries=5, lasts_s=20.0)

        assert relay.connections >= 5
    assert set(ledger.states()) == {PENDING}


@pytest.mark.usefixtures("_soon")
def test_silent_relay_keeps_no_connection_of_another_waiting() -> None:
    """Its tries wait in threads; the other relay's must not queue behind them."""
    ledger = MemoryLedger(readers(4))
    with ScriptedRelay({"greet": HANG}) as silent, ScriptedRelay() as well:
        leads_there = route(well.port, name="well")

        def connect(attempt: Attempt) -> object:
            if silent.connections < 8:
                raise TransportError("not yet", permanent=False)
            return leads_there.connect(attempt)

        dead = route(silent.port, name="silent", connections=20, timeout="15s")
        done = send(ledger, dead, replace(leads_there, connect=connect), lasts_s=10.0, wait=True)

        assert done.sent == 4


@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_ended_attempt_ends_the_wait_at_once(tls: str) -> None:
    """By whichever thread, also when TLS has taken the socket over."""
    with ScriptedRelay({"greet": HANG}, implicit=tls == "implicit") as relay:
        settings = RelaySettings.model_validate(
            {
                "name": "main",
                "url": f"smtp://127.0.0.1:{relay.port}",
                "tls": tls,
                "ca_file": None if tls == "none" else "ca.pem",
                "timeout": "15s",
            }
        )
        attempt = Attempt(0.0)
        threading.Timer(0.2, attempt.end).start()
        began = time.monotonic()
        with pytest.raises(TransportError):
            dialled(settings, TLS, attempt)

        assert time.monotonic() - began < 5


def test_attempt_that_was_ended_before_it_reached_the_relay_opens_nothing() -> None:
    """The connection is closed again, and nobody says a word on it."""
    with ScriptedRelay() as relay:
        settings = RelaySettings.model_validate(
            {"name": "main", "url": f"smtp://127.0.0.1:{relay.port}", "tls": "none", "timeout": "15s"}
        )
        attempt = Attempt(0.0)
        attempt.end()
        with pytest.raises(TransportError, match="nobody waits"):
            dialled(settings, Path(), attempt)

        assert relay.commands == []


def test_attempt_that_another_has_overtaken_is_no_loss() -> None:
    """The relay is well: counted as lost, it would get one connection at a time."""
    found = Swallowing(4, 300.0)
    found.watch(50)
    with Loop() as loop, socket.create_server(("127.0.0.1", 0)) as relay:
        offers = Offers(pipelining=False, size=None, eight_bit=True, smtputf8=False, enhanced=True)
        lane = Lane(
            loop,
            socket.create_connection(relay.getsockname()),
            offers,
            relay="main",
            patience=Patience(answer_s=9.0, dot_s=9.0),
            events=LaneEvents(body_written=lambda _: None, ended=lambda *_: None),
        )
        found.relay.opened(lane, 50.0)
        overtaken = [attempt for attempt in found.relay.attempts if attempt.is_ended]
        for attempt in overtaken:
            found.relay.overtaken(attempt, 50.0)
        lane.close()

    assert overtaken
    assert found.relay.breaker.losses == 0


def test_run_that_is_over_leaves_no_connection_being_opened() -> None:
    """Its thread would wait for the silent relay for minutes, and the process with it."""
    begun: list[Attempt] = []
    with ScriptedRelay({"greet": HANG}) as silent, ScriptedRelay() as well:
        dead = route(silent.port, name="silent", timeout="15s")

        def connect(attempt: Attempt) -> object:
            begun.append(attempt)
            return dead.connect(attempt)

        done = send(MemoryLedger(readers(4)), replace(dead, connect=connect), route(well.port, name="well"))

    assert done.sent == 4
    assert begun
    assert all(attempt.is_ended for attempt in begun)
