"""Every failure of a foreign library is translated at its border, and sources are recognised."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from digest.collect import Context, Document, Format, Unreadable, extract, feed, page, records
from digest.collect.blocks import blocks_of_html, blocks_of_tree, parse_html, to_html
from digest.collect.feed import read_feed
from digest.collect.markdown import draft_from_markdown
from digest.collect.metadata import read_facts
from digest.collect.pictures import first_figure, picture_in
from digest.errors import DocumentError
from digest.model import ArticleContent, Source

PARAGRAPH = (
    "<p>The keeper of the lock counted nine boats before noon and none after it, which he wrote down.</p>"
)


def read(data: str, form: Format, context: Context | None = None) -> ArticleContent | Unreadable:
    return extract(Document(name="x", format=form, data=data.encode()), context or Context())[0]


def explode(*_: object, **__: object) -> None:
    raise IndexError("list index out of range")


def test_whatever_trafilatura_raises_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its regular expressions and trees fail in ways nobody lists."""
    monkeypatch.setattr(page.trafilatura, "bare_extraction", explode)

    assert read(f"<title>T</title>{PARAGRAPH}", Format.HTML) == Unreadable(
        name="x", reason="no article found in the page (IndexError)"
    )


def test_a_page_that_readability_cannot_parse_is_left_to_trafilatura(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two is enough."""

    def unparseable(_: str) -> None:
        raise page.readability.readability.Unparseable("nothing")

    monkeypatch.setattr(page.readability, "Document", unparseable)
    found = read(f"<title>A day at the lock</title><article>{PARAGRAPH * 3}</article>", Format.HTML)

    assert isinstance(found, ArticleContent)


def test_a_page_where_trafilatura_finds_nothing_is_left_to_readability(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is the other half of the measured rule."""
    monkeypatch.setattr(page.trafilatura, "bare_extraction", lambda *_, **__: None)
    found = read(f"<title>A day at the lock</title><div>{PARAGRAPH * 4}</div>", Format.HTML)

    assert isinstance(found, ArticleContent)
    assert found.paragraphs[0].startswith("The keeper of the lock")


def test_what_only_holds_one_other_is_not_read_on_each_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readability writes out all that is below an element for each; and what it finds is the same."""
    monkeypatch.setattr(page.trafilatura, "bare_extraction", lambda *_, **__: None)
    seen: list[str] = []
    real = page.readability.Document

    def noted(text: str) -> object:
        seen.append(text)
        return real(text)

    monkeypatch.setattr(page.readability, "Document", noted)
    text = PARAGRAPH * 4
    flat, deep, held = (
        read(f"<title>A day at the lock</title>{'<div>' * depth}{text}{more}{'</div>' * depth}", Format.HTML)
        for depth, more in ((40, ""), (150, ""), (150, "<i>Signed</i>"))
    )

    assert isinstance(flat, ArticleContent)
    assert isinstance(deep, ArticleContent)
    assert isinstance(held, ArticleContent)
    assert flat.paragraphs == deep.paragraphs
    assert "Signed" in held.text
    assert [one.count("<div") for one in seen] == [40, 42, 42]


def test_a_page_of_too_many_characters_is_refused() -> None:
    """The extractors' time grows with the page; scripts do not count."""
    found = read("<title>T</title><p>" + "word " * 500_000, Format.HTML)

    assert found == Unreadable(name="x", reason="more than 2,000,000 characters without its scripts")


def test_whatever_feedparser_raises_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its loose parser runs where the strict one gave up."""
    monkeypatch.setattr(feed.feedparser, "parse", explode)

    assert read("<rss><channel><item/></channel></rss>", Format.FEED) == Unreadable(
        name="x", reason="a broken feed (IndexError)"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<rss>" + "<x/>" * 150_000, "more than 150,000 tags"),
        ("<rss>" + "<item/>" * 5_001, "more than 5,000 entries"),
        ("<!doctype x [ <! entity a 'b'>]><rss/>", "entities"),
        ("<?xml version='1.0'?><invoice/>", "no feed"),
    ],
)
def test_a_feed_beyond_its_bounds_is_refused_with_the_reason(text: str, reason: str) -> None:
    """Bounds come before parsing."""
    with pytest.raises(DocumentError, match=reason):
        read_feed(text, "")


def test_a_feed_s_pictures_come_from_media_then_enclosures_then_the_text() -> None:
    """A podcast's sound file is an enclosure, too, and no picture."""
    sound, drawing = '<enclosure url="/s.mp3" type="audio/x"/>', '<enclosure url="/e.jpg" type="image/x"/>'
    items = (
        f"<description>Text.</description>{sound}{drawing}",
        '<description>Text.</description><media:thumbnail url="/t.jpg"/>',
        "<description>&lt;img src='i.jpg' alt='I'&gt;Text.</description>",
    )
    body = "".join(f"<item><title>T</title>{item}</item>" for item in items)
    start = '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><link>https://a.example/</link>'
    text = f"{start}{body}</channel></rss>"
    found = extract(Document(name="x", format=Format.FEED, data=text.encode()), Context())

    assert [one.image.url for one in found if isinstance(one, ArticleContent) and one.image] == [
        "https://a.example/e.jpg",
        "https://a.example/t.jpg",
        "https://a.example/i.jpg",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 250_001, "characters of Markdown"),
        ("# T\n" + "[" * 10_001, "signs of Markdown"),
        ("---\na: " + "[" * 101 + "\n---\nx", "nested too deep"),
        ("---\n- a\n---\nx", "expected keys and values"),
        ("---\na: b\na: c\n---\nx", "duplicate key"),
        ("---\ntitle: 'T\n---\nText.", "front matter: .* in line 2"),
        ("---\ntitle: T\n\tx: y\n---\nText.", "front matter"),
        ("---\ntitle: T\n---\n", "no text"),
    ],
)
def test_markdown_beyond_its_bounds_is_refused_with_the_reason(text: str, reason: str) -> None:
    """A person mends the file by what the reason says."""
    with pytest.raises(DocumentError, match=reason):
        draft_from_markdown(text, "")


