"""`digest suppress lift`: what came back during an outage may be mailed again, and nothing else."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import run_here
from crashing import opened, prepare
from digest.actions.mailing.bounces import Consequence, take_message
from digest.actions.readers import people
from digest.store import Store
from reports_cast import add_reader, consequences, furnish_home, report
from reports_cast import opened as desk
from store_cast import NOW as MORNING

NOW = datetime.now(UTC)


@pytest.mark.parametrize("domain", ["l.example", "%.example", "_ll.example", "ILL.example"])
def test_lifting_goes_by_whole_domains_whatever_is_written(tmp_path: Path, domain: str) -> None:
    """What looks like a pattern is none."""
    prepare(tmp_path / "home", 9, readers=0, on_unknown="hold", connections=1)
    with closing(opened(tmp_path / "home")) as store:
        put(store, "sam@ill.example", NOW)
        put(store, "olu@ill.example", NOW - timedelta(days=3))
    ran = run_here(
        "suppress", "lift", "--since", f"{NOW:%Y-%m-%d}", "--domain", domain, home=tmp_path / "home"
    )
    left = [one["email"] for one in run_here("suppress", "list", "--json", home=tmp_path / "home").data]

    assert left == (
        ["olu@ill.example"] if domain == "ILL.example" else ["olu@ill.example", "sam@ill.example"]
    )
    assert ran.code == (1 if domain in {"%.example", "_ll.example"} else 0), ran.err


def test_who_complained_after_mail_came_back_is_not_lifted(tmp_path: Path) -> None:
    """A complaint outlasts an outage; else that person's other digests would go to them again."""
    with desk(furnish_home(tmp_path / "home")) as app:
        angry, kept = add_reader(app), add_reader(app)
        for reader in (angry, kept):
            for address in reader.addresses:
                taken = take_message(app, report("exim-unrouteable", address), file="a report")
            assert taken.outcome is Consequence.SUPPRESSED
        people.suppress(app, kept.email, "asked by phone", by="ada")
        for reader in (angry, kept):
            complaint = take_message(app, report("complaint", reader.addresses[0]), file="a report")
            assert complaint.outcome is Consequence.ENDED

        assert people.lift(app, since=MORNING - timedelta(days=1), domain=None, by="ada") == 0
        assert consequences(app, angry)[1:] == (["complaint"], ["ended"])
        assert consequences(app, kept)[1:] == (["asked by phone"], ["ended"])


def test_a_day_that_is_still_to_come_is_told(tmp_path: Path) -> None:
    """Nobody has come back since then: that 0 may be mailed again would read as if all was well."""
    home = tmp_path / "home"
    prepare(home, 9, readers=0, on_unknown="hold", connections=1)
    with closing(opened(home)) as store:
        put(store, "sam@ill.example", NOW)
    later = NOW + timedelta(days=2)
    ran = run_here("suppress", "lift", "--since", f"{later:%Y-%m-%d}", "--json", home=home)

    assert (ran.code, ran.out) == (1, "")
    assert (ran.error["where"], ran.error["error"]) == ("--since", f"{later:%Y-%m-%d} is still to come")
    today = {f"in UTC it is {day:%Y-%m-%d} now" for day in (NOW, datetime.now(UTC))}
    assert any(words in ran.error["hint"] for words in today)
    done = run_here("suppress", "lift", "--since", f"{NOW:%Y-%m-%d}", home=home)
    assert done.out == "1 address may be mailed again\n"


def put(store: Store, email: str, at: datetime) -> None:
    """Suppress an address whose mail comes back."""
    with store.writing() as tx:
        tx.people.suppress(email, "mail comes back: 5.1.1", at=at)
