"""Each kind of document gives the article that a person reads in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.collect import Context, Document, Format, Unreadable, extract, guess_format
from digest.collect.formats import decode
from digest.errors import DocumentError
from digest.model import ArticleContent, Image, Source, TagOrigin

FOLDER = Path(__file__).parent.parent / "fixtures" / "documents"
HALF_PAST_EIGHT = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
QUAY = Source(key="quay-times", title="The Quay Times", homepage="https://www.quay.example", section="local")
KITCHEN = Source(key="kitchen-notes", title="Kitchen Notes", language="en-GB")
CONTEXT = Context(sources=(QUAY, KITCHEN))


def read(name: str, url: str | None = None) -> list[ArticleContent | Unreadable]:
    data = (FOLDER / name).read_bytes()
    return list(extract(Document(name=name, format=guess_format(name, data), data=data, url=url), CONTEXT))


def article(found: ArticleContent | Unreadable) -> ArticleContent:
    assert isinstance(found, ArticleContent), found
    return found


def names(content: ArticleContent, origin: TagOrigin) -> list[str]:
    return [tag.name for tag in content.tags if tag.origin is origin]


def test_a_page_gives_its_article_and_what_it_says_of_itself() -> None:
    """The page around the article is larger than the article; none of it may reach a reader."""
    page = article(read("harbour.html", "https://quay.example/x?utm=1")[0])

    assert page.title == "Harbour reopens after storm"
    assert [paragraph[:32] for paragraph in page.paragraphs] == [
        "The harbour of Quayle opened aga",
        "Eleven ships had waited in the b",
        "What it cost",
        "The port put the damage at 300,0",
        "“We saw it go over the church li",
        "The ferries run to the old timet",
    ]
    assert page.paragraphs[1].endswith("was the Juno, with a load of coffee for the roasters in Mill Street.")
    assert "to the café on the pier" in page.paragraphs[3]
    assert page.url == "https://quay.example/news/harbour-reopens"
    assert page.byline == "Ada Brandt, Sam Okoro"
    assert page.published == HALF_PAST_EIGHT
    assert page.language == "en-GB"
    assert page.section == "Local"
    assert page.source == "quay-times"
    assert names(page, TagOrigin.SOURCE) == ["harbour", "storms", "Local"]
    assert page.image == Image(
        url="https://quay.example/pictures/harbour.jpg",
        alt="Two tugs at the pier",
        caption="The tugs on Tuesday.",
    )


def test_the_html_of_a_page_keeps_structure_and_nothing_that_acts() -> None:
    """Quotations, headings, links and emphasis are the author's; handlers are somebody else's."""
    page = article(read("harbour.html", "https://quay.example/x")[0])

    assert '<em>Juno</em>, with a load of <a href="https://quay.example/coffee">coffee</a>' in page.html
    assert "<h2>What it cost</h2>" in page.html
    assert "<blockquote>" in page.html
    assert "onclick" not in page.html


def test_a_pasted_page_gives_headline_section_and_text_alone() -> None:
    """The commonest thing people have is a page they copied: trail, headline three times, comment form."""
    pasted = article(read("pasted-world.txt")[0])

    assert pasted.title == "Norway’s PM Solberg-Lie asks Kenya’s President Otieno for talks on lost ferries"
    assert pasted.section == "World"
    assert pasted.byline is None
    assert pasted.published is None
    assert pasted.image is None
    assert pasted.language == "en"
    assert pasted.paragraphs[0].startswith("Norway’s Prime Minister Marit Solberg-Lie has written")
    assert pasted.paragraphs[3:] == (
        "So far, Nairobi has not replied.",
        "Solberg-Lie put it plainly: “A ferry is not a coin. It does not roll under a cupboard.”",
        "For the families the letter is the first sign in years.",
    )
    assert len(pasted.paragraphs) == 6


def test_a_pasted_page_gives_the_names_and_the_topic_it_is_about() -> None:
    """'PM Solberg-Lie' and 'Marit Solberg-Lie' are one person; Oslo and Nairobi stand for their countries."""
    pasted = article(read("pasted-world.txt")[0])

    assert names(pasted, TagOrigin.NAME) == [
        "Kenya",
        "Marit Solberg-Lie",
        "Norway",
        "Daniel Otieno",
        "ferries",
    ]
    assert names(pasted, TagOrigin.SOURCE) == ["World"]


def test_markdown_with_front_matter_says_everything_itself() -> None:
    """Front matter is read as text: the tag 'no' is not False, a date is no object."""
    note = article(read("notes.md")[0])

    assert note.title == "Quince and smoke"
    assert note.paragraphs == (
        "The jar stood on the top shelf for eleven weeks.",
        "Nobody opens it before Lent.",
        "one quince",
        "two cloves",
    )
    weeks = '<a href="https://kitchen.example/weeks">eleven weeks</a>'
    assert note.html.splitlines() == [
        f"<p>The jar stood on the <em>top</em> shelf for {weeks}.</p>",
        "<blockquote><p>Nobody opens it before Lent.</p></blockquote>",
        "<ul><li>one quince</li><li>two cloves</li></ul>",
    ]
    assert note.byline == "Bea Carrow"
    assert note.published == datetime(2026, 3, 4, 8, 15, tzinfo=UTC)
    assert (note.language, note.section, note.source) == ("en", "Culture", "kitchen-notes")
    assert names(note, TagOrigin.SOURCE) == ["food", "no", "Culture"]
    assert note.url == "https://kitchen.example/quince"
    assert note.image == Image(
        url="https://kitchen.example/picture.png", alt="A jar on a shelf", caption="The first jar"
    )


def test_markdown_without_front_matter_takes_its_first_heading_as_title() -> None:
    """A README-like note needs no ceremony."""
    found = extract(
        Document(
            name="n.md",
            format=Format.MARKDOWN,
            data=b"# A day out\n\n![Sea](https://a.example/s.jpg)\n\nWe went.",
        ),
        Context(),
    )
    note = article(found[0])

    assert (note.title, note.paragraphs) == ("A day out", ("We went.",))
    assert note.image == Image(url="https://a.example/s.jpg", alt="Sea")


def test_rss_gives_the_full_text_resolves_links_and_skips_empty_entries() -> None:
    """The full text is in content:encoded; '03/04/2026' could be two days, so it is unknown."""
    first, second, third = read("feed.rss.xml")
    full, short = article(first), article(second)

    assert full.title == "Tide tables & tea"
    assert full.paragraphs == ("The tables are out.", "They cost two crowns.")
    assert '<a href="https://quay.example/shop?x=1&amp;y=2">two crowns</a>' in full.html
    assert full.url == "https://quay.example/tide-tables"
    assert (full.guid, full.byline, full.published) == ("quay-17", "Ada Brandt", HALF_PAST_EIGHT)
    assert (full.language, full.source) == ("en-GB", "quay-times")
    assert names(full, TagOrigin.SOURCE) == ["tides", "tea"]
    assert names(full, TagOrigin.RULE) == ["local"]
    assert full.image == Image(url="https://quay.example/tea.jpg", alt="")
    assert short.paragraphs == ("One sentence stands here.",)
    assert short.published is None
    assert third == Unreadable(name="feed.rss.xml, entry 3", reason="no text")


def test_atom_honours_its_bases_and_its_markup_in_titles() -> None:
    """xml:base moves relative links; the moment of publishing is not that of the last change."""
    entry = article(read("feed.atom.xml")[0])

    assert entry.title == "A slow clock"
    assert entry.url == "https://bench.example/2026/clock"
    assert '<a href="https://bench.example/2026/clock/why">a minute</a>' in entry.html
    assert entry.published == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    assert (entry.guid, entry.byline) == ("urn:x:1", "Ysolde Karr")
    assert names(entry, TagOrigin.SOURCE) == ["clocks"]


def test_a_json_feed_gives_its_items_and_names_what_it_cannot_read() -> None:
    """An item without a headline is common in JSON Feed; it is no article here."""
    moss, rain, none = read("feed.json")

    assert article(moss).paragraphs == ("It has grown.", "Slowly.")
    assert article(moss).byline == "Ada, Sam"
    assert article(moss).published == HALF_PAST_EIGHT
    assert article(moss).image == Image(url="https://field.example/moss.jpg", alt="")
    assert article(rain).paragraphs == ("It rained.", "Then it stopped.")
    assert article(rain).language == "en"
    assert none == Unreadable(name="feed.json, entry 3", reason="no title")


def test_a_bad_line_of_json_lines_costs_itself() -> None:
    """Exports are cut off in the middle; the other lines are still good."""
    one, two, three = read("articles.jsonl")

    assert article(one).paragraphs == ("First.", "Second.")
    assert names(article(one), TagOrigin.SOURCE) == ["a", "b"]
    assert article(one).published == datetime(2026, 3, 4, tzinfo=UTC)
    assert isinstance(two, Unreadable)
    assert two.name == "articles.jsonl, entry 2"
    assert "line 2" in two.reason
    assert article(three).guid == "7"
    assert article(three).html == "<h2>Head</h2>\n<p>Text.</p>"


@pytest.mark.parametrize(
    ("name", "start", "expected"),
    [
        ("a.txt", "<!doctype html><p>x", Format.HTML),
        ("a.txt", "<?xml version='1.0'?>\n<!-- c --><rss>", Format.FEED),
        ("a.html", "<?xml version='1.0'?><feed xmlns='x'>", Format.FEED),
        ("a.xml", "<rdf:RDF xmlns:rdf='x'>", Format.FEED),
        ("a.html", "<?xml version='1.0'?><!DOCTYPE html><html>", Format.HTML),
        ("a.txt", '{"title": "x"}', Format.JSON),
        ("a", '{"a": 1}\n{"a": 2}', Format.JSON_LINES),
        ("a.jsonl", '{"a": 1}', Format.JSON_LINES),
        ("a.txt", '[{"a": 1}]', Format.JSON),
        ("a.txt", "[Update] The harbour", Format.TEXT),
        ("a.txt", "{{ title }}\n\ntext", Format.TEXT),
        ("a.txt", "---\ntitle: x\n---\n", Format.MARKDOWN),
        ("a", "# Head\n\ntext", Format.MARKDOWN),
        ("a.md", "text", Format.MARKDOWN),
        ("stdin", "Headline\n\nText", Format.TEXT),
        ("a.txt", "", Format.TEXT),
    ],
)
def test_the_format_is_guessed_by_content_first(name: str, start: str, expected: Format) -> None:
    """Extensions lie: feeds end in .html, pages in .txt."""
    assert guess_format(name, start.encode()) is expected


def test_bytes_that_are_no_text_have_an_unknown_format() -> None:
    """The reason is told when the document is read."""
    assert guess_format("a.txt", b"%PDF-1.7") is Format.UNKNOWN


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café"),
        ("café".encode("utf-16"), "café"),
        (b"\xfe\xff\x00c\x00a\x00f\x00\xe9", "café"),
        (b"<meta charset=iso-8859-1>\x93caf\xe9\x94", "<meta charset=iso-8859-1>“café”"),
        (b"<meta charset='koi8-r'>\xc4\xc1", "<meta charset='koi8-r'>да"),
        (b"<?xml version='1.0' encoding='Shift_JIS'?>\x83e", "<?xml version='1.0' encoding='Shift_JIS'?>テ"),
        ("<meta charset=utf-8>café".encode("cp1252"), "<meta charset=utf-8>café"),
        ("café Münch".encode("cp1252"), "café Münch"),
        ("café".encode(), "café"),
        ("café ".encode() * 5 + b"\xff", "café " * 5 + "\ufffd"),
        (b"caf\x8d\xe9", "caf\x8dé"),
    ],
)
def test_encodings_are_read_as_browsers_do(data: bytes, expected: str) -> None:
    """Mark, declaration, UTF-8, windows-1252; a false declaration of UTF-8 does not ruin a page."""
    assert decode(data) == expected


@pytest.mark.parametrize("data", [b"%PDF-1", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"a\0b\0c\0d\0" * 100])
def test_bytes_that_are_no_text_are_refused_by_what_they_are(data: bytes) -> None:
    """'A PDF, not text' helps; a page of odd letters does not."""
    with pytest.raises(DocumentError, match="not text"):
        decode(data)
