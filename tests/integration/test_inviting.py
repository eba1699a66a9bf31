"""Invitations to the desk by mail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from commands import run_here
from desk_cast import Desk, join
from digest.actions.readers.letters import post
from digest.actions.readers.people import suppress
from digest.actions.staff.accounts import add_user, set_active
from digest.actions.staff.inviting import mail_invitation
from digest.actions.staff.own_account import accept
from digest.model.accounts import Grant, Role
from digest.web import create_app
from readers_cast import House, house, links_of

TOM = "tom@example.org"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """Two digests with a relay."""
    with house(tmp_path / "home", digests=("weekly",)) as opened:
        yield opened


def tom(here: House, digest: str = "weekly") -> None:
    """Add Tom, who has no password yet."""
    grants = [Grant(digest=digest, role=Role.EDITOR)]
    add_user(here.app, TOM, "Tom", password=None, grants=grants, by="tests")


def test_the_letter_leads_to_a_password_and_says_the_same_in_both_parts(here: House) -> None:
    """It comes from the digest that the person works on, and its link works once."""
    tom(here)
    assert mail_invitation(here.app, TOM, by="ada") is None
    (mail,) = here.mails()

    assert mail["To"] == TOM
    assert mail["Subject"] == f"Choose your password for the desk of {here.app.digest('weekly').title}"
    links = {link for link in links_of(mail) if "/invitation/" in link}
    assert len(links) == 1
    accept(here.app, links.pop().rpartition("/")[2], "nine green bottles")
    with here.app.store.reading() as tx:
        events = [(one.by, one.event) for one in tx.history.find(limit=2)]
    assert events == [(TOM, "password"), ("ada", "invitation")]


def test_who_is_disabled_meanwhile_gets_no_letter(here: House) -> None:
    """It would open nothing; no admin is to wonder at a mail that went all the same."""
    tom(here)
    mail_invitation(here.app, TOM, by="ada")
    set_active(here.app, TOM, is_active=False, by="ada")
    assert post(here.app) == 0


def test_an_address_that_must_not_be_mailed_is_told_at_once(here: House) -> None:
    """The admin then hands the link on."""
    tom(here)
    suppress(here.app, TOM, "complaint", by="ada")
    assert mail_invitation(here.app, TOM, by="ada") == "this address must not be mailed"


def test_nobody_is_mailed_invitations_without_end(here: House) -> None:
    """Five a day are enough for anybody's spam folder."""
    tom(here)
    told = [mail_invitation(here.app, TOM, by="ada") for _ in range(6)]
    assert told == [None] * 5 + ["5 were mailed within a day"]


def test_page_and_api_mail_it_and_show_the_link_as_well(here: House) -> None:
    """A mail may not arrive; the admin has the link for that."""
    with TestClient(
        create_app(lambda: here.app), base_url="http://127.0.0.1", follow_redirects=False
    ) as client:
        ada = join(here.app, client, Role.ADMIN, email="ada@example.org")
        desk = Desk(app=here.app, client=client, user=ada)
        fields = {"name": "Tom", "email": TOM, "mail": "1"}
        page = desk.post("/users", fields, status=200)
        quiet = desk.post("/users", {"name": "Ida", "email": "ida@example.org"}, status=200)

    assert f"An invitation is on its way to {TOM}" in page
    assert "/invitation/" in page
    assert "on its way" not in quiet
    assert [mail["To"] for mail in here.mails()] == [TOM]


def test_the_command_mails_it(here: House) -> None:
    """And says so, for people and for programs."""
    root = here.app.home.root
    done = run_here("users", "add", TOM, "--name", "Tom", "--mail", "--json", home=root)
    said = json.loads(done.out)

    assert (said["mailed"], said["not_mailed"], said["password"]) == (True, None, None)
    assert "/invitation/" in said["invitation"]
    assert "on its way by mail" in run_here("users", "password", TOM, "--mail", home=root).out
