"""Rehearsing: what rules would make of the stored past and the coming days, with nothing left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from commands import DAILY, furnish
from digest.actions.app import App
from digest.actions.making.build import build
from digest.actions.making.rehearse import Row, rehearse
from digest.actions.making.rehearsed import Rehearsed, Tally
from digest.bootstrap import open_app
from digest.errors import DigestError
from digest.model import ArticleContent, EditionState, Rule, SubscriptionState, Tag, TagOrigin
from digest.settings import DigestSettings
from digest.store import NewSubscriber, Store

NOW = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 16)
THURSDAY = date(2026, 11, 19)
HOUR = timedelta(hours=1)
LEAD = timedelta(minutes=5)
NOUNS = ("harbour", "council", "barrier", "ferry", "winter", "river", "moss")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation at noon on a Thursday, whose digest is due every day at seven in Berlin."""
    home = furnish(tmp_path / "home")
    (home / "config" / "digests" / "daily.yaml").write_text(DAILY + "schedule: [{at: 07:00}]\n", "utf-8")
    with open_app(home, clock=lambda: NOW) as opened:
        yield opened


def an_article(number: int, published: datetime, tag: str = "world") -> ArticleContent:
    """Make an article that tells an event of its own."""
    own = f"{NOUNS[number % 7]}{number} {NOUNS[number * 5 % 7]}{number}x opened{number}"
    text = f"{own.capitalize()} at the pier{number}. Nobody{number} had waited for it{number}."
    return ArticleContent(
        title=own.capitalize(),
        paragraphs=(text,),
        html=f"<p>{text}</p>",
        url=f"https://wire.example/{number}",
        source="wire",
        published=published,
        language="en",
        tags=(Tag(name=tag, origin=TagOrigin.SOURCE),),
    )


def collect(app: App, *articles: ArticleContent, delay: timedelta = timedelta(minutes=10)) -> None:
    """Store articles as if each had come in soon after it was published."""
    with app.store.writing() as tx:
        for one in articles:
            assert one.published is not None
            tx.articles.put([one], one.published + delay)


def a_week(app: App, per_day: int = 4) -> None:
    """Store some articles of every day until Wednesday, in two sections."""
    start = datetime(2026, 11, 15, 8, 0, tzinfo=UTC)
    for day in range(4):
        for number in range(per_day):
            tag = "science" if number == per_day - 1 else "world"
            moment = start + timedelta(days=day, hours=2 * number)
            collect(app, an_article(100 * day + number + 1, moment, tag))


def playing(app: App, *rules: DigestSettings, first: date = MONDAY, last: date = THURSDAY) -> list[Row]:
    """Rehearse from Monday to Thursday."""
    return list(rehearse(app, rules or [app.digest("daily")], first, last))


def alone(rows: Sequence[Row]) -> list[Rehearsed]:
    """Take the only rule set's slots."""
    return [one for (one,) in rows if one is not None]


def changed(app: App, **groups: object) -> DigestSettings:
    """Make a second rule set: the first with some keys changed."""
    plain = app.digest("daily").model_dump(by_alias=True)
    for key, value in groups.items():
        plain[key] = {**plain[key], **value} if isinstance(value, dict) else value
    return DigestSettings.model_validate(plain)


def send(app: App, edition_id: int | None) -> None:
    """Say that an edition was sent, as the sender does."""
    assert edition_id is not None
    states = (EditionState.DRAFT, EditionState.SENDING, EditionState.SENT)
    with app.store.writing() as tx:
        for before, after in pairwise(states):
            tx.editions.set_state(edition_id, after, expect=[before], by="digest", at=NOW)


def test_a_rehearsal_makes_what_building_and_sending_made(app: App) -> None:
    """It is of no use unless the very editions come out: the same items, reasons and numbers, day for day."""
    a_week(app)
    rehearsed = alone(playing(app))
    for one in rehearsed:
        report = build(app, "daily", slot=one.planned.slot, at=one.build_at)
        assert one.built is not None
        assert [item.article_id for item in report.edition.items] == list(one.items)
        assert report.decisions == one.built.decisions
        assert one.built.edition is None or report.edition.number == one.built.edition.number
        if report.state is not EditionState.SKIPPED:
            send(app, report.edition_id)

    assert [one.outcome for one in rehearsed] == ["edition"] * 4
    # World takes 2 of 3 new ones a day; what it cuts stands again within three days, and nothing comes twice.
    assert [len(one.items) for one in rehearsed] == [3, 3, 3, 3]
    assert len({number for one in rehearsed for number in one.items}) == 12


