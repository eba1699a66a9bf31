"""Actions on a real home, where a command cannot lead."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from commands import furnish
from digest.actions.app import App
from digest.actions.content import ingest as ingesting
from digest.actions.editions import find
from digest.actions.mailing.ledger import LEASE, StoreLedger
from digest.actions.making.build import build
from digest.actions.printing import mail as mailing
from digest.actions.printing.presses import render
from digest.actions.printing.preview import reader_for
from digest.bootstrap import open_app
from digest.collect import Cleaner, Document
from digest.deliver import Mail, MessageStencil, Signer, compile_message
from digest.model import ArticleContent, DeliveryState, Outcome, Settlement
from store_cast import content, frozen_edition

NOW = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation at six in the morning."""
    with open_app(furnish(tmp_path / "home"), clock=lambda: NOW) as opened:
        yield opened


def test_an_article_that_no_database_holds_costs_itself(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cleaning should have taken the sign out; when it fails, the batch must not fail with it."""
    bad = ArticleContent(title="a\x00b", paragraphs=("Text.",), html="<p>Text.</p>")

    def clean_all(_: Cleaner, documents: Iterable[Document]) -> Iterator[tuple[ArticleContent, ...]]:
        return ((content(1, "world"), bad, content(2, "world")) for _ in documents)

    monkeypatch.setattr(ingesting.Cleaner, "clean_all", clean_all)
    (tmp_path / "a.json").write_text(json.dumps({"title": "T", "text": "x."}), encoding="utf-8")
    result = ingesting.ingest(app, [tmp_path / "a.json"])

    assert (result.new, result.taken) == (2, 2)
    assert [one.name for one in result.failed] == ["a\x00b"]
    assert "NUL" in result.failed[0].reason


def test_a_press_keeps_the_newest_choices_and_no_more(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten sections have 1,023 choices; keeping a message for each would fill the memory."""
    compiled: list[str] = []

    def compile_counted(one: Mail, signers: Sequence[Signer]) -> MessageStencil:
        compiled.append(one.subject)
        return compile_message(one, signers)

    monkeypatch.setattr(mailing, "compile_message", compile_counted)
    ingesting.ingest(app, [Path(__file__).parents[1] / "acceptance" / "articles.json"])
    stored = find(app, build(app, "daily").edition_id or 0)
    press = mailing.Press(app, stored, render(app, stored), choices=2)
    sam = reader_for(app, stored, None)
    compiled.clear()  # building looks it over as it would be mailed
    for sections in ((), ("world",), (), ("science",), (), ("world",)):
        press.message(replace(sam, sections=sections))

    assert len(compiled) == 4


def test_a_sender_that_came_back_too_late_writes_no_dot(app: App) -> None:
    """Two runs of `digest send` at once: only one of them may end a message."""

    def sender(name: str) -> StoreLedger:
        return StoreLedger(store=app.store, edition_id=edition_id, worker=name, clock=app.clock)

    with app.store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
    (mine,) = sender("first").claim(10)

    assert sender("second").claim(10) == ()
    assert sender("second").dotted([(mine.id, mine.attempt)]) == frozenset()
    assert sender("first").dotted([(mine.id, mine.attempt)]) == {mine.id}
    sent = Outcome(state=DeliveryState.SENT, at=NOW, code=250, text="2.0.0 ok")
    sender("first").settle([Settlement(delivery_id=mine.id, attempt=mine.attempt, outcome=sent)])
    assert sender("second").books().sent == 1


def test_builds_of_one_slot_at_once_give_one_edition(app: App) -> None:
    """Two operators press the same key: one builds, the other is shown what is there."""
    with app.store.writing() as tx:
        tx.articles.put([content(number, "world", published=NOW) for number in range(1, 6)], NOW)
    start = Barrier(4)

    def press(_number: int) -> tuple[int | None, bool]:
        start.wait()
        report = build(app, "daily", at=NOW)
        return report.edition_id, report.existed

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(press, range(4)))

    assert sorted(existed for _, existed in reports) == [False, True, True, True]
    assert len({edition_id for edition_id, _ in reports}) == 1


def test_looking_waits_for_nobody_who_writes(app: App) -> None:
    """A list of editions must not hang behind a large ingest."""
    with app.store.writing(), open_app(app.home.root) as other, other.store.reading() as tx:
        editions = tx.editions.list()

    assert editions == ()


def test_a_slow_relay_does_not_outlive_the_lease(app: App) -> None:
    """Nobody else may take over what a sender still works at, however slow its relay."""
    moment = NOW
    with app.store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
    slow = StoreLedger(store=app.store, edition_id=edition_id, worker="slow", clock=lambda: moment)
    slow.claim(10)
    for _ in range(3):
        moment += LEASE * 0.6
        slow.renew()
        with app.store.writing() as tx:
            recovered = tx.deliveries.recover(edition_id, now=moment, policy="resend")

        assert (recovered.resent, recovered.released, recovered.unknown) == (0, 0, 0)
