"""Pages of late editions: which come first, who stopped one and why, and what is offered to whom."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from braking_cast import begun
from desk_cast import SAME, Desk, desk
from digest.actions.editing.approving import approve
from digest.actions.editing.shaping import shape
from digest.actions.editions import find
from digest.actions.home.instance import begin_run
from digest.actions.mailing.sending import SendOptions, begin
from digest.actions.steering import braking
from digest.errors import Refused
from digest.model import EditionState, Slot, SubscriptionState
from digest.model.accounts import Role
from digest.shape import Headline
from digest.store import NewSubscriber
from late_cast import late, late_desk, text_of
from newsroom import DUE, newsroom
from store_cast import add_readers

HOUR = timedelta(hours=1)


@contextmanager
def unsent_desk(root: Path, *roles: Role) -> Iterator[Desk]:
    """Open the desk of a home whose only edition was built by hand too late: nobody has it."""
    with newsroom(root, "review: {mode: required}") as room:
        with room.app.store.writing() as tx:
            add_readers(tx, 3)
        room.clock.now = DUE + 20 * HOUR
        approve(room.app, room.build(scheduled=False), by="ada")
        begin_run(room.app)
        clock = room.clock
    with desk(root, *roles, clock=clock) as here:
        yield here


def test_forgotten_ones_do_not_hide_the_one_that_goes_out(tmp_path: Path) -> None:
    """Eleven were built by hand, approved and never sent; the twelfth goes out, and has a brake."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}") as room:
        going = begun(room, readers=3)
        made = room.stored(going)
        with room.app.store.writing() as tx:
            for day in range(1, 12):
                slot = Slot(local=made.edition.slot.local - timedelta(days=day))
                forgotten = replace(made.edition, slot=slot, number=100 + day)
                tx.editions.add(forgotten, state=EditionState.APPROVED, content_hash="as built", built_at=DUE)
        clock = room.clock
    with desk(root, Role.ADMIN, clock=clock) as here:
        page = here.get("/sending")
        assert page.index(f'href="/sending/{going}"') < page.index('href="/sending/12"')
        assert "Watch and steer" in page
        said = text_of(page)
        assert "One edition is on its way." in said
        assert "Two more wait; Today lists them." in said
        here.post(f"/sending/{going}/brake", {"note": "wrong headline"})
        said = text_of(here.get("/sending"))
        assert said.index("is stopped. 3 readers are waiting.") < said.index("is late.")


