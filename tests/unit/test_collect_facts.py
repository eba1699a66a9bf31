"""Dates, languages, addresses, credits and titles: read when sure, unknown otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.collect.addresses import absolute, host_of
from digest.collect.credits import read_credit
from digest.collect.dates import read_date
from digest.collect.furniture import read_tag_line
from digest.collect.language import clean_language, detect_language
from digest.collect.titles import choose_title
from digest.links import web_address

DAY = datetime(2026, 3, 4, tzinfo=UTC)
MOMENT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-04",
        "4 March 2026",
        "March 4, 2026",
        "Mar. 4th, 2026",
        "Wednesday, 4 March 2026",
        "4. März 2026",
        "4 mars 2026",
        "4 de marzo de 2026",
        "4 de março de 2026",
        "4 maart 2026",
    ],
)
def test_a_day_is_its_first_moment_in_utc(written: str) -> None:
    """The day is what the document says; the hour is not made up later either."""
    assert read_date(written) == DAY


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-04T09:30:00Z",
        "2026-03-04 09:30",
        "2026-03-04T10:30:00.123+01:00",
        "2026-03-04T04:30-0500",
        "Wed, 04 Mar 2026 10:30:00 +0100",
        "Wed, 04 Mar 2026 04:30:00 EST",
        "Wed, 04 Mar 2026 10:30:00 CET",
        "Mi, 04 Mär 2026 10:30:00 MEZ",
        "2026-03-04 11:30:00 CEST",
        "Wed Mar 04 2026 10:30:00 GMT+0100 (Central European Standard Time)",
        "Wed, 04 Mar 2026 10:30:00 GMT+01:00",
        "Wed Mar 04 10:30:00 CET 2026",
        "Wed Mar 04 04:30:00 EST 2026",
        "Wed Mar 04 09:30:00 GMT 2026",
        "Wed Mar 04 09:30:00 UTC 2026",
        "Wed Mar 04 10:30:00 GMT+01:00 2026",
        "Wed Mar  4 09:30:00 2026",
        "March 4, 2026 4:30 AM EST",
        "Wed, 04 Mar 2026 18:30:00 JST",
        "March 4, 2026, 9:30 am",
        "4 March 2026 at 9.30",
        "4. März 2026, 9:30 Uhr",
        "4 March 2026, 09:30 GMT",
    ],
)
def test_a_moment_is_read_in_its_zone_and_in_utc_without_one(written: str) -> None:
    """Feeds, pages and people write times in these ways."""
    assert read_date(written) == MOMENT


def test_numbers_that_say_one_thing_are_read() -> None:
    """No month has the number 25."""
    assert read_date("25/12/2026") == read_date("12/25/2026") == read_date("25.12.2026")
    assert read_date("25/12/2026") == datetime(2026, 12, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "03/04/2026",
        "4/3/26",
        "4 March 26",
        "March 2026",
        "2026",
        "yesterday",
        "31 February 2026",
        "2026-13-01",
        "2026-03-04T25:00",
        "4 Smarch 2026",
        "Wed, 04 Mar 26 10:30:00 +0100",
        "2026-03-04T09:30:00+99:99",
        "0001-01-01",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "1969-12-31T16:00:00-08:00",
        "Wed, 04 Mar 2026 10:30:00 IST",
        "Wed Mar 04 10:30:00 IST 2026",
        "1" * 80,
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_unknown(written: str) -> None:
    """A wrong date puts an old article into this morning's edition."""
    assert read_date(written) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ferry will not leave the harbour today, as the wind is too strong for it.", "en"),
        (
            "Die Fähre wird heute nicht aus dem Hafen fahren, weil der Wind zu stark ist und sie klein ist.",
            "de",
        ),
        (
            "Le bateau ne quitte pas le port aujourd’hui, car le vent est trop fort pour les petits ferries.",
            "fr",
        ),
        ("El barco no sale hoy del puerto porque el viento es muy fuerte para los barcos de la isla.", "es"),
        ("Il traghetto non parte oggi dal porto perché il vento è troppo forte per la nave.", "it"),
        ("O barco não sai hoje do porto porque o vento é muito forte para os navios da ilha.", "pt"),
        ("De veerboot vaart vandaag niet uit de haven, want de wind is te sterk voor het schip.", "nl"),
        ("Паром сегодня не выйдет из порта, потому что ветер слишком сильный, и это опасно.", "ru"),
        ("Пором сьогодні не вийде з порту, бо вітер надто сильний, і це небезпечно.", None),
        ("העבורת לא תצא היום מהנמל כי הרוח חזקה מדי", "he"),
        ("العبارة لن تغادر الميناء اليوم لأن الريح قوية", "ar"),
        ("کشتی امروز بندر را ترک نمی‌کند چون باد شدید است", None),
        ("フェリーは今日、強風のため港を出ません。", "ja"),
        ("今天风太大，渡轮不离开港口。", "zh"),
        ("오늘은 바람이 너무 강해서 배가 항구를 떠나지 않습니다.", "ko"),
        ("Το πλοίο δεν φεύγει σήμερα από το λιμάνι γιατί ο άνεμος είναι δυνατός.", "el"),
        ("Harbour ferry wind", None),
        ("", None),
        ("12345 67890", None),
    ],
)
def test_a_language_is_told_only_when_it_is_safe(text: str, language: str | None) -> None:
    """A wrong language makes a screen reader speak nonsense; none at all is honest."""
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("declared", "language"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("de_DE.UTF-8", "de-DE"),
        ("english", None),
        ("", None),
        ('en" onload="x', None),
    ],
)
def test_a_declared_language_is_a_tag_or_nothing(declared: str, language: str | None) -> None:
    """It ends up in an attribute of the mail."""
    assert clean_language(declared) == language


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.example/x y", "https://a.example/x%20y"),
        ("HTTPS://A.Example/É?q=ü", "https://a.example/%C3%89?q=%C3%BC"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://a.example/100%25", "https://a.example/100%25"),
        ("ftp://a.example/", None),
        ("javascript:alert(1)", None),
        ("https://user:pw@a.example/", None),
        ("https://a.example:99999/", None),
        ("https://", None),
        ("https://a b/", None),
        ("http://[::1", None),
        ("https://a.example/" + "x" * 2_000, None),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
    ],
)
def test_only_plain_web_addresses_pass(written: str, address: str | None) -> None:
    """An address is written into links, so it must not be able to end one."""
    assert web_address(written) == address


