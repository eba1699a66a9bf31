"""Preflight in an edition's life: what it stops, who may let it stand, and the link that approves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.actions.editing.approving import approve, cancel, hold, preflight, release
from digest.actions.editing.asking import ask_links
from digest.actions.editing.left_out import decisions_of, kept, left_out
from digest.actions.editing.shaping import shape
from digest.actions.editing.taking import take_in
from digest.actions.editing.waiving import Spot, take_back, waive
from digest.actions.mailing.handing import Hands, Lease
from digest.actions.printing.presses import content_hash, render
from digest.actions.staff.accounts import add_user
from digest.actions.steering.approval_links import approval_link, approve_by_link, asked
from digest.actions.upkeep.alerts import dispatch
from digest.deliver import Receipt
from digest.deliver.smtp.conversation import Phase
from digest.errors import NotFound, Refused
from digest.model import ArticleContent, DeliveryState, EditionState, Tag, TagOrigin
from digest.model.schedule import AlertKind
from digest.shape import Drop
from newsroom import DUE, Newsroom, add_bare_articles, newsroom
from web_cast import Site, Town, answer, fetcher

WINDOW = 'editors: ["Ada Venn <ada@example.org>", tom@example.org]\nreview: {mode: window}'
TK = Spot(rule="tk", anchor="subject")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """A digest whose editors have half an hour."""
    with newsroom(tmp_path / "home", WINDOW) as opened:
        yield opened


def change(room: Newsroom, number: int, **changes: str) -> None:
    """Let somebody write other words into an edition."""
    stored = room.stored(number)
    edition = replace(stored.edition, **changes)
    name = content_hash(render(room.app, replace(stored, edition=edition)))
    with room.app.store.writing() as tx:
        tx.editions.replace(
            number, edition, content_hash=name, expect=list(EditionState), by="ada", at=room.clock()
        )


def waived(room: Newsroom, number: int, why: str = "that is a flight") -> None:
    """Let Ada waive the TK of the subject."""
    waive(room.app, number, TK, by="ada", why=why)


def test_what_blocks_is_refused_until_it_is_waived_by_name(room: Newsroom) -> None:
    """The reason stands in the refusal, the waiver stands on record."""
    number = room.build()
    change(room, number, subject="Flight TK 1951 lands")
    with pytest.raises(Refused, match="subject: it says TK") as caught:
        approve(room.app, number, by="tom")
    assert f"digest check {number}" in str(caught.value.hint)
    waived(room, number)

    found = preflight(room.app, number)
    assert found.blocking == ()
    told = [(one.waiver.by, one.waiver.why) for one in found.judged if one.waiver]
    assert told == [("ada", "that is a flight")]
    assert approve(room.app, number, by="tom").state is EditionState.APPROVED
    assert room.told() == [("waive", "ok"), ("approve", "ok")]
    assert room.history()[0].note == "tk at subject: that is a flight"


def test_a_change_of_that_place_takes_the_waiver_away_and_others_do_not(room: Newsroom) -> None:
    """Ada has let one subject stand, not every subject to come."""
    number = room.build()
    change(room, number, subject="Flight TK 1951 lands")
    waived(room, number)
    change(room, number, intro="Good morning.")
    assert preflight(room.app, number).blocking == ()
    change(room, number, subject="Flight TK 1952 lands")
    assert [one.rule for one in preflight(room.app, number).blocking] == ["tk"]
    change(room, number, subject="Flight TK 1951 lands")
    assert preflight(room.app, number).blocking == ()


def test_a_waiver_can_be_taken_back_and_needs_a_reason_and_a_finding(room: Newsroom) -> None:
    """Who waives what is not there has misread the list: they are told what is."""
    number = room.build()
    change(room, number, subject="Flight TK 1951 lands")
    with pytest.raises(Refused, match="needs a reason"):
        waived(room, number, why=" \n")
    with pytest.raises(NotFound, match="nothing to waive") as caught:
        waive(room.app, number, replace(TK, anchor="intro"), by="ada", why="so")
    assert "tk subject" in str(caught.value.hint)
    with pytest.raises(NotFound, match="nothing waived"):
        take_back(room.app, number, TK, by="ada")
    waived(room, number)
    take_back(room.app, number, TK, by="tom")
    assert [one.rule for one in preflight(room.app, number).blocking] == ["tk"]
    assert [line.by for line in room.history()] == ["ada", "tom"]

    cancel(room.app, number, by="ada")
    with pytest.raises(Refused, match="is cancelled"):
        waived(room, number)


def test_the_deadline_holds_what_must_not_go_out_and_tells(room: Newsroom) -> None:
    """Nobody has looked: so nobody has seen the TK either."""
    number = room.build()
    change(room, number, subject="Bridge opens on TK")

    assert room.at(0).held == (number,)
    assert room.stored(number).note is not None
    assert "it says TK" in str(room.stored(number).note)
    assert ["it says TK" in alert.text for alert in room.alerts(AlertKind.HELD)] == [True]


def test_without_review_what_must_not_go_out_is_held_when_it_is_due(tmp_path: Path) -> None:
    """The brake may be off; this is no matter of taste."""
    with newsroom(tmp_path / "home", "brake: {active: false}\nreview: {mode: none}") as room:
        number = room.build()
        change(room, number, outro="More TKTK")

        assert room.at(0).held == (number,)
        assert room.sendable() == ()


def test_a_fresh_edition_with_a_block_is_held_at_once(tmp_path: Path) -> None:
    """Editors have the whole window for it; unless the brake leaves it to the deadline."""
    blocks = f"{WINDOW}\npreflight: {{link_missing: block}}"
    with newsroom(tmp_path / "home", blocks) as room:
        add_bare_articles(room, 1)
        number = room.build()
        assert room.stored(number).state is EditionState.HELD
        assert "no address to read on at" in str(room.stored(number).note)
    with newsroom(tmp_path / "late", f"{blocks}\nbrake: {{preflight: false}}") as room:
        add_bare_articles(room, 1)
        number = room.build()
        assert room.stored(number).state is EditionState.REVIEW
        assert room.at(0).held == (number,)


def test_clean_at_the_deadline_is_what_nobody_has_found_anything_against(tmp_path: Path) -> None:
    """An unsupported sentence of an editor costs its item, unless somebody has waived it."""
    settings = WINDOW.replace("mode: window", "mode: window, at_deadline: send_clean")
    with newsroom(tmp_path / "home", f"{settings}\nbrake: {{active: false}}") as room:
        number = room.build()
        before = [item.article_id for item in room.stored(number).edition.items]
        first = before[0]
        stored = room.stored(number)
        section = stored.edition.sections[0]
        lie = replace(section.items[0].summary.sentences[0], text="It cost 431 million euros.")
        summary = replace(section.items[0].summary, method="editor", sentences=(lie,))
        items = (replace(section.items[0], summary=summary), *section.items[1:])
        sections = (replace(section, items=items), *stored.edition.sections[1:])
        change(room, number, sections=sections)
        assert [one.anchor for one in preflight(room.app, number).open if one.rule == "unsupported"] == [
            f"item-{first}"
        ]

        assert room.at(0).approved == (number,)
        after = [item.article_id for item in room.stored(number).edition.items]
        assert first not in after
        assert set(after) < set(before)


def test_a_held_edition_goes_on_where_it_stood(room: Newsroom) -> None:
    """Released, it waits for its deadline again; what was approved is approved again."""
    number = room.build()
    with pytest.raises(Refused):
        release(room.app, number, by="ada")
    hold(room.app, number, by="tom", note="the council may answer")
    assert release(room.app, number, by="ada").state is EditionState.REVIEW
    assert room.told() == [("hold", "held"), ("release", "review")]
    approve(room.app, number, by="tom")
    hold(room.app, number, by="tom")
    again = release(room.app, number, by="ada")
    assert (again.state, again.approved_by) == (EditionState.APPROVED, "ada")


def link_of(room: Newsroom, number: int, address: str = "ada@example.org") -> str:
    """Return the token that an editor is mailed."""
    link = approval_link(room.app, number, address)
    assert link is not None
    assert link.startswith("https://news.example.org/approve/")
    assert "ada" not in link
    return link.rpartition("/")[2]


def test_the_link_of_a_mail_approves_for_the_one_it_was_mailed_to(room: Newsroom) -> None:
    """Looking changes nothing, however often; pressing twice is pressing once."""
    number = room.build()
    token = link_of(room, number)
    for _ in range(3):
        question = asked(room.app, token)
    assert (question.by, question.is_open) == ("Ada Venn", True)
    assert room.stored(number).state is EditionState.REVIEW

    assert approve_by_link(room.app, token).approved_by == "Ada Venn"
    assert approve_by_link(room.app, token).approved_by == "Ada Venn"
    assert room.told() == [("approve", "ok")]


def test_the_link_ends_with_a_change_with_the_slot_and_with_the_person(room: Newsroom) -> None:
    """Each of these makes it a link to something that nobody was asked about."""
    number = room.build()
    token = link_of(room, number)
    change(room, number, intro="Good morning.")
    assert asked(room.app, token).changed
    with pytest.raises(Refused, match="has changed since that mail"):
        approve_by_link(room.app, token)
    fresh = link_of(room, number)
    for wrong in (fresh[:-1], "", room.app.keyring.sign("read", "1"), "x" * 3_000):
        with pytest.raises(NotFound, match="not whole"):
            asked(room.app, wrong)
    room.clock.now = DUE + timedelta(seconds=1)
    with pytest.raises(Refused, match="has ended"):
        asked(room.app, fresh)
    room.clock.now = DUE - timedelta(minutes=1)
    assert approval_link(room.app, number, "eve@example.org") is None
    settings = room.app.digests["daily"].model_copy(update={"editors": ("tom@example.org",)})
    gone = replace(room.app, digests={"daily": settings})
    with pytest.raises(NotFound, match="approves nothing any more"):
        asked(gone, fresh)


def test_a_reminder_brings_each_editor_their_own_link(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people, two links: the record tells who has pressed."""
    number = room.build()
    room.at(-29)
    mailed: dict[str, str] = {}

    def keep(_: Hands, sender: str, to: str, message: bytes, _lease: Lease) -> Receipt:
        mailed[to] = message.decode()
        return Receipt(state=DeliveryState.SENT, phase=Phase.DOT, code=250, enhanced=None, text=sender)

    monkeypatch.setattr(Hands, "give", keep)
    dispatch(room.app)
    links = {to: re.findall(r"/approve/(\S+)", text.replace("=\r\n", "")) for to, text in mailed.items()}
    assert {to: asked(room.app, found[0]).by for to, found in links.items()} == {
        "ada@example.org": "Ada Venn",
        "tom@example.org": "tom@example.org",
    }
    assert asked(room.app, links["tom@example.org"][0]).stored.id == number


