"""The picture of an item: described, called decoration, swapped within its story, taken away; all undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from commands import run_here
from desk_cast import desk
from digest.actions.editing.approving import preflight
from digest.actions.editing.merging import merge_in
from digest.actions.editing.picturing import Wish, offers, picture
from digest.actions.editing.shaping import Conflict, redo, undo
from digest.actions.editions import find
from digest.actions.printing.proofing import proof_mail
from digest.errors import NotFound, Refused
from digest.model.accounts import Role
from newsroom import DUE, Clock, Newsroom, newsroom
from pictures_cast import CRANE, PORT, pictured

REVIEW = "review: {mode: required}"


def about_alt(room: Newsroom, edition_id: int, article: int) -> bool:
    """Tell whether preflight misses a description of the article's picture."""
    found = preflight(room.app, edition_id).judged
    return any(one.finding.rule == "alt_text" and one.finding.article_id == article for one in found)


def test_a_picture_is_described_and_the_finding_goes(tmp_path: Path) -> None:
    """The words stand in the mail, are told in the history, and undo brings back the bytes."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        (port,) = pictured(room, PORT)
        number = room.build()
        built = find(room.app, number)
        assert about_alt(room, number, port)
        made = picture(room.app, number, port, Wish(alt=" The new\nbasin at dusk "), on_version=0, by="ada")
        assert made.note == (
            "picture of “Harbour opens its new basin”: “not described” → “The new basin at dusk”"
        )
        assert b'alt="The new basin at dusk"' in proof_mail(room.app, number).html
        assert not about_alt(room, number, port)
        undo(room.app, number, by="ada")
        back = find(room.app, number)
        assert (back.edition, back.content_hash) == (built.edition, built.content_hash)


def test_decoration_has_no_words_and_no_finding(tmp_path: Path) -> None:
    """A reading voice passes it over; words written later make it a picture that tells something again."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        (crane,) = pictured(room, CRANE)
        number = room.build()
        made = picture(room.app, number, crane, Wish(is_decoration=True), on_version=0, by="ada")
        item = next(one for one in made.stored.edition.items if one.article_id == crane)
        assert (item.image, item.is_decoration) == (replace(CRANE, alt=""), True)
        assert made.note.endswith("“A yellow crane” → “decoration”")
        assert not about_alt(room, number, crane)
        again = picture(room.app, number, crane, Wish(alt="A crane"), on_version=1, by="ada")
        item = next(one for one in again.stored.edition.items if one.article_id == crane)
        assert (item.image, item.is_decoration) == (replace(CRANE, alt="A crane"), False)


def test_another_picture_comes_from_the_same_story_or_none(tmp_path: Path) -> None:
    """What another article shows may stand with this one only when both tell the same."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        port, crane = pictured(room, PORT, CRANE)
        number = room.build()
        with pytest.raises(NotFound, match="no picture for that item"):
            picture(room.app, number, port, Wish(of=crane), on_version=0, by="ada")
        merge_in(room.app, number, port, crane, on_version=0, by="ada")
        assert [one.article_id for one in offers(room.app, find(room.app, number), port)] == [port, crane]
        swapped = picture(room.app, number, port, Wish(of=crane), on_version=1, by="ada").stored.edition
        assert next(one.image for one in swapped.items if one.article_id == port) == CRANE
        gone = picture(room.app, number, port, Wish(of=0), on_version=2, by="ada")
        assert next(one.image for one in gone.stored.edition.items if one.article_id == port) is None
        with pytest.raises(Refused, match="no picture to describe"):
            picture(room.app, number, port, Wish(alt="A crane"), on_version=3, by="ada")
        with pytest.raises(Conflict):
            picture(room.app, number, port, Wish(alt="Mine"), on_version=2, by="tomas")
        undo(room.app, number, by="ada")
        redo(room.app, number, by="ada")
        assert find(room.app, number).edition == gone.stored.edition


def test_the_desk_has_a_field_for_it_and_the_finding_leads_there(tmp_path: Path) -> None:
    """One press from what is missing to where it is written; what others wrote is not overwritten."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        (port,) = pictured(room, PORT)
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        link = f"/desk/{edition}?pane=findings&amp;item={port}#alt{port}"
        assert link in ada.get(f"/desk/{edition}?pane=findings")
        assert f'id="alt{port}"' in ada.get(f"/desk/{edition}?pane=findings&item={port}")
        fields: dict[str, object] = {"article": port, "version": 0, "of": -1, "alt": "Basin"}
        ada.post(f"/desk/{edition}/picture", fields)
        assert "Describe the picture" not in ada.get(f"/desk/{edition}?pane=findings")
        ada.post(f"/desk/{edition}/picture", fields | {"version": 1})  # as it stands: no deed
        page = ada.post(f"/desk/{edition}/picture", fields | {"alt": "Mine is this"}, status=409)
        assert ">Mine is this</textarea>" in page
        ada.post(f"/desk/{edition}/picture", fields | {"version": 1, "decoration": "true"})
        ada.post(f"/desk/{edition}/picture", fields | {"version": 2, "decoration": "true", "alt": "Two"})
        item = next(one for one in find(ada.app, edition).edition.items if one.article_id == port)
        assert item.image is not None
        assert (item.image.alt, item.is_decoration) == ("Two", False)


def test_pictures_and_merges_by_command(tmp_path: Path) -> None:
    """The same deeds as at the desk."""
    home = tmp_path / "home"
    with newsroom(home, REVIEW) as room:
        port, crane = pictured(room, PORT, CRANE)
        number = room.build()
    for words in (
        ("merge", port, "--with", crane),
        ("picture", port, "The basin"),
        ("picture", port, "--of", crane),
        ("picture", port, "--decoration"),
        ("picture", port, "--of", 0),
    ):
        ran = run_here("editions", "edit", number, *words, "--json", home=home)
        assert ran.code == 0, ran.err
    ran = run_here("editions", "edit", number, "split", port, "--json", home=home)
    assert ran.code == 0, ran.err
    again = run_here("editions", "edit", number, "split", port, "--json", home=home)
    assert again.error["error"] == f"article {port} stands alone"
    refused = run_here("editions", "edit", number, "merge", port, "--json", home=home)
    assert refused.error["error"] == "a merge needs two articles"
    with newsroom(home, REVIEW) as room:
        item = next(one for one in room.stored(number).edition.items if one.article_id == port)
        assert (item.image, item.merged, item.apart) == (None, (), (crane,))