def test_a_rehearsal_leaves_no_trace(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database holds the same bytes, and nobody even asked to write."""
    a_week(app)
    build(app, "daily", at=datetime(2026, 11, 17, 6, 0, tzinfo=UTC))
    app.store.close()  # the write-ahead log goes into the file

    def refuse(_store: Store) -> None:
        raise AssertionError("a rehearsal wrote")

    monkeypatch.setattr(Store, "writing", refuse)
    before = fingerprint(app.home.root)
    rows = playing(app, app.digest("daily"), changed(app, selection={"at_most": 1, "at_least": 1}))
    app.store.close()

    assert len(rows) == 4
    assert fingerprint(app.home.root) == before


def fingerprint(root: Path) -> dict[str, str]:
    """Name every file of a home with what it holds."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_what_came_in_later_is_not_there(app: App) -> None:
    """Published before seven, collected after: the edition of that morning could not have had it."""
    six = datetime(2026, 11, 17, 5, 0, tzinfo=UTC)
    early, late = an_article(1, six - HOUR), an_article(2, six - HOUR)
    collect(app, early, an_article(3, six - HOUR, "science"))
    collect(app, late, delay=3 * HOUR)
    rows = alone(playing(app))

    assert list(rows[1].items) == [1, 2]
    assert {one.given and len(one.given.articles) for one in rows[:1]} == {0}
    assert rows[1].given is not None
    assert [one.id for one in rows[1].given.articles] == [1, 2]


def test_what_was_sent_before_the_first_day_does_not_come_again(app: App) -> None:
    """Readers have it; what was sent within the rehearsed days does not count, for it is played again."""
    a_week(app)
    for day in (16, 17):
        send(app, build(app, "daily", at=datetime(2026, 11, day, 6, 0, tzinfo=UTC)).edition_id)
    with app.store.reading() as tx:
        first, second = sorted(tx.editions.list(), key=lambda one: one.id)
    tuesday = alone(playing(app, first=date(2026, 11, 17)))[0]

    assert tuesday.built is not None
    assert tuesday.built.edition is not None
    assert tuesday.built.edition.number == second.edition.number == 2
    assert not {item.article_id for item in first.edition.items} & set(tuesday.items)
    assert list(tuesday.items) == [item.article_id for item in second.edition.items]


def test_what_was_really_sent_in_the_rehearsed_days_does_not_count(app: App) -> None:
    """Other rules would have sent other articles; only what they took themselves is used up."""
    a_week(app)
    send(app, build(app, "daily", at=datetime(2026, 11, 16, 6, 0, tzinfo=UTC)).edition_id)
    monday, tuesday = alone(playing(app, changed(app, selection={"at_most": 1, "at_least": 1})))[:2]

    assert len(monday.items) == 1
    assert {one.article_id for one in tuesday.drops if one.rule is Rule.USED} == set(monday.items)


def test_since_last_sent_counts_from_the_edition_rehearsed_before(app: App) -> None:
    """Each edition counts as sent; on Monday nothing was, so it looks back a week."""
    a_week(app)
    rules = changed(app, selection={"window": "since_last_sent", "at_least": 1, "carry_over": None})
    windows = [one.given.window for one in alone(playing(app, rules)) if one.given]
    due = [datetime(2026, 11, day, 6, 0, tzinfo=UTC) for day in (16, 17, 18, 19)]

    assert [since for since, _ in windows] == [
        moment - LEAD for moment in (due[0] - timedelta(days=7), *due[:3])
    ]
    assert [until for _, until in windows] == [moment - LEAD for moment in due]


def test_a_wish_counts_from_when_it_was_uttered(app: App) -> None:
    """Ada pinned it on Tuesday evening: Wednesday has it first, and only Wednesday."""
    a_week(app)
    evening = datetime(2026, 11, 17, 20, 0, tzinfo=UTC)
    collect(app, an_article(900, datetime(2026, 11, 1, tzinfo=UTC)))
    with app.store.writing() as tx:
        (pinned,) = tx.articles.newest(["world"], since=NOW - 500 * HOUR, until=NOW - 400 * HOUR, limit=1)
        tx.editions.set_pin("daily", pinned, "pin", by="ada", at=evening)

    assert [pinned in one.items for one in alone(playing(app))] == [False, False, True, False]


def test_too_few_articles_skip_and_a_blackout_takes_away(app: App) -> None:
    """Both are told, with nothing built for the blackout."""
    a_week(app)
    rules = changed(app, selection={"at_least": 3}, blackouts={"dates": ["2026-11-17"]}, more={"at_most": 0})
    with app.store.writing() as tx:
        for number in tx.articles.newest(["science"], since=NOW - 500 * HOUR, until=NOW, limit=9):
            tx.articles.drop(number, at=NOW)
    rows = alone(playing(app, rules))

    assert [one.outcome for one in rows] == ["skipped", "off", "skipped", "skipped"]
    assert (rows[1].planned.off, rows[1].given, rows[1].drops) == ("2026-11-17 (blackouts.dates)", None, ())
    assert [one.sections for one in rows] == [()] * 4
    assert [one.html_bytes for one in rows] == [0] * 4


def test_two_rule_sets_play_side_by_side_each_with_its_own_past(app: App) -> None:
    """What one took does not bar the other; a slot that only one has stands alone in its row."""
    a_week(app)
    other = changed(app, schedule=[{"at": "07:00", "days": ["mon", "tue"]}, {"at": "18:00", "days": ["mon"]}])
    rows = playing(app, app.digest("daily"), other)
    shape = [tuple(one.planned.slot.key if one else None for one in row) for row in rows]

    assert shape == [
        ("2026-11-16T07:00", "2026-11-16T07:00"),
        (None, "2026-11-16T18:00"),
        ("2026-11-17T07:00", "2026-11-17T07:00"),
        ("2026-11-18T07:00", None),
        ("2026-11-19T07:00", None),
    ]
    assert rows[0][0] is not None
    assert rows[0][1] is not None
    assert rows[0][0].items == rows[0][1].items


def test_with_readers_ahead_it_is_built_before_the_first_of_them_is_due(app: App) -> None:
    """Seven on the 19th is six in the evening of the 18th, in UTC, for a reader in Auckland."""
    with app.store.writing() as tx:
        reader = tx.people.put(NewSubscriber(email="kiwi@example.org", zone="Pacific/Auckland"), at=NOW)
        tx.people.subscribe(reader.id, "daily", state=SubscriptionState.CONFIRMED, at=NOW, consent="form")
    (one,) = alone(playing(app, changed(app, local_to="subscriber"), first=THURSDAY))

    assert one.build_at == datetime(2026, 11, 18, 18, 0, tzinfo=UTC) - LEAD
    assert one.planned.due == datetime(2026, 11, 19, 6, 0, tzinfo=UTC)


def test_the_coming_days_run_empty(app: App) -> None:
    """Nobody knows tomorrow's articles: what is there now fills the first days, then there is nothing."""
    a_week(app)
    rows = alone(playing(app, first=date(2026, 11, 19), last=date(2026, 11, 25)))
    outcomes = [one.outcome for one in rows]

    assert outcomes[0] == "edition"
    assert outcomes[-1] == "skipped"
    assert rows[-1].given is not None
    assert rows[-1].given.articles == ()


def test_the_tally_is_the_sum_of_the_slots(app: App) -> None:
    """Totals that are counted apart would differ some day."""
    a_week(app)
    tally = Tally()
    rows = alone(playing(app))
    for one in rows:
        tally.add(one)

    assert (tally.slots, tally.outcomes["edition"], tally.items) == (4, 4, 12)
    assert tally.html_bytes == sum(one.html_bytes for one in rows)
    assert tally.largest == max(one.html_bytes for one in rows)
    assert dict(tally.reasons)["section_cap"] == sum(dict(one.reasons).get("section_cap", 0) for one in rows)
    assert tally.taken == {number: title for one in rows for number, title in one.items.items()}


def test_days_in_the_wrong_order_or_too_many_are_refused(app: App) -> None:
    """At once, not when the first row is asked for."""
    rules = [app.digest("daily")]
    with pytest.raises(DigestError, match="2026-11-16 is before 2026-11-19") as order:
        rehearse(app, rules, THURSDAY, MONDAY)
    with pytest.raises(DigestError, match="367 days are too many") as many:
        rehearse(app, rules, date(2026, 1, 1), date(2027, 1, 2))

    assert rehearse(app, rules, date(2026, 1, 1), date(2027, 1, 1))
    assert order.value.where == many.value.where == "--to"
    assert "366" in str(many.value.hint)
