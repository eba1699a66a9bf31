"""The desk as browsers without script see it: several hands at one edition, and looking for articles."""

from __future__ import annotations

from pathlib import Path

from desk_cast import desk
from digest.actions.content.articles import retag
from digest.actions.content.stories import merge
from digest.actions.editing.approving import preflight
from digest.actions.editing.shaping import shape
from digest.actions.editions import find
from digest.actions.readers.people import add as add_reader
from digest.model.accounts import Role
from digest.shape import Headline, Write
from digest.store import NewSubscriber
from newsroom import DUE, Clock, newsroom

REVIEW = "review: {mode: required}"


def test_fields_that_others_left_alone_are_saved_and_the_rest_is_kept(tmp_path: Path) -> None:
    """Of a form with two fields the one that somebody else changed too is refused; its words come back."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        item = find(ada.app, edition).edition.items[0]
        shape(ada.app, edition, Headline(article=item.article_id, text="Theirs"), on_version=0, by="tomas")
        fields = {
            "article": item.article_id,
            "version": 0,
            "headline": "Mine is this",
            "summary": "The ferry sails.",
        }
        page = ada.post(f"/desk/{edition}/item", fields, status=409)
        assert "tomas changed item 1 while you wrote" in page
        assert "required>Mine is this</textarea>" in page
        now = find(ada.app, edition).edition.items[0]
        assert (now.title, now.summary.text) == ("Theirs", "The ferry sails.")


def test_a_field_that_was_not_touched_overwrites_nothing(tmp_path: Path) -> None:
    """Forms carry every field; what is as its writer saw it is no deed, whatever stands there now."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        built = find(ada.app, edition).edition
        item = built.items[0]
        shape(ada.app, edition, Headline(article=item.article_id, text="Theirs"), on_version=0, by="tomas")
        fields = {"article": item.article_id, "version": 0, "headline": item.title, "summary": "It sails."}
        ada.post(f"/desk/{edition}/item", fields)
        now = find(ada.app, edition).edition.items[0]
        assert (now.title, now.summary.text) == ("Theirs", "It sails.")
        shape(ada.app, edition, Write(what="intro", text="Good day."), on_version=2, by="tomas")
        head = {"version": 2, "subject": find(ada.app, edition).edition.subject, "outro": "Until tomorrow."}
        ada.post(f"/desk/{edition}/head", head | {"preheader": find(ada.app, edition).edition.preheader})
        told = find(ada.app, edition).edition
        assert (told.intro, told.outro) == ("Good day.", "Until tomorrow.")


def test_words_for_an_item_that_is_gone_are_shown(tmp_path: Path) -> None:
    """There is no field to put a subject's words into twice, but none of them is lost."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        item = find(ada.app, edition).edition.items[0].article_id
        other = {"article": item, "version": 0}
        ada.post(f"/desk/{edition}/drop", other)
        page = ada.post(
            f"/desk/{edition}/item", other | {"headline": "Mine", "summary": "Words."}, status=409
        )
        assert "“Mine”" in page
        assert "“Words.”" in page


def test_nobody_undoes_what_they_have_not_seen(tmp_path: Path) -> None:
    """An undo carries the state of its page; when somebody did more meanwhile it is refused."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        shape(ada.app, edition, Write(what="subject", text="Ada's"), on_version=0, by="ada")
        shape(ada.app, edition, Write(what="outro", text="Theirs"), on_version=1, by="tomas")
        refused = ada.post(f"/desk/{edition}/undo?version=1", status=409)
        assert "omas has done more meanwhile" in refused
        assert find(ada.app, edition).edition.outro == "Theirs"
        ada.post(f"/desk/{edition}/undo?version=2")
        assert find(ada.app, edition).edition.outro is None
        ada.post(f"/desk/{edition}/redo?version=3")
        assert find(ada.app, edition).edition.outro == "Theirs"


def test_the_article_behind_an_item_shows_its_tags_with_their_reasons(tmp_path: Path) -> None:
    """An editor who doubts a section sees which tag led there, and who put it on."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        item = find(ada.app, edition).edition.items[0].article_id
        retag(ada.app, item, add=["By <Ada>"], remove=())
        pane = ada.get(f"/desk/{edition}?item={item}&pane=source")

    assert ">By &lt;Ada&gt;</dt><dd>an editor put it on</dd>" in pane


def test_articles_are_looked_for_by_words_tag_and_source(tmp_path: Path) -> None:
    """What is in already is not offered."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        every = ada.get(f"/desk/{edition}", pane="add")
        assert every.count("/take") > 0
        assert "/take" not in ada.get(f"/desk/{edition}", pane="add", tag="nobody-has-this")
        assert "/take" not in ada.get(f"/desk/{edition}", pane="add", source="nobody")
        assert "/take" not in ada.get(f"/desk/{edition}", pane="add", q="xyzzy")
        assert "/take" not in ada.get(f"/desk/{edition}", pane="add", until="2001-01-01")
        assert ada.get(f"/desk/{edition}", pane="hold")  # a pane that there is not is the proof


