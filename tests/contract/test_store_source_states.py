"""Sources that are fetched: who looks when, and that no two look at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import Source, SourceState
from digest.store import PageNote, Store, Transaction, source_pages
from store_cast import HOUR, NOW, content

LEASE = timedelta(minutes=5)
WIRE = "https://wire.example/feed"


def state(key: str = "wire", **fields: object) -> SourceState:
    """Make a state that is due."""
    return replace(SourceState(key=key, url=WIRE, due_at=NOW), **fields)


def claimed(tx: Transaction, *keys: str, worker: str = "a", minutes: float = 0) -> set[str]:
    """Claim sources so many minutes from now."""
    now = NOW + timedelta(minutes=minutes)
    return set(tx.source_states.claim(keys, worker, now=now, horizon=now, lease=LEASE))


@pytest.fixture
def noted(store: Store) -> Store:
    """Return a store that knows two sources."""
    with store.writing() as tx:
        tx.source_states.note({"wire": WIRE, "post": "https://post.example/feed"}, at=NOW)
    return store


def test_a_new_source_is_due_at_once_and_keeps_what_is_known_of_it(noted: Store) -> None:
    """Each look at the settings notes all sources again."""
    whole = state(
        due_at=NOW + HOUR,
        moved_to="https://new.example/feed",
        etag='"a"',
        last_modified="Thu, 19 Nov 2026 06:00:00 GMT",
        body_hash=b"0123456789abcdef",
        tried_at=NOW,
        succeeded_at=NOW,
        changed_at=NOW - HOUR,
        failures=2,
        error="cannot be reached",
        notice="odd",
        every=timedelta(minutes=30),
        per_day=2.5,
        brought=7,
        restless=1,
        slow=True,
    )
    with noted.writing() as tx:
        assert claimed(tx, "wire") == {"wire"}
        assert tx.source_states.settle(whole, "a")
        tx.source_states.note({"wire": WIRE}, at=NOW + HOUR)
    with noted.reading() as tx:
        assert tx.source_states.get("wire") == whole
        assert [one.key for one in tx.source_states.all()] == ["post", "wire"]
        assert tx.source_states.get("else") is None


def test_another_address_begins_anew(noted: Store) -> None:
    """What was known of the old address, its version above all, says nothing of the new one."""
    with noted.writing() as tx:
        claimed(tx, "wire")
        tx.source_states.settle(state(etag='"a"', gone_at=NOW, due_at=NOW + HOUR), "a")
        tx.source_states.note({"wire": "https://other.example/"}, at=NOW + HOUR)
        found = tx.source_states.get("wire")

    assert found == SourceState(key="wire", url="https://other.example/", due_at=NOW + HOUR)


def test_one_looker_at_a_time_has_a_source(noted: Store) -> None:
    """Several schedulers share the work; one that died holds a source for as long as its lease."""
    with noted.writing() as tx:
        assert claimed(tx, "wire") == {"wire"}
        assert claimed(tx, "wire", "post", "else", worker="b") == {"post"}
        assert [one.key for one in tx.source_states.due(NOW, horizon=NOW)] == []
        assert not tx.source_states.settle(state(etag="b"), "b")
        assert claimed(tx, "wire", worker="b", minutes=6) == {"wire"}
        assert not tx.source_states.settle(state(etag="late"), "a")
        assert tx.source_states.settle(state(etag="b"), "b", lease_until=NOW + HOUR)
        assert claimed(tx, "wire", worker="c", minutes=50) == set()
        tx.source_states.release("b")
        assert claimed(tx, "wire", worker="c", minutes=50) == {"wire"}


def test_only_what_is_due_is_claimed_and_the_longest_due_comes_first(noted: Store) -> None:
    """A source that is gone is looked at no more until a person says so."""
    with noted.writing() as tx:
        claimed(tx, "wire", "post")
        tx.source_states.settle(state(due_at=NOW + HOUR), "a")
        tx.source_states.settle(state("post", url="https://post.example/feed", due_at=NOW - HOUR), "a")
        assert [one.key for one in tx.source_states.due(NOW, horizon=NOW + HOUR)] == ["post", "wire"]
        assert claimed(tx, "wire", "post") == {"post"}
        assert tx.source_states.next_at(NOW, ["wire", "post"]) == NOW + HOUR
        gone = state("post", url="https://post.example/feed", gone_at=NOW)
        assert tx.source_states.settle(gone, "a")
        assert claimed(tx, "post") == set()
        assert tx.source_states.next_at(NOW, ["post"]) is None
        tx.source_states.hurry(["post"], at=NOW)
        assert claimed(tx, "post") == set()
        tx.source_states.hurry(["post"], at=NOW, gone=True)
        assert claimed(tx, "post") == {"post"}


def test_a_clock_that_was_set_back_leaves_no_source_behind(noted: Store) -> None:
    """Leases and rests of a year ahead would be silence for a year."""
    far = NOW + timedelta(days=400)
    with noted.writing() as tx:
        tx.source_states.claim(["wire"], "a", now=far, horizon=far, lease=LEASE)
        assert claimed(tx, "wire", worker="b") == {"wire"}
        assert tx.source_states.settle(state(due_at=far), "b")
        assert claimed(tx, "wire") == {"wire"}


def test_pages_are_known_by_their_source_and_address(store: Store) -> None:
    """A sitemap of 50,000 pages is read again and again."""
    many = [PageNote(url=f"https://wire.example/{n}", modified_at=None) for n in range(1_200)]
    changed = replace(many[3], modified_at=NOW, tries=2)
    with store.writing() as tx:
        tx.source_states.note_pages("wire", many, at=NOW)
        tx.source_states.note_pages("wire", [changed], at=NOW)
        known = tx.source_states.known_pages("wire", [one.url for one in many] + ["https://wire.example/new"])
        others = tx.source_states.known_pages("post", [many[0].url])

    assert set(known.values()) == {*many, changed} - {many[3]}
    assert others == {}


def test_the_oldest_pages_are_forgotten_beyond_a_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that invents addresses must not fill the disk."""
    monkeypatch.setattr(source_pages, "MOST_PAGES", 3)
    notes = [PageNote(url=f"https://wire.example/{n}", modified_at=None) for n in range(5)]
    with store.writing() as tx:
        for hour, note in enumerate(notes):
            tx.source_states.note_pages("wire", [note], at=NOW + hour * HOUR)
        known = tx.source_states.known_pages("wire", [one.url for one in notes])

    assert set(known) == {one.url for one in notes[2:]}


def test_who_puts_decides_whose_articles_are_revised(store: Store) -> None:
    """A feed that lists another source's article must not put its own words into it."""
    with store.writing() as tx:
        tx.sources.put([Source(key="harbour-wire", title="Harbour Wire")])
        tx.articles.put([content(1), content(2)], NOW)
        asked = []

        def revise(one: object, source: str) -> bool:
            asked.append((one, source))
            return False

        other = content(1, words="Nothing of it is true.")
        puts = tx.articles.put([other, content(2), content(3)], NOW, revise=revise)
        (kept,) = tx.articles.many([1])

    assert [put.outcome for put in puts] == ["kept", "same", "new"]
    assert asked == [(other, "harbour-wire")]
    assert (kept.revision, kept.paragraphs[1]) == (1, "Boats waited.")
