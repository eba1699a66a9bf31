"""The operator's own templates: one at a time, and what is said of their faults."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from digest.errors import TemplateError
from digest.model import Edition
from digest.render import Look, Renderer
from golden import stage
from golden.cases import TEMPLATES
from golden.stage import headlines, theme_file

renderer = stage.renderer
facts = stage.facts
edition = stage.edition
look = stage.look


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
        ("tail.j2", "<p>\n{{ 'x' * 2000000000 }}</p>", "email/gazette/tail.j2:2", "'*' with numbers beyond"),
        ("tail.j2", "<p>\n{{ 9 ** 9 ** 9 }}</p>", "email/gazette/tail.j2:2", "'**' with numbers beyond"),
        ("tail.j2", "<p>\n{{ '%2000000000d' % 1 }}</p>", "email/gazette/tail.j2:2", "'%' fills no text"),
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


def test_a_footer_without_a_way_out_is_blocked(
    renderer: Renderer, edition: Edition, look: Look, tmp_path: Path
) -> None:
    """Bulk mail without an unsubscribe link is against the law and against the reader."""
    shipped = (TEMPLATES / "email" / "gazette" / "edition.mjml.j2").read_text(encoding="utf-8")
    theme_file(tmp_path, "edition.mjml.j2", shipped.replace("link.href", "'https://example.org/'"))
    rendered = renderer.render(edition, replace(look, folders=(tmp_path, TEMPLATES)))

    assert rendered.findings[0].message == "no link to unsubscribe"
