"""Recipients of old editions go off the record when an operator says so, and the books stay."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from api_cast import program
from commands import run_here
from desk_cast import desk
from digest.actions.mailing.books import books_of
from digest.actions.mailing.bounces import take_message
from digest.actions.mailing.sending import SendOptions, send
from digest.actions.upkeep import pruning
from digest.actions.upkeep.pruning import Pruned, Way, foresee, prune
from digest.deliver import bounce_address
from digest.errors import Refused
from digest.model import Books
from digest.model.accounts import Role
from digest.schedule.current import Current
from digest.schedule.pruning import HOUR, Pruning
from digest.store.tables import edition_log
from digest.web import create_app
from newsroom import DUE
from readers_cast import EVE, SAM, House, house
from reports_cast import DOMAIN, report

AGE = timedelta(days=400)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BOTH = Books(frozen=2, sent=1, failed=1, expired=0, excluded=0, unknown=0, open=0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Sam gets what Eve's full mailbox refuses; who got what is kept for 400 days."""
    monkeypatch.setenv("DIGEST_RETENTION__DELIVERIES", "400d")
    with house(tmp_path / "home") as opened:
        opened.add()
        opened.add(EVE)
        opened.relay.script[f"rcpt {EVE}"] = f"552 5.2.2 the mailbox of {EVE} is full"
        yield opened


def old(here: House, *, days: int = 0) -> int:
    """Send an edition, and let 400 days and an hour pass."""
    edition = here.sent(days=days)
    here.clock.now += AGE + timedelta(hours=1)
    return edition


def at_once(_seconds: float) -> None:
    """Wait for nobody."""


def test_nothing_goes_unless_an_operator_says_so(tmp_path: Path) -> None:
    """What is gone is gone: the default keeps all."""
    with house(tmp_path / "home") as here:
        here.add()
        edition = old(here)
        here.clock.now += 20 * AGE
        assert foresee(here.app) == prune(here.app, by="olu") == Pruned(before=None)
        with here.app.store.reading() as tx:
            assert len(tx.deliveries.list(edition)) == 1


def test_what_is_foreseen_is_what_goes_and_the_books_stay(here: House) -> None:
    """With a line in the history, once; the second time nothing is left."""
    edition = old(here)
    with here.app.store.reading() as tx:
        rows = len(tx.deliveries.list(edition))
    foreseen = foresee(here.app)
    assert (foreseen.editions, foreseen.recipients, rows) == (1, 2, 2)
    assert prune(here.app, by="olu", way=Way(rest=at_once)) == foreseen

    assert books_of(here.app, edition) == BOTH
    with here.app.store.reading() as tx:
        assert tx.deliveries.list(edition) == ()
        lines = [(one.by, one.edition_id) for one in tx.history.list() if one.event == "prune"]
    assert lines == [("olu", edition)]
    assert prune(here.app, by="olu").recipients == 0


def test_a_day_too_young_stays(here: House) -> None:
    """The age counts from the end of an edition."""
    here.sent()
    here.clock.now += AGE - timedelta(days=1)
    assert foresee(here.app).recipients == prune(here.app, by="olu").recipients == 0


def test_the_failed_of_whom_nobody_is_on_record_are_not_tried_again(here: House) -> None:
    """Only a part may be left: that would be neither all nor none."""
    edition = old(here)
    prune(here.app, by="olu", way=Way(rest=at_once))
    with pytest.raises(Refused, match="no longer on record since 2027-12-24"):
        send(here.app, edition, SendOptions(by="olu", failed=True, late=True))
    assert books_of(here.app, edition) == BOTH


def test_links_of_old_mails_go_on_working(here: House) -> None:
    """Whoever finds an old mail leaves by it (RFC 8058), chooses by it, and reads it in the browser."""
    edition = old(here)
    links = here.link("preferences"), here.in_browser(edition)
    leave = here.link("unsubscribe")
    prune(here.app, by="olu", way=Way(rest=at_once))
    with TestClient(create_app(lambda: here.app), base_url="https://news.example.org") as client:
        assert [client.get(link).status_code for link in links] == [200, 200]
        assert client.post(leave, data=ONE_CLICK).text == "unsubscribed\n"
    with here.app.store.reading() as tx:
        assert tx.people.export(SAM)["deliveries"] == []


def test_a_complaint_about_an_old_mail_unsubscribes_at_once(here: House) -> None:
    """Whoever goes through their mailbox and presses 'spam' on last year's mail wants no more of them.

    What else comes back of a mail that is no longer on record says nothing about today.
    """
    edition = old(here)
    with here.app.store.reading() as tx:
        person = tx.people.find(SAM)
    assert person is not None
    prune(here.app, by="olu", way=Way(rest=at_once))
    address = bounce_address(here.app.keyring, edition, person.uid, DOMAIN)
    forged = address.replace(f"b+{edition:x}-", f"b+{edition + 1:x}-")
    outcomes = [
        take_message(here.app, report(name, sender), file="a report").outcome.value
        for name, sender in (("complaint", forged), ("exim-unrouteable", address), ("complaint", address))
    ]

    assert outcomes == ["stranger", "stranger", "ended"]
    with here.app.store.reading() as tx:
        assert [(one.email, one.reason) for one in tx.people.suppressions()] == [(SAM, "complaint")]
        assert [one.state.value for one in tx.people.subscriptions(person.id)] == ["ended"]
    again = take_message(here.app, report("complaint", address), file="a report")
    assert again.outcome.value == "known"


