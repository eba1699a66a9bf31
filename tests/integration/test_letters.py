"""How letters go out: no page waits for a relay, and none is lost with a process."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from desk_cast import SAME
from digest.actions.readers.letters import post
from digest.actions.readers.sign_up_form import form_stamp
from digest.bootstrap import open_app
from digest.schedule import Way
from digest.web import create_app
from readers_cast import EVE, SAM, House, house, links_of, token_of
from service_cast import QUICK, Running, until

ADDRESSES = (SAM, EVE, "ida@elsewhere.example.net")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """A digest with sign-ups."""
    with house(tmp_path / "home", digests=("weekly",)) as opened:
        yield opened


def test_no_page_asks_a_relay(here: House) -> None:
    """Forty pages that wait for a dead relay would be all that a server has hands for."""
    here.add(EVE)
    here.sent()
    before = here.relay.connections
    stamp = form_stamp(here.app.keyring, here.clock.now)
    here.later(seconds=5)
    with TestClient(create_app(lambda: here.app), follow_redirects=False) as client:

        def press(path: str, **fields: str) -> None:
            answer = client.post(path, data=fields, headers=SAME)
            assert answer.status_code == 303, (path, answer.text[:1_000])

        press("/subscribe/daily", email=SAM, stamp=stamp)
        choices = here.link("preferences", EVE)
        press(f"{choices}/own-data")
        press(f"{choices}/move", email="eve@new.example.net")
        press(f"{choices}/again/1")
        assert here.relay.connections == before
        asked, data, moves, _ = here.mails()[-4:]
        press(f"/confirm/{token_of(_link(asked, '/confirm/'))}")
        press(f"/move/{token_of(_link(moves, '/move/'))}")
    told = [str(mail["To"]) for mail in here.mails()[-2:]]
    assert sorted(told) == sorted([SAM, EVE])  # the welcome, and word to the old address
    assert _link(data, "/own-data/")


def _link(mail: Message, begins: str) -> str:
    return next(link for link in links_of(mail) if link.startswith(begins))


def test_a_letter_outlives_the_process_that_put_it_down(here: House) -> None:
    """It is a row before anybody is told that it is on its way."""
    here.ask()
    with open_app(here.app.home.root, clock=here.clock) as another:
        assert post(another) == 1
    assert [str(mail["To"]) for mail in here.mails()] == [SAM]


def test_a_round_that_is_told_to_stop_leaves_the_rest_to_the_next_one(here: House) -> None:
    """Whoever comes next must not wait for a lease of letters that nobody has begun."""
    for address in ADDRESSES:
        here.ask(address)
    beats: list[int] = []
    assert post(here.app, stopped=lambda: bool(here.relay.bodies), beat=lambda: beats.append(1)) == 1
    assert len(beats) == 1
    assert post(here.app) == 2
    assert sorted(here.relay.recipients) == sorted(ADDRESSES)


def test_the_half_that_sends_takes_letters_along(here: House) -> None:
    """Beside any number of pages, and more than fit into one round."""
    root = here.app.home.root
    addresses = [f"reader{number}@place{number}.example.net" for number in range(25)]
    with Running(root, here.clock, Way(parts=("sending",), pace=QUICK, listen="127.0.0.1:0")):
        for number, address in enumerate(addresses):
            assert here.ask(address, network=f"n{number}")
        until(lambda: len(here.relay.recipients) >= len(addresses))
    assert sorted(here.relay.recipients) == sorted(addresses)
