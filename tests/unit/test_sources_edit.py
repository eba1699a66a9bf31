"""The list of sources is changed as a careful person would: what else stands there stays."""

from __future__ import annotations

import pytest

from digest.errors import NotFound, SettingsError
from digest.settings import with_sources, without_source
from digest.settings.sources_edit import sources_of

ENTRY = {
    "name": "new",
    "title": "New: one",
    "url": "https://n.example/f",
    "kind": "feed",
    "tags": ["a", "no"],
}
ADDED = (
    'name: new\n{0}title: "New: one"\n{0}url: "https://n.example/f"\n{0}kind: feed\n{0}tags: ["a", "no"]\n'
)
LIST = (
    "# top\n- name: one   # its name\n  title: 'One'\n  weight: 0.50\n  # after\n\n"
    "# before two\n- name: two\n  title: Two\n"
)
GROUP = (
    "sources:\n    # the wire\n    - {name: one, title: One}\n"
    "    - name: two\n      title: Two # x\n# the end\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LIST, LIST + "- " + ADDED.format("  ")),
        (GROUP, GROUP + "    - " + ADDED.format("      ")),
        ("# why\nsources: []\n", "# why\nsources:\n  - " + ADDED.format("    ")),
        ("", "sources:\n  - " + ADDED.format("    ")),
    ],
)
def test_an_entry_is_added_at_the_end_in_the_files_own_hand(text: str, expected: str) -> None:
    """Comments, quotes, figures and indentation are the operator's."""
    assert with_sources(text, [ENTRY], "sources.yaml") == expected


def test_an_entry_goes_with_its_lines_alone() -> None:
    """What is said about the next source must not go with the one before."""
    assert without_source(LIST, "one", "f") == "# top\n  # after\n\n# before two\n- name: two\n  title: Two\n"
    assert without_source(LIST, "two", "f") == LIST.partition("- name: two")[0]
    assert "name: two" in without_source(GROUP, "one", "f")
    assert without_source(with_sources("", [ENTRY], "f"), "new", "f").strip() in {"sources: []", "sources:"}
    alone = "# ours\n- {name: one, title: One}\n"
    assert without_source(alone, "one", "f") == "# ours\nsources: []\n"


@pytest.mark.parametrize(
    "text",
    [
        "{sources: [{name: one, title: One}, {name: two, title: Two}]}",
        "[{name: one, title: One}, {name: two, title: T}]",
    ],
)
def test_lists_on_one_line_are_changed_too(text: str) -> None:
    """Some write YAML like JSON."""
    assert "new" in with_sources(text, [ENTRY], "f")
    assert "one" not in without_source(text, "one", "f")


def test_what_would_be_wrong_is_not_written() -> None:
    """The service goes on with what it has; a fault in the file would keep it from starting."""
    with pytest.raises(SettingsError, match="no other source has"):
        with_sources(LIST, [{**ENTRY, "name": "one"}], "f")
    with pytest.raises(SettingsError, match="kind"):
        with_sources(LIST, [{**ENTRY, "kind": "tape"}], "f")
    with pytest.raises(SettingsError, match=r"sources\.0\.colour"):
        with_sources("- {name: a, title: A, colour: red}", [ENTRY], "f")
    with pytest.raises(NotFound, match="no source 'three'"):
        without_source(LIST, "three", "f")


def test_the_file_holds_a_thousand_sources_as_other_programs_list_them() -> None:
    """An editor who comes from another program brings all at once, each with site, folder and address."""
    entries = [
        {
            "name": f"the-daily-source-number-{number}",
            "title": f"The Daily Source Number {number} of the World",
            "homepage": f"https://www.daily-source-{number}.example.org/",
            "section": "World News",
            "url": f"https://www.daily-source-{number}.example.org/news/feed/rss.xml?lang=en&full=1",
            "kind": "feed",
        }
        for number in range(1_000)
    ]
    text = with_sources(LIST, entries, "sources.yaml")

    assert len(sources_of(text, "sources.yaml")) == 1_002