def test_empty_front_matter_and_a_missing_title_are_told_apart() -> None:
    """'no title' is about the text, not about YAML."""
    assert read("---\n---\nText.", Format.MARKDOWN) == Unreadable(name="x", reason="no title")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5", "JSON, but neither an object nor a list of objects"),
        ("[]", "no articles in it"),
        ("[5]", "not an object with a title and a text"),
        ('{"title": "T"}', "no text"),
        ("[" * 100_000, "JSON nested too deep"),
        ("9" * 5_000, "no usable JSON"),
        (json.dumps([1] * 20_001), "more than 20,000 records"),
    ],
)
def test_json_that_holds_no_article_says_why(text: str, reason: str) -> None:
    """'Unreadable' alone sends people away."""
    found = read(text, Format.JSON)

    assert isinstance(found, Unreadable)
    assert found.reason.startswith(reason)


def test_json_lines_may_hold_line_separators_within_a_text() -> None:
    """U+2028 ends no line of JSON Lines."""
    found = read('{"title": "T", "text": "a\u2028b"}', Format.JSON_LINES)

    assert isinstance(found, ArticleContent)
    assert found.paragraphs == ("a b",)


def test_a_record_s_image_is_read_in_every_form_it_takes() -> None:
    """Text, object, list; and the description that stands in the HTML."""
    address = "https://a.example/i.jpg"
    forms: tuple[object, ...] = (address, {"src": address}, [address])
    markup = "<p>Text.</p><img src='https://a.example/i.jpg' alt='An i'>"

    for form in forms:
        hint = records.draft_from_record({"title": "T", "html": markup, "image": form}, {}, "").image
        assert hint is not None
        assert (hint.address, hint.alt) == (address, "An i")
    assert records.image_hint({"image": 5}) is None


