"""The reference pages name what templates and operators may use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from digest.render.slots import NAMES

ROOT = Path(__file__).parent.parent.parent
THEMES = (ROOT / "docs" / "reference" / "themes.md").read_text(encoding="utf-8")
RENDER = (ROOT / "docs" / "reference" / "render.md").read_text(encoding="utf-8")
EMAIL = ROOT / "templates" / "email"


@pytest.mark.parametrize("name", sorted(path.name for path in (EMAIL / "gazette").iterdir()))
def test_every_file_of_a_theme_is_described(name: str) -> None:
    """Whoever copies a theme must know what each file is."""
    assert f"`{name}`" in THEMES


def test_every_word_and_language_is_described() -> None:
    """A translator works from this page."""
    words = YAML(typ="safe", pure=True).load((EMAIL / "words" / "en.yaml").read_text(encoding="utf-8"))

    assert [word for word in [*words, "digits"] if f"`{word}`" not in THEMES] == []
    assert [path.stem for path in (EMAIL / "words").iterdir() if f"`{path.stem}`" not in THEMES] == []


def test_every_mark_and_slot_is_described() -> None:
    """A theme without one of the marks is refused."""
    page = (EMAIL / "gazette" / "edition.mjml.j2").read_text(encoding="utf-8")
    marks = {re.sub(r"[{ \d].*", "N", mark) for mark in re.findall(r"<!--cut:([^>]+?)-->", page)} - {"NAME"}
    plain = {mark for mark in marks if not mark.endswith("N")}

    assert [mark for mark in sorted(plain) if f"`{mark}`" not in THEMES] == []
    assert [name for name in NAMES if f"`{name}`" not in RENDER] == []
