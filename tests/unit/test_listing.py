"""A listing gives whole articles, the pages of thin ones, and words for what is neither."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from digest.collect import (
    Context,
    Document,
    Listing,
    Unreadable,
    explain,
    first_url,
    further_url,
    guess_format,
    kind_of,
    read_listing,
)
from digest.errors import DocumentError
from digest.model import ArticleContent, Source, SourceKind

BASE = "https://quay.example/feed"
TEXT = "The ferry sails again from Monday, says the harbour master of the town. " * 10
ARCHIVED = (
    "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='prev-archive' href='https://quay.example/1'/>"
)
HALF_PAST_EIGHT = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)


def document(data: str | bytes, url: str = BASE) -> Document:
    raw = data.encode() if isinstance(data, str) else data
    return Document(name="feed", format=guess_format("feed", raw), data=raw, url=url)


def read(
    data: object, kind: SourceKind = SourceKind.AUTO, url: str = BASE, homepage: str | None = None
) -> Listing:
    source = Source(key="quay", title="Quay", url=url, homepage=homepage)
    raw = data if isinstance(data, (str, bytes)) else json.dumps(data)
    return read_listing(kind, document(raw, url), Context(source=source))


def rss(items: str, about: str = "") -> str:
    spaces = (
        "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:media='http://search.yahoo.com/mrss/'"
    )
    return f"<rss version='2.0' {spaces}><channel><title>Quay</title>{about}{items}</channel></rss>"


def item(title: str = "A", link: str = "/a", text: str = TEXT, more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link><description>{text}</description>{more}</item>"


def only(listing: Listing) -> ArticleContent:
    assert isinstance(listing.found[0], ArticleContent), listing
    return listing.found[0]


def reasons(listing: Listing) -> list[str]:
    return [one.reason for one in listing.found if isinstance(one, Unreadable)]


@pytest.mark.parametrize(
    "text",
    [
        "A harbour is open […]",
        TEXT + "…",
        TEXT + " [...]",
        TEXT + "&lt;p&gt;Read more »&lt;/p&gt;",
        TEXT + "&lt;p&gt;Weiterlesen&lt;/p&gt;&lt;p&gt;The post A appeared first on Quay.&lt;/p&gt;",
        "A harbour is open.",
        "",
    ],
)
def test_an_entry_that_only_begins_its_article_becomes_a_page(text: str) -> None:
    """Readers of the mail want the article; what there is of it is kept for when the page cannot be had."""
    listing = read(rss(item(text=text)))

    assert listing.found == ()
    assert [page.url for page in listing.pages] == ["https://quay.example/a"]
    assert listing.pages[0].thin is not None
    assert listing.pages[0].thin.title == listing.pages[0].title == "A"
    assert bool(listing.pages[0].thin.paragraphs) == bool(text)


def test_a_long_summary_and_a_short_content_are_whole_articles() -> None:
    """Notes of thirty words are articles, too, when the feed calls them the content."""
    short = "<content:encoded>" + "The ferry sails. " * 10 + "</content:encoded>"
    listing = read(rss(item() + item("B", "/b", "Soon.", short)))

    assert [one.title for one in listing.found if isinstance(one, ArticleContent)] == ["A", "B"]
    assert listing.pages == ()


@pytest.mark.parametrize(
    ("link", "about", "homepage", "goes"),
    [
        ("https://www.quay.example/a", "", None, True),
        ("https://news.quay.example/a", "", None, True),
        ("https://town.example/a", "<link>https://town.example/</link>", None, True),
        ("https://town.example/a", "", "https://town.example/", True),
        ("https://town.example/a", "", None, False),
        ("https://notquay.example/a", "", None, False),
    ],
)
def test_pages_of_other_sites_are_not_gone_to(
    link: str, about: str, homepage: str | None, goes: bool
) -> None:
    """A list of other people's news must not send us through the web, nor a hostile one to its victim."""
    listing = read(rss(item(link=link, text="Soon."), about), homepage=homepage)

    assert [page.url for page in listing.pages] == ([link] if goes else [])
    assert [one.url for one in listing.found if isinstance(one, ArticleContent)] == ([] if goes else [link])


