"""What the store promises about waivers and answers of links, on every back end."""

from __future__ import annotations

from datetime import timedelta

from digest.model import Finding, LinkAnswer
from digest.store import Store
from store_cast import NOW, add_edition, content

FINDING = Finding(rule="tk", place="World: Bridge", anchor="item-1", content="cafe", message="it says TK")
LINK = "https://harbour.example/" + "a" * 5_000
HOUR = timedelta(hours=1)


def stored(store: Store) -> int:
    """Store an edition."""
    with store.writing() as tx:
        tx.articles.put([content(1)], NOW)
        return add_edition(tx, 1)


def test_a_waiver_stands_until_it_is_taken_back(store: Store) -> None:
    """Under the name and with the reason of whoever gave it; other editions know nothing of it."""
    number = stored(store)
    with store.writing() as tx:
        tx.waivers.add(number, [FINDING], by="ada", at=NOW, why="it is a flight")
    with store.reading() as tx:
        [waiver] = tx.waivers.list(number)
        assert tx.waivers.list(number + 1) == ()
    told = (waiver.rule, waiver.anchor, waiver.content, waiver.by, waiver.at, waiver.why)
    assert told == ("tk", "item-1", "cafe", "ada", NOW, "it is a flight")

    with store.writing() as tx:
        assert tx.waivers.end(number + 1, [waiver.id], by="eve", at=NOW) == 0
        assert tx.waivers.end(number, [waiver.id], by="tom", at=NOW) == 1
        assert tx.waivers.end(number, [waiver.id], by="tom", at=NOW) == 0
    with store.reading() as tx:
        assert tx.waivers.list(number) == ()


def test_what_links_answered_counts_for_six_hours(store: Store) -> None:
    """A page that was gone in the morning may be back at noon; addresses may be long."""
    dead = LinkAnswer(state="dead", said="404 (Not Found)", at=NOW)
    alive = LinkAnswer(state="alive", said="200 (OK)", at=NOW + HOUR)
    with store.writing() as tx:
        tx.waivers.note({LINK: dead, "https://b.example/": dead}, at=NOW)
        tx.waivers.note({LINK: alive}, at=NOW + HOUR)
    with store.reading() as tx:
        asked = [LINK, "https://b.example/", "https://never.example/"]
        assert tx.waivers.answers(asked, at=NOW + HOUR) == {LINK: alive, "https://b.example/": dead}
        assert tx.waivers.answers(asked, at=NOW + 6 * HOUR) == {LINK: alive}
        assert tx.waivers.answers([], at=NOW) == {}
