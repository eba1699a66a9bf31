"""The stage that tests of rendering play on: the estuary edition, its look, a shared renderer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digest.model import Edition
from digest.render import Body, Look, Renderer
from golden.cases import TEMPLATES, load_edition, load_look, read_case


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    renderer = Renderer((TEMPLATES,))
    yield renderer
    renderer.close()


@pytest.fixture
def facts() -> dict[str, Any]:
    return read_case("estuary")


@pytest.fixture
def edition(facts: dict[str, Any]) -> Edition:
    return load_edition(facts["edition"])


@pytest.fixture
def look(facts: dict[str, Any]) -> Look:
    return load_look(facts)


def with_first(edition: Edition, **changes: object) -> Edition:
    """Change the lead of an edition."""
    section = edition.sections[0]
    item = replace(section.items[0], **changes)
    first = replace(section, items=(item, *section.items[1:]))
    return replace(edition, sections=(first, *edition.sections[1:]))


def headlines(body: Body) -> list[str]:
    """Return the text of the lead's and the stories' headlines, in order of the page."""
    plain = re.sub(r"\s+", " ", body.html)
    found = re.findall(r'<h2 class="(?:latin|arabic)\d"[^>]*>(.*?)</h2>|<h3[^>]*>(.*?)</h3>', plain)
    return [re.sub(r"<[^>]+>", "", lead or story).strip().rstrip(".") for lead, story in found]


def theme_file(folder: Path, name: str, text: str) -> None:
    path = folder / "email" / "gazette" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