def test_entries_that_lead_to_one_page_are_taken_as_they_are() -> None:
    """A notice board is no notice: all but one were lost to it. What stands there twice is one entry."""
    words = {"Cat": "A grey cat with a white paw is lost.", "Sale": "The bakery sells rye bread for half."}
    notices = [item(title, "/board", text) for title, text in words.items()]
    others = (item("Crane", "/crane", "Soon ...") * 2, item("Empty", "/board", ""))
    listing = read(rss("".join((*notices, *others))))

    assert [one.title for one in listing.found if isinstance(one, ArticleContent)] == ["Cat", "Sale"]
    assert [page.url for page in listing.pages] == [
        "https://quay.example/crane",
        "https://quay.example/board",
    ]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Update: The pier opened again on Monday", "With music, as hundreds came."),
        ("Thousands come to Monday's feast", "The pier opened, and the band played. More soon."),
    ],
)
def test_entries_that_tell_the_same_anew_are_one_page(title: str, text: str) -> None:
    """Two stubs would stand in the digest, and the page with the whole of it be asked for by nobody."""
    day = "<pubDate>Fri, 27 Nov 2026 0{}:00:00 GMT</pubDate>"
    told = item("The pier opened again", "/pier", "The pier opened, and the band", day.format(8))
    listing = read(rss(told + item(title, "/pier", text, day.format(9))))

    assert listing.found == ()
    assert [page.modified and page.modified.hour for page in listing.pages] == [9]


def test_an_entry_of_nothing_says_what_it_lacks() -> None:
    """The reason goes to the operator; no addresses, no titles of strangers in it."""
    listing = read(
        rss(
            item(link="https://town.example/", text="")
            + item(link="", text="")
            + item(text="", more="<enclosure url='a.mp3' type='audio/mpeg' length='1'/>")
            + item(text="", more="<media:content url='a.mp4' type='video/mp4'/>")
            + item(link="javascript:alert(1)", text="")
            + item(link="file:///etc/passwd", text="")
        )
    )

    assert reasons(listing) == [
        "no text, and its page is on another site",
        "no text and no address",
        "no text, only audio",
        "no text, only video",
        "no text and no address",
        "no text and no address",
    ]
    assert listing.pages == ()


def test_authors_dates_and_pictures_are_read_where_feeds_put_them() -> None:
    """A mail address is no byline, 'admin' is nobody, and the widest picture looks best."""
    more = (
        "<dc:date>2026-03-04T09:30:00+01:00</dc:date>"
        "<media:content url='/s.jpg' type='image/jpeg' width='80'/>"
        "<media:content url='/w.jpg' type='image/jpeg' width='900'/>"
    )
    listing = read(
        rss(
            item(more=f"<author>ada@quay.example (Ada Brandt)</author>{more}")
            + item("B", "/b", more="<dc:creator>admin</dc:creator>")
            + item("C", "/c", more="<author>sam@quay.example</author>")
            + item("D", "/d", more="<dc:creator>Ada</dc:creator><dc:creator>Sam</dc:creator>")
        )
    )
    articles = [one for one in listing.found if isinstance(one, ArticleContent)]

    assert [one.byline for one in articles] == ["Ada Brandt", None, None, "Ada, Sam"]
    assert articles[0].published == HALF_PAST_EIGHT
    assert articles[0].image is not None
    assert articles[0].image.url == "https://quay.example/w.jpg"


@pytest.mark.parametrize(
    ("about", "every"),
    [
        ("<ttl>90</ttl>", timedelta(minutes=90)),
        ("<ttl>0</ttl>", None),
        ("<ttl>99999</ttl>", timedelta(days=7)),
        ("<ttl>-5</ttl>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", timedelta(days=1)),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(minutes=15),
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>999999</sy:updateFrequency>",
            timedelta(minutes=1),
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            timedelta(hours=1),
        ),
        ("", None),
    ],
)
def test_a_feed_says_how_often_it_wants_to_be_read(about: str, every: timedelta | None) -> None:
    """Whatever is written there, nobody is asked every second, or never again."""
    assert read(rss(item(), about)).every == every


@pytest.mark.parametrize(
    "broken",
    [
        "<br/><b>Warning</b>: mysql in /x.php on line 3<br/>\n<?xml version='1.0'?>" + rss(item()),
        "\n\n  <?xml version='1.0'?>" + rss(item()),
        rss(item()).replace("Quay", "Qu\x0bay"),
        rss(item(title="A&nbsp;&eacute; & B")),
        rss(item())[:-16],
        rss(item()).replace("</item>", ""),
        rss(item()).replace("<channel>", "<channel><image></channel>"),
    ],
)
def test_broken_xml_gives_the_article_all_the_same(broken: str) -> None:
    """One feed in ten is not well-formed; people read them with programs that do not mind."""
    article = only(read(broken, SourceKind.FEED))

    assert article.title.startswith("A")
    assert article.paragraphs[0].startswith("The ferry sails again")


