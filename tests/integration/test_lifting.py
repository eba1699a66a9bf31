"""`digest suppress lift`: what came back during an outage may be mailed again, and nothing else."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import run_here
from crashing import opened, prepare
from digest.store import Store

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


def put(store: Store, email: str, at: datetime) -> None:
    """Suppress an address whose mail comes back."""
    with store.writing() as tx:
        tx.people.suppress(email, "mail comes back: 5.1.1", at=at)