def add_linked(room: Newsroom, *links: str) -> None:
    """Store articles at these addresses, the newest, so that they lead."""
    contents = [
        ArticleContent(
            title=f"News number {number} of the harbour",
            paragraphs=(f"The ferry number {number} sails again, says the harbour office.",),
            html="<p>A text.</p>",
            url=link,
            published=DUE - timedelta(hours=1, minutes=number),
            tags=(Tag(name="world", origin=TagOrigin.SOURCE),),
        )
        for number, link in enumerate(links)
    ]
    with room.app.store.writing() as tx:
        tx.articles.put(contents, DUE - timedelta(hours=1))


def test_links_are_asked_for_only_when_somebody_says_so_and_kept(room: Newsroom) -> None:
    """One is gone, one says no to programs; the others speak no TLS here. For six hours that is known."""
    gone, shy = "http://news.example.org/gone", "http://news.example.org/shy"
    add_linked(room, gone, shy)
    number = room.build()
    before = preflight(room.app, number)
    assert before.answers == {}
    assert not {"link_dead", "link_silent"} & set(before.passed)
    site, town = Site(lambda head: answer(404 if b"/gone" in head else 403)), Town()
    try:
        for link in before.links:
            town.settle(link.split("/")[2], site)
        found = ask_links(replace(room.app, fetcher=fetcher(town)), number)
    finally:
        site.close()

    assert set(found.answers) == set(before.links)
    others = {answer.state for link, answer in found.answers.items() if link not in {gone, shy}}
    assert (found.answers[gone].state, found.answers[shy].state, others) == ("dead", "alive", {"silent"})
    assert [one.rule for one in found.blocking] == ["link_dead"]
    assert "the link http://news.example.org/gone answers 404 (Not Found)" in found.why_not
    assert preflight(room.app, number).answers == found.answers
    room.clock.now += timedelta(hours=7)
    assert preflight(room.app, number).answers == {}


