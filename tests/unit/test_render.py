"""Rendering an edition: choices, slots, hostile text, own templates, findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.errors import TemplateError
from digest.model import Edition, Image, Item, SummarySentence
from digest.render import SLOT, Body, Look, Renderer, personal_values
from digest.render.compiler import Compiler
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
    item = replace(section.items[0], **changes)  # type: ignore[arg-type]  # why: tests name real fields
    first = replace(section, items=(item, *section.items[1:]))
    return replace(edition, sections=(first, *edition.sections[1:]))


def headlines(body: Body) -> list[str]:
    """Return the text of the lead's and the stories' headlines, in order of the page."""
    plain = re.sub(r"\s+", " ", body.html)
    found = re.findall(r'<h2 class="(?:latin|arabic)\d"[^>]*>(.*?)</h2>|<h3[^>]*>(.*?)</h3>', plain)
    return [re.sub(r"<[^>]+>", "", lead or story).strip().rstrip(".") for lead, story in found]


def test_every_item_is_in_the_whole_edition_once(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Nothing lost, nothing twice, in the order of the editors."""
    body = renderer.render(edition, look).stencil.assemble(())

    assert headlines(body) == [item.title for item in edition.items]
    assert body.items == 18
    for item in edition.items:
        assert str(item.url) in body.html
        assert str(item.url) in body.text.split()


