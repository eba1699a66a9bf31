"""The desk's proof, findings and questions over HTTP: what they show, and who may press what."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk_cast import SAME, Desk, desk
from digest.actions.editing import approving
from digest.actions.editing.left_out import left_out
from digest.actions.editing.shaping import shape, undo
from digest.actions.editions import find
from digest.actions.printing.inspecting import Preflight
from digest.actions.printing.mail import ANYBODY, Press, Specimen
from digest.actions.printing.presses import content_hash, render
from digest.actions.printing.proofing import picture_sources, with_pictures
from digest.actions.steering.approval_links import approval_link
from digest.errors import Refused
from digest.model import EditionState
from digest.model.accounts import Role
from digest.shape import Write
from newsroom import DUE, Clock, newsroom
from store_cast import add_readers, content

SETTINGS = 'editors: ["Ada Venn <ada@example.org>"]\nreview: {mode: window}'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with edition 1 in review, half an hour before it is due."""
    with newsroom(tmp_path / "home", SETTINGS) as room:
        room.build()
    return tmp_path / "home"


@pytest.fixture
def here(home: Path) -> Iterator[Desk]:
    """An approver at the desk."""
    with desk(home, Role.APPROVER, clock=Clock()) as opened:
        yield opened


def change(here: Desk, **changes: str) -> None:
    """Let somebody write other words into the edition."""
    stored = find(here.app, 1)
    edition = replace(stored.edition, **changes)
    name = content_hash(render(here.app, replace(stored, edition=edition)))
    with here.app.store.writing() as tx:
        tx.editions.replace(
            1, edition, content_hash=name, expect=list(EditionState), by="tom", at=here.app.clock()
        )


def state(here: Desk) -> EditionState:
    """Return where the edition is in its life."""
    return find(here.app, 1).state


def test_the_proof_is_the_very_bytes_of_the_mail(here: Desk) -> None:
    """In a frame that may run nothing, load no style and send no form."""
    stored = find(here.app, 1)
    message = Press(here.app, stored, render(here.app, stored)).message(ANYBODY)
    answer = here.client.get("/desk/1/proof.html")

    assert answer.content == Specimen.of(message).html
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src https: data:;")
    assert policy.endswith("sandbox")
    assert "script-src" not in policy
    assert here.client.get("/desk/1/proof.eml").content == message
    assert here.client.get("/desk/1/proof.txt").content == Specimen.of(message).text


def test_the_dark_proof_is_dark_on_any_screen(here: Desk) -> None:
    """Its own style for the dark is chosen; not a letter of what it says is another."""
    plain = here.get("/desk/1/proof.html")
    dark, light = (
        here.get("/desk/1/proof.html", scheme="dark"),
        here.get("/desk/1/proof.html", scheme="light"),
    )

    assert "prefers-color-scheme" in plain
    assert "prefers-color-scheme" not in dark + light
    assert dark.count("(min-width:0)") == light.count("(max-width:0)") == plain.count("prefers-color-scheme")


def test_pictures_in_a_folder_of_this_machine_are_shown_from_the_site(here: Desk) -> None:
    """Mails of the demonstration name files; a page of a site may open none."""
    folder = here.app.home.media.as_uri()
    site = here.app.system.site.model_copy(update={"media_url": folder})
    app = replace(here.app, system=here.app.system.model_copy(update={"site": site}))
    html = f'<img src="{folder}/a.jpg"><img src="https://there.example/media/b.jpg">'.encode()

    assert with_pictures(app, html) == (
        b'<img src="/media/a.jpg"><img src="https://there.example/media/b.jpg">'
    )
    assert with_pictures(here.app, html) == html
    assert picture_sources(app) == "https: data: 'self'"


def test_a_proof_as_a_reader_has_their_name_and_nobodys_links(here: Desk) -> None:
    """Who may look at an edition may not, by that, end somebody's subscription."""
    with here.app.store.writing() as tx:
        add_readers(tx, 1)
    mail = here.client.get("/desk/1/proof.txt", params={"as": "reader1@example.org"}).text
    token = here.app.keyring.sign("unsubscribe", f"{ANYBODY.uid}.daily")

    assert "signed up as Reader1@example.org" in mail
    assert f"/unsubscribe/{token}" in mail
    page = here.client.get("/desk/1/proof", params={"as": "nobody@example.org"})
    assert page.status_code == 404
    assert "No subscriber nobody@example.org" in page.text


