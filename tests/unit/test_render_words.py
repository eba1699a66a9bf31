"""Words: every language says everything, in its own plurals, dates and digits."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from digest.errors import TemplateError
from digest.render.environment import Templates
from digest.render.language import direction_of, locale_of, script_of
from digest.render.renderer import load_words
from digest.render.words import Words, attributes, parse_yaml

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ar", "ja")
OPTIONAL = {"digits", "numerals"}


def table(language: str) -> dict[str, object]:
    text = (TEMPLATES / "email" / "words" / f"{language}.yaml").read_text(encoding="utf-8")
    data: dict[str, object] = YAML(typ="safe", pure=True).load(text)
    return data


def words(language: str) -> Words:
    return load_words(Templates((TEMPLATES,)), language)


def places(value: object) -> set[str]:
    forms = value.values() if isinstance(value, dict) else [value]
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", str(form))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    """A missing word stops an edition on the morning it is first needed."""
    assert set(table(language)) - OPTIONAL == set(table("en")) - OPTIONAL


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_filled_and_names_known_places(language: str) -> None:
    """A misspelt place would be mailed as '{nmae}'."""
    english = table("en")
    for key, value in table(language).items():
        if key in OPTIONAL:
            continue
        assert value is not None
        known = places(english[key]) | ({"all"} if key.startswith("standfirst") else set())
        assert places(value) <= known | {"all_n"}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_count_has_the_plural_forms_its_language_uses(language: str) -> None:
    """Arabic has six forms; using the wrong one is as wrong as 'one stories'."""
    needed = {locale_of(language).plural_form(number) for number in range(200)}
    for key, value in table(language).items():
        if isinstance(value, dict) and "other" in value:
            assert needed <= set(value), f"{language}: {key}"


def test_plurals_follow_the_language() -> None:
    """Figures by hand from each language's grammar."""
    assert words("en").count("stories", 1) == "1\u00a0story"
    assert words("en").count("stories", 0) == "0\u00a0stories"
    assert words("fr").count("stories", 0) == "0\u00a0article"
    assert words("ar").count("stories", 2) == "خبران"
    assert words("ar").count("stories", 3) == "٣\u00a0أخبار"
    assert words("ar").count("stories", 11) == "١١\u00a0خبرًا"
    assert words("ja").count("stories", 5) == "5本"


def test_small_numbers_are_spelled_where_the_language_has_words_for_them() -> None:
    """A sentence does not begin with a digit in a well set page."""
    assert words("en").count("sections", 6, is_spelled=True) == "six sections"
    assert words("en").count("sections", 21, is_spelled=True) == "21 sections"
    assert words("de").count("sections", 1, is_spelled=True) == "eine Rubrik"
    assert words("fr").count("sections", 6, is_spelled=True) == "6 rubriques"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Thursday 19 November 2026"),
        ("en-US", "Thursday, November 19, 2026"),
        ("de", "Donnerstag, 19. November 2026"),
        ("es", "jueves, 19 de noviembre de 2026"),
        ("ar", "الخميس ١٩ نوفمبر ٢٠٢٦"),
        ("ja", "2026年11月19日（木）"),
        ("pl", "czwartek, 19 listopada 2026"),
    ],
)
def test_dates_are_written_in_the_language_of_the_edition(language: str, expected: str) -> None:
    """A date in another language is the first thing that looks foreign."""
    assert words(language).date(date(2026, 11, 19)) == expected


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (4, "Good morning."),
        (11, "Good morning."),
        (12, "Good afternoon."),
        (18, "Good evening."),
        (3, "Good evening."),
    ],
)
def test_the_greeting_follows_the_hour_of_the_slot(hour: int, expected: str) -> None:
    """'Good morning' in the evening edition shows that nobody is home."""
    assert words("en").greeting(hour, "") == expected


def test_a_name_is_greeted_and_a_missing_name_leaves_no_comma() -> None:
    """'Good morning, .' is the mark of careless mail."""
    assert words("en").greeting(7, "Sam") == "Good morning, Sam."
    assert words("ja").greeting(7, "藤乃") == "藤乃さん、おはようございます。"
    assert "," not in words("en").greeting(7, "")