def test_relative_addresses_are_resolved_and_hosts_compared_without_www() -> None:
    """A link that works on the page must work in the mail."""
    assert absolute("../b?c", "https://a.example/x/y") == "https://a.example/b?c"
    assert absolute("//b.example/c", "https://a.example/") == "https://b.example/c"
    assert absolute("b", "") is None
    assert absolute("http://[", "https://a.example/") is None
    assert host_of("https://www.A.example/x") == host_of("http://a.example") == "a.example"
    assert host_of("Quay Times") is None
    assert host_of("http://[") is None


@pytest.mark.parametrize(
    ("line", "byline", "published"),
    [
        ("By Ada Brandt", "Ada Brandt", None),
        ("by Desk | March 4, 2026 | World News", "Desk", DAY),
        ("By Ada Brandt and Sam Okoro, Staff Writers", "Ada Brandt and Sam Okoro", None),
        ("Written by Ada Brandt on 4th March 2026", "Ada Brandt", DAY),
        ("Published 4 March 2026 09:30 by Ada Brandt", "Ada Brandt", MOMENT),
        ("4 March 2026 09:30 · Ada Brandt · 3 minutes", "Ada Brandt", MOMENT),
        ("Words: Ada Brandt", "Ada Brandt", None),
        ("Von Ada Brandt", "Ada Brandt", None),
        ("March 4, 2026", "", DAY),
        ("4 min read", "", None),
    ],
)
def test_a_credit_line_is_read_in_the_ways_people_write_it(
    line: str, byline: str, published: datetime | None
) -> None:
    """A pasted page has no metadata but these lines."""
    credit = read_credit(line)

    assert credit is not None
    assert (credit.byline, credit.published) == (byline, published)


@pytest.mark.parametrize(
    "line",
    [
        "By the time the boat came in, it was dark",
        "By noon nobody was left on the pier",
        "By 2030 the port will be closed",
        "In March 4 of the boats came back",
        "Ada Brandt",
        "Von hier aus geht es weiter",
        "By Ada Brandt:",
    ],
)
def test_a_sentence_is_no_credit(line: str) -> None:
    """Taking a sentence for a byline loses text and invents an author."""
    assert read_credit(line) is None


def test_a_source_line_names_the_source() -> None:
    """Pasted texts often say where they come from."""
    credit = read_credit("Source: The Quay Times")

    assert credit is not None
    assert credit.source == "The Quay Times"


@pytest.mark.parametrize(
    ("line", "tags"),
    [
        ("Tagged: tides, tea", ("tides", "tea")),
        ("Tags: #tides #tea", ("tides", "tea")),
        ("Filed under: Harbour | Storms.", ("Harbour", "Storms")),
        ("Tagged:", ()),
        ("Tagged with tides, tea", ("tides", "tea")),
        ("Tagged birds came back in spring.", None),
        ("The tags: none", None),
    ],
)
def test_a_tag_line_lists_tags_and_an_empty_one_lists_none(line: str, tags: tuple[str, ...] | None) -> None:
    """'Tagged:' above 'Leave a Reply' must not make a tag of it."""
    assert read_tag_line(line) == tags


@pytest.mark.parametrize(
    ("names", "headings", "sites", "title"),
    [
        (["Harbour opens | Quay"], ["Quay", "Harbour opens"], ["Quay"], "Harbour opens"),
        (["Harbour opens – The Quay Times"], [], ["The Quay Times"], "Harbour opens"),
        (["Harbour opens"], ["Quay", "Harbour opens today"], [], "Harbour opens today"),
        (["Harbour opens after three days - Quay Times"], [], [], "Harbour opens after three days"),
        (["Quay Times | Harbour opens"], [], ["Quay Times"], "Harbour opens"),
        (
            ["About the harbour and its storms | Page two"],
            ["Sea", "!"],
            [],
            "About the harbour and its storms",
        ),
        (["About us – Quay"], ["Logo", "About us"], [], "About us"),
        (["Storm - a history"], [], [], "Storm - a history"),
        (["", "Page name"], ["Other heading"], [], "Page name"),
        ([], ["Only heading"], [], "Only heading"),
        ([], [], [], ""),
    ],
)
def test_the_title_is_the_heading_that_the_page_s_own_name_agrees_with(
    names: list[str], headings: list[str], sites: list[str], title: str
) -> None:
    """The first heading of a page is often its logo."""
    assert choose_title(names, headings, sites) == title