def test_ampersands_and_escapes_that_feeds_get_wrong_are_read_as_meant() -> None:
    """'AT&T;' and '<p>' stood in mails. What stands in CDATA is right as it is."""
    bare = item("R&D of AT&T &amp; Co", "/a?x=1&copy=2", f"Q&A for &lt;b&gt;all&lt;/b&gt;. {TEXT}")
    data = item("<![CDATA[R&D &amp; Co]]>", "/b", f"<![CDATA[<p>Q&A &lt;p&gt;. {TEXT}</p>]]>")
    twice = item("Twice", "/c", f"&amp;lt;p&amp;gt;Said &amp;amp; done. {TEXT}&amp;lt;/p&amp;gt;")
    found = [one for one in read(rss(bare + data + twice)).found if isinstance(one, ArticleContent)]

    assert [one.title for one in found] == ["R&D of AT&T & Co", "R&D & Co", "Twice"]
    assert found[0].url == "https://quay.example/a?x=1&copy=2"
    starts = [one.text.partition(" The")[0] for one in found]
    assert starts == ["Q&A for all.", "Q&A <p>.", "Said & done."]


def test_names_of_xml_that_nothing_ends_are_read_except_in_addresses() -> None:
    """'Fish &amp chips' is what people meant; '?p=1&lt=3' has a parameter."""
    read_one = only(read(rss(item("Fish &amp chips &lt 5 &quot", "/a?p=1&lt=3&amp=4"))))

    assert (read_one.title, read_one.url) == ('Fish & chips < 5 "', "https://quay.example/a?p=1&lt=3&amp=4")


@pytest.mark.parametrize(
    ("written", "start"),
    [
        ("&amp;lt;b&amp;gt; and &amp;lt;strong&amp;gt;: which of them?", "<b> and <strong>: which of them?"),
        ("<![CDATA[&lt;br&gt; or &lt;p&gt;? A guide.]]>", "<br> or <p>? A guide."),
        ("<![CDATA[&lt;b&gt;x&lt;/b&gt; is <i>bold</i>.]]>", "<b>x</b> is bold."),
        ("&amp;lt;img src='a'&amp;gt; &amp;lt;p class='x'&amp;gt;Said.&amp;lt;/p&amp;gt;", "Said."),
    ],
)
def test_a_text_about_tags_keeps_them(written: str, start: str) -> None:
    """Only HTML that was escaped twice shows none: it has an element with its end, and nothing else."""
    assert only(read(rss(item(text=f"{written} {TEXT}")))).text.replace("\n\n", " ").startswith(start)


def test_rdf_and_atom_with_only_a_change_date_are_dated() -> None:
    """RSS 1.0 has no other date; an Atom entry must have this one and may have no other."""
    rdf = (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>R</title></channel><item><title>A</title>"
        f"<link>https://quay.example/a</link><dc:date>2026-03-04T08:30Z</dc:date><dc:subject>tides</dc:subject>"
        f"<description>{TEXT}</description></item></rdf:RDF>"
    )
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de' xml:base='https://quay.example/b/'>"
        "<link rel='self' href='feed.xml'/><entry><title type='xhtml'>"
        "<div xmlns='http://www.w3.org/1999/xhtml'>A <b>slow</b> clock</div></title>"
        "<link rel='enclosure' type='image/png' href='i.png'/><link href='c'/>"
        "<updated>2026-03-04T08:30:00Z</updated><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        f"<p>{TEXT}</p></div></content></entry></feed>"
    )
    old, new = only(read(rdf)), only(read(atom))

    assert (old.published, [tag.name for tag in old.tags][:1]) == (HALF_PAST_EIGHT, ["tides"])
    assert (new.published, new.title, new.language) == (HALF_PAST_EIGHT, "A slow clock", "de")
    assert new.url == "https://quay.example/b/c"
    assert new.image is not None
    assert new.image.url == "https://quay.example/b/i.png"


