"""Single keys of a source change in place; nothing else in the file moves."""

from __future__ import annotations

import pytest

from digest.errors import NotFound, SettingsError
from digest.settings import sources_of, with_fields

FILE = (
    "# ours\nsources:\n  - name: wire   # the old one\n    title: 'Wire'\n    url: https://w.example/f\n"
    "    every: 30m   # slow host\n    tags: [Harbour]\n\n  # the other\n  - {name: other, title: Other}\n"
)


def test_a_value_changes_where_it_stands_and_a_new_key_comes_below() -> None:
    """Comments, quotes and the other entry are the operator's."""
    changed = with_fields(
        FILE, "wire", {"every": "1h", "tags": ("Sea", "no: 1"), "section": "Port: news"}, "f"
    )
    assert changed == (
        "# ours\nsources:\n  - name: wire   # the old one\n    title: 'Wire'\n    url: https://w.example/f\n"
        '    every: 1h   # slow host\n    tags: ["Sea", "no: 1"]\n    section: "Port: news"\n\n'
        "  # the other\n  - {name: other, title: Other}\n"
    )
    wire, other = sources_of(changed, "f")
    assert (wire.tags, wire.section, other.title) == (("Sea", "no: 1"), "Port: news", "Other")


def test_an_emptied_value_lets_the_default_hold_and_an_absent_one_stays_absent() -> None:
    """Nothing is written that says nothing."""
    changed = with_fields(FILE, "wire", {"every": "", "tags": (), "language": ""}, "f")
    assert "every: null   # slow host\n    tags: []\n" in changed
    assert "language" not in changed
    assert sources_of(changed, "f")[0].every == "auto"


def test_an_entry_on_one_line_and_a_file_that_is_a_list_change_too() -> None:
    """Both forms are allowed in the file."""
    assert '{name: other, title: "New", language: de}' in with_fields(
        FILE, "other", {"title": "New", "language": "de"}, "f"
    )
    listed = "- name: one\n  title: One\n- name: two\n  title: Two\n"
    assert with_fields(listed, "two", {"weight": "0.5"}, "f") == f"{listed}  weight: 0.5\n"


def test_what_the_file_may_not_say_is_told_with_its_key() -> None:
    """The file that would be faulty is never returned."""
    with pytest.raises(SettingsError) as caught:
        with_fields(FILE, "wire", {"every": "soon", "language": "klingon!"}, "f")
    assert {fault.key for fault in caught.value.faults} == {"sources.0.every", "sources.0.language"}
    with pytest.raises(SettingsError):
        with_fields(FILE, "wire", {"title": ""}, "f")
    with pytest.raises(NotFound):
        with_fields(FILE, "nobody", {"title": "X"}, "f")
