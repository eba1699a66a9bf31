"""What the database knows of the homes that send from it, on every back end."""

from __future__ import annotations

from digest.model import EditionState
from digest.store import Store
from store_cast import HOUR, NOW, add_edition, add_readers, frozen_edition


def test_a_home_steps_on_from_where_it_stands_only(store: Store) -> None:
    """Two copies of one home that share a database must not both count on."""
    with store.writing() as tx:
        assert tx.instances.epoch("a") == 0
        assert tx.instances.step("a", 0, at=NOW)
        assert not tx.instances.step("a", 0, at=NOW)
        assert tx.instances.step("a", 1, at=NOW)
        assert not tx.instances.step("a", 1, at=NOW)
        assert tx.instances.epoch("a") == 2
        assert tx.instances.epoch("b") == 0


def test_every_home_has_steps_of_its_own(store: Store) -> None:
    """Several machines that send from one server never look like copies of each other."""
    with store.writing() as tx:
        tx.instances.step("a", 0, at=NOW)
        tx.instances.step("b", 0, at=NOW)
        tx.instances.step("b", 1, at=NOW)

        assert (tx.instances.epoch("a"), tx.instances.epoch("b")) == (1, 2)


def test_a_home_without_a_name_may_begin_until_the_first_mail(store: Store) -> None:
    """After it a file is missing or a home is new, and only a person knows which."""
    with store.writing() as tx:
        assert tx.instances.is_fresh()
        tx.instances.step("a", 0, at=NOW)
        assert tx.instances.is_fresh()
        frozen_edition(tx, 1)
        assert not tx.instances.is_fresh()


def test_the_keys_of_the_home_that_stepped_on_last_are_told_to_the_others(store: Store) -> None:
    """A home may change its own, and of one that has said nothing since an upgrade nothing is known."""
    with store.writing() as tx:
        tx.instances.step("old", 0, at=NOW + 9 * HOUR)
        assert tx.instances.keys_of_last(but=None) == ()
        tx.instances.step("a", 0, at=NOW, keys=("k1",))
        assert tx.instances.keys_of_last(but=None) == ("k1",)
        assert tx.instances.keys_of_last(but="a") == ()
        tx.instances.adopt("b", by="olu", at=NOW + HOUR, live=True, keys=("k2", "k1"))
        assert tx.instances.keys_of_last(but="a") == ("k2", "k1")
        tx.instances.step("a", 1, at=NOW + 2 * HOUR, keys=("k3", "k1"))
        assert tx.instances.keys_of_last(but="b") == ("k3", "k1")
        assert tx.instances.keys_of_last(but="a") == ()


def test_the_newest_restore_is_remembered_and_a_move_is_none(store: Store) -> None:
    """Slots before it may have gone out from the database that was lost."""
    with store.writing() as tx:
        assert tx.instances.restored_at() is None
        tx.instances.adopt("a", by="olu", at=NOW, live=False)
        tx.instances.adopt("b", by="olu", at=NOW + HOUR, live=True)

        assert tx.instances.restored_at() == NOW
        assert tx.instances.epoch("a") == 1


def test_the_identity_of_a_database_stays(store: Store) -> None:
    """Any difference between two looks would keep a home in good order from sending."""
    with store.reading() as tx:
        first = tx.instances.identity()
    with store.writing() as tx:
        add_readers(tx, 3)
        assert tx.instances.identity() == first
        assert not tx.instances.is_copy()

    assert first.keys() & {"inode", "oid"}


def test_an_edition_that_was_sent_from_keeps_its_audience(store: Store) -> None:
    """Held and approved again, it must not reach people who came later."""
    with store.writing() as tx:
        add_readers(tx, 2)
        edition_id = add_edition(tx, state=EditionState.APPROVED)
        tx.deliveries.freeze(edition_id)
        add_readers(tx, 3)
        for state in (EditionState.SENDING, EditionState.HELD, EditionState.APPROVED):
            tx.editions.set_state(edition_id, state, expect=tuple(EditionState), by="olu", at=NOW)

        assert tx.deliveries.freeze(edition_id) == 0
        assert tx.deliveries.books(edition_id).frozen == 2


def test_editions_are_found_by_state(store: Store) -> None:
    """Adopting holds all that are open."""
    with store.writing() as tx:
        first = add_edition(tx, state=EditionState.DRAFT, number=1, day=20)
        add_edition(tx, state=EditionState.SENT, number=2, day=21)
        third = add_edition(tx, state=EditionState.SENDING, number=3, day=22)

        assert tx.editions.in_states([EditionState.DRAFT, EditionState.SENDING]) == (first, third)
        assert tx.editions.in_states([]) == ()