def test_a_language_without_words_borrows_english_ones_and_says_so() -> None:
    """A screen reader must not read English words with Polish sounds."""
    polish = words("pl")

    assert polish.is_borrowed
    assert polish.say("unsubscribe") == "Unsubscribe"
    assert attributes(polish) == ' lang="en" dir="ltr"'
    assert attributes(words("de-AT")) == ""


def test_names_are_joined_as_a_sentence_does() -> None:
    """'A, B, C' without an 'and' reads like a log."""
    assert words("en").names(["A"]) == "A"
    assert words("en").names(["A", "B", "C"]) == "A, B and C"
    assert words("de").names(["A", "B"]) == "A und B"


def test_a_missing_word_names_the_file_and_the_word(tmp_path: Path) -> None:
    """An operator's own words file is a file with faults like any other."""
    folder = tmp_path / "email" / "words"
    folder.mkdir(parents=True)
    (folder / "en.yaml").write_text("comma: ', '\n", encoding="utf-8")
    borrowed = load_words(Templates((tmp_path, TEMPLATES)), "en")

    with pytest.raises(TemplateError, match=r"email/words/en.yaml: the word 'quiet' is missing"):
        borrowed.say("quiet")
    with pytest.raises(TemplateError, match="the word 'stories' is missing"):
        borrowed.count("stories", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("day: 5\n", "the word 'day' is no text"),
        ("stories: {other: 5}\n", "the word 'stories' is no text"),
        ("numerals: [1, 2]\n", "the word 'numerals' is no text"),
    ],
)
def test_a_word_that_is_no_text_is_named(tmp_path: Path, text: str, expected: str) -> None:
    """YAML reads an unquoted 5 as a number."""
    folder = tmp_path / "email" / "words"
    folder.mkdir(parents=True)
    (folder / "en.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(TemplateError, match=expected):
        load_words(Templates((tmp_path, TEMPLATES)), "en")


def test_a_wrong_date_pattern_is_named() -> None:
    """Patterns are easy to misspell and hard to see."""
    wrong = Words(language="en", own="en", table={"day": "QQQQQQQQ", "date": "x"}, file="en.yaml")

    with pytest.raises(TemplateError, match="'day' is no pattern of a date"):
        wrong.day(date(2026, 11, 19))


def test_a_words_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    """Files come from editors of every age."""
    folder = tmp_path / "email" / "words"
    folder.mkdir(parents=True)
    (folder / "en.yaml").write_bytes("comma: ü".encode("latin-1"))

    with pytest.raises(TemplateError, match="cannot be read as UTF-8"):
        load_words(Templates((tmp_path, TEMPLATES)), "en")


def test_broken_yaml_names_its_line() -> None:
    """'Not YAML' without a line costs a morning."""
    with pytest.raises(TemplateError, match=r"words/xx.yaml:3"):
        parse_yaml("a: 1\nb: [\n", "words/xx.yaml")
    with pytest.raises(TemplateError, match="a mapping is expected"):
        parse_yaml("- a\n", "words/xx.yaml")


@pytest.mark.parametrize(
    ("tag", "direction", "script"),
    [
        ("ar", "rtl", "arabic"),
        ("fa-IR", "rtl", "arabic"),
        ("he", "rtl", "hebrew"),
        ("zh-Hant", "ltr", "cjk"),
        ("uz-Arab", "rtl", "arabic"),
        ("sr-Cyrl", "ltr", "latin"),
        ("en", "ltr", "latin"),
    ],
)
def test_direction_and_script_come_from_the_tag(tag: str, direction: str, script: str) -> None:
    """Uzbek is written both ways; its tag says which."""
    assert (direction_of(tag), script_of(tag)) == (direction, script)


def test_an_unknown_language_falls_back_without_a_fault() -> None:
    """Tags come from documents; nonsense among them must not stop an edition."""
    assert str(locale_of("tlh-x-nonsense")) == "en"
    assert str(locale_of("de-XX")) == "de"
