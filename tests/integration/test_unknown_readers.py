"""A relay, or a domain, that knows none of its readers: what the operator sees, and the way back."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from commands import run_here
from crashing import EDITION, books, opened, prepare
from digest.bootstrap import open_app
from digest.model import AlertKind, EditionState
from digest.store import Enrolment, NewSubscriber
from scripted_relay import ScriptedRelay

UNKNOWN = "550 5.1.1 no such user"
NOW = datetime.now(UTC)


def house(root: Path, port: int, *domains: str, count: int = 30) -> Path:
    """Make a home whose readers are of these domains, in turns."""
    prepare(root, port, readers=0, on_unknown="hold", connections=1, more="hard_bounces: 1, ")
    people = [
        Enrolment(new=NewSubscriber(email=f"r{n}@{domains[n % len(domains)]}"), consent="form")
        for n in range(count)
    ]
    with closing(opened(root)) as store, store.writing() as tx:
        tx.people.enrol(people, "daily", at=NOW)
    return root


def test_relay_that_knows_nobody_holds_the_edition_and_costs_no_reader_anything(tmp_path: Path) -> None:
    """Even where one edition is enough to suppress; once it is mended, everybody gets the mail, once."""
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        root = house(tmp_path / "home", relay.port, "one.example", "two.example", "three.example")
        ran = run_here("send", EDITION, home=root)
        with open_app(root) as app, app.store.reading() as tx:
            state, (first, *_) = tx.editions.keep_state(EDITION), tx.alerts.list(limit=9)
            reports, suppressed = tx.bounces.list(), tx.people.suppressions()
        held = books(root)
        relay.script.clear()
        approved = run_here("editions", "approve", EDITION, home=root)
        again = run_here("send", EDITION, "--failed", home=root)

    assert (ran.code != 0, state, reports, suppressed) == (True, EditionState.HELD, (), ())
    assert "nobody is known: 20 in a row, of 3 domains: 550 5.1.1 no such user" in ran.err
    assert "--failed" in first[2].text
    assert first[2].kind is AlertKind.SENDER_FAULT
    assert (held.sent, held.failed + held.open, held.failed >= 20) == (0, 30, True)
    assert (approved.code, again.code) == (0, 0), again.err
    assert sorted(relay.recipients) == sorted(
        f"r{n}@{d}.example" for n, d in enumerate(["one", "two", "three"] * 10)
    )


def test_domain_that_knows_nobody_is_told_and_what_it_did_can_be_lifted(tmp_path: Path) -> None:
    """An outage of a provider, with what a second edition would do at once."""
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        root = house(tmp_path / "home", relay.port, "ill.example", count=25)
        with closing(opened(root)) as store, store.writing() as tx:
            tx.people.suppress("eve@ill.example", "asked by phone", at=NOW)
        run_here("send", EDITION, home=root)
        with open_app(root) as app, app.store.reading() as tx:
            alerts = [alert for _, _, alert in tx.alerts.list(limit=9)]
        day = f"{NOW:%Y-%m-%d}"
        barred = run_here("suppress", "list", "--json", home=root).data
        others = run_here("suppress", "lift", "--since", day, "--domain", "well.example", "--json", home=root)
        lifted = run_here("suppress", "lift", "--since", day, "--domain", "ill.example", "--json", home=root)
        left = run_here("suppress", "list", "--json", home=root).data
        relay.script.clear()
        again = run_here("send", EDITION, "--failed", home=root)

    (outage,) = [one for one in alerts if one.kind is AlertKind.SENDER_FAULT]
    assert "ill.example knows none of 20 readers in a row: 550 5.1.1 no such user" in outage.text
    assert f"digest suppress lift --since {day} --domain ill.example" in outage.text
    assert len(barred) == 26
    assert (others.data, lifted.data) == ({"lifted": 0}, {"lifted": 25})
    assert [one["email"] for one in left] == ["eve@ill.example"]
    assert (again.code, len(relay.bodies)) == (0, 25), again.err