def test_json_ld_is_found_in_graphs_and_lists_and_broken_ones_are_passed_over() -> None:
    """Sites nest it in every way its makers thought of."""
    tree = parse_html(
        '<script type="application/ld+json">{broken</script>'
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": ["BlogPosting"],'
        ' "author": "Ada", "datePublished": "2026-03-04", "keywords": "a, b"}]}</script>'
        "<p>x</p>"
    )
    facts = read_facts(tree, "https://a.example/")

    assert (facts.author, facts.published, facts.tags) == ("Ada", datetime(2026, 3, 4, tzinfo=UTC), ["a, b"])


def test_an_author_may_stand_in_the_text_and_a_time_in_the_article() -> None:
    """Old blogs have no metadata but rel=author and <time>."""
    tree = parse_html(
        "<article><a rel='author'>By Ada Brandt</a><time datetime='2026-03-04'>4 March</time></article>"
        "<a rel='tag'>tides</a><time datetime='2020-01-01'>then</time>"
    )
    facts = read_facts(tree, "")

    assert (facts.author, facts.tags) == ("Ada Brandt", ["tides"])
    assert facts.published == datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("2026-03-04T18:30:00-05:00", datetime(2026, 3, 4, 23, 30, tzinfo=UTC)),
        ("2026-03-04T00:00:00+02:00", datetime(2026, 3, 3, 22, 0, tzinfo=UTC)),
        ("2026-03-05T09:00:00Z", datetime(2026, 3, 4, tzinfo=UTC)),  # of another day: an update perhaps
        ("4 March 2026", datetime(2026, 3, 4, tzinfo=UTC)),
        ("Wednesday: 4 March 2026", datetime(2026, 3, 4, tzinfo=UTC)),
    ],
)
def test_a_day_in_the_metadata_gives_way_to_its_moment_on_the_page(shown: str, moment: datetime) -> None:
    """An evening's news that counts from midnight leaves the window of 24 hours too early."""
    tree = parse_html(
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-03-04"}</script>'
        f"<article><time datetime='{shown}'>Wednesday</time><p>x</p></article>"
    )

    assert read_facts(tree, "").published == moment


@pytest.mark.parametrize("told", ["2026-03-04", "2026-03-04T22:00:00Z"])
@pytest.mark.parametrize("meeting", ["2026-03-04T19:30+01:00", "2026-03-05T10:00"])
def test_a_time_in_a_sentence_dates_no_page(told: str, meeting: str) -> None:
    """An article about a meeting tonight is not of tonight."""
    tree = parse_html(
        f'<meta property="article:published_time" content="{told}">'
        f"<article><p>They meet <time datetime='{meeting}'>later</time> at the hall.</p></article>"
    )
    moment = read_facts(tree, "").published

    assert moment is not None
    assert moment.isoformat() == datetime.fromisoformat(told).replace(tzinfo=UTC).isoformat()


@pytest.mark.parametrize(
    ("shown", "hours"),
    [
        ("Published March 3, 2026 9:30 PM", -5),
        ("<time datetime='2026-03-03T21:30:00-05:00'>Tuesday</time>", -5),
        ("4 March 2026, 8:00", 5.5),
        ("4 March 2026, 2:30", 0),  # London in winter
        ("3 March 2026, 19:15", 0),  # another moment: an update, a tease
        ("3 March 2026, 20:00", 0),  # no country's clock is six hours and a half behind
        ("4 March 2026, 0:00", 0),  # a day whose clock nobody knew
        ("4 March 2026", 0),
    ],
)
def test_a_moment_in_utc_has_the_day_that_the_page_shows(shown: str, hours: float) -> None:
    """Readers know an evening's news by that evening, whatever the day is in Greenwich."""
    tree = parse_html(
        '<meta property="article:published_time" content="2026-03-04T02:30:08Z">'
        f"<article><p class=date>{shown}</p><p>x</p></article>"
    )
    moment = read_facts(tree, "").published

    assert moment is not None
    assert moment == datetime(2026, 3, 4, 2, 30, 8, tzinfo=UTC)
    assert moment.utcoffset() == timedelta(hours=hours)


