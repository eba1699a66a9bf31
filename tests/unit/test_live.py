"""What pages of a sending edition make of counts: rates, lines, reasons; and the news of a watcher."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.actions.mailing.live import fold, line_of, rates_of
from digest.actions.mailing.sent_lately import a_day
from digest.model import Books, DeliveryState
from digest.store import Begun, Closing, Marks, Reason, Tally
from digest.web import charts
from digest.web.templates import masked, masked_way, size, spelt
from digest.web.watching import news_of

START = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIVE = 5 * SECOND
MARKS = Marks(history=1, log=1, alerts=1, sending=())


def tally(*counts: int) -> Tally:
    """Make a tally of mails in stretches of five seconds from the start; 0 leaves a stretch out."""
    total = sum(counts)
    books = Books(frozen=total, sent=total, failed=0, expired=0, excluded=0, unknown=0, open=0)
    sent = tuple((START + at * FIVE, count) for at, count in enumerate(counts) if count)
    return Tally(books=books, sent=sent)


def books(*, failed: int) -> Books:
    """Make the books of an edition that went badly."""
    return Books(frozen=failed, sent=0, failed=failed, expired=0, excluded=0, unknown=0, open=0)


def test_the_rate_of_now_is_that_of_the_last_half_minute_that_is_over() -> None:
    """Ten stretches of 50, then one that has just begun with 5: it would say that all have slowed down."""
    now = START + 10 * FIVE + 1 * SECOND
    lately, mean = rates_of(tally(*[50] * 10, 5), FIVE, START, now)

    assert lately == pytest.approx(10.0)
    assert mean == pytest.approx(505 / 51)


def test_nothing_sent_lately_is_a_rate_of_nought() -> None:
    """The mean is from the first mail to the last, not until somebody looks."""
    lately, mean = rates_of(tally(50, 50), FIVE, START, START + timedelta(hours=1))
    assert (lately, mean) == (0.0, pytest.approx(10.0))
    assert rates_of(tally(), FIVE, None, START) == (0.0, None)


def test_a_line_shows_the_pauses_and_leaves_out_what_is_not_over() -> None:
    """A stretch without mail is a nought, also between the last mail and now."""
    going = line_of(tally(10, 0, 20), FIVE, START + 4 * FIVE + SECOND)
    done = line_of(tally(10, 0, 20), FIVE)

    assert [rate for _, rate in going.points] == [2.0, 0.0, 4.0, 0.0]
    assert [rate for _, rate in done.points] == [2.0, 0.0, 4.0]
    assert line_of(tally(), FIVE).points == ()


def test_a_long_line_has_few_points_and_loses_no_mail() -> None:
    """An hour in stretches of five seconds is 720 of them."""
    line = line_of(tally(*[5] * 720), FIVE)

    assert len(line.points) <= 120
    assert sum(rate * line.each.total_seconds() for _, rate in line.points) == pytest.approx(3_600)


def test_reasons_that_differ_in_one_mail_alone_are_one() -> None:
    """Addresses and numbers of mails go; what says why stays, codes too."""
    words = "550 5.1.1 <{}@example.org> unknown, id 4Fx7Qw2LtZ9{}"
    many = [
        Reason(state=DeliveryState.FAILED, code=550, text=words.format(name, name), count=1)
        for name in ("ada", "sam", "olu")
    ]
    (one,) = fold(many, books(failed=3))
    assert (one.text, one.count) == ("550 5.1.1 … unknown, id …", 3)


def test_what_is_beyond_the_first_reasons_is_counted_together() -> None:
    """Also what was not read at all: the sum is that of the books."""
    many = [
        Reason(state=DeliveryState.FAILED, code=550, text=f"550 no {name}", count=count)
        for name, count in (("a", 5), ("b", 3), ("c", 2), ("d", 1))
    ]
    found = fold(many, books(failed=20), most=2)
    assert [(one.text, one.count) for one in found] == [
        ("550 no a", 5),
        ("550 no b", 3),
        ("other reasons", 12),
    ]


def test_mails_a_day_are_by_the_clocks_of_who_looks() -> None:
    """Half past eleven at night in London is tomorrow in Berlin; today is not over and is left out."""
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    closing = Closing(edition_id=1, digest="daily", slot="s", at=late, seconds=1.0, counts={"sent": 7})
    now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    london = a_day([closing], ZoneInfo("Europe/London"), now)
    berlin = dict(a_day([closing], ZoneInfo("Europe/Berlin"), now))

    assert len(london) == 30
    assert london[-1] == (date(2026, 11, 19), 0)
    assert dict(london)[date(2026, 11, 18)] == 7
    assert berlin[date(2026, 11, 19)] == 7


def test_a_chart_tells_itself_in_words_and_stays_on_its_plane() -> None:
    """Whoever does not see the line hears it."""
    line = line_of(tally(*[50] * 12, 20, 40), FIVE)
    chart = charts.rates(line, zone="Europe/Berlin", limit=15, brakes=(START + 13 * FIVE,))
    assert chart is not None

    assert "from 07:00:00 to 07:01:05" in chart.title
    assert "Between 4 and 10, at last 8" in chart.title
    places = [tuple(map(float, pair.split(","))) for pair in chart.points.split()]
    assert all(0 <= x <= 700 and 0 <= y <= 150 for x, y in places)
    assert (places[0][0], places[-1][0]) == (0, 700)
    assert chart.cap is not None
    assert 0 <= chart.cap.at <= 150
    assert [event.text for event in chart.events] == ["brake, 07:01:05"]
    assert len({tick.text for tick in chart.ticks}) == len(chart.ticks) <= 6


def test_a_limit_that_is_far_away_is_not_drawn() -> None:
    """It would press the line onto the foot."""
    chart = charts.rates(line_of(tally(5, 5, 5), FIVE), zone="UTC", limit=1_000)
    assert chart is not None
    assert chart.cap is None


@pytest.mark.parametrize("most", [0.2, 1, 3, 7, 49, 50, 51, 999, 12_345, 2_500_000])
def test_lines_across_are_few_and_whole(most: float) -> None:
    """Two to four, whatever the scale."""
    chart = charts.mails_a_day([(date(2026, 11, 1), 0), (date(2026, 11, 2), int(most) or 1)])
    assert chart is not None
    assert 1 <= len(chart.grid) <= 5
    assert all(0 <= line.at < 150 for line in chart.grid)


def test_lateness_names_the_worst() -> None:
    """An edition that began early is not late."""
    begun = [
        Begun(
            edition_id=at,
            digest="daily",
            due=START + timedelta(days=at),
            at=START + timedelta(days=at, seconds=s),
        )
        for at, s in enumerate((-3, 90, 2))
    ]
    chart = charts.lateness(begun, "UTC")
    assert chart is not None
    assert "At most 1 min 30 s, daily of 20 Nov; the last one 2 s." in chart.title
    assert charts.lateness(begun[:1], "UTC") is None
    assert charts.mails_a_day([(date(2026, 11, 1), 0)]) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min"), (106, "1 min 46 s"), (7_500, "2 h 5 min"), (7_200, "2 h")],
)
def test_spans_are_in_two_units_at_most(seconds: float, words: str) -> None:
    """As people say them."""
    assert charts.span_words(seconds) == words


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("mark@brand.example", "m…k@brand.example"),
        ("ab@x.example", "a…@x.example"),
        ("", "erased"),
        ("x", "x…"),
    ],
)
def test_addresses_are_shown_so_that_nobody_can_write_to_them(email: str, shown: str) -> None:
    """An operator knows a reader again, and a picture of the screen gives nobody away."""
    assert masked(email) == shown


def test_small_words_of_pages() -> None:
    """Numbers, sizes and ways of alerts as people read them."""
    assert (spelt(6), spelt(1_204)) == ("Six", "1,204")
    assert (size(999), size(6_100_000), size(79_000_000_000)) == ("999 bytes", "6.1 MB", "79 GB")
    assert (masked_way("mail olu@example.org"), masked_way("webhook pager")) == (
        "mail o…u@example.org",
        "webhook pager",
    )


def test_a_watcher_tells_what_moved_and_nothing_else() -> None:
    """Pages that are open rest until then."""
    going = replace(MARKS, sending=(7,))
    assert news_of(None, MARKS, is_due=True) == frozenset()
    assert news_of(MARKS, MARKS, is_due=True) == frozenset()
    assert news_of(MARKS, replace(MARKS, history=2), is_due=False) == {"edition"}
    assert news_of(MARKS, replace(MARKS, alerts=2), is_due=False) == {"alert"}
    assert news_of(going, going, is_due=False) == frozenset()
    assert news_of(going, going, is_due=True) == {"sending"}
    assert news_of(going, MARKS, is_due=True) == {"edition"}
