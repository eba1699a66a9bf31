"""Where sections and items of a sent edition stood: counted from rows, by what readers had chosen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from braking_cast import begun
from commands import run_here
from desk_cast import desk
from digest.actions.editions import find
from digest.actions.mailing.places import places
from digest.model import DeliveryState
from digest.model.accounts import Role
from digest.store.people_tables import deliveries
from newsroom import Newsroom, newsroom
from store_cast import ended

LEASE = timedelta(minutes=20)


def sent_to_four(room: Newsroom) -> int:
    """Send to two readers of everything, one who turned two sections round, one with one item of Science.

    A fifth chose, and has no mail yet.
    """
    edition = begun(room, readers=5)
    with room.app.store.writing() as tx:
        rows = tx.deliveries.list(edition)
        choices: list[tuple[list[str], int | None]] = [
            ([], None),
            ([], None),
            (["science", "world"], None),
            (["science"], 1),
            (["world"], None),
        ]
        for row, (sections, at_most) in zip(rows, choices, strict=True):
            chosen = update(deliveries).where(deliveries.c.id == row.id)
            tx.deliveries.connection.execute(chosen.values(sections=sections, at_most=at_most))
        taken = tx.deliveries.claim(edition, "w", now=room.clock(), limit=4, lease=LEASE)
        tx.deliveries.settle_all("w", [ended(one, DeliveryState.SENT, "250") for one in taken])
    return edition


def test_places_follow_what_each_reader_had_chosen(tmp_path: Path) -> None:
    """Two sections of two items, and one of what fits nowhere: by hand, mail by mail."""
    home = tmp_path / "home"
    with newsroom(home, "review: {mode: required}") as room:
        edition = sent_to_four(room)
        world, science, more = find(room.app, edition).edition.sections
        assert (world.key, len(world.items), science.key) == ("world", 2, "science")
        first, second = (one.article_id for one in science.items)
        found = places(room.app, edition)
        assert (found.sent, found.choosers) == (4, 2)
        told = {one.key: (one.chosen, dict(one.mails)) for one in found.sections}
        assert told == {
            "world": (1, {1: 2, 2: 1}),
            "science": (2, {1: 2, 2: 2}),
            more.key: (0, {3: 2}),
        }
        items = {one.article: one for section in found.sections for one in section.items}
        assert dict(items[world.items[0].article_id].mails) == {1: 2, 3: 1}
        assert dict(items[first].mails) == {1: 2, 3: 2}
        assert dict(items[second].mails) == {2: 1, 4: 2}
        assert (items[first].total, items[first].usual) == (4, 1)
    told_by_command = run_here("deliveries", edition, "--places", "--json", home=home).data["places"]
    assert told_by_command["sections"][1]["places"] == {"1": 2, "2": 2}
    assert "Chose it" in run_here("deliveries", edition, "--places", home=home).out
    with desk(home, Role.EDITOR, clock=room.clock) as ada:
        page = ada.get(f"/sent/{edition}")
        assert "2 went to readers who chose their sections" in page
        assert "1st in 2, 2nd in 2" in page
        assert f'href="/sent/{edition}"' in ada.get("/sent")


def test_what_was_not_sent_has_no_places(tmp_path: Path) -> None:
    """The page says so, and leads to the books."""
    with newsroom(tmp_path / "home", "review: {mode: required}") as room:
        edition = room.build()
        assert places(room.app, edition).sent == 0
    with desk(tmp_path / "home", Role.EDITOR, clock=room.clock) as ada:
        assert "Nothing of it was sent" in ada.get(f"/sent/{edition}")