def test_icons_data_pictures_and_those_beside_the_article_are_no_lead() -> None:
    """A counting pixel as the lead picture is an empty hole in the mail."""
    icons = "<img src='p.gif' width='1'><img src='data:x'><img>"

    assert picture_in(f"<p>{icons}</p>", None) is None
    aside = parse_html(f"<aside><figure><img src='a.jpg'></figure></aside><figure>{icons}</figure>")
    assert first_figure(aside) is None
    figure = first_figure(parse_html("<figure><img src='a.jpg'><figcaption>A</figcaption></figure>"))
    assert figure is not None
    assert (figure.address, figure.caption) == ("a.jpg", "A")


def test_trafilatura_s_own_tags_are_read_like_html() -> None:
    """Its tree says hi, ref, head, list, item and lb."""
    tree = parse_html("<body></body>")
    for tag, attributes, text in (
        ("head", {"rend": "h2"}, "Head"),
        ("hi", {"rend": "#b"}, "bold"),
        ("hi", {"rend": "#t"}, "typed"),
        ("ref", {"target": "/x"}, "link"),
    ):
        element = tree.makeelement(tag, attributes)
        element.text = text
        tree.append(element)
    listed = tree.makeelement("list", {"rend": "ol"})
    item = tree.makeelement("item")
    item.text = "One"
    listed.append(item)
    tree.append(listed)

    assert to_html(blocks_of_tree(tree, "https://a.example/")) == (
        "<h2>Head</h2>\n"
        '<p><strong>bold</strong>typed<a href="https://a.example/x">link</a></p>\n'
        "<ol><li>One</li></ol>"
    )


def test_plain_text_of_too_many_lines_is_refused() -> None:
    """A JSON text is bounded as a text file is."""
    found = read(json.dumps({"title": "T", "text": "a\n" * 20_001}), Format.JSON)

    assert found == Unreadable(name="x", reason="more than 20,000 lines")


def test_links_and_emphasis_within_themselves_are_written_once() -> None:
    """Mail programs nest neither."""
    markup = "<p><b>a <strong>b</strong></b> <i><em>c</em></i></p>"

    assert to_html(blocks_of_html(markup, "")) == "<p><strong>a b</strong> <em>c</em></p>"


def test_empty_html_has_no_blocks() -> None:
    """White space is no paragraph."""
    assert blocks_of_html(" \n", "") == ()


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"source": "quay"}, "quay"),
        ({"source": "THE  QUAY TIMES"}, "quay"),
        ({"source": {"name": "The Quay Times"}}, "quay"),
        ({"url": "https://www.quay.example/x"}, "quay"),
        ({"source": "https://quay.example"}, "quay"),
    ],
)
def test_the_source_is_known_by_key_title_or_host(record: dict[str, object], key: str) -> None:
    """Caps per source and 'also covered by' hang on it."""
    quay = Source(
        key="quay", title="The Quay Times", homepage="https://quay.example/", language="nl", section="ports"
    )
    context = Context(sources=(Source(key="bare", title="Bare"), quay))
    found = read(json.dumps({"title": "T", "text": "x.", **record}), Format.JSON, context)

    assert isinstance(found, ArticleContent)
    assert (found.source, found.source_title) == (key, None)
    assert found.language == "nl"
    assert [tag.name for tag in found.tags] == ["ports"]


@pytest.mark.parametrize(
    ("record", "key", "title"),
    [
        ({"source": "Somebody Else"}, "somebody-else", "Somebody Else"),
        ({"source": "مرصد المصب"}, "مرصد-المصب", "مرصد المصب"),
        ({"source": "https://www.other.example/feed"}, None, None),
        ({"url": "https://www.other.example/x"}, "other-example", "other.example"),
        ({"source": "Unknown"}, None, None),
        ({"source": " \u202e!? "}, None, None),
        ({}, None, None),
    ],
)
def test_an_unlisted_source_keeps_the_name_it_brings(
    record: dict[str, object], key: str | None, title: str | None
) -> None:
    """A reader wants to know who writes, even before the operator has said what they weigh."""
    found = read(json.dumps({"title": "T", "text": "x.", **record}), Format.JSON, Context())

    assert isinstance(found, ArticleContent)
    assert (found.source, found.source_title) == (key, title)