def test_the_pages_of_candidates_lead_on_and_back(tmp_path: Path) -> None:
    """Each that was weighed can be taken in; a number that no page has leads to the first."""
    with newsroom(tmp_path / "home", SETTINGS) as room:
        moments = [DUE - timedelta(hours=1, minutes=number) for number in range(70)]
        contents = [content(number, "world", published=at) for number, at in enumerate(moments, 900)]
        with room.app.store.writing() as tx:
            tx.articles.put(contents, moments[0])
        number = room.build()
        out = left_out(room.app, number).total
    assert 40 < out < 80
    with desk(tmp_path / "home", Role.APPROVER, clock=Clock()) as here:
        path = f"/desk/{number}"
        first, second = (here.get(path, pane="left_out", page=page) for page in ("1", "2"))
        beyond = here.get(path, pane="left_out", page="99")
        oddly = [here.get(path, pane="left_out", page=page) for page in ("", "0", "-1", "two", "9" * 30)]

    assert [page.count('class="out"') for page in (first, second, beyond)] == [40, out - 40, 0]
    assert f'href="{path}?pane=left_out&amp;page=2"' in first
    assert f'href="{path}?pane=left_out&amp;page=1"' in second
    assert f"41 to {out} of {out}" in second
    assert "Begin with the first" in beyond
    assert [page.count('class="out"') for page in oddly] == [40] * 5


def test_looking_changes_nothing_however_often(here: Desk, home: Path) -> None:
    """Mail scanners follow every link; browsers fetch pages ahead."""
    link = approval_link(here.app, 1, "ada@example.org")
    assert link is not None
    panes = ["", "?pane=findings", "?pane=left_out", "?pane=left_out&group=full", "/proof", "/proof.html"]
    asks = ["/proof.eml", "/proof.txt", "/approve", "/hold", "/release", "/cancel"]
    here.get("/more")
    before = dump(home)
    for path in [*(f"/desk/1{each}" for each in panes + asks), link[len("https://news.example.org") :]] * 3:
        assert here.client.get(path).status_code == 200, path

    assert dump(home) == before


def dump(home: Path) -> list[str]:
    """Write out the whole database, but for when sessions were last seen."""
    with closing(sqlite3.connect(home / "var" / "digest.db")) as database:
        return [line for line in database.iterdump() if 'INTO "sessions"' not in line]


def test_approving_asks_and_takes_only_what_was_looked_at(here: Desk) -> None:
    """Somebody has changed it between the question and the answer: it is asked again."""
    question = here.get("/desk/1/approve")
    assert "Approve The Daily Brief?" in question
    seen = find(here.app, 1).content_hash
    assert f'name="seen" value="{seen}"' in question
    change(here, intro="Good morning.")

    again = here.post("/desk/1/approve", {"seen": seen}, status=409)
    assert "has changed since it was looked at" in again
    assert state(here) is EditionState.REVIEW
    assert here.post("/desk/1/approve", {"seen": find(here.app, 1).content_hash}) == "/desk/1"
    assert (state(here), find(here.app, 1).approved_by) == (EditionState.APPROVED, "ada@example.org")