def test_a_sentence_that_the_article_does_not_say_is_cut_or_kept(tmp_path: Path) -> None:
    """Kept, it is the editor's own by name, and no finding any more; cut, it is gone and can be undone."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        item = find(ada.app, edition).edition.items[0].article_id
        words = "It rained frogs. Ministers paid 40 crowns."
        ada.post(
            f"/desk/{edition}/item",
            {"article": item, "version": 0, "headline": find(ada.app, edition).edition.items[0].title}
            | {"summary": words},
        )
        marked = ada.get(f"/desk/{edition}", item=str(item))
        assert marked.count("keep it as yours") == 2
        said = {"article": item, "version": 1, "sentence": "It rained frogs."}
        ada.post(f"/desk/{edition}/keep", said)
        kept = ada.get(f"/desk/{edition}", item=str(item))
        assert kept.count("keep it as yours") == 1
        waivers = [one.waiver for one in preflight(ada.app, edition).judged if one.waiver is not None]
        assert [one.by for one in waivers] == [ada.user.email if ada.user else ""]
        title = find(ada.app, edition).edition.items[0].title
        ada.post(
            f"/desk/{edition}/item",
            {"article": item, "version": 1, "headline": title, "summary": words, "cut": 1},
        )
        assert find(ada.app, edition).edition.items[0].summary.text == "It rained frogs."


def test_stories_are_merged_at_the_desk_and_undone(tmp_path: Path) -> None:
    """From the open item to what else tells it, one press, and the toast takes it back."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        built = find(ada.app, edition).edition
        one, other = built.items[:2]
        assert f"pane=merge&amp;item={one.article_id}" in ada.get(f"/desk/{edition}?item={one.article_id}")
        pane = ada.get(f"/desk/{edition}?pane=merge&item={one.article_id}")
        assert f'name="other" value="{other.article_id}"' in pane
        assert f'name="other" value="{one.article_id}"' not in pane
        words = ada.get(f"/desk/{edition}?pane=merge&item={one.article_id}&q=zzz")
        assert "No headline has these words" in words
        fields = {"article": one.article_id, "other": other.article_id, "version": 0}
        to = ada.post(f"/desk/{edition}/merge", fields)
        page = ada.get(to)
        assert "Merged into" in page
        assert len(find(ada.app, edition).edition.items) == len(built.items) - 1
        ada.post(f"/desk/{edition}/undo?version=1")
        assert find(ada.app, edition).edition == built
        assert ada.client.get(f"/desk/{edition}?pane=merge&item=0").status_code == 404


def test_what_is_split_off_a_story_is_offered_at_once(tmp_path: Path) -> None:
    """Beside its item, not instead of it; where nothing was kept out, the item alone is shown."""
    with newsroom(tmp_path / "before", REVIEW) as room:
        first, other = (item.article_id for item in find(room.app, room.build()).edition.items[:2])
    with newsroom(tmp_path / "home", REVIEW) as room:
        merge(room.app, [first, other], by="tomas")
        edition = room.build()
        held = {item.article_id for item in find(room.app, edition).edition.items}
        lead, out = (first, other) if first in held else (other, first)
        assert (lead in held, out in held) == (True, False)
        clock = room.clock
    with desk(tmp_path / "home", Role.EDITOR, clock=clock) as ada:
        pane = f"/desk/{edition}?pane=left_out&group=story"
        assert f'name="instead" value="{lead}"' in ada.get(pane)
        assert ada.post(f"/desk/{edition}/split", {"article": lead, "version": 0}) == f"{pane}&item={lead}"
        page = ada.get(f"{pane}&item={lead}")
        assert "Split from 1 other; now each can be taken in" in page
        assert f'name="instead" value="{lead}"' not in page
        ada.post(f"/desk/{edition}/take", {"article": out, "version": 1})
        now = {item.article_id for item in find(ada.app, edition).edition.items}
        assert {lead, out} <= now


def test_the_proof_as_a_reader_says_what_language_they_get(tmp_path: Path) -> None:
    """An edition has one language; a reader's own is for letters and pages, and the proof says so."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        edition = room.build()
        for email, language in (("sam@example.org", "de"), ("olu@example.org", "en-GB")):
            new = NewSubscriber(email=email, language=language)
            add_reader(room.app, "daily", new, consent="form", by="tests")
    with desk(tmp_path / "home", Role.EDITOR, clock=Clock(DUE)) as ada:
        told = "The mail is in English, like all of the edition; letters and pages come to them in German"
        assert told in ada.get(f"/desk/{edition}/proof?as=sam@example.org")
        assert "The mail is in" not in ada.get(f"/desk/{edition}/proof?as=olu@example.org")
        assert "Test to me" in ada.get(f"/desk/{edition}/proof").partition('class="deskbar"')[2]
