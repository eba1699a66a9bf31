"""A warm-up while an edition goes out over midnight: each message counts to the limit of its own day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.actions.mailing.allotments import StoreAllotments
from digest.deliver import Limit, Limits, Watch
from digest.deliver.limits.limit import DAY
from digest.deliver.limits.warm_up import WarmUp
from digest.store import Store, open_store
from limit_cast import HandTime
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, readers, route, send
from store_cast import NOW as BEGAN

PLAN = WarmUp(since=BEGAN.date(), first_day=4, growth=1.5)  # 4, then 6, then 9
LIMIT = Limit(key="relay main", per_day=4, warm_up=PLAN, bound=8)
MIDNIGHT = datetime.combine(BEGAN.date() + timedelta(days=1), datetime.min.time(), UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with closing(open_store("sqlite:///digest.db", home=tmp_path)) as opened:
        opened.migrate()
        yield opened


def shared_at(store: Store, time: HandTime) -> StoreAllotments:
    """Draw with a clock that the test sets."""
    return StoreAllotments(store=store, clock=time.clock, is_server_asked=False, monotonic=time.monotonic)


def test_limit_read_on_the_first_day_grows_with_the_days(store: Store) -> None:
    """Four in the evening, two more after midnight, six in 24 hours; then eight, the bound, each day."""
    time = HandTime()
    shared, drawn = shared_at(store, time), []
    time.wait((MIDNIGHT - time.clock()).total_seconds() - 60)
    for _ in range(4):
        drawn.append(len(shared.draw(LIMIT, 99).at))
        time.wait(120 if len(drawn) == 1 else 24 * 3600 + 300)

    assert drawn == [4, 2, 8, 8]


def test_used_up_day_goes_on_at_midnight_where_the_plan_grows(store: Store) -> None:
    """Whoever is told of the end of the 24 hours comes half a day late."""
    time = HandTime()
    shared = shared_at(store, time)
    shared.draw(LIMIT, 4)
    draw = shared.draw(LIMIT, 1)
    assert draw.spent is not None
    assert time.clock() + timedelta(seconds=draw.spent.until - time.monotonic()) == MIDNIGHT

    fixed = Limit(key="relay other", per_day=4)
    shared.draw(fixed, 4)
    draw = shared.draw(fixed, 1)
    assert draw.spent is not None
    assert draw.spent.until - time.monotonic() >= DAY.total_seconds()


def test_run_over_midnight_sends_the_next_days_worth(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process, begun on the first day: it had kept that day's four for as long as it ran."""
    monkeypatch.setattr("digest.deliver.limits.allowance._RETRY_S", 0.1)
    passed: list[timedelta] = [timedelta()]
    began = MIDNIGHT - timedelta(minutes=1)
    shared = StoreAllotments(store=store, clock=lambda: began + passed[0], is_server_asked=False)
    ledger, told = MemoryLedger(readers(9)), []
    with ScriptedRelay() as relay:

        def see(progress: object) -> None:
            if progress.used_up and not passed[0]:
                told.extend((one.limit, one.most) for one in progress.used_up)
                assert len(relay.recipients) == 4
                passed[0] = timedelta(minutes=2)

        watch = Watch(
            clock=lambda: NOW, chance=lambda: 0.0, progress=see, stopped=lambda: len(relay.recipients) >= 6
        )
        done = send(
            ledger,
            route(relay.port),
            watch=watch,
            limits=Limits(relays={"main": LIMIT}, domains={}),
            allotments=shared,
            block=9,
        )

        assert len(relay.recipients) == 6
    assert done.sent == 6
    assert told == [("relay main", 4)]