def test_what_is_changed_while_somebody_approves_is_kept_and_not_approved(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new postal address makes it another mail, so that approving writes; another editor was quicker."""
    file = home / "config" / "digest.yaml"
    file.write_text(file.read_text("utf-8").replace("Quay Street", "Pier Street"), "utf-8")
    with desk(home, Role.APPROVER, clock=Clock()) as here:
        looked = approving.inspect

        def meanwhile(press: Press) -> Preflight:
            change(here, intro="Good morning.")
            return looked(press)

        monkeypatch.setattr(approving, "inspect", meanwhile)
        with pytest.raises(Refused, match="has changed since it was looked at"):
            approving.approve(here.app, 1, by="ada")

        assert (state(here), find(here.app, 1).edition.intro) == (EditionState.REVIEW, "Good morning.")


def test_a_change_after_approval_is_shown_and_asks_again(here: Desk) -> None:
    """Who approved what, and what hands have made of it since in sum, stand in the question."""
    shape(here.app, 1, Write(what="preheader", text="In short"), on_version=0, by="ada@example.org")
    assert "Different from how it was built, by you:" in here.get("/desk/1/approve")
    seen = find(here.app, 1).content_hash
    here.post("/desk/1/approve", {"seen": seen})
    here.app.clock.now += timedelta(minutes=1)
    shape(here.app, 1, Write(what="intro", text="Good mourning."), on_version=1, by="tom@example.org")
    shape(here.app, 1, Write(what="intro", text="Good morning."), on_version=2, by="tom@example.org")
    question = here.get("/desk/1/approve")

    assert state(here) is EditionState.REVIEW
    assert "You approved it at" in question
    assert "Different since, by tom@example.org:" in question
    assert "<b>Intro</b> <ins>Good morning.</ins>" in question
    assert "mourning" not in question
    assert "Preheader" not in question
    assert "and it has changed since" in here.get("/desk/1")
    assert "<ins>Good morning.</ins>" in here.get("/desk/1", pane="history")
    assert here.post("/desk/1/approve", {"seen": seen}, status=409)

    undo(here.app, 1, by="tom@example.org")
    undo(here.app, 1, by="tom@example.org")
    assert "It is the same again as then." in here.get("/desk/1/approve")


def test_what_blocks_leads_to_the_finding_and_is_waived_there_by_name(here: Desk) -> None:
    """A blocked button is replaced by the thing to do."""
    change(here, subject="Bridge opens on TK")
    blocked = here.get("/desk/1/approve")
    assert "1 to fix first" in blocked
    assert 'action="/desk/1/approve"' not in blocked
    seen = find(here.app, 1).content_hash
    assert "it says TK" in here.post("/desk/1/approve", {"seen": seen}, status=409)
    spot = {"rule": "tk", "anchor": "subject", "content": content_of(here)}
    assert here.post("/desk/1/waive", {**spot, "why": ""}, status=409)
    assert here.post("/desk/1/waive", {**spot, "why": "it is a flight"}) == "/desk/1?pane=findings"
    page = here.get("/desk/1", pane="findings")
    assert "it is a flight" in page
    assert "Waived by you" in page
    here.post("/desk/1/unwaive", spot)
    assert "1 to fix first" in here.get("/desk/1", pane="findings")


def content_of(here: Desk) -> str:
    """Read from the page which finding the first form waives."""
    page = here.get("/desk/1", pane="findings")
    return page.split('name="content" value="')[1].split('"')[0]


def test_hold_release_and_cancel_go_by_forms(here: Desk) -> None:
    """Each with who and why on record; a released one waits as before."""
    assert here.post("/desk/1/hold", {"note": "the council may answer"}) == "/desk/1"
    change(here, outro="See you.")  # Tom goes on writing; that makes him no holder
    page = here.get("/desk/1/proof")
    assert "You hold it since" in page
    assert "the council may answer" in page
    assert here.post("/desk/1/release") == "/desk/1"
    assert state(here) is EditionState.REVIEW
    assert "1 article" not in here.post("/desk/1/cancel")
    assert state(here) is EditionState.CANCELLED
    with here.app.store.reading() as tx:
        told = [(line.by, line.event, line.note) for line in tx.history.list(limit=3)]
    assert told == [
        ("ada@example.org", "cancel", None),
        ("ada@example.org", "release", None),
        ("ada@example.org", "hold", "the council may answer"),
    ]


@pytest.mark.parametrize("deed", ["approve", "release", "cancel"])
def test_an_editor_may_look_hold_and_waive_but_not_let_go(home: Path, deed: str) -> None:
    """Who may approve is said by name; the buttons for it are not there."""
    with desk(home, Role.EDITOR, clock=Clock()) as here:
        assert "/desk/1/approve" not in here.get("/desk/1/proof")
        assert here.client.get(f"/desk/1/{deed}").status_code == 403
        here.post(f"/desk/1/{deed}", {"seen": "x"}, status=403)
        here.post("/desk/1/hold")
    weekly = home / "config" / "digests" / "weekly.yaml"
    weekly.write_text((home / "config" / "digests" / "daily.yaml").read_text())
    with desk(home, Role.EDITOR, digest="weekly", email="eve@example.org", clock=Clock()) as here:
        for path in ("/proof", "/proof.html", "/hold"):
            assert here.client.get(f"/desk/1{path}").status_code == 403
        here.post("/desk/1/hold", status=403)


def link_of(here: Desk) -> str:
    """Return the path of the link that Ada is mailed."""
    link = approval_link(here.app, 1, "ada@example.org")
    assert link is not None
    return link.removeprefix("https://news.example.org")


def test_the_link_of_a_mail_asks_once_more_and_approves_without_a_sign_in(home: Path) -> None:
    """The page names the person, what goes and when; only its button approves."""
    with desk(home, clock=Clock()) as here:
        path = link_of(here)
        question = here.get(path)
        assert "For Ada Venn" in question
        assert find(here.app, 1).edition.items[0].title in question
        assert here.client.post(path).status_code == 403
        assert "Approved" in here.client.post(path, headers=SAME).text
        assert find(here.app, 1).approved_by == "Ada Venn"
        assert "It is approved" in here.get(path)


def test_the_link_tells_what_has_changed_or_stands_in_the_way(home: Path) -> None:
    """Nobody approves by mail what the mail did not speak of."""
    with desk(home, clock=Clock()) as here:
        old = link_of(here)
        change(here, outro="More TKTK")
        assert "It has changed" in here.get(old)
        assert here.client.post(old, headers=SAME).status_code == 409
        assert "1 to fix first" in here.get(link_of(here))
        assert here.client.get("/approve/x.y").status_code == 404
        assert state(here) is EditionState.REVIEW
