"""Rendering an edition: choices, counts, slots, languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.model import Edition
from digest.render import Look, Renderer, personal_values
from digest.render.compiler import Compiler
from digest.slots import SLOT
from golden import stage
from golden.cases import load_edition, load_look
from golden.stage import headlines, with_first

renderer = stage.renderer
facts = stage.facts
edition = stage.edition
look = stage.look


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
    assert "One story: one\u00a0minute here, four if you open" in body.html
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
        page = re.sub(r"<!--.*?-->", "", stencil.assemble(choice).html, flags=re.DOTALL)
        for tag in ("table", "tbody", "tr", "td", "div", "p", "a", "h2", "h3", "span"):
            opened = len(re.findall(rf"<{tag}[\s>]", page))
            assert opened == page.count(f"</{tag}>"), (choice, tag)
        assert "cut:" not in page
        assert max(map(len, page.split("\n"))) <= 900


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


def test_the_last_section_without_a_heading_takes_the_word_of_the_language(
    renderer: Renderer, edition: Edition, look: Look
) -> None:
    """A label and a line of the contents with nothing in them look broken."""
    *first, last = edition.sections
    unnamed = replace(edition, sections=(*first, replace(last, title="")))
    body = renderer.render(unnamed, look).stencil.assemble(())

    assert ">More</h2>" in body.html
    assert "\nMORE  " in body.text


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


def test_an_item_in_no_language_takes_the_editions(renderer: Renderer, edition: Edition, look: Look) -> None:
    """Unknown is not foreign."""
    body = renderer.render(with_first(edition, language=None), look).stencil.assemble(("harbour",))
    assert body.html.count("lang=") == 2, "on html and on the wrapper"


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
    page = renderer.render(edition, look).stencil.assemble(()).html
    plain = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)

    assert '<html lang="en" dir="ltr"' in page
    assert re.search(r'<div[^>]*role="article"[^>]*lang="en" dir="ltr"', plain)
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", plain))
    assert all(re.search(r'\salt="[^"]+"', image) for image in re.findall(r"<img[^>]*>", plain))
    assert plain.count("<h1") == 1
    assert '<meta name="color-scheme" content="light dark"' in page
    assert "prefers-color-scheme:dark" in page
    assert "fonts.googleapis" not in page


def test_the_mjml_for_people_compiles_to_the_same_stories(
    renderer: Renderer, edition: Edition, look: Look
) -> None:
    """The file beside the preview is the edition, ready for any MJML program."""
    rendered = renderer.render(edition, look)
    compiler = Compiler()
    page = compiler.compile(rendered.mjml, template="edition.mjml")
    compiler.close()

    assert "cut:" not in rendered.mjml
    assert page.count("<h3") == 17
    assert page.count("<h2") == 9
