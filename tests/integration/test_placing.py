"""Where articles go in editions that nobody has tagged for a section, and what is on record of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import furnish
from digest.actions.app import App
from digest.actions.content.articles import retag
from digest.actions.editing.reasons import why
from digest.actions.making.build import build
from digest.bootstrap import open_app
from digest.model import ArticleContent, Decision, PlacedBy

NOW = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
PLANET = "Astronomers at the observatory found a planet with a new telescope; physicists measured its orbit."
LOOM = "Anke weaves grey linen on the loom beside the stove, thread by thread, until the candle is out. "
OAR = "Bram rows the green skiff past the jetty with one oar, stroke by stroke, until the kettle sings. "


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return furnish(tmp_path / "home")


@pytest.fixture
def app(home: Path) -> Iterator[App]:
    with open_app(home, clock=lambda: NOW) as opened:
        yield opened


def _put(app: App, *written: tuple[str, str], hours: int = 1) -> list[int]:
    contents = [
        ArticleContent(
            title=title,
            paragraphs=(text,),
            html=f"<p>{text}</p>",
            url=f"https://quay.example/{abs(hash((title, text)))}",
            published=NOW - timedelta(hours=hours),
            language="en",
        )
        for title, text in written
    ]
    with app.store.writing() as tx:
        return [put.article_id for put in tx.articles.put(contents, NOW)]


def _decision(app: App, article_id: int) -> Decision:
    return next(one for one in build(app, "daily", dry_run=True).decisions if one.article_id == article_id)


def test_an_article_without_a_tag_goes_where_its_words_lead_and_the_reason_stays(app: App) -> None:
    """A feed without categories is worth a section all the same; an editor sees why it got that one."""
    tagged, planet, nothing = _put(app, ("Ferry", OAR), ("A new planet", PLANET), ("Linen", LOOM))
    retag(app, tagged, add=["world"], remove=[])

    report = build(app, "daily")

    assert report.edition_id is not None
    told = {number: why(app, report.edition_id, number).placed for number in (tagged, planet, nothing)}
    assert {number: one and (one.section, one.by) for number, one in told.items()} == {
        tagged: ("world", PlacedBy.EDITOR),
        planet: ("science", PlacedBy.KEYWORDS),
        nothing: ("more", PlacedBy.NONE),
    }
    assert told[planet] == next(one.placed for one in report.decisions if one.article_id == planet)
    assert "“astronomers”" in str(told[planet])


def test_what_editors_have_put_somewhere_twenty_times_teaches(app: App) -> None:
    """The town's own topics are in no list of words; nineteen articles are not enough."""
    pairs = [(f"{name} {n}", text * 2) for n in range(19) for name, text in (("Linen", LOOM), ("Skiff", OAR))]
    numbers = _put(app, *pairs, hours=200)
    for number, (title, _) in zip(numbers, pairs, strict=True):
        retag(app, number, add=["science" if title.startswith("Linen") else "world"], remove=[])
    (fresh,) = _put(app, ("Evening work", LOOM))
    assert _decision(app, fresh).section == "more"

    for number, section in zip(
        _put(app, ("Linen", LOOM * 3), ("Skiff", OAR * 3)), ("science", "world"), strict=True
    ):
        retag(app, number, add=[section], remove=[])

    placed = _decision(app, fresh).placed
    assert placed is not None
    assert (placed.section, placed.by) == ("science", PlacedBy.LEARNED)
    assert "20 articles" in placed.why


def test_words_count_only_where_the_digest_wants_it(home: Path) -> None:
    """Some newsrooms tag all that is to go out, and nothing else may."""
    file = home / "config" / "digests" / "daily.yaml"
    file.write_text(file.read_text("utf-8").replace("selection: {", "selection: {by_words: false, "), "utf-8")
    with open_app(home, clock=lambda: NOW) as app:
        (planet,) = _put(app, ("A new planet", PLANET))

        assert _decision(app, planet).section == "more"


def test_a_section_has_keywords_of_its_own(home: Path) -> None:
    """The operator knows what the town calls things."""
    file = home / "config" / "digests" / "daily.yaml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("tags: [world, diplomacy]", "tags: [world, diplomacy], keywords: [linen, loom]")
    )
    with open_app(home, clock=lambda: NOW) as app:
        (linen,) = _put(app, ("Linen", LOOM))

        assert _decision(app, linen).section == "world"
