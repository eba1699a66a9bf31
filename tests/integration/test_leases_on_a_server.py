"""Machines whose clocks differ, and one PostgreSQL server: nobody takes what another has in hand."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from commands import SYSTEM, furnish
from digest.actions.app import App
from digest.actions.content.rounds import Visited, note_sources, visit
from digest.actions.content.rounds.look import Found, Look
from digest.actions.content.sources import fetch
from digest.actions.mailing.allotments import StoreAllotments
from digest.actions.mailing.relay_health import relays_health
from digest.actions.planning import building
from digest.actions.planning.slots import advance
from digest.actions.readers import letters
from digest.actions.upkeep import alerts, pruning
from digest.actions.upkeep.webhooks import send_test
from digest.bootstrap import open_app
from digest.clock import system_clock
from digest.errors import TransportError
from digest.model import (
    Alert,
    AlertKind,
    EditionState,
    Letter,
    LetterKind,
    SlotRecord,
    SlotState,
    Source,
    SourceKind,
)
from digest.store.people_tables import deliveries
from digest.store.tables import edition_log
from store_cast import frozen_edition

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
HOOK = 'alerts: {webhooks: [{name: pager, url: "http://127.0.0.1:9/", secret_file: keys/pager}]}\n'


@dataclass(kw_only=True)
class Machine:
    """A machine, as far as its clock goes."""

    ahead: timedelta

    def now(self) -> datetime:
        """Tell its time."""
        return system_clock() + self.ahead


@dataclass(frozen=True, kw_only=True)
class Two:
    """The same home on two machines."""

    one: App  #: its clock is right
    other: App


@pytest.fixture(params=[10, 180, -10, -180], ids="{:+} min".format)
def two(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_tables: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Two]:
    """Two machines with a server in common; the second one's clock is wrong."""
    monkeypatch.setenv("DIGEST_DATABASE", postgres_tables)
    root = furnish(tmp_path / "home")
    text = SYSTEM.format(port=9) + HOOK + "delivery: {max_lateness: 3d}\nretention: {deliveries: 90d}\n"
    (root / "config" / "digest.yaml").write_text(text, encoding="utf-8")
    (root / "keys" / "pager").write_text("whsec_" + base64.b64encode(bytes(32)).decode(), encoding="utf-8")
    with open_app(root) as one, open_app(root, clock=Machine(ahead=request.param * MINUTE).now) as other:
        yield Two(one=one, other=other)


@contextmanager
def _while(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, do: Callable[[], object]
) -> Iterator[list[int]]:
    """Let a step do something in the middle, the first time, and fail; the list grows with each try."""
    tries: list[int] = []

    def step(*_: object, **__: object) -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            do()
        raise TransportError("451 come back later", permanent=False)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, step)
        yield tries


