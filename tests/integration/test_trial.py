"""A test mail goes by the first relay that works, and says which that was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import AT, SYSTEM, Ran, furnish, run_here
from crashing import ARTICLES
from scripted_relay import ScriptedRelay

ADA, JUERGEN = "ada@example.org", "jürgen@example.org"
Home = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a way to make a home whose edition 1 is built, with relays r0, r1 ... at ports, and of weights."""

    def make(*ports: int, weights: tuple[int, ...] = ()) -> Path:
        root = furnish(tmp_path / "home")
        relays = ", ".join(
            f'{{name: r{at}, url: "smtp://127.0.0.1:{port}", tls: none, weight: {weight}}}'
            for at, (port, weight) in enumerate(zip(ports, weights or (1,) * len(ports), strict=True))
        )
        system = SYSTEM.format(port=9).splitlines()
        text = "\n".join([*system[:-1], f"relays: [{relays}]"]) + "\n"
        (root / "config" / "digest.yaml").write_text(text, encoding="utf-8")
        for args in (("ingest", ARTICLES), ("build", "daily", "--at", AT)):
            assert run_here(*args, home=root).code == 0
        return root

    return make


def trial(root: Path, *more: str, to: str = ADA) -> Ran:
    """Send edition 1 to one address."""
    return run_here("send", "1", "--test", to, *more, home=root)


def away() -> int:
    """Name a port where nobody listens."""
    with ScriptedRelay() as gone:
        return gone.port


REFUSALS = {
    "greet": "554 5.7.1 no service for your network",
    "mail": "550 5.7.1 not from you",
    "mail_busy": "451 4.3.0 come back later",
    "dot": "554 5.7.1 looks like spam",
    "rcpt_rate": "450 4.7.1 too much mail",
    "dot_full": "452 4.3.1 disk full",
}


@pytest.mark.parametrize("when", REFUSALS)
def test_relay_that_refuses_us_is_passed_over(home: Home, when: str) -> None:
    """Whoever tries an edition out an hour before it goes learns both: it arrives, and a relay is ill."""
    with ScriptedRelay({when.partition("_")[0]: REFUSALS[when]}) as first, ScriptedRelay() as second:
        root = home(first.port, second.port)
        ran = trial(root, "--json")

        assert (ran.code, ran.data["state"], ran.data["relay"]) == (0, "sent", "r1")
        assert second.recipients == [ADA]
    (passed,) = ran.data["passed_over"]
    assert "relay r0" in passed
    assert REFUSALS[when][:9] in passed


def test_relay_that_is_down_is_passed_over_and_named(home: Home) -> None:
    """In the terminal, too."""
    with ScriptedRelay() as second:
        ran = trial(home(away(), second.port))

    assert ran.code == 0
    assert "the relay said: 2.0.0 queued as 4711 (relay r1)\n" in ran.out
    assert "passed over: relay r0 at 127.0.0.1" in ran.out


@pytest.mark.parametrize(
    ("words", "state"), [("550 5.1.1 no such user", "failed"), ("450 4.7.1 Greylisted", "deferred")]
)
def test_first_relay_that_works_is_the_only_one_that_is_asked(home: Home, words: str, state: str) -> None:
    """What it says of the reader is the answer: another relay would get a second copy on its way."""
    with ScriptedRelay({"rcpt": words}) as first, ScriptedRelay() as second:
        ran = trial(home(first.port, second.port), "--json")

        assert (ran.code, ran.data["state"], ran.data["relay"]) == (1, state, "r0")
        assert (ran.data["passed_over"], second.connections) == ([], 0)


def test_relay_of_weight_0_is_asked_last(home: Home) -> None:
    """As by editions: it takes mail only when no other works."""
    with ScriptedRelay() as spare, ScriptedRelay() as usual:
        ran = trial(home(spare.port, usual.port, weights=(0, 1)), "--json")

        assert (ran.data["relay"], spare.connections) == ("r1", 0)


def test_address_that_needs_more_goes_by_the_relay_that_offers_it(home: Home) -> None:
    """As by editions, where chance must not decide who gets one."""
    with ScriptedRelay(offers=("8BITMIME",)) as plain, ScriptedRelay(offers=("8BITMIME", "SMTPUTF8")) as able:
        ran = trial(home(plain.port, able.port), "--json", to=JUERGEN)

        assert (ran.code, ran.data["relay"], able.recipients) == (0, "r1", [JUERGEN])
        assert "SMTPUTF8" in ran.data["passed_over"][0]


def test_lost_answer_to_the_dot_is_not_tried_elsewhere(home: Home) -> None:
    """It may have arrived; a second one would not tell."""
    with ScriptedRelay({"dot": "<drop>"}) as first, ScriptedRelay() as second:
        ran = trial(home(first.port, second.port), "--json")

        assert (ran.code, ran.data["state"], second.connections) == (1, "unknown", 0)


def test_when_no_relay_works_all_are_told_of(home: Home) -> None:
    """The last one's words are the error, those before it the hint."""
    with ScriptedRelay({"greet": "554 5.7.1 no service"}) as first:
        ran = trial(home(first.port, away()), "--json")

    assert ran.code == 1
    assert "relay r1" in f"{ran.error['where']} {ran.error['error']}"
    assert "before it: " in ran.error["hint"]
    assert "no service" in ran.error["hint"]
