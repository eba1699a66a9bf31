"""Editors look at stored articles and outrank the machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Ran

Digest = Callable[..., Ran]
STRIKE = "Harbour strike ends after nine days"


@pytest.fixture
def strike(digest: Digest, articles: Path) -> int:
    """The number of the article on the strike, one of eight in the store."""
    assert digest("ingest", articles).out.startswith("8 new, 0 revised, 0 known already\n")
    listed = digest("articles", "list", "--json").data
    return next(int(one["id"]) for one in listed if one["title"] == STRIKE)


def test_articles_are_found_by_tag_words_and_page(digest: Digest, strike: int) -> None:
    """An editor looks for one article among thousands."""
    by_words = digest("articles", "list", "--text", "harbour STRIKE", "--json").data
    tag = next(one["name"] for one in by_words[0]["tags"])
    page = digest("articles", "list", "--limit", "3", "--json").data
    rest = digest("articles", "list", "--before", page[-1]["id"], "--json").data
    table = digest("articles", "list").out

    assert [one["id"] for one in by_words] == [strike]
    assert strike in [one["id"] for one in digest("articles", "list", "--tag", tag, "--json").data]
    assert digest("articles", "list", "--source", "nobody", "--json").data == []
    assert (len(page), len(rest)) == (3, 5)
    assert not {one["id"] for one in page} & {one["id"] for one in rest}
    assert table.split()[:5] == ["No.", "Title", "Source", "Published", "Tags"]
    assert "Harbour strike" in table


def test_an_article_is_shown_whole_and_unknown_is_said(digest: Digest, strike: int) -> None:
    """What nobody knows must not look like an empty field."""
    said = digest("articles", "show", strike, "--json").data
    shown = digest("articles", "show", strike).out

    assert (said["id"], said["revision"], said["title"]) == (strike, 1, STRIKE)
    assert said["text"] in shown
    assert shown.startswith(STRIKE)
    assert "byline:       unknown" in shown or said["byline"]


def test_each_tag_says_who_put_it_on_and_why(home: Path, digest: Digest, tmp_path: Path) -> None:
    """Of a name that was found in the text it says what it is of, too."""
    (home / "config" / "sources.yaml").write_text(
        "- {name: quay, title: Quay Times, section: Harbour, tags: [Trade]}\n", "utf-8"
    )
    page = tmp_path / "duarte.json"
    page.write_text(
        '{"title": "PM Duarte opens the bridge", "source": "quay", "tags": ["Bridges"], "language": "en", '
        '"text": ["Prime Minister Ines Duarte opened it. Dr Duarte walked.", "Duarte said it was long."]}'
    )
    digest("ingest", page)
    (number,) = (one["id"] for one in digest("articles", "list", "--json").data if "PM" in one["title"])
    digest("articles", "tag", str(number), "--add", "Kept")
    said = {one["name"]: one for one in digest("articles", "show", str(number), "--json").data["tag_reasons"]}

    assert {name: (one["origin"], one["kind"]) for name, one in said.items()} == {
        "Bridges": ("source", None),
        "Ines Duarte": ("name", "person"),
        "Harbour": ("rule", None),
        "Trade": ("rule", None),
        "Kept": ("editor", None),
    }
    assert said["Ines Duarte"]["why"] == "“Minister” stands before it"
    assert said["Harbour"]["why"] == "the section of the source 'quay'"
    assert said["Trade"]["why"] == "a tag of the source 'quay'"
    assert said["Bridges"]["why"] == "its own document says so"
    (home / "config" / "sources.yaml").write_text("- {name: quay, title: Quay Times}\n", "utf-8")
    later = {
        one["name"]: one["why"]
        for one in digest("articles", "show", str(number), "--json").data["tag_reasons"]
    }
    assert later["Trade"] == "a rule that the settings no longer have"
    assert "Ines Duarte (name, person): “Minister” stands before it" in digest("articles", "show", number).out


def test_an_editors_tag_outlives_a_revision(digest: Digest, strike: int, articles: Path) -> None:
    """The feed's next version must not undo what Ada decided."""
    first = digest("articles", "tag", strike, "--add", "Kept By Ada", "--remove", "world", "--json").data
    for path in articles.iterdir():
        path.write_text(path.read_text("utf-8").replace('"text": "', '"text": "Corrected. '), "utf-8")
    revised = digest("ingest", articles, "--json").data["revised"]
    after = digest("articles", "show", strike, "--json").data

    assert revised == 8
    assert "Kept By Ada" in first["tags"]
    assert after["revision"] == 2
    assert "Kept By Ada" in after["tags"]
    assert "world" not in [name.casefold() for name in after["tags"]]
    assert digest("articles", "tag", strike, "--remove", "Kept By Ada").out.startswith(
        f"{strike} now carries"
    )


def test_pins_and_bans_say_what_they_did(digest: Digest, strike: int) -> None:
    """And can be taken back."""
    assert digest("articles", "pin", strike, "-d", "daily").out == f"{strike} is pinned in daily\n"
    assert digest("articles", "ban", strike, "-d", "daily").out == f"{strike} is banned from daily\n"
    assert (
        digest("articles", "unpin", strike, "-d", "daily").out == f"{strike} is left to its rank in daily\n"
    )
    assert digest("articles", "pin", strike, "-d", "daily", "--json").data == {
        "article": strike,
        "digest": "daily",
        "mark": "pin",
    }


def test_a_dropped_article_does_not_come_back(digest: Digest, strike: int, articles: Path) -> None:
    """The next round of the feed shows it again; the store must remember."""
    assert digest("articles", "drop", strike).out == f"{strike} is dropped\n"
    digest("ingest", articles)

    assert strike not in [one["id"] for one in digest("articles", "list", "--json").data]
    assert digest("articles", "show", strike).code == 1
    assert digest("articles", "drop", strike, "--json").code == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("show", "999"), "no article 999"),
        (("pin", "999", "-d", "daily"), "no article 999"),
        (("tag", "999", "--add", "x"), "no article 999"),
        (("pin", "1", "-d", "weekly"), "no digest 'weekly'"),
        (("tag", "1", "--add", "\u200b"), "a tag needs at least one letter or sign"),
    ],
)
def test_what_is_not_there_is_named(digest: Digest, strike: int, args: tuple[str, ...], words: str) -> None:
    """A slip of a figure must not hit another article."""
    ran = digest("articles", *args)

    assert strike
    assert ran.code == 1
    assert words in ran.err