def test_every_candidate_that_is_not_in_has_its_reason(room: Newsroom) -> None:
    """Short and true, with what would have to be otherwise; the items have theirs, too."""
    number = room.build()
    stored = room.stored(number)
    out = left_out(room.app, number)
    why = kept(stored, decisions_of(room.app, stored))

    assert out.candidates == out.total + len(why)
    assert len(out.told) == out.total
    assert all(one.reason.short and one.reason.text for one in out.told)
    assert {one.short.split()[0] for one in why.values()} == {"Ranked"}
    full = [one for one in out.told if one.group == "full"]
    assert all("at_most" in one.reason.change for one in full if one.reason.rule == "section_cap")
    only = left_out(room.app, number, only="full")
    assert [one.article_id for one in only.told] == [one.article_id for one in full]


def test_every_candidate_is_reached_page_by_page(room: Newsroom) -> None:
    """However many were weighed, each has its reason and its button; none twice, in one order."""
    number = room.build()
    whole = [one.article_id for one in left_out(room.app, number).told]
    assert len(whole) >= 3

    pages = [left_out(room.app, number, page=page, size=2).told for page in range(1, len(whole) + 2)]

    assert [one.article_id for page in pages for one in page] == whole
    assert [len(page) for page in pages[: len(whole) // 2]] == [2] * (len(whole) // 2)
    assert pages[-1] == ()


def test_what_a_hand_took_in_or_dropped_names_it(room: Newsroom) -> None:
    """The rule of the build is no longer the reason; records have addresses, people have names."""
    add_user(room.app, "ada@example.org", "Ada Venn", password="correct horse battery", grants=[], by="tests")
    number = room.build()
    gone = room.stored(number).edition.items[-1].article_id
    new = next(one.article_id for one in left_out(room.app, number).told if one.group == "full")
    take_in(room.app, number, new, on_version=0, by="ada@example.org")
    shape(room.app, number, Drop(article=gone), on_version=1, by="tom@example.org")
    out = {one.article_id: one for one in left_out(room.app, number).told}

    taken = room.stored(number)
    assert kept(taken, decisions_of(room.app, taken))[new].short == "Taken in by Ada Venn"
    assert new not in out
    assert (out[gone].group, out[gone].reason.short) == ("hand", "Dropped by tom@example.org")
