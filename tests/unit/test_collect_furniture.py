"""What stands around an article goes, what belongs to it stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.collect.blocks import blocks_of_text, blocks_of_tree, parse_html, to_html
from digest.collect.furniture import tidy
from digest.collect.pasted import draft_from_text, section_name
from digest.errors import DocumentError

BODY = [
    "The harbour opened again on Tuesday after three days.",
    "Eleven ships had waited in the bay.",
    "The port put the damage at 300,000 crowns.",
]


def left(*lines: str, title: str = "Harbour opens") -> list[str]:
    return [block.text for block in tidy(blocks_of_text("\n\n".join(lines)), title).blocks]


@pytest.mark.parametrize(
    "line",
    [
        "HARBOUR OPENS",
        "Share this:",
        "Facebook | Twitter | WhatsApp",
        "Share on Facebook",
        "Email",
        "Click to print (Opens in new window)",
        "Subscribe to our newsletter",
        "Sign up for the morning letter. You can leave whenever you like.",
        "Like what you read? New stories in your inbox on Fridays. Subscribe",
        "We use cookies to count readers.",
        "By continuing to browse you agree.",
        "Advertisement",
        "Continue reading →",
        "Read more: Ten bridges that turn",
        "Listen to this article",
        "Photo: Ada Brandt",
        "© 2026 The Quay Times",
        "All rights reserved.",
        "The post Harbour opens appeared first on Quay Times.",
        "2 Comments",
        "Loading...",
        "Last updated: 5 March 2026",
        "Follow us on Mastodon",
        "[Related: Ten bridges that turn]",
        "Skip to content",
        "Tagged:",
        "Tags: harbour, storms",
    ],
)
def test_furniture_goes_wherever_it_stands(line: str) -> None:
    """Readers of a digest cannot press any of these."""
    assert left(BODY[0], line, *BODY[1:]) == BODY
    assert left(line, *BODY) == BODY
    assert left(*BODY, line) == BODY


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell.",
        "He said readers could subscribe to nothing of the kind.",
        "The email came at noon.",
        "Cookies were served after the meeting.",
        "Photographs of the roof went round the town.",
        "More than eleven: the count of the ships.",
        "Tagged birds came back.",
        "By the time they came it was dark.",
        "Home is where the boat is.",
    ],
)
def test_sentences_that_begin_like_furniture_stay(line: str) -> None:
    """Losing a sentence of the article is worse than keeping a button."""
    assert left(BODY[0], line, *BODY[1:]) == [BODY[0], line, *BODY[1:]]


def test_a_comment_form_ends_the_article_and_tags_below_it_are_still_read() -> None:
    """Below the form there are names of other articles, and comments."""
    tidied = tidy(
        blocks_of_text("\n\n".join([*BODY, "Leave a Reply Cancel reply", "Nice!", "Tags: a, b"])), "T"
    )

    assert [block.text for block in tidied.blocks] == BODY
    assert tidied.tags == ("a", "b")


def test_a_comment_form_at_the_top_does_not_end_the_article() -> None:
    """Some pages offer 'Leave a comment' below the headline."""
    assert left("Leave a comment", *BODY, *BODY) == ["Leave a comment", *BODY, *BODY]


def test_related_articles_end_it_only_in_the_second_half() -> None:
    """'More stories' is a heading in some articles."""
    assert left(*BODY, "Related articles", "Ten bridges that turn") == BODY
    assert left("More stories", *BODY) == ["More stories", *BODY]
    assert left(*BODY, "Leggi anche", "word " * 40)[-1].startswith("word")


def test_credits_are_read_above_the_text_and_left_alone_within_it() -> None:
    """'By Ada Brandt' as the twentieth line is a caption, or part of a poem."""
    lines = ["By Ada Brandt", "4 March 2026", "Source: Quay Times", *BODY, *BODY, "By Olu Okoro"]
    tidied = tidy(blocks_of_text("\n\n".join(lines)), "T")

    assert [block.text for block in tidied.blocks] == [*BODY, *BODY, "By Olu Okoro"]
    assert (tidied.byline, tidied.source) == ("Ada Brandt", "Quay Times")
    assert tidied.published == datetime(2026, 3, 4, tzinfo=UTC)


def test_a_line_of_marks_only_goes_whole() -> None:
    """A feed may shorten a paragraph to nothing."""
    assert left(BODY[0], "[…]") == [BODY[0]]


def test_marks_of_shortening_are_cut_off() -> None:
    """Feeds end their summaries so."""
    assert left("The harbour opened […]", "It was late. Continue reading Harbour opens →") == [
        "The harbour opened",
        "It was late.",
    ]


def test_lines_of_a_narrow_window_are_joined_and_others_are_paragraphs() -> None:
    """Mail programs wrap at 72 characters, browsers put a paragraph on a line."""
    rows = (
        "The harbour opened again on Tuesday after three days of storm and",
        "rain, and the ships that had waited for it in the bay came in one",
        "by one.",
    )
    wrapped = "Harbour opens\n\n" + "\n".join(rows)
    lines = "Harbour opens\nThe harbour opened.\nThe ships came in."

    assert [block.text for block in draft_from_text(wrapped).blocks] == [" ".join(rows)]
    assert [block.text for block in draft_from_text(lines).blocks] == [
        "The harbour opened.",
        "The ships came in.",
    ]


def test_a_colon_and_its_quotation_stay_together_and_other_colons_do_not_join() -> None:
    """A quotation without its speaker must never stand alone in a summary."""
    draft = draft_from_text("T\n\nShe said:\n\n“Now.”\n\nTwo things:\n\nThe first.\n\nThe end:")

    assert [block.text for block in draft.blocks] == [
        "She said: “Now.”",
        "Two things:",
        "The first.",
        "The end:",
    ]


@pytest.mark.parametrize(
    ("text", "section", "title"),
    [
        ("Home / World News / Ships wait\n\nShips wait\n\nText.", "World", "Ships wait"),
        (
            "Home > Local > Harbour > Ships wait in the outer bay\nText.",
            "Local",
            "Ships wait in the outer bay",
        ),
        ("Home » Money\n\nShips wait\n\nText.", "Money", "Ships wait"),
        ("Home / Ships wait / and wait\n\nShips wait / and wait\n\nText.", "", "Ships wait / and wait"),
        ("The Quay Times\nMenu\nHome / Ports / Ships wait\nShips wait\nText.", "Ports", "Ships wait"),
        ("Ships wait\n\nText.", "", "Ships wait"),
        ("Home is far\n\nText.", "", "Home is far"),
    ],
)
def test_the_trail_gives_section_and_headline(text: str, section: str, title: str) -> None:
    """The trail says where on its site the page stood."""
    draft = draft_from_text(text)

    assert (draft.section, draft.title) == (section, title)
    assert [block.text for block in draft.blocks] == ["Text."]


def test_the_name_above_the_trail_is_that_of_the_source() -> None:
    """The first line of a pasted page is often the site's name."""
    assert draft_from_text("Quay Times\nHome / Ports / Ships wait\nShips wait\nText.").source_names == (
        "Quay Times",
    )


