"""Shaping editions by command: the same deeds as at the desk."""

from __future__ import annotations

from pathlib import Path

from commands import Ran, run_here
from newsroom import newsroom


def test_an_edition_is_shaped_by_command(tmp_path: Path) -> None:
    """Each verb changes what it names; all of it is undone to the edition as built, and done again."""
    home = tmp_path / "home"
    with newsroom(home, "review: {mode: required}") as room:
        number = room.build()
        built = room.stored(number)
        with room.app.store.reading() as tx:
            out = next(one.article_id for one in tx.editions.decisions(number) if not one.kept)
    first, second = (item.article_id for item in built.edition.sections[0].items[:2])
    other = built.edition.sections[1].key

    def edit(*words: object) -> Ran:
        ran = run_here("editions", "edit", number, *words, "--json", home=home)
        assert ran.code == 0, ran.err
        return ran

    edit("move", first, "--section", other, "--to", 1)
    edit("headline", first, "Boats wait")
    edit("summary", first, "Nobody sails.")
    edit("again", second, "--sentences", 0)
    edit("take", out, "--instead-of", second)
    edit("drop", out)
    edit("subject", "Boats wait, and more")
    edit("preheader", "In short")
    edit("intro", "Good morning.")
    edit("outro", "Until tomorrow.")
    edit("section", other)
    last = edit("title", other, "The sea").data
    assert last["state"] == "review"

    with newsroom(home, "") as room:
        shaped = room.stored(number).edition
    assert (shaped.subject, shaped.preheader) == ("Boats wait, and more", "In short")
    assert (shaped.intro, shaped.outro) == ("Good morning.", "Until tomorrow.")
    assert (shaped.sections[0].key, shaped.sections[0].title) == (other, "The sea")
    top = shaped.sections[0].items[0]
    assert (top.article_id, top.title, top.summary.text) == (first, "Boats wait", "Nobody sails.")
    assert {second, out}.isdisjoint(item.article_id for item in shaped.items)

    told = run_here("editions", "history", number, "--since", 0, "--json", home=home).data
    assert [one["deed"] for one in told["states"][:3]] == ["build", "move", "headline"]
    assert {"subject", "intro", "section"} <= {one["what"] for one in told["differences"]}
    shown = run_here("editions", "history", number, home=home)
    assert "Boats wait" in shown.out

    deeds = len(told["states"]) - 1
    backs = [run_here("editions", "undo", number, "--json", home=home) for _ in range(deeds)]
    assert backs[-1].data["content_hash"] == built.content_hash
    assert "nothing is left to undo" in run_here("editions", "undo", number, home=home).err
    agains = [run_here("editions", "redo", number, "--json", home=home) for _ in range(deeds)]
    assert agains[-1].data["content_hash"] == last["content_hash"]


def test_a_command_on_an_old_state_overwrites_nothing(tmp_path: Path) -> None:
    """Who names the state they looked at is told of others' words; an article is named by its number."""
    home = tmp_path / "home"
    with newsroom(home, "review: {mode: required}") as room:
        number = room.build()
    assert run_here("editions", "edit", number, "subject", "One", home=home).code == 0
    refused = run_here("editions", "edit", number, "subject", "Two", "--on", 0, home=home)
    assert refused.code != 0
    assert "changed the subject while you wrote" in refused.err
    wrong = run_here("editions", "edit", number, "drop", "seventeen", home=home)
    assert "is no article's number" in wrong.err