def test_the_author_and_the_source_are_no_tags_of_their_own_article() -> None:
    """'told The Quay Times' in every paragraph is not what an article is about."""
    text = (
        "Ada Brandt told The Quay Times. The Quay Times asked Ada Brandt. Olu Okoro left. So Olu Okoro left."
    )
    found = read(
        json.dumps({"title": "T", "text": text, "byline": "Ada Brandt", "source": "Quay Times"}), Format.JSON
    )

    assert isinstance(found, ArticleContent)
    assert [tag.name for tag in found.tags] == ["Olu Okoro"]


def test_a_long_text_is_cut_and_says_the_same_in_html() -> None:
    """The bound is the operator's; offsets of summaries count in the text."""
    found = read(
        json.dumps({"title": "T", "text": "aaaa bbbb\n\ncccc dddd\n\neeee"}),
        Format.JSON,
        Context(max_chars=16),
    )

    assert isinstance(found, ArticleContent)
    assert found.paragraphs == ("aaaa bbbb", "cccc")
    assert found.html == "<p>aaaa bbbb</p>\n<p>cccc</p>"


def test_markup_beyond_its_bounds_goes_and_the_text_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of links only can outgrow what may be sanitised."""
    monkeypatch.setattr("digest.markup.MAX_HTML_BYTES", 50)
    found = read(
        json.dumps({"title": "T", "html": "<ul><li><a href='https://a.example/long'>Text.</a></ul>"}),
        Format.JSON,
    )

    assert isinstance(found, ArticleContent)
    assert found.html == "<p>Text.</p>"


@pytest.mark.parametrize(
    ("canonical", "address"),
    [
        ("/2026/ferry", "https://www.quay.example/2026/ferry"),
        ("https://quay.example/ferry", "https://quay.example/ferry"),
        ("https://times.example/ferry", "https://times.example/ferry"),
        ("https://wire.example/ferry", "https://www.quay.example/a?b=1"),
        ("https://other.quay.example/ferry", "https://www.quay.example/a?b=1"),
        ("https://example/ferry", "https://www.quay.example/a?b=1"),
        ("ftp://quay.example/ferry", "https://www.quay.example/a?b=1"),
        # What many sites say of all their pages; each would take the place of the one before.
        ("https://quay.example/", "https://www.quay.example/a?b=1"),
        ("https://quay.example", "https://www.quay.example/a?b=1"),
        ("/?p=7", "https://www.quay.example/?p=7"),
    ],
)
def test_a_page_speaks_for_its_own_site_alone(canonical: str, address: str) -> None:
    """An article is known by its address: a stranger's page must not replace what the Wire wrote."""
    page = (
        f"<html><head><link rel='canonical' href='{canonical}'></head><body><article><h1>The ferry sails</h1>"
        + "<p>The ferry sails again from the old quay, said the harbour office on Monday.</p>" * 3
        + "</article></body></html>"
    )
    asked = Source(key="quay", title="Quay", homepage="https://times.example/")
    wire = Source(key="wire", title="Wire", homepage="https://wire.example/")
    document = Document(
        name="page", format=Format.HTML, data=page.encode(), url="https://www.quay.example/a?b=1"
    )
    (found,) = extract(document, Context(sources=(asked, wire), source=asked))

    assert isinstance(found, ArticleContent)
    assert (found.url, found.source) == (address, "quay")


def test_an_article_of_a_source_that_was_asked_is_its_own_whatever_it_says() -> None:
    """A feed that calls itself otherwise, or by another's name, still is the one that was asked."""
    asked = Source(key="quay", title="Quay", section="Ports", tags=("Sea", "ports"))
    wire = Source(key="wire", title="Wire")
    record = json.dumps({"title": "T", "text": "x.", "source": "Wire"})
    found = read(record, Format.JSON, Context(sources=(asked, wire), source=asked))

    assert isinstance(found, ArticleContent)
    assert (found.source, found.source_title) == ("quay", None)
    assert [(tag.name, tag.origin) for tag in found.tags] == [("Ports", "rule"), ("Sea", "rule")]
