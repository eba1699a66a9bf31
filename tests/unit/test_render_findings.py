"""Size and preflight: what is shortened, and what a person is told."""

from __future__ import annotations

from dataclasses import replace

from digest.model import Edition, Image, Item
from digest.render import Look, Renderer
from digest.slots import SLOT
from golden import stage
from golden.stage import with_first

renderer = stage.renderer
facts = stage.facts
edition = stage.edition
look = stage.look


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