def test_of_a_long_feed_the_newest_entries_are_read() -> None:
    """An archive of 5,000 entries must not hold a worker; what is new is not at its end."""
    dated = "<pubDate>{:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
    items = (
        item(str(n), f"/{n}", more=dated.format(HALF_PAST_EIGHT + timedelta(hours=n))) for n in range(600)
    )
    listing = read(rss("".join(items)))

    assert len(listing.found) == 500
    assert {one.title for one in listing.found if isinstance(one, ArticleContent)} == {
        str(n) for n in range(100, 600)
    }


def test_a_feed_of_a_whole_archive_is_read_at_its_new_end() -> None:
    """Nobody can ask its paper for a shorter one; what nobody reads must not count against the bounds."""
    dated = "<pubDate>{:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
    marked = f"<![CDATA[<p>{TEXT}</p>{'<b>x</b> ' * 100}]]>"

    for many, text in ((5_001, TEXT), (750, marked)):
        moments = (HALF_PAST_EIGHT - timedelta(hours=n) for n in range(many))
        items = (item(str(n), f"/{n}", text, dated.format(at)) for n, at in enumerate(moments))
        found = read(rss("".join(items))).found
        assert [one.title for one in found if isinstance(one, ArticleContent)] == [str(n) for n in range(500)]


def test_an_item_of_a_json_feed_with_only_a_change_date_is_dated() -> None:
    """Both dates are optional there, as in Atom; without one it would be of the moment that we came."""
    about = {"title": "A", "url": "/a", "content_text": TEXT, "date_modified": "2026-03-04T08:30:00Z"}
    found = read({"items": [about, {**about, "url": "/b", "date_published": "2026-03-03T08:30:00Z"}]}).found
    dates = [one.published for one in found if isinstance(one, ArticleContent)]

    assert dates == [HALF_PAST_EIGHT, HALF_PAST_EIGHT - timedelta(days=1)]