def test_slot_that_one_builds_is_not_built_by_the_other(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is ahead would find each lease over, and be two builders of everything."""
    due = system_clock() - 5 * HOUR
    slot = SlotRecord(digest="daily", key="2026-11-20T07:00", due=due, build_at=due, state=SlotState.DUE)
    with two.one.store.writing() as tx:
        tx.slots.add([slot], at=due)
    with _while(monkeypatch, building, "build", lambda: advance(two.other, worker="b")) as tries:
        put_off = building.build_next(two.one, building.Turn(worker="a", run=None))
        with two.one.store.reading() as tx:
            begun = tx.slots.get("daily", slot.key)
        again = advance(two.other, worker="b")
        told_at = two.other.clock()

    assert put_off is not None
    assert begun is not None
    assert (begun.state, begun.tries, len(tries), again.failed) == (SlotState.DUE, 1, 1, ())
    assert again.next_at is not None
    assert 50 < (again.next_at - told_at).total_seconds() <= 60  # the first put-off is a minute


def test_letter_that_one_sends_is_not_sent_by_the_other(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signs up gets one mail, and a relay that asked for patience is left alone for so long."""
    kind = LetterKind.CONFIRM
    letter = Letter(
        uid="", kind=kind, email="sam@readers.example.org", digest="daily", made_at=two.one.clock()
    )
    with two.one.store.writing() as tx:
        tx.letters.add(letter)
    with _while(monkeypatch, letters, "written", lambda: letters.post(two.other)) as tries:
        assert letters.post(two.one) == letters.post(two.other) == 0

    assert len(tries) == 1


def test_letter_is_sent_at_once_wherever_it_was_put_down(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signs up on the machine that is ahead does not wait until the others have caught up."""
    letter = Letter(
        uid="", kind=LetterKind.CONFIRM, email="sam@readers.example.org", digest="daily",
        made_at=two.other.clock(),
    )  # fmt: skip
    with two.other.store.writing() as tx:
        tx.letters.add(letter)
    with _while(monkeypatch, letters, "written", lambda: None) as tries:
        letters.post(two.one)

    assert len(tries) == 1


def test_alert_that_one_sends_is_not_sent_by_the_other(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """People are told once, and a receiver that is down is asked again in a minute, not at once."""
    held = Alert(key="held:7", kind=AlertKind.HELD, title="7 is held", text="It holds 3 items only.")
    with two.one.store.writing() as tx:
        tx.alerts.add(held, at=two.one.clock())
    with _while(monkeypatch, alerts, "hand_over", lambda: alerts.dispatch(two.other)) as tries:
        assert alerts.dispatch(two.one).failed == 1
        assert alerts.dispatch(two.other).failed == 0

    assert len(tries) == 1


def test_alert_is_sent_at_once_whoever_wrote_down_where_to(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine that is ahead may be the one that takes note of it and then stops."""
    held = Alert(key="held:7", kind=AlertKind.HELD, title="7 is held", text="It holds 3 items only.")
    with two.other.store.writing() as tx:
        tx.alerts.add(held, at=two.other.clock())
    alerts.dispatch(two.other, stopped=lambda: True)
    with _while(monkeypatch, alerts, "hand_over", lambda: None) as tries:
        alerts.dispatch(two.one)

    assert len(tries) == 1


def test_hook_that_is_tried_from_the_desk_is_that_desks_alone(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who tries it hears how it ended, not that the other machine's service took it."""
    monkeypatch.setattr("digest.actions.upkeep.webhooks.hand_over", lambda *_: alerts.dispatch(two.other))
    send = send_test(two.one, "pager", by="Olu")

    assert (send.tries, send.error) == (1, None)


def test_source_that_one_looks_at_is_left_alone_by_the_other(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site is asked by one machine at a time."""
    wire = Source(key="wire", title="Wire", kind=SourceKind.FEED, url="http://wire.example.org/feed")
    one, other = (replace(app, sources=(wire,)) for app in (two.one, two.other))
    note_sources(one)
    seen: list[Visited] = []
    left: list[tuple[str, ...]] = []

    def meanwhile(*_: object) -> Look:
        if not left:
            left.append(())
            left[:] = [fetch(other, ["wire"], worker="b", told=seen.append)]
        return Look(found=Found.UNCHANGED)

    monkeypatch.setattr(visit, "look", meanwhile)
    fetch(one, ["wire"], worker="a", told=seen.append)

    assert left == [("wire",)]
    assert len(seen) == 1


def test_connections_that_one_holds_are_shown_by_the_other(two: Two) -> None:
    """The page of relays is to tell the same on both."""
    shared = StoreAllotments(store=two.one.store, clock=two.one.clock)
    shared.seats("relay main", "s-one", 3, 4)

    assert [one.held for one in relays_health(two.other)] == [3]


@pytest.mark.parametrize("old_for", [-5 * MINUTE, 5 * MINUTE], ids=["too young", "old"])
def test_recipients_go_off_the_record_by_the_earlier_clock(two: Two, old_for: timedelta) -> None:
    """What is gone is gone: a clock that is a year ahead would take all, in the first night."""
    with two.one.store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        tx.editions.connection.execute(update(deliveries).values(state="sent"))
        tx.editions.set_state(
            edition_id, EditionState.SENT, expect=(EditionState.SENDING,), by="worker", at=system_clock()
        )
        ended = system_clock() - timedelta(days=90) - old_for
        tx.editions.connection.execute(update(edition_log).values(at=ended))
    gone = pruning.prune(two.other, by="olu", way=pruning.Way(rest=lambda _: None)).recipients
    left = pruning.foresee(two.one).recipients

    is_old = old_for > timedelta()
    takes = is_old and two.other.clock() > two.one.clock()
    assert (gone, left) == (int(takes), int(is_old and not takes))