@pytest.mark.parametrize("approved_late", [False, True])
def test_what_lies_unsent_for_long_asks_for_nothing_and_is_still_to_be_found(
    tmp_path: Path, *, approved_late: bool
) -> None:
    """Built by hand, approved, forgotten: as long as it had until it was too late, or after its approval."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}") as room:
        room.clock.now = DUE + (20 * HOUR if approved_late else -HOUR)
        approve(room.app, room.build(scheduled=False), by="ada")
        ends = DUE + (32 * HOUR if approved_late else 24 * HOUR)
        clock = room.clock
        clock.now = ends
    with desk(root, Role.ADMIN, clock=clock) as here:
        assert "The Daily Brief is late. Its readers are waiting." in here.get("/sending")
        assert "never sent" not in here.get("/sending")
        clock.now = ends + timedelta(seconds=1)
        said = text_of(here.get("/sending"))
        assert "Nothing is on its way, and nothing waits for a decision." in said
        assert (
            "One edition was built by hand and never sent, and is long too late; the Desk lists it." in said
        )
        assert 'href="/desk/1"' in here.get("/desk")
        assert "Send it late all the same" in text_of(here.get("/sending/1"))
        here.post("/desk/1/cancel")
        assert "never sent" not in here.get("/sending")


def test_a_brake_pulled_while_it_goes_late_keeps_its_reason_on_all_pages(tmp_path: Path) -> None:
    """Ada sees a wrong headline; who comes next must read of it before sending it once more."""
    with late_desk(tmp_path / "home", Role.ADMIN) as here:
        here.post("/sending/1/late")
        here.post("/sending/1/brake", {"note": "wrong headline"})
        why = "The brake was pulled by Ada Venn: wrong headline"
        page = text_of(here.get("/sending/1"))
        assert f"{why} It is too late, and it waits for a word." in page
        assert (
            "It could go out until Thu 19 Nov, 19:00, as max_lateness says, and went out late"
            " from Fri 20 Nov, 03:00, on."
        ) in page
        assert f"{why} It is too late, and it waits for a word." in text_of(here.get("/desk/1"))
        assert f"“{why}”" in text_of(here.get("/"))
        here.post("/sending/1/late")
        assert why not in text_of(here.get("/"))


def test_what_a_relay_said_stays_when_it_becomes_too_late(tmp_path: Path) -> None:
    """It refused the sender in the evening; in the morning it is late, and the fault is not mended yet."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}") as room:
        edition = begun(room)
        with room.app.store.writing() as tx:
            tx.editions.set_state(
                edition,
                EditionState.HELD,
                expect=(EditionState.SENDING,),
                by="worker",
                at=room.clock(),
                note="paused: 550 5.7.1 sender is not allowed",
            )
        room.at(20 * 60)
        clock = room.clock
    with desk(root, Role.OPERATOR, clock=clock) as here:
        assert "Paused: 550 5.7.1 sender is not allowed It is too late" in text_of(here.get("/sending/1"))
        assert "Paused: 550 5.7.1 sender is not allowed It is too late" in text_of(here.get("/desk/1"))
        assert "“Paused: 550 5.7.1 sender is not allowed”" in text_of(here.get("/"))


@pytest.mark.parametrize("make", [late_desk, unsent_desk])
def test_four_clicks_at_once_are_one_word(tmp_path: Path, make: object) -> None:
    """Each leads to the page, and what happened is told once."""
    opened = late_desk if make is late_desk else unsent_desk
    with opened(tmp_path / "home", Role.ADMIN) as here:
        token, answers = here.token, []

        def click() -> None:
            answer = here.client.post("/sending/1/late", data={"_token": token}, headers=SAME)
            answers.append(answer.status_code)

        clicks = [threading.Thread(target=click) for _ in range(4)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join()
        here.post("/sending/1/late")

        assert answers == [303] * 4
        page = text_of(here.get("/sending/1"))
        assert page.count("You let it go late") == 1
        assert "changed it" not in page


def test_a_word_at_a_terminal_is_written_down_each_time(tmp_path: Path) -> None:
    """An hour later it holds an hour longer, which is why it was said."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = late(room)
        approve(room.app, edition, by="ada")
        for _ in range(2):
            room.clock.now += HOUR
            begin(room.app, edition, SendOptions(by="olu", late=True))
        with room.app.store.reading() as tx:
            said = [one.at for one in tx.editions.log(edition) if one.note == "let go late by olu"]
    assert said == [room.clock.now - HOUR, room.clock.now]


def test_whose_file_is_gone_is_not_offered_to_be_sent(tmp_path: Path) -> None:
    """There is nothing to send it by; those still open can be ended."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}") as room:
        late(room)
        clock = room.clock
    (root / "config" / "digests" / "daily.yaml").unlink()
    with desk(root, Role.ADMIN, clock=clock) as here:
        page = here.get("/sending/1", ask="late")
        gone = "The file of its digest is gone, so nobody can send it before that is back."
        assert f"1 reader has it; 3 are open. {gone}" in text_of(page)
        assert "ask=late" not in page
        assert 'action="/sending/1/late"' not in page
        assert "and the file of its digest is gone" in text_of(here.get("/"))
        assert 'href="/sending/1?ask=end"' in page
        here.post("/sending/1/end")
        assert find(here.app, 1).state is EditionState.SENT