def test_a_json_feed_is_read_as_a_feed() -> None:
    """Both versions; a summary alone is thin, and a recording without words is no article."""
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "title": "Field",
        "home_page_url": "https://field.example/",
        "items": [
            {
                "id": "1",
                "url": "/moss",
                "title": "Moss",
                "content_html": f"<p>{TEXT}</p>",
                "author": {"name": "Ada"},
            },
            {"id": "2", "url": "https://field.example/rain", "title": "Rain", "summary": "It rained."},
            {"id": "3", "title": "Fog", "summary": "It was foggy."},
            {"id": "4", "title": 5, "content_text": TEXT},
        ],
    }
    listing = read(feed)

    assert [one.title for one in listing.found if isinstance(one, ArticleContent)] == ["Moss", "Fog", "5"]
    assert only(listing).url == "https://quay.example/moss"
    assert only(listing).byline == "Ada"
    assert [page.url for page in listing.pages] == ["https://field.example/rain"]
    assert read({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": []}) == Listing()


@pytest.mark.parametrize(
    ("written", "byline"),
    [
        ("By Ada Brandt | Quay Times", "Ada Brandt"),
        ("von Ada Brandt", "Ada Brandt"),
        ("Posted by Ada Brandt on 4 March", "Ada Brandt"),
        ("José Ortega y Gasset", "José Ortega y Gasset"),
        ("李明", "李明"),
        ("Reuters", "Reuters"),
        ("quay8090", "quay8090"),
        ("Web Desk", None),
        ("김철수 기자", "김철수"),
        ("Guest", None),
        ("Author: Ada Brandt", "Ada Brandt"),
        ("Von Trapp", "Von Trapp"),
        ("Di Stefano", "Di Stefano"),
        ("von der Quay", "von der Quay"),
        ("http Smith", "http Smith"),
        ("https://quay.example/ada", None),
        ("Quay", None),
    ],
)
def test_a_byline_of_a_feed_is_a_name(written: str, byline: str | None) -> None:
    """Systems write there what their pages show; the site itself is none of its authors."""
    listing = read(rss(item(more=f"<dc:creator>{written}</dc:creator>")))

    assert only(listing).byline == byline


def test_a_picture_that_a_feed_calls_small_is_left_for_the_next_one() -> None:
    """Faces and thumbnails come first in feeds of blogs; what they call wide may be a counter."""
    more = (
        "<media:content url='https://0.gravatar.com/avatar/ada' medium='image' width='900'/>"
        "<enclosure url='https://pixel.wp.com/b.gif' type='image/gif' length='9'/>"
        "<media:thumbnail url='/t.jpg' width='80' height='60'/><media:thumbnail url='/w.jpg' width='640'/>"
    )
    found = only(read(rss(item(more=more)))).image

    assert found is not None
    assert found.url == "https://quay.example/w.jpg"


def test_posts_of_wordpress_bring_author_terms_and_picture() -> None:
    """As the API embeds them; a first category is the section, 'Uncategorized' none."""
    post = {
        "id": 7,
        "date_gmt": "2026-03-04T08:30:00",
        "guid": {"rendered": "https://quay.example/?p=7"},
        "link": "https://quay.example/crane/",
        "title": {"rendered": "Crane &amp; <em>quay</em> move"},
        "content": {"rendered": f"<p>{TEXT}</p>", "protected": False},
        "_embedded": {
            "author": [{"name": "By Ada Brandt"}, {"name": "admin"}],
            "wp:featuredmedia": [
                {
                    "media_type": "image",
                    "source_url": "/c.jpg",
                    "alt_text": "A crane",
                    "caption": {"rendered": "<p>Red</p>"},
                }
            ],
            "wp:term": [
                [
                    {"taxonomy": "category", "name": "Uncategorized"},
                    {"taxonomy": "category", "name": "Harbour"},
                ],
                [{"taxonomy": "post_tag", "name": "cranes"}],
            ],
        },
    }
    shut = {**post, "link": "https://quay.example/x", "content": {"rendered": "", "protected": True}}
    short = {**post, "link": "https://quay.example/y", "content": {}, "excerpt": {"rendered": "<p>Soon</p>"}}
    listing = read([post, shut, short, {"title": {}}, 5])
    article = only(listing)

    assert (article.title, article.url) == ("Crane & quay move", "https://quay.example/crane/")
    assert (article.byline, article.section, article.published) == ("Ada Brandt", "Harbour", HALF_PAST_EIGHT)
    assert [tag.name for tag in article.tags][:2] == ["Harbour", "cranes"]
    assert article.guid == "https://quay.example/?p=7"
    assert article.image is not None
    assert (article.image.url, article.image.alt, article.image.caption) == (
        "https://quay.example/c.jpg",
        "A crane",
        "Red",
    )
    assert reasons(listing) == ["protected by a password", "no title", "no title"]
    assert [page.url for page in listing.pages] == ["https://quay.example/y"]


def test_posts_of_ghost_bring_what_is_for_everybody() -> None:
    """What members pay for is not ours to send; internal tags are the desk's own."""
    post = {
        "uuid": "u-1",
        "title": "Crane moves",
        "html": f"<p>{TEXT}</p>",
        "url": "https://quay.example/crane/",
        "visibility": "public",
        "published_at": "2026-03-04T09:30:00.000+01:00",
        "authors": [{"name": "Ada Brandt | Quay"}, {"name": "Sam"}, {"name": "Guest"}],
        "tags": [{"name": "#hidden"}, {"name": "Harbour"}, {"name": "x", "visibility": "internal"}],
        "feature_image": "https://quay.example/c.jpg",
    }
    listing = read({"posts": [post, {**post, "visibility": "members"}]})
    article = only(listing)

    assert (article.title, article.guid, article.byline) == ("Crane moves", "u-1", "Ada Brandt, Sam")
    assert (article.section, article.published) == ("Harbour", HALF_PAST_EIGHT)
    assert "hidden" not in {tag.name for tag in article.tags}
    assert article.image is not None
    assert reasons(listing) == ["for members of the site only"]


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (SourceKind.WORDPRESS, {"code": "rest_no_route"}, "has no posts at this address"),
        (SourceKind.WORDPRESS, {"code": "rest_forbidden"}, "lets no strangers read its posts"),
        (SourceKind.WORDPRESS, {"code": "odd\x1b[31m"}, "its WordPress says 'odd[31m'"),
        (SourceKind.WORDPRESS, {"a": 1}, "no posts of WordPress"),
        (
            SourceKind.GHOST,
            {"errors": [{"type": "UnauthorizedError", "code": "UNKNOWN_CONTENT_API_KEY"}]},
            "the key",
        ),
        (SourceKind.GHOST, {"errors": [{"message": "Resource not found"}]}, "says 'Resource not found'"),
        (SourceKind.GHOST, [], "no posts of Ghost"),
        (SourceKind.FEED, "<html><p>x", "a page, not a feed"),
        (SourceKind.FEED, "<urlset></urlset>", "a sitemap, not a feed"),
        (SourceKind.FEED, " ", "empty"),
        (SourceKind.SITEMAP, "<html><p>x", "no sitemap"),
    ],
)
def test_what_is_no_listing_of_its_kind_says_so(kind: SourceKind, said: object, words: str) -> None:
    """An operator reads this in the list of sources, and knows what to do."""
    with pytest.raises(DocumentError, match=re.escape(words)):
        read(said, kind)


