"""A web address is taken apart once, and has one plain form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FetchError
from digest.fetch.target import read_target

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("HTTP://News.Example.ORG", "http://news.example.org/"),
        ("https://news.example.org:443/a#b", "https://news.example.org/a"),
        ("http://news.example.org:8080?x", "http://news.example.org:8080/?x"),
        ("http://news.example.org:/", "http://news.example.org/"),
        ("http://bücher.example/ä b", "http://xn--bcher-kva.example/%C3%A4%20b"),
        ("http://a_b.example.org/%41?q=a+b&c=%20", "http://a_b.example.org/%41?q=a+b&c=%20"),
        ("http://[2606:2800:0::1]/", "http://[2606:2800::1]/"),
        ("http://１.１.１.１/", "http://1.1.1.1/"),
        ("http://intranet/", "http://intranet/"),
    ],
)
def test_the_plain_form(written: str, plain: str) -> None:
    """What is compared, kept and shown; RFC 3986, 6.2."""
    assert read_target(written).url == plain


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("news.example.org/feed", "neither http nor https"),
        ("javascript:alert(1)", "neither http nor https"),
        ("http://", "names no host"),
        ("http://news.example.org:0/", "port that does not exist"),
        ("http://news.example.org:65536/", "port that does not exist"),
        ("http://news.example.org:８０/", "names no host"),
        ("http://news..example.org/", "names no host"),
        ("http://-news.example.org/", "names no host"),
        (f"http://{'a' * 64}.example.org/", "names no host"),
        (f"http://{'a.' * 127}org/", "names no host"),
        ("http://news.example.7/", "names no host"),
        ("http://[::1", "is no web address"),
        ("http://news.example.org/\u202egnp", "is no web address"),
        ("http://news.example.org/" + "a" * 4_000, "is no web address"),
        ("http://straße.example/", "written in two ways"),
        ("http://℀.example/", "is no web address"),
        ("http://sam@news.example.org/", "holds a user"),
    ],
)
def test_what_is_not_plain_is_refused_in_words(written: str, said: str) -> None:
    """A guess would go to a host that nobody named."""
    with pytest.raises(FetchError, match=said) as refusal:
        read_target(written)
    assert refusal.value.permanent


@given(WORDS, WORDS, WORDS)
def test_the_plain_form_is_its_own_plain_form(host: str, path: str, query: str) -> None:
    """Else a redirect to itself would not be seen as a circle, and a check would be of another address."""
    try:
        target = read_target(f"http://{host}.example/{path}?{query}")
    except FetchError:
        return
    again = read_target(target.url)

    assert again == target
    assert target.url.isascii()
    assert target.host == target.host.lower()
    assert " " not in target.path


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_a_refusal(text: str) -> None:
    """Addresses come out of feeds."""
    for written in (text, f"http://{text}", f"https://[{text}]:1/"):
        try:
            target = read_target(written)
        except FetchError:
            continue
        assert target.url.startswith(("http://", "https://"))