@pytest.mark.parametrize(
    ("role", "said", "ways"),
    [
        (Role.EDITOR, ["An operator sends it late.", "An approver can cancel it."], set()),
        (Role.APPROVER, ["An operator sends it late."], {"/desk/1/cancel"}),
        (Role.OPERATOR, ["An approver can cancel it."], {"/sending/1?ask=late"}),
        (Role.ADMIN, [], {"/sending/1?ask=late", "/desk/1/cancel"}),
    ],
)
def test_what_nobody_has_is_sent_by_operators_and_cancelled_by_approvers(
    tmp_path: Path, role: Role, said: list[str], ways: set[str]
) -> None:
    """There is nothing to end: nobody has it."""
    with unsent_desk(tmp_path / "home", role) as here:
        acts = acts_of(here.get("/sending/1"))
        assert re.findall(r"An? (?:operator|approver)[^.<]*\.", acts) == said
        assert set(re.findall(r'href="([^"]+)"', acts)) == ways


@pytest.mark.parametrize(
    ("role", "said", "ways"),
    [
        (Role.EDITOR, ["An approver looks at it first.", "Then an operator sends it late."], set()),
        (Role.APPROVER, ["Then an operator sends it late."], {"/desk/1"}),
        (Role.OPERATOR, ["An approver looks at it first."], {"/sending/1?ask=end"}),
        (Role.ADMIN, [], {"/desk/1", "/sending/1?ask=end"}),
    ],
)
def test_what_has_changed_is_an_approvers_first(
    tmp_path: Path, role: Role, said: list[str], ways: set[str]
) -> None:
    """An operator cannot send what nobody has judged."""
    with late_desk(tmp_path / "home", role) as here:
        item = find(here.app, 1).edition.items[0]
        shape(here.app, 1, Headline(article=item.article_id, text="Corrected"), on_version=0, by="ada")
        page = here.get("/sending/1")
        assert "ends it. It has changed since it was approved, so it goes late once" in text_of(page)
        acts = acts_of(page)
        assert re.findall(r"(?:An approver|Then an operator)[^.<]*\.", acts) == said
        assert set(re.findall(r'href="([^"]+)"', acts)) == ways


def test_who_may_not_go_on_any_more_reads_both_ways(tmp_path: Path) -> None:
    """Neither the desk nor a terminal needs an approval of what has not changed."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = late(room)
        with pytest.raises(Refused, match="as max_lateness says") as refused:
            braking.resume(room.app, edition, by="olu")
    assert refused.value.hint == (
        "`digest editions resume 1 --late` lets it go on all the same; so does the desk"
    )


def test_until_when_it_could_go_is_what_it_was_held_by(tmp_path: Path) -> None:
    """It was for seven in Berlin; whoever joins in Honolulu afterwards changes nothing of that."""
    root = tmp_path / "home"
    with newsroom(root, "review: {mode: required}\nlocal_to: subscriber\n") as room:
        with room.app.store.writing() as tx:
            add_readers(tx, 1)
        edition = begun(room, readers=0)
        with room.app.store.writing() as tx:
            tx.slots.set_span("daily", "2026-11-19T07:00", (DUE, DUE), at=DUE)
        assert room.at(20 * 60).held == (edition,)
        with room.app.store.writing() as tx:
            person = tx.people.put(NewSubscriber(email="kai@example.org", zone="Pacific/Honolulu"), at=DUE)
            tx.people.subscribe(person.id, "daily", state=SubscriptionState.CONFIRMED, at=DUE)
        clock = room.clock
    with desk(root, Role.ADMIN, clock=clock) as here:
        page = text_of(here.get("/sending/1"))
        assert "It could go out until Thu 19 Nov, 19:00, as max_lateness says." in page
        assert "Could go until Thu 19 Nov, 19:00" in page.replace("untilThu", "until Thu")


def acts_of(page: str) -> str:
    """Return what the page offers below its alert."""
    found = re.search(r'<div class="cluster" id="braked-acts">(.*?)</div>', page, re.DOTALL)
    assert found is not None
    return found[1]