def test_statuses_of_apis_have_meanings() -> None:
    """A bare 401 says nothing to whoever set up the source."""
    assert "strangers" in str(explain(SourceKind.WORDPRESS, 401))
    assert "key" in str(explain(SourceKind.GHOST, 401))
    assert explain(SourceKind.FEED, 401) is None
    assert explain(SourceKind.WORDPRESS, 500) is None


@pytest.mark.parametrize(
    ("kind", "url", "first"),
    [
        (SourceKind.FEED, "https://a.example/f?x=1", "https://a.example/f?x=1"),
        (
            SourceKind.WORDPRESS,
            "https://a.example/blog/",
            "https://a.example/blog/wp-json/wp/v2/posts?_embed=author,wp:term,wp:featuredmedia&per_page=20",
        ),
        *(
            (
                SourceKind.WORDPRESS,
                f"https://a.example/{begun}",
                "https://a.example/wp-json/wp/v2/posts?_embed=author,wp:term,wp:featuredmedia&per_page=20",
            )
            for begun in ("wp-json", "wp-json/", "wp-json/wp/v2", "wp-json/wp/v2/")
        ),
        (
            SourceKind.WORDPRESS,
            "https://a.example/my-wp-json",
            "https://a.example/my-wp-json/wp-json/wp/v2/posts?_embed=author,wp:term,wp:featuredmedia&per_page=20",
        ),
        (
            SourceKind.WORDPRESS,
            "https://a.example/wp-json/wp/v2/posts?categories=7&per_page=5",
            "https://a.example/wp-json/wp/v2/posts?_embed=author,wp:term,wp:featuredmedia&per_page=5&categories=7",
        ),
        (
            SourceKind.WORDPRESS,
            "https://a.example/?rest_route=/wp/v2/posts",
            "https://a.example/?_embed=author,wp:term,wp:featuredmedia&per_page=20&rest_route=/wp/v2/posts",
        ),
        (
            SourceKind.GHOST,
            "https://a.example",
            "https://a.example/ghost/api/content/posts/?key=k%261&include=authors,tags&limit=20",
        ),
    ],
)
def test_apis_are_asked_at_their_own_address(kind: SourceKind, url: str, first: str) -> None:
    """An operator writes the site; what they already ask of the API stays."""
    assert first_url(Source(key="a", title="A", url=url, kind=kind), "k&1") == first


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (rss(item()), SourceKind.FEED),
        ("<br />\n<b>Notice</b>: x in <b>/x.php</b><br />\n" + rss(item()), SourceKind.FEED),
        ("Warning: x in /x.php\n" + rss(item()), SourceKind.FEED),
        ("<p>A feed begins with &lt;rss version='2.0'&gt;", SourceKind.PAGE),
        ("<?xml version='1.0'?><urlset></urlset>", SourceKind.SITEMAP),
        ("<s:sitemapindex xmlns:s='x'/>", SourceKind.SITEMAP),
        (b"\x1f\x8b\x08rest", SourceKind.SITEMAP),
        ('[{"title": {"rendered": "x"}}]', SourceKind.WORDPRESS),
        ('{"posts": []}', SourceKind.GHOST),
        ('{"items": []}', SourceKind.FEED),
        ('{"title": "x", "text": "y"}', SourceKind.PAGE),
        ("[" * 1_000_000, SourceKind.PAGE),
        ("<!doctype html><p>x", SourceKind.PAGE),
    ],
)
def test_the_kind_is_seen_in_the_document(data: str | bytes, kind: SourceKind) -> None:
    """`kind: auto` is the default."""
    assert kind_of(document(data)) is kind


