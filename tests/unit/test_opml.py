"""Lists of subscriptions come in as other programs write them, and go out so that they come in again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect import Outline, read_opml, write_opml
from digest.errors import DocumentError
from digest.markup import clean_line
from digest.model import Source, SourceKind


def opml(body: str) -> bytes:
    return f"<?xml version='1.0'?><opml version='1.0'><head/><body>{body}</body></opml>".encode()


def feed(url: str = "https://a.example/f", more: str = "") -> str:
    return f"<outline type='rss' text='A &amp; B' xmlUrl='{url}' {more}/>"


def test_folders_become_section_and_tags() -> None:
    """The innermost says what it is about; the same feed elsewhere adds its folders."""
    found = read_opml(
        opml(
            "<outline text='News'><outline title='Local' text='x'>"
            + feed(more="htmlUrl='https://a.example/' category='/Town/Port,ferries'")
            + "</outline></outline><outline text='Sea'>"
            + feed()
            + "</outline>"
            + feed("https://b.example/f", "type='unknown'").replace("type='rss' ", "")
        )
    )

    assert found == (
        Outline(
            title="A & B",
            url="https://a.example/f",
            homepage="https://a.example/",
            section="Local",
            tags=("Town/Port", "ferries", "News", "Sea"),
        ),
        Outline(title="A & B", url="https://b.example/f"),
    )


def test_what_is_no_address_is_no_feed() -> None:
    """A list from a stranger must not make us read files or run scripts."""
    body = "".join(
        map(feed, ["javascript:x", "file:///etc/passwd", "", "feed.xml", "https://u:p@a.example/"])
    )

    with pytest.raises(DocumentError, match="names no feeds"):
        read_opml(opml(body))


def test_what_could_not_be_taken_is_told_with_the_others() -> None:
    """Of three hundred feeds nobody sees that three are missing; a password is for nobody's eyes."""
    body = "".join(
        map(feed, ["https://a.example/f", "gopher://old.example/", "https://u:secret@b.example/f"])
    )

    found = [(one.url, one.fault is None) for one in read_opml(opml(body))]
    assert found == [
        ("https://a.example/f", True),
        ("gopher://old.example/", False),
        ("https://b.example/f", False),
    ]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("feed://a.example/f", "http://a.example/f"),
        ("feed:https://a.example/f", "https://a.example/f"),
        ("FEED:http://a.example/f", "http://a.example/f"),
    ],
)
def test_the_scheme_for_feeds_is_that_of_the_web(written: str, url: str) -> None:
    """Programs write it so that a click on it opens them."""
    (found,) = read_opml(opml(feed(written)))

    assert (found.url, found.fault) == (url, None)


WORDS = st.text(min_size=1, max_size=40).map(lambda text: clean_line(text, 40)).filter(bool)
SOURCES = st.builds(
    Source,
    key=st.just("a"),
    title=WORDS,
    url=st.integers(0, 10**6).map(lambda number: f"https://a.example/{number}?a=1&b=<2>"),
    homepage=st.none() | st.just("https://a.example/"),
    section=st.none() | WORDS,
    tags=st.lists(
        WORDS.map(lambda tag: tag.replace(",", "").strip(" /")).filter(bool), max_size=3, unique=True
    ).map(tuple),
    kind=st.sampled_from([SourceKind.FEED, SourceKind.SITEMAP, SourceKind.WORDPRESS, SourceKind.PAGE]),
)


@given(st.lists(SOURCES, min_size=1, max_size=8, unique_by=lambda source: source.url))
def test_what_goes_out_comes_in_again(sources: list[Source]) -> None:
    """Moving to another machine must lose nothing that OPML can say."""
    came = {one.url: one for one in read_opml(write_opml(sources, "Sources"))}

    assert len(came) == len(sources)
    for source in sources:
        one = came[str(source.url).replace("<", "%3C").replace(">", "%3E")]
        assert (one.title, one.section, one.homepage) == (source.title, source.section, source.homepage)
        assert (one.kind, set(one.tags)) == (source.kind, set(source.tags))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\1" * 5_000,
        b"{}",
        b"<rss/>",
        b'<!DOCTYPE opml [<!ENTITY a "x">]><opml><body/></opml>',
        opml("<outline text='x'>" * 100_000),
        opml("".join(feed(f"https://a.example/{n}") for n in range(10_001))),
    ],
)
def test_hostile_lists_are_refused_in_time(
    data: bytes, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """The operator got the file from somebody."""
    with within(2), pytest.raises(DocumentError):
        read_opml(data)
