"""A thin entry and its page make one article; a page about something else makes none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.collect import complete
from digest.model import ArticleContent, Image, Tag, TagOrigin

AT = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
BODY = tuple(f"The old ferry sails again from the northern quay on Monday, part {n}." for n in range(9))


def tags(origin: TagOrigin, *names: str) -> tuple[Tag, ...]:
    return tuple(Tag(name=name, origin=origin) for name in names)


def thin(title: str = "Ferry sails again", *paragraphs: str) -> ArticleContent:
    return ArticleContent(
        title=title,
        paragraphs=paragraphs,
        html="",
        url="https://quay.example/a?from=feed",
        guid="7",
        source="quay",
        byline="Ada",
        published=AT,
        language="en",
        tags=tags(TagOrigin.SOURCE, "ferries") + tags(TagOrigin.NAME, "Monday"),
        image=Image(url="https://quay.example/small.jpg", alt=""),
    )


PAGE = ArticleContent(
    title="Ferry sails again | Quay",
    paragraphs=BODY,
    html="<p>…</p>",
    url="https://quay.example/a",
    source="other",
    byline="The desk",
    language="en-GB",
    section="Harbour",
    tags=tags(TagOrigin.SOURCE, "Ferries", "harbour") + tags(TagOrigin.NAME, "Quayle"),
    image=Image(url="https://quay.example/large.jpg", alt="A ferry"),
)


def test_each_gives_what_it_knows_better() -> None:
    """Address and identifier stay, so that the article is the same when it comes again."""
    whole = complete(thin("Ferry sails again", "The ferry sails from the quay […]"), PAGE)

    assert (whole.paragraphs, whole.html, whole.language) == (BODY, PAGE.html, "en-GB")
    assert (whole.title, whole.url, whole.guid) == (
        "Ferry sails again",
        "https://quay.example/a?from=feed",
        "7",
    )
    assert (whole.source, whole.byline, whole.published) == ("quay", "Ada", AT)
    assert (whole.section, whole.image) == ("Harbour", PAGE.image)
    assert [tag.name for tag in whole.tags] == ["ferries", "harbour", "Quayle"]


def test_a_headline_that_was_cut_is_taken_from_the_page() -> None:
    """Feeds of social networks cut at 50 letters."""
    assert complete(thin("Ferry sails…"), PAGE).title == "Ferry sails again | Quay"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Ferry sails again",
            "Please accept cookies to continue; we and our partners value your privacy. " * 9,
        ),
        ("Ferry sails again", "Soon."),
    ],
)
def test_a_page_that_has_no_more_changes_nothing(title: str, text: str) -> None:
    """A wall of consent is longer than the summary, and no article."""
    known = thin(title, "The vessel departs northwards tomorrow morning.")
    page = ArticleContent(title="Before you continue", paragraphs=(text,), html="")

    assert complete(known, page) is known


def test_without_a_text_the_page_is_believed() -> None:
    """There is nothing to compare or to lose."""
    page = ArticleContent(title="Another headline", paragraphs=BODY, html="")

    assert complete(thin("Completely different words"), page).paragraphs == BODY


def test_scripts_without_spaces_are_compared_by_pairs() -> None:
    """A summary and a text of one article share few whole words there."""
    known = ArticleContent(title="渡し船が月曜日から再開", paragraphs=("港の渡し船が再開する。",), html="")
    page = ArticleContent(
        title="ニュース", paragraphs=("渡し船が月曜日から再開した。港の人々は喜んだ。" * 9,), html=""
    )
    other = ArticleContent(title="お知らせ", paragraphs=("続けるには同意してください。" * 9,), html="")

    assert complete(known, page).paragraphs == page.paragraphs
    assert complete(known, other) is known
