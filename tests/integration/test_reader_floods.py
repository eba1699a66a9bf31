"""What machines do a hundred and a thousand times: visit every link of a mail, sign a victim up."""

from __future__ import annotations

import html
import itertools
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from digest.actions.making.build import build
from digest.actions.readers.own_data import ask_own_data, ask_to_move, confirm_move
from digest.actions.readers.sign_up_form import form_stamp
from digest.actions.readers.signing_up import confirm
from digest.actions.staff.accounts import add_user
from digest.actions.staff.own_account import invite
from digest.actions.steering.review import steer
from digest.actions.upkeep.alerts import dispatch
from digest.model.accounts import ALL, Grant, Role
from digest.web import create_app
from newsroom import DUE
from readers_cast import EVE, SAM, House, house, token_of
from store_cast import put_on_schedule

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SITE = "https://news.example.org"
KINDS = {"approve", "confirm", "invitation", "move", "own-data", "preferences", "read", "unsubscribe"}
_LINK = re.compile(r"https://news\.example\.org(/[^\s\"<>]+)")
FOREIGN = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}


@contextmanager
def visiting(here: House, networks: Iterator[str] | None = None) -> Iterator[TestClient]:
    """Stand before a house's pages; each request comes from the next of these networks."""
    application = create_app(lambda: here.app)

    async def met(scope: Scope, receive: Receive, send: Send) -> None:
        if networks is not None and scope["type"] == "http":
            scope["client"] = (next(networks), 4711)
        await application(scope, receive, send)

    with TestClient(met, base_url=SITE, follow_redirects=False) as client:
        yield client


def dump(here: House) -> list[str]:
    """Write down every row of every table."""
    assert here.app.store.file is not None
    with closing(sqlite3.connect(here.app.store.file)) as database:
        return list(database.iterdump())


def every_mail(here: House) -> list[Message]:
    """Cause each kind of mail that there is to readers and to people at the desk."""
    here.add()
    later = build(here.app, "daily", at=DUE + timedelta(hours=1)).edition_id
    assert later is not None
    with here.app.store.writing() as tx:
        put_on_schedule(tx, later)
    here.sent()
    here.ask(EVE)
    confirm(here.app, token_of(here.links()[0]))  # the welcome is on its way
    here.ask(SAM)  # who is told that they have it already
    choices = token_of(here.link("preferences"))
    ask_to_move(here.app, choices, "sam@new.example")
    confirm_move(here.app, token_of(here.links()[0]))  # the old address hears of it
    ask_to_move(here.app, choices, "sam@newer.example")
    ask_own_data(here.app, choices)
    here.ask("new@example.org")
    here.clock.now = DUE + timedelta(minutes=31)
    steer(here.app, run="test")
    dispatch(here.app)
    return here.mails()


def links_in(mail: Message) -> set[str]:
    """Return the paths of all links in a mail, in its texts and in its header."""
    texts = [str(mail["List-Unsubscribe"] or "")]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            texts.append(html.unescape(payload.decode()))
    return {link.partition("#")[0] for text in texts for link in _LINK.findall(text)}


def test_a_hundred_visits_of_each_link_of_each_mail_change_nothing(tmp_path: Path) -> None:
    """Scanners of mail providers open all of them, some by HEAD; the database stays as it is, row by row."""
    settings = 'editors: ["Ada Venn <ada@example.org>"]\nreview: {mode: window}\narchive: public'
    with house(tmp_path / "home", settings) as here:
        links = {link for mail in every_mail(here) for link in links_in(mail)}
        admin = [Grant(digest=ALL, role=Role.EDITOR)]
        add_user(here.app, "ada@example.org", "Ada Venn", password=None, grants=admin, by="tests")
        links.add(invite(here.app, "ada@example.org").removeprefix(SITE))
        before, alive = dump(here), set()
        with visiting(here) as client:
            for link in sorted(links):
                seen = {client.get(link).status_code for _ in range(100)}
                assert seen in ({200}, {404}), link  # a link that was used leads nowhere any more
                if seen == {200}:
                    alive.add(link.split("/")[1])
                assert {client.head(link).status_code for _ in range(100)} == seen, link
                assert client.options(link).status_code == 405, link

        assert alive == KINDS
        assert dump(here) == before


def test_a_thousand_sign_ups_for_one_victim_are_one_mail_a_day(tmp_path: Path) -> None:
    """Each as a person would, from a network of its own, the address in capitals or with a tag."""
    networks = itertools.chain.from_iterable(
        (f"198.51.{n // 250}.{n % 250}", f"2001:db8:{n:x}::1") for n in range(501)
    )
    with house(tmp_path / "home", "sign_up: {per_hour: 1000}") as here, visiting(here, networks) as client:
        for number in range(1_000):
            form = {"email": spelt(number), "stamp": form_stamp(here.app.keyring, here.clock.now)}
            here.later(seconds=86)  # a thousand times that are four minutes less than a day
            answer = client.post("/subscribe/daily", data=form, headers=FOREIGN)
            assert answer.headers.get("location") == "/subscribe/daily/sent", answer.text
        assert len(here.mails()) == 1
        here.later(hours=1)
        form = {"email": SAM, "stamp": form_stamp(here.app.keyring, here.clock.now)}
        here.later(seconds=5)
        client.post("/subscribe/daily", data=form, headers=FOREIGN)
        assert len(here.mails()) == 2


def spelt(number: int) -> str:
    """Write the victim's address in one of many ways that lead to one mailbox."""
    name, _, domain = SAM.partition("@")
    ways = (
        f"{name}@{domain}",
        f"{name.upper()}@{domain}",
        f"{name}@{domain.title()}",
        f"{name}+{number}@{domain}",
    )
    return ways[number % len(ways)]
