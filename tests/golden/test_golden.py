"""Golden editions: what a person can open and judge, and facts worked out by hand beside them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from digest.render import Rendered, Renderer, personal_values
from digest.slots import SLOT
from golden.cases import FOLDER, TEMPLATES, load_edition, load_look, read_case

CASES = sorted(path.parent.name for path in FOLDER.glob("*/input.json"))
NAMES = {"estuary": "Sam", "masabb": "ليلى", "kakou": "藤乃"}
URLS = {
    name: f"https://news.example.org/s/{name}"
    for name in ("preferences_url", "pause_url", "browser_url", "unsubscribe_url")
}


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    renderer = Renderer((TEMPLATES,))
    yield renderer
    renderer.close()


def render(renderer: Renderer, case: str) -> Rendered:
    facts = read_case(case)
    return renderer.render(load_edition(facts["edition"]), load_look(facts))


def outputs(rendered: Rendered, case: str, chosen: tuple[str, ...] = ()) -> dict[str, str]:
    """Fill the slots for Sam, so that the files open as mail looks."""
    values = personal_values(
        rendered.stencil,
        name=NAMES[case],
        email="sam@example.org",
        since=datetime(2025, 3, 3, 12, tzinfo=UTC),
        urls=URLS,
    )
    body = rendered.stencil.assemble(chosen)
    escaped = {name: html.escape(value) for name, value in values.items()}
    return {
        "edition.mjml": SLOT.sub(lambda found: escaped[found[1]], rendered.mjml),
        "edition.html": SLOT.sub(lambda found: escaped[found[1]], body.html),
        "edition.txt": SLOT.sub(lambda found: values[found[1]], body.text),
    }


@pytest.mark.parametrize("case", CASES)
def test_an_edition_looks_as_it_did_when_a_person_last_approved_it(
    renderer: Renderer, case: str, request: pytest.FixtureRequest
) -> None:
    """A change of layout must be seen as a diff, never slip through."""
    made = outputs(render(renderer, case), case)

    if request.config.getoption("--update-golden", default=False):
        for name, text in made.items():
            (FOLDER / case / name).write_text(text, encoding="utf-8")
    for name, text in made.items():
        assert (FOLDER / case / name).read_text(encoding="utf-8") == text, f"{case}/{name} differs"


def test_the_estuary_edition_says_what_a_reader_counts(renderer: Renderer) -> None:
    """5 + 5 + 3 + 2 + 2 + 1 stories; 77 minutes are the sum of the minutes in the input."""
    made = outputs(render(renderer, "estuary"), "estuary")
    page, text = re.sub("[ \n]+", " ", made["edition.html"]), made["edition.txt"]

    assert "Good morning, Sam." in page
    assert "Eighteen stories in six sections: three\u00a0minutes here, 77 if you open" in text.replace(
        "\n", " "
    )
    assert "Thursday 19 November 2026" in page
    assert "No.\u00a087" in page
    assert "4 more stories" in page
    assert "Also in Coast Radio, The Saltmarsh Post and 2\u00a0more" in page
    assert "Quiet today: Chess and Obituaries." in page
    assert "9 more stories did not fit" in page
    assert "sam@example.org on 3\u00a0March\u00a02025." in page
    assert made["edition.html"].count("<h1") == 1
    assert made["edition.html"].count("<h2") == 9, "the lead, contents, six sections and the desk"
    assert made["edition.html"].count("<h3") == 17, "every story but the lead"


def test_the_lead_is_told_once(renderer: Renderer) -> None:
    """A story in two places reads like a mistake."""
    page = outputs(render(renderer, "estuary"), "estuary")["edition.html"]

    assert page.count("Tarnmouth’s flood gates pass their first real\u00a0night") == 1


def test_an_arabic_story_reads_from_the_right_in_an_english_mail(renderer: Renderer) -> None:
    """Otherwise its full stops jump to the wrong end."""
    page = outputs(render(renderer, "estuary"), "estuary")["edition.html"]
    story = page[page.index("مكتبة") - 900 : page.index("مكتبة")]

    assert 'lang="ar" dir="rtl"' in story
    assert '<html lang="en" dir="ltr"' in page


def test_an_arabic_edition_turns_every_layout_table_around(renderer: Renderer) -> None:
    """One table left to right moves numbers and pictures to the wrong side."""
    page = outputs(render(renderer, "masabb"), "masabb")["edition.html"]

    assert '<html lang="ar" dir="rtl"' in page
    assert "direction:ltr" not in page
    assert "صباح الخير يا ليلى." in page
    assert "الخميس ١٩ نوفمبر ٢٠٢٦" in page


def test_a_japanese_edition_speaks_japanese(renderer: Renderer) -> None:
    """Counters, dates and the greeting are grammar, not decoration."""
    page = outputs(render(renderer, "kakou"), "kakou")["edition.html"]

    assert "藤乃さん、おはようございます。" in page
    assert "2026年11月19日（木）" in page
    assert "2部門で7本。" in page
    assert "第87号" in page