HOSTILE = {
    "entities": (SourceKind.FEED, '<!DOCTYPE r [<!ENTITY a "ha">]>' + rss(item(text="&a;"))),
    "items": (SourceKind.FEED, rss("<item/>" * 600_000)),
    "items of nothing": (SourceKind.FEED, rss("<item/>" * 5_000)),
    "deep": (SourceKind.FEED, rss("<item><a>" * 50_000)),
    "open": (SourceKind.FEED, "<rss" + " a" * 400_000),
    "tags that hold nothing": (SourceKind.FEED, "<rss version='2.0'>" + "<!-- <item> -->" * 60_000),
    "dates": (SourceKind.FEED, rss(item(more="<pubDate>" + "1" * 400_000 + "</pubDate>") * 3)),
    "year 9999": (SourceKind.FEED, rss(item(more="<pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate>"))),
    "title": (
        SourceKind.FEED,
        rss(item(title="&lt;script&gt;x()&lt;/script&gt;" + "&lt;b&gt;" * 50_000 + "T")),
    ),
    "json depth": (SourceKind.FEED, '{"items":' + "[" * 1_000_000),
    "json objects": (SourceKind.WORDPRESS, '{"a":' * 1_000_000),
    "json numbers": (SourceKind.GHOST, '{"posts": [' + "9" * 400_000 + "]}"),
    "posts of odd types": (
        SourceKind.WORDPRESS,
        '[{"title":{"rendered":"T"},"content":[1],"_embedded":{"author":5,"wp:term":[[[[[1]]]]]},"link":[]}]',
    ),
    "posts by the thousand": (SourceKind.GHOST, json.dumps({"posts": [{"title": "T"}] * 100_000})),
    "surrogates": (
        SourceKind.GHOST,
        '{"posts": [{"title": "\\ud800", "html": "<p>\\udfff x", "url": "//[::1"}]}',
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_listing_costs_itself_within_two_seconds(
    case: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """Articles, reasons, or a refusal in words: never an exception that nobody expects."""
    kind, data = HOSTILE[case]
    listing = Listing()
    with within(2), suppress(DocumentError):
        listing = read(data, kind)

    assert len(listing.found) <= 500
    for one in listing.found:
        assert isinstance(one, Unreadable) or ("<script" not in one.html and one.title)
        assert isinstance(one, Unreadable) or one.published is None


@pytest.mark.parametrize(
    ("onward", "found", "further"),
    [
        (2, BASE, "https://quay.example/wp/posts?key=k&_embed=author,wp:term&page=2"),
        ("?page=2", BASE, "https://quay.example/feed?page=2"),
        ("http://QUAY.example/feed/2#top", BASE, "https://quay.example/feed/2"),
        ("https://old.quay.example/feed", BASE, None),
        ("https://ada:x@quay.example/feed", BASE, None),
        ("https://quay.example:8443/feed", BASE, None),
        ("//evil.example/feed", BASE, None),
        ("javascript:alert(1)", BASE, None),
    ],
)
def test_a_further_page_is_of_the_same_host(onward: str | int, found: str, further: str | None) -> None:
    """A number belongs to the address that was asked, with its key; http behind https is a mistake."""
    asked = "https://quay.example/wp/posts?key=k&_embed=author,wp:term&page=1"

    assert further_url(onward, asked=asked, found=found) == further


@pytest.mark.parametrize(
    ("data", "kind", "url", "onward"),
    [
        (rss(item(), ARCHIVED), None, BASE, "https://quay.example/1"),
        (rss(item()), None, BASE, None),
        ({"items": [{"title": "A"}], "next_url": 7}, None, BASE, None),
        ([], SourceKind.WORDPRESS, f"{BASE}?page=4", None),
        ([{"title": {"rendered": "A"}}] * 9, SourceKind.WORDPRESS, f"{BASE}?page=4", 5),
        ([{"title": {"rendered": "A"}}] * 3, SourceKind.WORDPRESS, f"{BASE}?per_page=3&page=x", 2),
        ({"posts": [], "meta": {"pagination": {"next": True}}}, SourceKind.GHOST, BASE, None),
        ({"posts": [], "meta": {"pagination": [{"next": 3}]}}, SourceKind.GHOST, BASE, 3),
        ({"posts": [], "meta": {"pagination": {"next": None}}}, SourceKind.GHOST, BASE, None),
    ],
)  # fmt: skip
def test_a_listing_says_where_it_goes_on(
    data: object, kind: SourceKind | None, url: str, onward: str | int | None
) -> None:
    """RFC 5005, 4; WordPress may give fewer posts a page than it was asked for."""
    assert read(data, kind or SourceKind.AUTO, url).onward == onward