def test_a_choice_holds_its_sections_in_its_order(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Subscribers get what they asked for; the first item of their first section leads."""
    body = renderer.render(edition, look).stencil.assemble(("money", "harbour"))
    titles = {section.key: [item.title for item in section.items] for section in edition.sections}

    assert headlines(body) == titles["money"] + titles["harbour"]
    assert body.items == 7
    assert "Seven stories in two sections" in body.html
    assert '<h2 class="latin1"' in body.html
    assert "Science" not in body.html
    assert "Science" not in body.text
    assert body.html.count("Rates stay at 2.75% for a ninth\u00a0month") == 1
    assert "1 more story" in body.html, "below the lead, Money has one more"


def test_a_choice_of_one_section_has_no_contents(renderer: Renderer, edition: Edition, look: Look) -> None:
    """A table of one row is noise."""
    stencil = renderer.render(edition, look).stencil
    body = stencil.assemble(("table",))

    assert "In this edition" not in body.html + body.text
    assert "One story: one\u00a0minute here, 4 if you open" in body.html
    assert 'id="s5"' not in body.html, "its only story leads, so the section has no part of its own"
    assert "In this edition" in stencil.assemble(()).html


def test_a_choice_that_nothing_matches_has_no_items(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Whoever sends must be able to see that there is nothing to send."""
    body = renderer.render(edition, look).stencil.assemble(("chess",))

    assert body.items == 0
    assert "Quiet today: Chess." in body.html
    assert "Obituaries" not in body.html


def test_a_choice_is_well_formed_html(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Joined fragments must close every table they open, or the page falls apart."""
    stencil = renderer.render(edition, look).stencil
    for choice in ((), ("money",), ("table", "harbour", "science"), ("chess",), ("culture", "table")):
        html = re.sub(r"<!--.*?-->", "", stencil.assemble(choice).html, flags=re.DOTALL)
        for tag in ("table", "tbody", "tr", "td", "div", "p", "a", "h2", "h3", "span"):
            opened = len(re.findall(rf"<{tag}[\s>]", html))
            assert opened == html.count(f"</{tag}>"), (choice, tag)
        assert "cut:" not in html
        assert max(map(len, html.split("\n"))) <= 900


def test_all_sections_chosen_by_name_is_the_whole_edition(
    renderer: Renderer, edition: Edition, look: Look
) -> None:
    """Choosing everything and choosing nothing in particular mean the same stories."""
    stencil = renderer.render(edition, look).stencil
    keys = tuple(section.key for section in look.digest.sections)

    assert headlines(stencil.assemble(keys)) == headlines(stencil.assemble(()))
    assert "9 more stories did not fit" in stencil.assemble(keys).html
    assert "did not fit" not in stencil.assemble(keys[:2]).html, "the count is of the whole edition"


def test_the_subject_speaks_of_what_is_in_the_mail(renderer: Renderer, edition: Edition, look: Look) -> None:
    """A subject about a story that this subscriber did not get is a broken promise."""
    stencil = renderer.render(edition, look).stencil

    assert stencil.assemble(()).subject == edition.subject
    assert stencil.assemble(("money", "harbour")).subject == edition.subject
    assert stencil.assemble(("money",)).subject == "Rates stay at 2.75% for a ninth month"
    own = renderer.render(replace(edition, subject="The Thursday paper"), look).stencil
    assert own.assemble(("money",)).subject == "The Thursday paper"


def test_a_preheader_that_names_a_missing_story_is_replaced(
    renderer: Renderer, edition: Edition, look: Look
) -> None:
    """The line under the subject follows the same promise."""
    named = replace(edition, preheader="Also: A peat bog that remembers every winter")
    body = renderer.render(named, look).stencil.assemble(("money",))

    assert body.preheader == "Insurers put a price on the gates"


def test_the_same_edition_gives_the_same_bytes(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Preview, test mail and delivery are compared by their hash."""
    first, second = (renderer.render(edition, look) for _ in range(2))

    assert first.mjml == second.mjml
    for choice in ((), ("money", "science")):
        assert first.stencil.assemble(choice) == second.stencil.assemble(choice)


def test_slots_are_filled_by_plain_values(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Every slot in a body has a value, and a value is text, not HTML."""
    stencil = renderer.render(edition, look).stencil
    body = stencil.assemble(())
    since = datetime(2025, 3, 2, 23, 30, tzinfo=UTC)
    values = personal_values(
        stencil, name="<Sam>", email="sam@example.org", since=since, urls={"pause_url": "https://x.example/p"}
    )

    assert set(SLOT.findall(body.html)) | set(SLOT.findall(body.text)) <= set(values)
    assert {"greeting", "email", "since", "unsubscribe_url", "preferences_url"} <= set(
        SLOT.findall(body.html)
    )
    assert values["greeting"] == "Good morning, <Sam>."
    assert values["since"] == " on 2\u00a0March\u00a02025"
    assert values["pause_url"] == "https://x.example/p"
    assert values["unsubscribe_url"] == ""
    unknown = personal_values(stencil, name=None, email="sam@example.org", since=None, urls={})
    assert (unknown["greeting"], unknown["since"]) == ("Good morning.", "")


def test_since_is_told_in_the_zone_of_the_digest(renderer: Renderer, facts: dict[str, Any]) -> None:
    """Half past eleven at night in London is the next day in Tokyo."""
    facts["edition"] |= {"zone": "Asia/Tokyo"}
    stencil = renderer.render(load_edition(facts["edition"]), load_look(facts)).stencil
    since = datetime(2025, 3, 2, 23, 30, tzinfo=UTC)

    values = personal_values(stencil, name=None, email="a@example.org", since=since, urls={})
    assert values["since"] == " on 3\u00a0March\u00a02025"


def test_links_that_lead_nowhere_are_left_out(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Without a web face there is no page to pause on."""
    plain = replace(look, links=("unsubscribe_url",))
    body = renderer.render(edition, plain).stencil.assemble(())

    assert set(SLOT.findall(body.html)) == {"greeting", "email", "since", "unsubscribe_url"}
    assert "Pause" not in body.html + body.text
    assert "9 more stories did not fit" in body.text


HOSTILE = [
    "a < b & c > d",
    "-- ]]> --> <!-- x -->",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "</mj-text></mj-column><script>alert(1)</script>",
    '" onerror="alert(1)" \' x=\'',
    "bell\x07 null\x00 vt\x0b unit\x1f",
    "longword" * 1_250,
    "\u202egnp.exe\u202c \u2066x",
    "\ufdd0unsubscribe_url\ufdd1 \ufffe \U0001ffff",
    "lone \ud800 surrogate \udfff",
    "&lt;b&gt; &#x00000a0; &nbsp",
    "back\\slash \\u{fdd0} \\n",
    "<!--cut:footer--><mj-raw>",
    "<![CDATA[x]]> <?xml?> <!DOCTYPE x>",
    "\n\n\t tabs \r\n and lines",
    "\u0007",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_costs_nothing_but_itself(
    renderer: Renderer, edition: Edition, look: Look, text: str
) -> None:
    """Any of these has broken a template engine, a compiler or a mail program."""
    image = Image(url="media:x", alt=text, caption=text)
    sentence = SummarySentence(text=text, start=0, end=len(text))
    lead = edition.items[0]
    hostile = with_first(
        edition,
        title=text,
        source=text,
        url=f"https://example.org/{text}",
        language=text,
        also=(text,) * 4,
        image=image,
        summary=replace(lead.summary, sentences=(sentence, sentence)),
    )
    hostile = replace(hostile, subject=text, preheader=text, intro=text, outro=text, quiet=(text,))
    stencil = renderer.render(hostile, look).stencil
    body = stencil.assemble(())

    assert body.items == 18
    assert headlines(body)[1:] == [item.title for item in edition.items[1:]]
    assert "<script" not in body.html
    assert ' onerror="' not in body.html
    assert "49" not in headlines(body)[0]
    assert body.html.count("\ufdd0unsubscribe_url\ufdd1") == 1
    for part in (body.html, body.text, body.subject):
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff\ufffe]", part)
        part.encode()


def test_a_story_without_a_web_address_is_no_link(renderer: Renderer, edition: Edition, look: Look) -> None:
    """A link to nowhere is worse than a headline in ink."""
    rendered = renderer.render(with_first(edition, url="javascript:alert(1)"), look)
    body = rendered.stencil.assemble(())

    assert "javascript" not in body.html + body.text
    assert [finding.place for finding in rendered.findings] == [f"The Harbour: {edition.items[0].title}"]


def test_an_item_of_an_unknown_source_has_no_lonely_dot(
    renderer: Renderer, edition: Edition, look: Look
) -> None:
    """What is missing leaves no hole."""
    section = edition.sections[0]
    items = tuple(replace(item, source="") for item in section.items)
    bare = replace(edition, sections=(replace(section, items=items),))
    body = renderer.render(bare, look).stencil.assemble(())

    assert "·" not in re.sub(r"<[^>]+>", "", body.html)
    assert "·" not in body.text
    assert 'class="mu src"' not in body.html
    assert "7\u00a0min" in body.html


def test_an_item_in_no_language_takes_the_editions(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Unknown is not foreign."""
    body = renderer.render(with_first(edition, language=None), look).stencil.assemble(("harbour",))
    assert body.html.count("lang=") == 2, "on html and on the wrapper"


def test_the_mjml_for_people_compiles_to_the_same_stories(
    renderer: Renderer, edition: Edition, look: Look
) -> None:
    """The file beside the preview is the edition, ready for any MJML program."""
    rendered = renderer.render(edition, look)
    compiler = Compiler()
    html = compiler.compile(rendered.mjml, template="edition.mjml")
    compiler.close()

    assert "cut:" not in rendered.mjml
    assert html.count("<h3") == 17
    assert html.count("<h2") == 9


def theme_file(folder: Path, name: str, text: str) -> None:
    path = folder / "email" / "gazette" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_one_template_can_be_overridden_alone(
    renderer: Renderer, edition: Edition, look: Look, tmp_path: Path
) -> None:
    """An operator changes the standfirst, and keeps everything else."""
    theme_file(tmp_path, "standfirst.j2", "<p>Hello from the operator, {{ slot.greeting }}</p>")
    own = replace(look, folders=(tmp_path, TEMPLATES))
    stencil = renderer.render(edition, own).stencil

    assert "Hello from the operator" in stencil.assemble(()).html
    assert "Hello from the operator" in stencil.assemble(("money",)).html
    assert headlines(stencil.assemble(())) == [item.title for item in edition.items]


@pytest.mark.parametrize(
    ("name", "text", "place", "message"),
    [
        ("standfirst.j2", "<p>\n{% if %}</p>", "email/gazette/standfirst.j2:2", "Expected an expression"),
        ("tail.j2", "<p>\n\n{{ nobody }}</p>", "email/gazette/tail.j2:3", "'nobody' is undefined"),
        ("contents.j2", "<p>{{ choice.nothing }}</p>", "email/gazette/contents.j2:1", "nothing"),
        ("tail.j2", "<p>\n{{ 1 / 0 }}</p>", "email/gazette/tail.j2:2", "division by zero"),
        ("tail.j2", "<p>\n{{ ''.__class__.__mro__ }}</p>", "email/gazette/tail.j2:2", "unsafe"),
        ("tail.j2", "<p>a\n<mj-text>b</mj-text></div>", "email/gazette/tail.j2:2", "</div> closes <p>"),
        ("tail.j2", '<p>a</p>\n<b onclick="x">b</b>', "email/gazette/tail.j2:2", "script in an attribute"),
        ("tail.j2", "<p>a</p>\n<mj-bogus/>", "email/gazette/tail.j2:2", "unknown component <mj-bogus>"),
        ("tail.j2", "{% include './gone.j2' %}", None, "there is no template 'email/gazette/gone.j2'"),
        (
            "edition.mjml.j2",
            "<mjml><mj-body></mj-body></mjml>",
            "edition.mjml.j2",
            "<!--cut:preheader-->' is missing",
        ),
        ("tail.j2", "<p>a</p>\n<!-- x -- y -->", "email/gazette/tail.j2:2", "two hyphens within a comment"),
        ("tail.j2", "<p>a</p>\n5 < 6", "email/gazette/tail.j2:2", "a '<' that begins no tag"),
        ("tail.j2", "<p>a</p> <a href=x>b</a>", "email/gazette/tail.j2:1", "attribute without quotes"),
    ],
)
def test_template_faults_name_file_and_line(  # noqa: PLR0917
    renderer: Renderer,
    edition: Edition,
    look: Look,
    tmp_path: Path,
    name: str,
    text: str,
    place: str,
    message: str,
) -> None:
    """Whoever edits a template at eleven at night needs the line."""
    theme_file(tmp_path, name, text)
    own = replace(look, folders=(tmp_path, TEMPLATES))

    with pytest.raises(TemplateError) as caught:
        renderer.render(edition, own)
    assert message in caught.value.message
    if place:
        assert place in str(caught.value.where)
    assert renderer.render(edition, look).stencil.assemble(()).items == 18, "the next edition is well"


def test_a_missing_theme_names_every_folder_it_was_looked_for_in(
    renderer: Renderer, edition: Edition, look: Look, tmp_path: Path
) -> None:
    """'Template not found' without a place is half an answer."""
    own = replace(
        look, digest=look.digest.model_copy(update={"theme": "nowhere"}), folders=(tmp_path, TEMPLATES)
    )

    with pytest.raises(TemplateError, match=r"email/nowhere/theme.yaml") as caught:
        renderer.render(edition, own)
    assert str(tmp_path) in str(caught.value.hint)
    assert str(TEMPLATES) in str(caught.value.hint)


def many(edition: Edition, count: int) -> Edition:
    """Fill the first section with that many stories."""
    section = edition.sections[0]
    items: list[Item] = [
        replace(
            section.items[0], article_id=1_000 + number, title=f"Story number {number} of many", image=None
        )
        for number in range(count)
    ]
    return replace(edition, sections=(replace(section, items=tuple(items)), *edition.sections[1:]))


def test_two_hundred_stories_fit_below_the_limit(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Mail programs cut at about 102,000 bytes, and the unsubscribe link with it."""
    rendered = renderer.render(many(edition, 200), look)
    body = rendered.stencil.assemble(())
    filled = SLOT.sub("x" * 200, body.html)

    assert len(filled.encode()) <= 100_000
    assert body.items + len(rendered.left_out) == 213
    assert f"{9 + len(rendered.left_out)} more stories did not fit" in body.html
    assert [finding.level for finding in rendered.findings] == ["warn"]
    assert "shortened to" in rendered.findings[0].message


def test_an_edition_that_cannot_fit_is_blocked(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Better no mail than half a mail."""
    rendered = renderer.render(edition, look, limit_bytes=3_000)

    assert rendered.findings[0].level == "block"
    assert "more than 3,000" in rendered.findings[0].message
    assert rendered.stencil.assemble(()).items == 1


def test_findings_name_what_would_embarrass(renderer: Renderer, edition: Edition, look: Look) -> None:
    """The preflight of an edition, before editors approve it."""
    poor = with_first(edition, url=None, image=Image(url="media:x", alt=" "))
    poor = replace(poor, subject="Long " * 30, preheader="Short")
    found = {(finding.level, finding.place) for finding in renderer.render(poor, look).findings}
    lead = f"The Harbour: {edition.items[0].title}"

    assert found == {("warn", "subject"), ("warn", "preheader"), ("warn", lead)}
    blank = renderer.render(replace(edition, subject=" \u200b"), look)
    assert ("block", "it is empty") in {(finding.level, finding.message) for finding in blank.findings}


def test_an_edition_without_stories_is_blocked(renderer: Renderer, edition: Edition, look: Look) -> None:
    """An empty section costs itself; an empty edition is never sent."""
    hollow = replace(edition, sections=(replace(edition.sections[0], items=()), *edition.sections[1:]))
    assert renderer.render(hollow, look).stencil.assemble(()).items == 13

    empty = renderer.render(replace(edition, sections=()), look)
    assert ("block", "edition") in {(finding.level, finding.place) for finding in empty.findings}
    assert empty.stencil.assemble(()).items == 0


def test_a_footer_without_a_way_out_is_blocked(
    renderer: Renderer, edition: Edition, look: Look, tmp_path: Path
) -> None:
    """Bulk mail without an unsubscribe link is against the law and against the reader."""
    shipped = (TEMPLATES / "email" / "gazette" / "edition.mjml.j2").read_text(encoding="utf-8")
    theme_file(tmp_path, "edition.mjml.j2", shipped.replace("link.href", "'https://example.org/'"))
    rendered = renderer.render(edition, replace(look, folders=(tmp_path, TEMPLATES)))

    assert rendered.findings[0].message == "no link to unsubscribe"


@pytest.mark.parametrize(
    "language", ["de", "fr", "es", "it", "pt-BR", "nl", "ar-EG", "ja", "zh-Hans", "ko", "he", "pl"]
)
def test_every_language_makes_a_whole_edition(
    renderer: Renderer, facts: dict[str, Any], language: str
) -> None:
    """Also those whose words are borrowed: the mail is then English around foreign headlines."""
    facts["edition"]["language"] = language
    rendered = renderer.render(load_edition(facts["edition"]), load_look(facts))
    body = rendered.stencil.assemble(("money", "science"))

    assert body.items == 7
    assert f'<html lang="{language}" dir="{"rtl" if language in {"ar-EG", "he"} else "ltr"}"' in body.html
    assert ('lang="en" dir="ltr"' in body.html) is True, "the stories are English"
    assert [finding.level for finding in rendered.findings if finding.level == "block"] == []


def test_the_page_can_be_read_by_everyone(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Language and direction twice, tables that are layout say so, pictures speak, dark is told."""
    html = renderer.render(edition, look).stencil.assemble(()).html
    plain = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)

    assert '<html lang="en" dir="ltr"' in html
    assert re.search(r'<div[^>]*role="article"[^>]*lang="en" dir="ltr"', plain)
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", plain))
    assert all(re.search(r'\salt="[^"]+"', image) for image in re.findall(r"<img[^>]*>", plain))
    assert plain.count("<h1") == 1
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme:dark" in html
    assert "fonts.googleapis" not in html
