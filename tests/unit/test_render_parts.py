"""Small parts of rendering: addresses, themes, fragments, fitting, slots."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import TemplateError
from digest.model import Image
from digest.render.addresses import link_address, picture_address
from digest.render.cut import cut, require, tame, without_marks
from digest.render.slots import SLOT_BYTES, clean_name, filled_size
from digest.render.theme import Theme, parse_theme
from digest.settings.system import SiteSettings
from digest.slots import slot
from golden.cases import TEMPLATES

SITE = SiteSettings(base_url="https://news.example.org/", postal_address="1 Lock Row, Tarnmouth")


def theme_text() -> str:
    return (TEMPLATES / "email" / "gazette" / "theme.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("http://example.org", "http://example.org"),
        ("https://example.org/süd \u00fc", ""),
        ("https://example.org/süd", "https://example.org/s%C3%BCd"),
        ('https://example.org/"onx="', "https://example.org/%22onx=%22"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org/a", ""),
        ("https://", ""),
        ("https://bank.example@evil.example/", ""),
        ("https://[::1", ""),
        ("https://example.org/\u202egpj", ""),
        ("https://example.org/" + "a" * 2_000, ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_web_addresses_become_links(url: str | None, expected: str) -> None:
    """A feed may claim any address; a reader may click it."""
    assert link_address(url) == expected


def test_pictures_come_from_the_media_folder_or_over_https() -> None:
    """An http picture would be blocked, a path would reach other files."""

    def at(url: str, size: str = "lead", site: SiteSettings = SITE) -> str:
        return picture_address(Image(url=url, alt=""), site, size)

    assert at("media:ab12") == "https://news.example.org/media/ab12-lead.jpg"
    assert at("media:ab12", "story") == "https://news.example.org/media/ab12-story.jpg"
    elsewhere = SITE.model_copy(update={"media_url": "https://cdn.example.org/m"})
    assert at("media:ab12", site=elsewhere) == "https://cdn.example.org/m/ab12-lead.jpg"
    beside = SITE.model_copy(update={"media_url": "file:///home/media"})
    assert at("media:ab12", site=beside) == "file:///home/media/ab12-lead.jpg"
    assert at("file:///etc/passwd") == ""
    assert at("https://cdn.example.com/x.jpg") == "https://cdn.example.com/x.jpg"
    assert at("http://cdn.example.com/x.jpg") == ""
    assert at("media:../../etc/passwd") == ""
    assert picture_address(None, SITE, "lead") == ""


def test_headlines_take_the_size_that_fits_their_length() -> None:
    """36 letters fill the line at 54 px; 300 would fill the screen."""
    theme = Theme(theme_text(), "theme.yaml")

    assert theme.lead_for("Gates hold", "en")["size"] == 54
    assert theme.lead_for("x" * 80, "en")["size"] == 44
    assert theme.lead_for("x" * 300, "en")["size"] == 25
    assert theme.lead_for("水門", "ja")["size"] == 42
    assert theme.nameplate_for("The Estuary Gazette", "en")["size"] == 56
    assert theme.nameplate_for("Ha'aretz", "he")["size"] == 56, "Hebrew takes Latin's sizes"


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "text", "muted", "accent"])
def test_every_text_colour_can_be_read_by_day_and_by_night(ground: str, name: str) -> None:
    """4.5 to 1 is the least that tired eyes need. Source: WCAG 2.2, 1.4.3."""
    colours = parse_theme(theme_text(), "theme.yaml").colours(ground)
    dark, light = sorted((luminance(str(colours[name])), luminance(str(colours["paper"]))))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_type_of_a_script_overlays_latin_and_a_language_overlays_its_script() -> None:
    """A theme says only what differs."""
    theme = parse_theme(theme_text(), "theme.yaml")

    assert theme.type_for("en")["body"] == 17
    assert theme.type_for("ar")["body"] == 19
    assert theme.type_for("ar")["start"] == "right"
    assert "Songti" in str(theme.type_for("zh-Hans")["text"])
    assert theme.type_for("zh-Hans")["body"] == 16
    assert theme.type_for("el")["body"] == 17


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("space: {}", "the group 'colours' is missing"),
        (theme_text().replace("#ffffff", "red}body{"), "'colours.light.paper' holds signs"),
        (theme_text().replace('"#ffffff"', "null"), "'colours.light.paper' needs a value"),
    ],
)
def test_a_wrong_theme_names_the_token(wrong: str, expected: str) -> None:
    """A token that ends its attribute would break every mail, or write its own rules into it."""
    with pytest.raises(TemplateError, match=expected):
        Theme(wrong, "theme.yaml")


def test_a_theme_without_a_size_or_ground_says_so() -> None:
    """These are found when they are first needed."""
    bare = Theme("{colours: {}, space: {}, type: {}, nameplate: {latin: []}, lead: {}}", "theme.yaml")

    with pytest.raises(TemplateError, match=r"'nameplate.latin' needs at least one size"):
        bare.nameplate_for("x", "en")
    with pytest.raises(TemplateError, match=r"'colours.dark' is missing"):
        bare.colours("dark")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("{size: 32, line: 38}", "{size: big, line: 38}"), "'nameplate.latin.size' needs a number above 0"),
        (("{size: 32, line: 38}", "{size: 0, line: 38}"), "'nameplate.latin.size' needs a number above 0"),
        (("phone: 37,", ""), "'lead.latin.phone' needs a number above 0"),
    ],
)
def test_sizes_are_numbers(change: tuple[str, str], expected: str) -> None:
    """A size that is missing shows when its headline comes, months later; so all are checked."""
    theme = Theme(theme_text().replace(*change), "theme.yaml")
    look_up = theme.nameplate_for if "nameplate." in expected else theme.lead_for

    with pytest.raises(TemplateError, match=expected):
        look_up("x", "en")


@pytest.mark.parametrize(
    "endless",
    [
        "colours: &a {light: *a}\nspace: {}\ntype: {}\nnameplate: {}\nlead: {}",
        (
            "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
            "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]\n"
            "colours: {}\nspace: {}\ntype: {}\nnameplate: {}\nlead: {}"
        ),
    ],
)
def test_aliases_do_not_make_a_theme_endless(endless: str) -> None:
    """A file of ten lines can ask for a billion values."""
    with pytest.raises(TemplateError, match="too many tokens"):
        Theme(endless, "theme.yaml")


def test_the_room_for_the_nameplate_is_a_number() -> None:
    """It divides by the letters of the title."""
    theme = Theme(theme_text().replace("nameplate_phone: 180", "nameplates: 180"), "theme.yaml")

    with pytest.raises(TemplateError, match=r"'type.nameplate_phone' needs a number above 0"):
        theme.type_for("en")


def test_html_is_cut_at_its_marks() -> None:
    """Fragments keep their order and lose their marks."""
    html = "<h><!--cut:open--><p>a</p><!--cut:lead.0--><p>b</p><!--cut:part.10.rest-->c"

    assert cut(html, "x") == {"head": "<h>", "open": "<p>a</p>", "lead.0": "<p>b</p>", "part.10.rest": "c"}
    with pytest.raises(TemplateError, match="stands there twice"):
        cut("<!--cut:open--><!--cut:open-->", "x")
    with pytest.raises(TemplateError, match=r"the mark '<!--cut:footer-->' is missing"):
        require({"head": ""}, ["head", "footer"], "x")


def test_mjml_for_people_has_no_marks_and_no_variants() -> None:
    """What a person opens in another MJML program must be the edition, once."""
    mjml = (
        "<mj-raw><!--cut:gap--></mj-raw>\n<a/><!--cut:tail-->\n<mj-raw><!--cut:variants--></mj-raw>\n<b/>\n"
        "<mj-raw><!--cut:close--></mj-raw>\n</mj-body>"
    )

    assert without_marks(mjml) == "<a/>\n</mj-body>"


def test_long_lines_are_broken_where_nothing_changes() -> None:
    """Between words, between blocks, or inside a tag after its name; never inside a word."""
    words = "<p>" + "word " * 400 + "</p>"
    tags = '<a href="https://example.org/x">k</a>' * 60
    assert tame(words).split() == words.split()
    assert max(len(line) for line in tame(words).split("\n")) <= 900
    assert max(len(line) for line in tame(tags).split("\n")) <= 900
    assert tame(tags).replace("<a\n", "<a ") == tags
    assert tame("<tr><td>a</td></tr><tr></tr>") == "<tr><td>a</td></tr>\n<tr></tr>"


@given(st.text(alphabet='ab <>/"=pé', max_size=400).map(lambda part: part * 8))
def test_breaking_lines_only_changes_white_space(text: str) -> None:
    """Whatever the HTML is, its letters stay."""
    assert "".join(tame(text).split()) == "".join(text.split())


def test_a_slot_counts_as_two_hundred_bytes() -> None:
    """Links are longer than their slots; the limit is of the mail that is sent."""
    assert filled_size("ab") == 2
    assert filled_size(f"ab{slot('email')}") == 2 + SLOT_BYTES


def test_names_are_cleaned_of_what_is_no_name() -> None:
    """A name is typed by strangers."""
    assert clean_name("  Sam\u202e\r\nBcc: x ") == "Sam Bcc: x"
    assert clean_name(None) == ""
    assert clean_name("Ada,") == "Ada"


def test_the_shipped_theme_folder_is_where_tests_look() -> None:
    """A moved folder would make every other test here vacuous."""
    assert Path(TEMPLATES, "email", "gazette", "edition.mjml.j2").is_file()