def test_news_is_cut_off_a_section_and_stays_alone() -> None:
    """Readers look for 'World', not for 'World News'."""
    assert [section_name(name) for name in ("World News", " Sport ", "News")] == ["World", "Sport", "News"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 300 + "\n\nText.", "no title"),
        ("\n \n", "no text"),
        ("a\n" * 20_001, "lines"),
    ],
)
def test_text_without_a_headline_has_a_reason(text: str, reason: str) -> None:
    """A paragraph is no headline; making one up is not our business."""
    with pytest.raises(DocumentError, match=reason):
        draft_from_text(text)


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("<div>One<div>Two</div>Three</div>", "<p>One</p>\n<p>Two</p>\n<p>Three</p>"),
        ("One<br>two<br><br>Three", "<p>One two</p>\n<p>Three</p>"),
        (
            "<p>A <b>bold <i>word</b> here</i></p>",
            "<p>A <strong>bold <em>word</em></strong> here</p>",
        ),
        (
            "<p>A <a href='/x'>link</a>, <a href='javascript:y'>none</a></p>",
            '<p>A <a href="https://a.example/x">link</a>, none</p>',
        ),
        ("<ol><li>One</li><li><p>Two</p></li></ol>", "<ol><li>One</li><li>Two</li></ol>"),
        ("<table><tr><td>A</td><td>B</td></tr></table>", "<p>A</p>\n<p>B</p>"),
        ("<p>A<script>x</script>B</p><form>C</form>", "<p>AB</p>"),
        ("<p>1 &lt; 2 &amp; <b>&#824;3</b></p>", "<p>1 &lt; 2 &amp; <strong>3</strong></p>"),
        ("<h1>A</h1><h4>B</h4>", "<h2>A</h2>\n<h3>B</h3>"),
        ("<p>…</p><p> </p>", ""),
        ("<blockquote><p>A</p><p>B</p></blockquote>", "<blockquote><p>A</p><p>B</p></blockquote>"),
    ],
)
def test_foreign_html_becomes_plain_blocks(markup: str, html: str) -> None:
    """Whatever a site builds its pages with, paragraphs come out."""
    assert to_html(blocks_of_tree(parse_html(markup), "https://a.example/")) == html
