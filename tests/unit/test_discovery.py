"""What a page names is found, the best first; nothing of it is believed."""

from __future__ import annotations

import pytest

from digest.collect import Document, FoundSource, discover, guess_format
from digest.model import SourceKind

PAGE = "https://quay.example/sport/today"


def found(data: str, url: str = PAGE) -> tuple[FoundSource, ...]:
    raw = data.encode()
    return discover(Document(name="page", format=guess_format(url, raw), data=raw, url=url), url)


def named(head: str, body: str = "", url: str = PAGE) -> list[tuple[str, str]]:
    page = f"<html><head>{head}</head><body><p>Text</p>{body}</body></html>"
    return [(one.kind.value, one.url) for one in found(page, url)]


def alternate(href: str, kind: str = "application/rss+xml", title: str = "") -> str:
    return f"<link rel=alternate type='{kind}' title='{title}' href='{href}'>"


def test_declared_feeds_come_first_and_those_of_comments_last() -> None:
    """Of a page in /sport the feed of /sport is meant; what readers remark is not news."""
    head = (
        alternate("/post/comments/feed/", title="Comments")
        + alternate("/feed/")
        + alternate("/sport/feed.json", "application/feed+json")
        + alternate("/wp-json/wp/v2/posts/7", "application/json")
        + alternate("/de/", "text/html")
        + "<link rel='https://api.w.org/' href='/wp-json/'>"
        + "<link rel=sitemap href='/map.xml'>"
    )
    body = (
        "<a href='/rss.xml'>RSS</a><a href='/feedback'>Say</a><a href='https://reader.example/feed'>Add</a>"
    )

    assert named(head, body) == [
        ("feed", "https://quay.example/sport/feed.json"),
        ("feed", "https://quay.example/feed/"),
        ("feed", "https://quay.example/rss.xml"),
        ("wordpress", "https://quay.example/"),
        ("sitemap", "https://quay.example/map.xml"),
        ("feed", "https://quay.example/post/comments/feed/"),
    ]


def test_a_site_of_ghost_has_a_feed_and_an_api_behind_a_key() -> None:
    """Its themes often forget to declare the feed."""
    assert named("<meta name=generator content='Ghost 5.8'>") == [
        ("feed", "https://quay.example/rss/"),
        ("ghost", "https://quay.example/"),
    ]


@pytest.mark.parametrize(
    ("href", "site"),
    [
        ("https://quay.example/blog/wp-json/", "https://quay.example/blog/"),
        (
            "https://quay.example/index.php?rest_route=/",
            "https://quay.example/index.php?rest_route=/wp/v2/posts",
        ),
    ],
)
def test_the_api_of_wordpress_is_named_as_it_is_asked(href: str, site: str) -> None:
    """With and without pretty addresses."""
    assert named(f"<link rel='https://api.w.org/' href='{href}'>") == [("wordpress", site)]


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://quay.example/wp-json/", "https://quay.example/"),
        ("https://quay.example/blog/wp-json", "https://quay.example/blog/"),
        ("https://quay.example/wp-json/wp/v2", "https://quay.example/"),
        ("https://quay.example/?rest_route=/", "https://quay.example/?rest_route=/wp/v2/posts"),
        ("https://quay.example/?rest_route=%2Fwp%2Fv2", "https://quay.example/?rest_route=/wp/v2/posts"),
    ],
)
def test_what_an_api_of_wordpress_says_of_itself_names_its_site(url: str, site: str) -> None:
    """People copy the address that documentation calls the API's; the posts are two steps further."""
    root = '{"name": "Quay &amp; Sea", "url": "https://else.example", "namespaces": ["oembed/1.0", "wp/v2"]}'
    part = '{"namespace": "wp/v2", "routes": {}}'

    assert found(root, url) == (FoundSource(kind=SourceKind.WORDPRESS, url=site, title="Quay & Sea"),)
    assert found(part, url) == (FoundSource(kind=SourceKind.WORDPRESS, url=site, title=""),)


@pytest.mark.parametrize(
    "data",
    ['{"namespaces": ["shop/v1"]}', '{"namespaces": {"wp/v2": 1}}', '{"namespace": [1]}', '{"a": ', "{}"],
)
def test_other_json_names_nothing(data: str) -> None:
    """APIs of shops and of other programs hold no articles."""
    assert found(data, "https://quay.example/wp-json/") == ()


def test_a_listing_names_itself_with_its_title_and_home() -> None:
    """Whoever gives a feed's address wants that feed."""
    rss = "<rss version='2.0'><channel><title>The &lt;b&gt; Quay</title><link>/</link><item/></channel></rss>"
    json = '{"version": "https://jsonfeed.org/version/1.1", "title": "Field", "items": []}'

    assert found(rss) == (
        FoundSource(
            kind=SourceKind.FEED,
            url=PAGE,
            title="The <b> Quay",
            homepage="https://quay.example/",
            is_here=True,
        ),
    )
    assert found(f"<br />Notice: x<br />{rss}") == found(f"Warning: x\n{rss}") == found(rss)
    assert found(json)[0].title == "Field"
    assert found("<urlset/>") == (FoundSource(kind=SourceKind.SITEMAP, url=PAGE, title="", is_here=True),)


def test_robots_txt_names_sitemaps_the_news_first() -> None:
    """Where they are is written there and often nowhere else."""
    text = (
        "User-agent: *\nSitemap: /map.xml\nsitemap:https://quay.example/news-map.xml # n\nSitemap: data:x\n"
    )

    assert [one.url for one in found(text, "https://quay.example/robots.txt")] == [
        "https://quay.example/news-map.xml",
        "https://quay.example/map.xml",
    ]


@pytest.mark.parametrize(
    "head",
    [
        alternate("javascript:alert(1)"),
        alternate("file:///etc/passwd"),
        alternate("http://[::1"),
        alternate("https://user:pass@quay.example/feed"),
        alternate(""),
        "<base href='http://[::1'>",
        "<link>" * 40_000,
        "<div>" * 5_000,
    ],
)
def test_what_leads_nowhere_is_not_found(head: str) -> None:
    """Only web addresses come out, and a hostile page costs itself."""
    assert named(head) == []


def test_no_more_than_twenty_are_named() -> None:
    """An operator reads them."""
    assert len(named("".join(alternate(f"/{n}/feed") for n in range(100)))) == 20
