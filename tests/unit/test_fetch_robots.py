"""What robots.txt lets us fetch, by the examples and words of RFC 9309."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from digest.fetch import ALL, NOTHING, read_robots

AGENT = "Digest-Builder/1.0 (+https://news.example.org)"
SITE = "https://example.org"


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        # RFC 9309, 5.2: the longest match decides
        ("Allow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/", True),
        (
            "Allow: /example/page/\nDisallow: /example/page/disallowed.gif",
            "/example/page/disallowed.gif",
            False,
        ),
        (
            "Disallow: /example/page/disallowed.gif\nAllow: /example/page/",
            "/example/page/disallowed.gif",
            False,
        ),
        # 2.2.2: allow decides between equals, whatever comes first
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Allow: /a\nDisallow: /a", "/a", True),
        # 2.2.3: special signs
        ("Disallow: /*.gif$", "/pictures/a.gif", False),
        ("Disallow: /*.gif$", "/pictures/a.gif?x=1", True),
        ("Disallow: /this/*/exactly", "/this/path/exactly", False),
        ("Disallow: /this/*/exactly", "/this/path/roughly", True),
        ("Disallow: /*a*b$", "/xaxbxb", False),
        ("Disallow: /*ab$", "/ab/ab", False),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /*$", "/anything", False),
        ("Disallow: /ab*ba$", "/aba", True),
        # 2.2.2: escapes count as what they stand for
        ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", False),
        ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
        ("Disallow: /a%2fb", "/a/b", True),
        # nothing said allows
        ("Disallow:", "/a", True),
        ("Disallow: /\nAllow: /public", "/public/a", True),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /a?b", "/a?b=1", False),
        ("  disallow :  /a  # not yet", "/a", False),
        ("Disallow /a", "/a", True),
        ("Disallow: /A", "/a", True),
    ],
)
def test_the_longest_rule_decides(rules: str, path: str, allowed: bool) -> None:
    """The first rule that fits, which the standard library takes, would fetch what is forbidden."""
    robots = read_robots(f"User-agent: *\n{rules}\n".encode(), AGENT)

    assert robots.allows(SITE + path) is allowed


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_groups_that_name_us_are_one_and_shut_out_those_for_all(end: str) -> None:
    """RFC 9309, 2.2.1: groups of one name are combined; the group for all is for those whom none names."""
    lines = ["\ufeffUser-agent: *", "Disallow: /", "", "user-agent: digest-BUILDER/2", "User-agent: other"]
    lines += ["Crawl-delay: 2.5", "Disallow: /a", "Sitemap: https://example.org/s.xml", "User-agent: else"]
    lines += ["Disallow: /c", "User-agent: Digest-Builder", "Disallow: /b"]
    data = end.join(lines).encode()
    ours, others = read_robots(data, AGENT), read_robots(data, "Curl/8")

    assert [ours.allows(f"{SITE}/{path}") for path in "abcd"] == [False, False, True, True]
    assert ours.delay == timedelta(seconds=2.5)
    assert not others.allows(f"{SITE}/d")
    assert read_robots(data, "else").allows(f"{SITE}/d")


def test_a_group_of_ours_without_rules_allows_all() -> None:
    """Whoever names us and forbids nothing means us not to be shut out with all."""
    data = b"User-agent: *\nDisallow: /\n\nUser-agent: digest-builder\nDisallow:\n"

    assert read_robots(data, AGENT).allows(f"{SITE}/a")


def test_no_rules_allow_all_and_unreadable_ones_nothing() -> None:
    """Files of other kinds stand at that address, too."""
    assert ALL.allows(f"{SITE}/a")
    assert not NOTHING.allows(SITE)
    assert read_robots(b"<html><body>Not found: sorry</body></html>", AGENT) == ALL
    assert read_robots(b"", AGENT) == ALL
    assert read_robots(b"\xff\xfe\x00Disallow: /", AGENT) == ALL


def test_a_hostile_file_costs_little(within: Callable[[float], AbstractContextManager[None]]) -> None:
    """Stars multiply the ways of a pattern that is matched by trying."""
    bad = ("Disallow: /" + "*a" * 20 + "$\n") * 5_000 + "Disallow: /" + "*" * 1_999 + "\n"
    robots = read_robots(b"User-agent: *\n" + bad.encode(), AGENT)
    with within(3):
        assert robots.allows(f"{SITE}/" + "a" * 2_000 + "b")
