"""Words, letters and shorter editions for readers: nothing missing, nothing that runs."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from digest.render import LetterText, Look, Renderer, shortened
from digest.render.language import locale_of
from digest.web.accent import accent_sheet, contrast
from golden import stage
from store_cast import edition, item

READERS = Path(__file__).parents[2] / "templates" / "readers"
LANGUAGES = sorted(path.stem for path in READERS.glob("*.yaml"))
LETTER = LetterText(
    language="de",
    subject="Bestätigen <b>",
    heading="Möchten Sie das & mehr?",
    paragraphs=("Jemand hat <script>alert(1)</script> angemeldet.",),
    action="Ja",
    url="https://news.example.org/confirm/abc.def",
    small=("Sonst nichts.",),
)


facts = stage.facts
renderer = stage.renderer
look = stage.look


@cache
def table(language: str) -> dict[str, object]:
    """Read the words of a language."""
    data: dict[str, object] = YAML(typ="safe", pure=True).load(
        (READERS / f"{language}.yaml").read_text("utf-8")
    )
    return data


def places(value: object) -> set[str]:
    """Name the places of a phrase that are filled."""
    forms = value.values() if isinstance(value, dict) else [value]
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", str(form))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_its_places(language: str) -> None:
    """A missing word stops a letter; a misspelt place would be mailed."""
    assert table(language).keys() == table("en").keys()
    for key, value in table(language).items():
        assert places(value) <= places(table("en")[key]), key
        if isinstance(value, dict):
            assert {locale_of(language).plural_form(number) for number in range(200)} <= set(value), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_by_which_words_people_agree(language: str) -> None:
    """It goes on record with each consent."""
    assert re.fullmatch(r"\d{4}-\d{2}", str(table(language)["wording"]))


@pytest.mark.parametrize(
    ("wanted", "own"),
    [(("de-CH", "en"), "de"), (("fi", "de"), "de"), ((None, "fi"), "en"), (("../../x",), "en"), ((), "en")],
)
def test_the_first_language_that_has_words_is_taken(
    renderer: Renderer, wanted: tuple[str | None, ...], own: str
) -> None:
    """English in the end; a tag is no path."""
    assert renderer.reader_words((), *wanted).own == own


def test_a_letter_holds_what_it_was_given_and_nothing_runs(renderer: Renderer, look: Look) -> None:
    """Both parts say the same; what is foreign is escaped."""
    body = renderer.letter(LETTER, look)

    assert '<html lang="de" dir="ltr"' in body.html
    assert "<script" not in body.html
    assert "&lt;script&gt;" in body.html
    assert 'href="https://news.example.org/confirm/abc.def"' in body.html
    assert "Möchten Sie das &amp; mehr?" in body.html.replace("\u00a0", " ")
    assert "Ja:\nhttps://news.example.org/confirm/abc.def\n" in body.text
    assert "<script>alert(1)</script>" in body.text  # a text part is no page
    assert len(body.html.encode()) < 20_000


def test_a_letter_runs_right_to_left_where_the_language_does(renderer: Renderer, look: Look) -> None:
    """As the edition of that language does."""
    body = renderer.letter(replace(LETTER, language="ar"), look)
    assert '<html lang="ar" dir="rtl"' in body.html


def test_a_shorter_edition_keeps_the_first_and_counts_the_others() -> None:
    """Two sections of three and one: two are left over, besides the two that were."""
    whole = edition(1, 2, 3)
    second = replace(whole.sections[0], key="sport", title="Sport", items=(item(9),))
    short = shortened(replace(whole, sections=(*whole.sections, second)), 1)

    assert [[one.article_id for one in part.items] for part in short.sections] == [[1], [9]]
    assert short.left_over == whole.left_over + 2
    assert (short.subject, short.preheader) == (whole.subject, whole.preheader)


def test_a_shorter_edition_names_no_story_that_it_lacks() -> None:
    """Its subject is a promise."""
    whole = replace(edition(1, 2), subject="Bridge 2 opens today", preheader="Bridge 2 opens · Boats waited")
    short = shortened(whole, 1)

    assert (short.subject, short.preheader) == ("Bridge 1 opens", "Bridge 1 opens")


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21; #767676 is the lightest grey that passes on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("light", "dark", "is_taken"),
    [
        ("#98201f", "#ea9180", True),
        ("#ea9180", "#ea9180", False),  # too pale by day
        ("#98201f", "#98201f", False),  # too dark by night
        ("red", "#ea9180", False),
        ("#98201f;}body{display:none", "#ea9180", False),
    ],
)
def test_an_accent_is_taken_where_it_can_be_read(light: str, dark: str, *, is_taken: bool) -> None:
    """By day and by night, on paper and under a button's words; else ours stays."""
    assert (f"--pencil:{light}" in accent_sheet(light, dark)) == is_taken


def test_the_shipped_theme_brings_its_accent(renderer: Renderer, look: Look) -> None:
    """What the mail has, its pages have."""
    assert accent_sheet(*renderer.accents(look)) != ""
