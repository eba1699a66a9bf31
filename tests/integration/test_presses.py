"""Laid-out editions are kept between pages, and never shown once anything of them has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digest.actions.editing.shaping import shape
from digest.actions.printing.mail import ANYBODY
from digest.actions.printing.presses import press_of
from digest.errors import Refused
from digest.shape import Headline
from newsroom import Newsroom, newsroom


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """A digest with an edition to look at."""
    with newsroom(tmp_path / "home") as opened:
        yield opened


def html(room: Newsroom, number: int) -> str:
    """Return the mail as it would go now."""
    return press_of(room.app, room.stored(number)).specimen.html.decode()


def test_an_edition_that_nothing_has_changed_is_laid_out_once(room: Newsroom) -> None:
    """The desk asks for the same one with every pane."""
    number = room.build()

    assert press_of(room.app, room.stored(number)) is press_of(room.app, room.stored(number))


def test_what_a_hand_has_changed_shows_at_once(room: Newsroom) -> None:
    """Otherwise an editor approves what he does not see."""
    number = room.build()
    before = html(room, number)
    first = room.stored(number).edition.items[0].article_id
    shape(room.app, number, Headline(article=first, text="A headline of mine"), on_version=0, by="ada")

    assert "A headline of mine" not in before
    assert "A headline of mine" in html(room, number)


def test_templates_that_are_changed_on_the_disk_show_at_once(room: Newsroom) -> None:
    """The operator's own part stands before the shipped one, whenever he writes it."""
    number = room.build()
    before = html(room, number)
    words = room.app.home.templates / "email" / "words"
    words.mkdir(parents=True)
    shipped = Path(__file__).parents[2] / "templates" / "email" / "words" / "en.yaml"
    text = shipped.read_text("utf-8")
    own = words / "en.yaml"
    own.write_text(text.replace("Unsubscribe", "Leave us"), encoding="utf-8")

    assert "Unsubscribe" in before
    assert "Leave us" in html(room, number)
    own.write_text(text, encoding="utf-8")
    assert "Leave us" not in html(room, number)


def test_settings_in_force_show_at_once(room: Newsroom) -> None:
    """Who is told to use another name must not be printed under the old one."""
    stored = room.stored(room.build())
    old = press_of(room.app, stored)
    digest = room.app.digests["daily"]
    site = room.app.system.site.model_copy(update={"base_url": "https://other.example"})
    for other in (
        replace(room.app, digests={"daily": digest.model_copy(update={"title": "The Other"})}),
        replace(room.app, system=room.app.system.model_copy(update={"site": site})),
    ):
        press = press_of(other, stored)
        assert press is not old
        assert press.message(ANYBODY) != old.message(ANYBODY)
    assert press_of(room.app, stored).message(ANYBODY) == old.message(ANYBODY)


def test_a_skipped_edition_has_nothing_to_lay_out(room: Newsroom) -> None:
    """Its page says so."""
    stored = room.stored(room.build())

    with pytest.raises(Refused, match="was skipped"):
        press_of(room.app, replace(stored, edition=replace(stored.edition, sections=())))