def test_it_goes_on_after_it_was_stopped_and_lets_others_have_their_turn(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each bite it rests for as long as that took; a service that is told to stop begins no more."""
    monkeypatch.setattr(pruning, "_BITE", 1)
    edition = old(here)
    rests: list[float] = []
    way = Way(rest=rests.append, stopped=lambda: bool(rests))
    assert [prune(here.app, by="olu", way=way).recipients for _ in range(2)] == [1, 0]
    assert books_of(here.app, edition) == BOTH
    assert prune(here.app, by="olu", way=Way(rest=rests.append)).recipients == 1
    assert len(rests) == 2
    assert min(rests) > 0


def test_it_says_how_far_it_is(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """At first and after each bite, over all editions: one of many is no measure."""
    monkeypatch.setattr(pruning, "_BITE", 1)
    here.sent()
    old(here, days=1)
    told: list[tuple[int, int]] = []
    prune(here.app, by="olu", way=Way(rest=at_once, show=lambda gone, of: told.append((gone, of))))
    assert told == [(gone, 4) for gone in range(5)]


@pytest.mark.parametrize(
    ("options", "is_told"), [((), True), (("--dry-run",), False), (("--json",), False)], ids=str
)
def test_the_command_shows_on_a_terminal_how_far_it_is(
    here: House, options: tuple[str, ...], is_told: bool
) -> None:
    """It may take an hour on millions; programs read nothing but their document."""
    here.sent()
    with here.app.store.writing() as tx:
        tx.editions.connection.execute(update(edition_log).values(at=DUE - AGE))
    master, terminal = pty.openpty()
    ran = subprocess.run(
        [sys.executable, "-m", "digest", "prune", "--home", here.app.home.root, *options],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        timeout=100,
        check=True,
    )
    os.close(terminal)
    shown = read_all(master)

    assert b"2" in ran.stdout
    assert ("taking off the record" in shown, "2/2" in shown) == (is_told, is_told)
    assert is_told or shown == ""


def read_all(master: int) -> str:
    """Read what a terminal was told, until nobody holds it any more."""
    told = b""
    with os.fdopen(master, "rb", buffering=0) as stream, suppress(OSError):  # EIO: the end of a terminal
        while piece := stream.read(4096):
            told += piece
    return told.decode()


def test_the_service_does_it_once_a_day_at_three(here: House) -> None:
    """On the clock of the machine; what comes to its age later in that hour waits for the next night."""
    here.sent()
    night = here.clock.now.astimezone().replace(hour=HOUR, minute=10) + 2 * AGE
    beats: list[None] = []
    part = Pruning(Current(here.app), lambda: beats.append(None), lambda: False)
    with here.app.store.writing() as tx:
        ended = night + timedelta(minutes=10) - AGE
        tx.editions.connection.execute(update(edition_log).values(at=ended))
    left = []
    for minutes in (0, 20, 60, 23 * 60, 24 * 60):
        here.clock.now = (night + timedelta(minutes=minutes)).astimezone(UTC)
        part.look("run")
        left.append(foresee(here.app).recipients)

    assert left == [0, 2, 2, 2, 0]
    assert beats
    assert books_of(here.app, 1) == BOTH
    with here.app.store.reading() as tx:
        assert [(one.by, one.run) for one in tx.history.list() if one.event == "prune"] == [
            ("service", "run")
        ]


def test_command_desk_and_programs_say_so_plainly(here: House) -> None:
    """Books without a list of names would look like a fault."""
    edition = here.sent()
    root = here.app.home.root
    with here.app.store.writing() as tx:
        tx.editions.connection.execute(update(edition_log).values(at=DUE - AGE))
    foreseen = run_here("prune", "--dry-run", "--json", home=root)
    assert foreseen.code == 0, foreseen.err
    assert foreseen.data["dry_run"] is True
    told = foreseen.data["deliveries"]
    assert (told["editions"], told["recipients"], told["bytes"] > 200) == (1, 2, True)
    done = run_here("prune", home=root)
    assert "2 recipients of 1 edition that ended before " in done.out
    books = run_here("deliveries", edition, "--all", "--json", home=root).data
    assert (books["frozen"], books["sent"], books["failed"], books["balance"]) == (2, 1, 1, True)
    assert books["off_record"]["recipients"] == 2
    assert datetime.fromisoformat(books["off_record"]["since"]).tzinfo is not None
    assert books["recipients"] == []
    shown = run_here("deliveries", edition, home=root).out
    assert "2 recipients are no longer on record one by one since" in shown

    with desk(root, Role.OPERATOR, email="olu@example.org") as seen:
        for path in (f"/sending/{edition}", f"/sending/{edition}/deliveries"):
            assert "2 readers are no longer on record one by one" in seen.get(path)
        assert "<td>failed</td>" in seen.get(f"/sending/{edition}")
    with program(root) as api:
        for path in ("books", "progress"):
            assert api.get(f"/editions/{edition}/{path}")["off_record"]["recipients"] == 2
        assert api.get(f"/editions/{edition}/books")["failed"] == 1
